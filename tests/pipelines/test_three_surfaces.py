"""Every question gives the same figures and the same sentence on the terminal, on its page and in its workbook."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from pipelines.cli_common import OK
from pipelines.commands import ask
from tests.explorer.sample_site import serving
from tests.pipelines.conftest import CommandResult
from tests.warehouse.conftest import five
from warehouse.explorer import create_app
from warehouse.explorer.rendering import format_text
from warehouse.formatting import format_value, to_json_value
from warehouse.printing import HEADER_ROW
from warehouse.questions import Answer, QuestionFilters, answer, answers, list_questions
from warehouse.questions.describe import describe, describe_left_out
from warehouse.xlsx import to_cell_value

__all__ = ["five"]

RunCommand = Callable[..., CommandResult]
NUMBERS = [one.number for one in list_questions()]
DAY = date(2021, 3, 1)


@pytest.fixture(scope="module")
def web(five: Path) -> Iterator[httpx.Client]:
    with serving(create_app(five)) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        yield client


def found(five: Path, number: int, *notices: str) -> Answer:
    filters = QuestionFilters(notice=notices, date=DAY if number == 18 else None)
    return answer(five, number, filters, today=date.today())


def stored(value: Any) -> Any:
    """What a cell of a workbook reads as."""
    if value is None:
        return None
    kept, kind = to_cell_value(value)
    return f"{kept}" if kind == "day" else float(kept) if kind == "number" else kept or None


def read(value: Any) -> Any:
    """The value of a cell, for comparison with `stored`."""
    if isinstance(value, int | float):
        return float(value)
    return f"{value.date()}" if hasattr(value, "date") else value


def sheet(book: Any, name: str) -> list[list[Any]]:
    return [[read(value) for value in row] for row in book[name].iter_rows(min_row=HEADER_ROW, values_only=True)]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_surfaces_agree(
    five: Path, run_command: RunCommand, web: httpx.Client, tmp_path: Path, number: int
) -> None:
    expected = found(five, number)
    day = ("--date", str(DAY)) if number == 18 else ()
    there = (*day, "--warehouse", str(five))

    data = run_command("ask", str(number), "--format", "json", *there)
    assert data.code == OK
    names = expected.result.columns
    assert json.loads(data.out) == [
        dict(zip(names, map(to_json_value, row), strict=True)) for row in expected.result.rows
    ]
    assert expected.conclusion in data.err
    assert describe_left_out(expected.left_out, 5) in data.err

    terminal = run_command("ask", str(number), *there).out
    assert expected.conclusion in terminal

    parameters = {"date": str(DAY)} if number == 18 else {}
    page = html.unescape(web.get(f"/questions/{number}", params=parameters).text)
    assert expected.conclusion in page
    assert f"共 {len(expected.result.rows):,} 行" in page or not expected.result.rows
    for one in expected.left_out:
        assert f"：{one.reason}" in page
    for row in expected.crosstab.rows[:20] if expected.crosstab else ():
        assert all(f"{format_text(value)}</" in page for value in row)

    target = tmp_path / "答案.xlsx"
    assert run_command("ask", str(number), "--format", "xlsx", "--output", str(target), *there).code == OK
    download = {"what": "question", "number": str(number), **parameters}
    books = [load_workbook(target), load_workbook(io.BytesIO(web.get("/download", params=download).content))]
    for book in books:
        header, *rows = sheet(book, "查询结果")
        assert tuple(header) == names
        assert rows == [[stored(value) for value in row] for row in expected.result.rows]
        said = {str(name): text for name, text in sheet(book, "说明")}
        assert said.get("结论", "") == expected.conclusion
        assert said.get("未列入的通知", "") == describe_left_out(expected.left_out)
        above = [str(row[0].value or "") for row in book["查询结果"].iter_rows(max_row=HEADER_ROW - 1)]
        assert above[0] == expected.question.title
        assert expected.question.question in above[1]
        assert expected.conclusion in above[1]
        assert f"数据日期：{expected.read_on}" in above[2]
        assert ("交叉表" in book.sheetnames) == (expected.crosstab is not None)
        if expected.crosstab is not None:
            assert sheet(book, "交叉表")[1:] == [[stored(value) for value in row] for row in expected.crosstab.rows]


@pytest.mark.parametrize("number", NUMBERS)
def test_every_notice_asked_about_has_a_row_or_a_reason(five: Path, number: int) -> None:
    expected = found(five, number)
    # A row that sums up several notices lists their labels.
    values = [value for row in expected.result.rows for value in row]
    listed = [label for value in values if isinstance(value, list) for label in value]
    shown = {value for value in [*values, *listed] if value in expected.notices}
    left_out = {one.label: one.reason for one in expected.left_out}
    assert shown | left_out.keys() == set(expected.notices)
    assert not shown & left_out.keys()
    assert all(left_out.values())
    assert {one.label for one in expected.sources} == shown
    assert all(f"{one.path} " in one.text for one in expected.sources)


def test_why_notices_are_left_out(five: Path) -> None:
    reasons = {
        (number, one.label.split(" ")[0]): one.reason for number in (8, 23, 17) for one in found(five, number).left_out
    }
    assert reasons[23, "淄博市国防动员办公室"] == "没有写明测评方法"
    assert reasons[23, "华容县审计局"] == "没有写明测评方法"
    assert reasons[8, "华容县审计局"] == "没有标注分值的一级指标，写明的总分也没有不符之处"
    assert reasons[17, "淄博市国防动员办公室"] == "没有写明时限"
    compared = {one.label: one.reason for one in found(five, 10, "淄博").left_out}
    assert compared == {"华容县审计局 2021": "没有写明分值", "铜川市民政局": "没有写明分值"}
    filtered = answer(five, 11, QuestionFilters(party="法宣"), today=DAY).left_out
    assert {one.reason for one in filtered} == {"没有符合所选条件的内容"}
    assert describe_left_out(filtered, 2).endswith("等 4 份（没有符合所选条件的内容）")


def test_what_stands_beside_an_answer(five: Path) -> None:
    lines = dict(describe(found(five, 12, "益阳")))
    assert lines["结论"] == "中共益阳市委党校 2021：办公室一家占 40%，责任中等集中。"
    assert lines["来源"].endswith("430900-益阳市/yiyang-2021.txt 表1、2、3")
    assert "处待核对的问题与责任有关，见 wenming review。" in lines["疑点"]
    assert "未列入的通知" not in lines


class TestWords:
    def test_one_hit_is_answered_and_several_are_listed(self, five: Path, run_command: RunCommand) -> None:
        there = ("--warehouse", str(five))
        assert "12 责任是否集中" in run_command("ask", "是否集中", *there).out
        several = run_command("ask", "各科室", *there)
        assert several.code == OK
        assert "有 2 题与“各科室”有关" in several.out
        assert all(title in several.out for title in ("各科室承担几项多少分", "“各科室”展开后负担"))

    def test_no_hit_names_what_is_near(self, five: Path, run_command: RunCommand) -> None:
        missed = run_command("ask", "哪个科室任务重", "--warehouse", str(five))
        assert missed.code != OK
        assert "没有与“哪个科室任务重”有关的题目。您是不是要找：" in missed.err

    def test_pages_are_found_in_the_same_way(self, web: httpx.Client) -> None:
        page = html.unescape(web.get("/questions", params={"q": "各科室"}).text)
        assert page.count('href="/questions/1') == 2
        nothing = html.unescape(web.get("/questions", params={"q": "哪个科室任务重"}).text)
        assert "您是不是要找" in nothing


def test_notices_compared_with_by_default_are_not_explained_one_by_one(
    five: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit, is_explained in ((5, True), (4, False)):
        monkeypatch.setattr(answers, "MAX_EXPLAINED", limit)
        assert (found(five, 10, "淄博").left_out != ()) is is_explained


def test_nothing_is_concluded_from_a_part_of_the_rows(five: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MAX_CONCLUDED_ROWS", 20)
    cut = answer(five, 1, QuestionFilters(), today=DAY, limit=5)
    assert (len(cut.result.rows), cut.result.truncated) == (5, True)
    assert cut.conclusion == answers.TOO_MANY
    assert cut.crosstab is None
    whole = answer(five, 12, QuestionFilters(), today=DAY, limit=2)
    assert (len(whole.result.rows), whole.result.truncated) == (2, True)
    assert whole.conclusion.startswith("5 份通知中")


class TestTerminal:
    def test_a_long_answer_is_cut_and_says_so(self, five: Path, run_command: RunCommand) -> None:
        there = ("--notice", "华容", "--warehouse", str(five))
        expected = len(found(five, 14, "华容").result.rows)
        cut = run_command("ask", "14", *there).out
        assert f"只列前 10 行，逐条共 {expected} 行，全部列出请加 --all" in cut
        whole = run_command("ask", "14", "--all", *there).out
        assert f"{expected} 行" in whole
        assert "--all" not in whole

    @pytest.mark.parametrize(("spare", "is_cut"), [(0, False), (-1, True)])
    def test_as_many_rows_as_are_shown_are_all_and_no_hint_follows(
        self, five: Path, run_command: RunCommand, monkeypatch: pytest.MonkeyPatch, spare: int, is_cut: bool
    ) -> None:
        monkeypatch.setattr(ask, "MAX_ROWS_SHOWN", len(found(five, 14, "华容").result.rows) + spare)
        assert ("只列前" in run_command("ask", "14", "--notice", "华容", "--warehouse", str(five)).out) is is_cut

    def test_all_of_due_tasks_are_all_notices_too(self, five: Path, run_command: RunCommand) -> None:
        there = ("--date", str(DAY), "--warehouse", str(five))
        expected = len(found(five, 18).result.rows)
        assert expected > 10
        # A hint that leads to all rows of the same notices, and not to those of all notices.
        assert f"全部列出请加 --limit {expected}" in run_command("ask", "18", *there).out
        whole = run_command("ask", "18", "--all", *there).out
        assert f"{expected} 行" in whole
        assert "只列前" not in whole
        assert "注意：" in whole

    def test_a_mixture_of_kinds_is_told_on_every_surface(
        self, five: Path, run_command: RunCommand, web: httpx.Client, tmp_path: Path
    ) -> None:
        there = ("1", "--warehouse", str(five))
        warning = "分值和任务不宜直接相比"
        assert warning in run_command("ask", *there).out
        data = run_command("ask", *there, "--format", "csv")
        assert warning in data.err
        assert warning not in data.out
        target = tmp_path / "答案.xlsx"
        run_command("ask", *there, "--format", "xlsx", "--output", str(target))
        page = html.unescape(web.get("/questions/1").text)
        assert warning in page
        assert 'name="campaign"' in page
        downloaded = io.BytesIO(web.get("/download", params={"what": "question", "number": "1"}).content)
        for book in (load_workbook(target), load_workbook(downloaded)):
            assert warning in dict(sheet(book, "说明"))["注意"]
        assert warning not in run_command("ask", "11", "--warehouse", str(five)).out

    def test_several_notices_stand_side_by_side(self, five: Path, run_command: RunCommand) -> None:
        shown = run_command("ask", "20", "--warehouse", str(five)).out
        assert "材料类型 × 通知：件数" in shown

    def test_numbers_of_tasks_are_for_programs(self, five: Path, run_command: RunCommand) -> None:
        there = ("--notice", "益阳", "--warehouse", str(five))
        assert "任务编号" not in run_command("ask", "13", "--all", *there).out
        assert "任务编号" in run_command("ask", "13", "--format", "csv", *there).out


class TestPage:
    @pytest.mark.parametrize("number", [9, 13, 14, 18, 25])
    def test_each_place_leads_to_its_task(self, web: httpx.Client, five: Path, number: int) -> None:
        parameters = {"date": str(DAY)} if number == 18 else {}
        page = html.unescape(web.get(f"/questions/{number}", params=parameters).text)
        result = found(five, number).result
        place = next(name for name in ("出处", "位置") if name in result.columns)
        rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows[:5]]
        for row in rows:
            assert f'<a href="/task/{row["任务编号"]}">{row[place]}</a>' in page

    def test_notices_are_picked(self, web: httpx.Client, five: Path) -> None:
        ids = [row.split('"')[0] for row in web.get("/questions/12").text.split('name="notice" value="')[1:]]
        assert len(ids) == 5
        page = html.unescape(web.get("/questions/12", params={"notice": ids[:2]}).text)
        assert page.count(" checked") == 2
        assert "已选 2 份" in page
        book = load_workbook(
            io.BytesIO(web.get("/download", params={"what": "question", "number": "12", "notice": ids[:2]}).content)
        )
        assert book["查询结果"].max_row == HEADER_ROW + 2
        assert 'type="date"' in web.get("/questions/18").text

    def test_bars_have_their_figures(self, web: httpx.Client, five: Path) -> None:
        page = html.unescape(web.get("/questions/12").text)
        chart = found(five, 12).chart
        assert chart is not None
        for name, value in chart.panels[0].bars:
            assert f'<th scope="row">{name}</th>' in page
            assert f'<td class="n">{format_value(value)}</td>' in page
