"""Every answer that rests on a doubtful table says so: questions, lists, comparisons, pages and downloads."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import httpx
import pytest
from docx import Document
from openpyxl import load_workbook

from pipelines.cli_common import OK
from tests.explorer.sample_site import serving
from tests.pipelines.conftest import CommandResult
from tests.warehouse.conftest import five
from tests.warehouse.progress_frames import Duty, notice_rows
from tests.warehouse.progress_frames import frames as notice_frames
from warehouse import store
from warehouse.clock import today
from warehouse.explorer import create_app
from warehouse.export.comparison.load import find_notice_ids, load_comparison
from warehouse.export.comparison.narrative import find_gaps
from warehouse.export.reminders import find_reminders, format_message

__all__ = ["five"]

RunCommand = Callable[..., CommandResult]
ONE = "其中 1 张表的版式存疑"
ROW = "所在表格的版式存疑，请对照印发件"
DOUBT = """
INSERT INTO core.findings BY NAME
SELECT t.notice_id || '-doubt' AS finding_id, t.notice_id, t.table_id, 'layout_doubt' AS rule, 'warning' AS severity,
       '表的版式存疑' AS message
FROM core.tables AS t WHERE t.table_id = ?
"""
READING = "UPDATE core.tables SET confidence = 0.4, reading = '甲读法', alternative = '乙读法' WHERE table_id = ?"


def doubt(path: Path, place: str) -> tuple[str, str]:
    """Doubt the table with most tasks of the notice of this place and no other; its ids."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM core.findings WHERE rule = 'layout_doubt'")
        connection.execute("UPDATE core.tables SET confidence = 1.0")
        [(table_id, notice_id)] = connection.execute(
            "SELECT table_id, t.notice_id FROM core.tasks AS t JOIN mart.notice_labels AS l USING (notice_id) "
            "WHERE contains(l.label, ?) GROUP BY ALL ORDER BY count(*) DESC LIMIT 1",
            [place],
        ).fetchall()
        connection.execute(DOUBT, [table_id])
        connection.execute(READING, [table_id])
    return table_id, notice_id


@pytest.fixture(scope="module")
def doubtful(five: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """The five notices, the table of one of them in doubt: the file, the table and the notice."""
    path = tmp_path_factory.mktemp("doubtful") / "w.duckdb"
    shutil.copyfile(five, path)
    return (path, *doubt(path, "淄博"))


@pytest.fixture
def run(doubtful: tuple[Path, str, str], run_command: RunCommand) -> RunCommand:
    return lambda *arguments: run_command(*arguments, "--warehouse", str(doubtful[0]))


@pytest.fixture(scope="module")
def web(doubtful: tuple[Path, str, str]) -> Iterator[httpx.Client]:
    with (
        serving(create_app(doubtful[0])) as address,
        httpx.Client(base_url=address, timeout=60, trust_env=False) as client,
    ):
        yield client


class TestQuestions:
    def test_the_answer_says_so_where_it_rests_on_the_notice(self, run: RunCommand) -> None:
        assert f"{ONE}，见 wenming review" in run("ask", "1", "--notice", "淄博").out
        assert "存疑" not in run("ask", "1", "--notice", "汕尾").out
        assert ONE in run("ask", "10", "--notice", "汕尾", "--other", "淄博").out

    def test_its_tasks_are_the_least_reliable(self, run: RunCommand, doubtful: tuple[Path, str, str]) -> None:
        done = run("ask", "25", "--notice", "淄博", "--format", "json")
        with duckdb.connect(str(doubtful[0]), read_only=True) as connection:
            places = connection.execute("SELECT locator FROM core.tasks WHERE table_id = ?", [doubtful[1]]).fetchall()
        unsure = {row["位置"] for row in json.loads(done.out) if row["可信度"] == "低"}
        assert {place for (place,) in places} <= unsure
        assert all("表的版式存疑" in row["待核对的问题"] for row in json.loads(done.out) if (row["位置"],) in places)

    def test_data_stays_data(self, run: RunCommand) -> None:
        done = run("ask", "1", "--notice", "淄博", "--format", "json")
        assert len(json.loads(done.out)) > 0
        assert ONE in done.err

    def test_a_workbook_has_it_on_its_second_sheet(self, run: RunCommand, tmp_path: Path) -> None:
        target = tmp_path / "答案.xlsx"
        assert run("ask", "1", "--notice", "淄博", "--format", "xlsx", "--output", str(target)).code == OK
        book = load_workbook(target)
        assert ONE in {str(name): str(text) for name, text in book["说明"].values}["疑点"]

    def test_a_dismissed_doubt_is_none_and_a_notice_without_tasks_is_told(
        self, doubtful: tuple[Path, str, str], run_command: RunCommand, tmp_path: Path
    ) -> None:
        path = tmp_path / "w.duckdb"
        shutil.copyfile(doubtful[0], path)
        with duckdb.connect(str(path)) as connection:
            connection.execute("UPDATE core.findings SET dismissed = '核对无误' WHERE rule = 'layout_doubt'")
        ask = ("ask", "1", "--notice", "淄博", "--warehouse", str(path))
        assert "存疑" not in run_command(*ask).out
        with duckdb.connect(str(path)) as connection:
            connection.execute("UPDATE core.files SET status = 'needs_review', reason = '某表没有读出任务'")
        assert "有 1 份通知的表格没有读全，见 wenming review" in run_command(*ask).out


class TestLists:
    @pytest.mark.parametrize("form", ["xlsx", "docx", "csv", "json"])
    def test_every_form_says_so(self, form: str, run: RunCommand, tmp_path: Path) -> None:
        wanted = ("export", "tasks", "--notice", "淄博", "--party", "法宣科", "--format", form)
        done = run(*wanted, "--output", str(tmp_path))
        assert done.code == OK, done.err
        assert f"{ONE}，见 wenming review" in done.out
        (path,) = tmp_path.rglob(f"*.{form}")
        text = {"xlsx": sheet_text, "docx": docx_text}.get(form, plain)(path)
        assert ROW in text
        if form in ("xlsx", "docx"):
            assert f"{ONE}，请对照原件核实" in text

    def test_a_sure_table_needs_no_word(self, run: RunCommand, tmp_path: Path) -> None:
        done = run("export", "tasks", "--notice", "汕尾", "--whole", "--format", "csv", "--output", str(tmp_path))
        assert "存疑" not in done.out
        (path,) = tmp_path.rglob("*.csv")
        assert "存疑" not in plain(path)

    def test_a_reminder_and_a_calendar_say_so(self, tmp_path: Path, run_command: RunCommand) -> None:
        path = tmp_path / "w.duckdb"
        store.publish(path, add=notice_frames(notice_rows(1, (Duty("报送总结", days=(today(),)),))))
        with duckdb.connect(str(path)) as connection:
            connection.execute(DOUBT, ["notice-1-t1"])
        (reminder,) = find_reminders(path, within=30)
        assert f"{ONE}，请对照原件核实。" in format_message(reminder)
        assert ONE in run_command("remind", "--warehouse", str(path)).out
        calendar = tmp_path / "任务.ics"
        run_command("export", "tasks", "--format", "ics", "--output", str(calendar), "--warehouse", str(path))
        assert ROW in unfolded(calendar)


class TestComparisons:
    def test_the_notice_is_named_and_the_command_says_so(
        self, doubtful: tuple[Path, str, str], run: RunCommand, tmp_path: Path
    ) -> None:
        path = doubtful[0]
        comparison = load_comparison(path, find_notice_ids(path, ["淄博", "汕尾"]))
        texts = {gap.heading: gap.text for gap in find_gaps(comparison)}
        (zibo,) = [text for label, text in texts.items() if "淄博" in label]
        assert f"{ONE}，引用前请对照印发件" in zibo
        done = run("export", "comparison", "淄博", "汕尾", "--format", "xlsx", "--output", str(tmp_path))
        assert ONE in done.out


class TestPages:
    def test_pages_that_rest_on_it_say_so_and_others_do_not(
        self, web: httpx.Client, doubtful: tuple[Path, str, str]
    ) -> None:
        path, table_id, notice_id = doubtful
        with duckdb.connect(str(path), read_only=True) as connection:
            [(task_id,)] = connection.execute(
                "SELECT min(task_id) FROM core.tasks WHERE table_id = ?", [table_id]
            ).fetchall()
            [(other,)] = connection.execute(
                "SELECT min(notice_id) FROM core.notices WHERE notice_id <> ?", [notice_id]
            ).fetchall()
        for address in (
            "/",
            "/notices",
            f"/notice/{notice_id}",
            f"/notice/{notice_id}/table/{table_id}",
            f"/task/{task_id}",
            f"/?notice={notice_id}",
            f"/compare?n={notice_id}&n={other}",
            f"/progress?notice={notice_id}",
            "/questions/1?notice=淄博",
        ):
            page = web.get(address)
            assert page.status_code == 200, address
            assert f"{ONE}，请对照原件核实" in page.text, address
        for address in (
            f"/notice/{other}",
            f"/?notice={other}",
            f"/progress?notice={other}",
            "/questions/1?notice=汕尾",
        ):
            page = web.get(address)
            assert page.status_code == 200, address
            assert "版式存疑，" not in page.text, address

    def test_the_table_shows_both_readings(self, web: httpx.Client, doubtful: tuple[Path, str, str]) -> None:
        _, table_id, notice_id = doubtful
        page = web.get(f"/notice/{notice_id}/table/{table_id}").text
        assert "读作：甲读法（把握 40%）" in page
        assert "另一种可能：乙读法" in page
        assert "读表把握 40%" in web.get(f"/notice/{notice_id}").text

    def test_downloads_have_it_above_their_rows(self, web: httpx.Client, doubtful: tuple[Path, str, str]) -> None:
        notice_id = doubtful[2]
        for query in (
            f"what=tasks&notice={notice_id}",
            f"what=indicators&notice={notice_id}",
            "what=question&number=1&notice=淄博",
        ):
            book = load_workbook(io.BytesIO(web.get(f"/download?{query}").content))
            assert ONE in str(book.worksheets[0]["A3"].value), query


def plain(path: Path) -> str:
    text = path.read_text("utf-8-sig")
    return "\n".join("".join(row) for row in csv.reader(io.StringIO(text))) if path.suffix == ".csv" else text


def unfolded(path: Path) -> str:
    return path.read_bytes().replace(b"\r\n ", b"").decode("utf-8").replace("\\", "")


def sheet_text(path: Path) -> str:
    return "\n".join(str(value) for sheet in load_workbook(path) for row in sheet.values for value in row if value)


def docx_text(path: Path) -> str:
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
