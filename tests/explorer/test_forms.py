"""What each form of an editor writes, logs and orders, without the builds that follow (those: `test_settling`)."""

from __future__ import annotations

import csv
import io
import re
import shutil
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from assets.ingest.change_log import read_changes
from assets.ingest.decisions import REGISTER_FILE
from extractors.layouts import LAYOUTS_FILE
from extractors.unit_decisions import UNITS_FILE
from pipelines.editing.editor import Editor
from pipelines.editing.job_queue import Order, Progress
from pipelines.editing.layout_preview import PreviewError, preview_layout
from tests.explorer.editing_site import DOUBTFUL, NOTICE, WAIT_SECONDS, EditingSite, Visitor, editing, refusal
from warehouse.explorer.editing import EditError, RowPlace, UploadedFile, Why

LED = NOTICE.replace("甲", "乙")
for before, after in (("责任科室 |", "责任科室 | 责任领导 |"), ("|---|", "|---|---|"), ("公室 |", "公室 | 王某某 |")):
    LED = LED.replace(before, after, 1 if before == "|---|" else -1)
REASON = Why("经办甲", "与印发件一致")


@dataclass
class Jobs:
    """The jobs that were ordered, and what the workbooks of each held while it was done."""

    orders: list[Order] = field(default_factory=list)
    books: list[bytes] = field(default_factory=list)

    def do(self, order: Order, _: Progress) -> Sequence[str]:
        """Note an order."""
        self.orders.append(order)
        self.books += [Path(book.path).read_bytes() for book in order.books]
        return ["已生效"]


@dataclass
class Desk:
    """A site and a visitor who may edit."""

    site: EditingSite
    visitor: Visitor
    jobs: Jobs

    @property
    def orders(self) -> list[Order]:
        """The jobs that were ordered."""
        return self.jobs.orders

    @property
    def raw(self) -> Path:
        """The folder of source files."""
        return self.site.settings.raw

    def lines(self, name: str) -> list[dict[str, str]]:
        """The decisions of a file."""
        path = self.site.settings.corrections / name
        return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig")))) if path.exists() else []

    def task(self, number: int, file: str = "甲.md") -> dict[str, str]:
        """The fields that name the row of a task in a form."""
        sql = (
            "SELECT t.notice_id, t.locator, t.task_id, t.table_id FROM core.tasks AS t JOIN core.notices "
            "USING (notice_id) JOIN core.files USING (file_id) WHERE source_path = ? ORDER BY t.ordinal"
        )
        return dict(zip(("notice", "locator", "task", "table"), self.site.ask(sql, file)[number], strict=True))

    def upload(self, *files: tuple[str, bytes], to: str = "/files/notices", **fields: str) -> Any:
        """Send files as their form does."""
        return self.visitor.send(to, {"reason": ""} | fields, files=[("files", one) for one in files])


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    files: dict[str, str | bytes] = {"甲.md": NOTICE, "乙.md": LED, "丁.md": DOUBTFUL}
    site = EditingSite.create(tmp_path_factory.mktemp("forms"), files)
    jobs = Jobs()
    with editing(site, work=jobs.do) as visitor:
        yield Desk(site, visitor, jobs)


@pytest.fixture
def desk(opened: Desk) -> Iterator[Desk]:
    """The site without decisions and uploads."""
    yield opened
    # Jobs are done one after another: when this one is over, so are all others.
    opened.visitor.settle("/settle/unit", {"printed": "综公室", "name": "办公室"})
    shutil.rmtree(opened.site.settings.corrections, ignore_errors=True)
    for path in opened.raw.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
    opened.orders.clear()
    opened.jobs.books.clear()


def test_the_form_beside_a_table_is_that_of_the_row_that_is_shown(desk: Desk) -> None:
    for number, value in ((0, "4"), (1, "6")):
        task = desk.task(number)
        page = desk.visitor.page(f"/notice/{task['notice']}/table/{task['table']}?task={task['task']}")
        assert re.findall(r'name="field\.tasks\.points" value="(\d+)"', page) == [value]
        assert f'name="task" value="{task["task"]}"' in page
    table = desk.task(0)
    assert "field.tasks" not in desk.visitor.page(f"/notice/{table['notice']}/table/{table['table']}")


def points(seen: str, value: str) -> dict[str, str]:
    return {"seen.tasks.points": seen, "field.tasks.points": value}


def test_only_what_was_changed_of_a_row_is_corrected(desk: Desk) -> None:
    same = {"seen.tasks.requirement": "组织", "field.tasks.requirement": " 组织 "}
    assert desk.visitor.settle("/settle/row", desk.task(1) | points("6", "5") | same) == ["已生效"]
    (line,) = desk.lines(REGISTER_FILE)
    assert (line["文件"], line["位置"]) == ("甲.md", "表1 第3行第2列（文本第10行）")
    assert (line["字段"], line["原值"], line["改为"]) == ("tasks.points", "6", "5")
    assert (line["理由"], line["经办人"]) == ("与印发件一致", "经办甲")
    (order,) = desk.orders
    assert (order.title, list(order.source_paths), list(order.added)) == ("更正", ["甲.md"], [])
    (change,) = read_changes(desk.site.settings.corrections)
    assert (change.action, change.who, change.file) == ("更正", "经办甲", REGISTER_FILE)
    assert change.what.startswith("甲.md 表1 第3行")
    assert change.what.endswith("：分值 6 → 5")


def test_an_emptied_field_is_said_to_be_empty(desk: Desk) -> None:
    desk.visitor.settle("/settle/row", desk.task(1) | points("6", ""))
    desk.visitor.settle("/settle/row", desk.task(1) | points("", "4"))
    assert [change.what.rpartition("：")[2] for change in read_changes(desk.site.settings.corrections)] == [
        "分值 6 → （空）",
        "分值 （空） → 4",
    ]
    assert [(line["原值"], line["改为"]) for line in desk.lines(REGISTER_FILE)] == [("6", ""), ("", "4")]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (points("6", "6"), "各栏都与现在的值相同，没有要更正的"),
        (points("5", "4"), "“分值”现在的值是“6”"),
        (points("6", "很多"), "分值"),
        ({"seen.tasks.none": "1", "field.tasks.none": "2"}, "没有这一栏了"),
        (points("6", "5") | {"notice": "x"}, "已不在仓库中"),
        (points("6", "5") | {"who": " "}, "请写明理由和经办人"),
        (points("6", "5") | {"reason": ""}, "请写明理由和经办人"),
        (points("6", "5") | {"who": "甲" * 41}, "经办人不超过 40 字，理由不超过 500 字"),
        (points("6", "5") | {"reason": "因" * 501}, "经办人不超过 40 字，理由不超过 500 字"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(desk: Desk, fields: dict[str, str], message: str) -> None:
    answer = desk.visitor.send("/settle/row", desk.task(1) | fields)
    assert (answer.status_code, message in refusal(answer)) == (422, True), refusal(answer)
    assert not list(desk.site.settings.corrections.glob("*.csv"))
    assert desk.orders == []


def test_the_longest_name_and_reason_are_taken(desk: Desk) -> None:
    longest = {"who": "甲" * 40, "reason": "因" * 500}
    assert desk.visitor.send("/settle/row", desk.task(1) | points("6", "5") | longest).status_code == 303


def test_a_row_that_shares_its_place_is_not_corrected(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, status in ((2, 422), (1, 303)):
        monkeypatch.setattr("pipelines.editing.editor.SAME_PLACE_SQL", {"tasks": f"SELECT {number} WHERE ? <> ?"})
        assert desk.visitor.send("/settle/row", desk.task(1) | points("6", "5")).status_code == status


def test_findings_are_settled_together_with_one_opinion(desk: Desk) -> None:
    sql = "SELECT finding_id, message FROM core.findings WHERE dismissed IS NULL ORDER BY message, finding_id"
    found = [row for row in desk.site.ask(sql) if "组织领导" in row[1]][:2]
    fields: dict[str, Any] = {"finding": [row[0] for row in found], "opinion": "confirm", "reason": ""}
    desk.visitor.settle("/settle/findings", fields)
    lines = desk.lines(REGISTER_FILE)
    assert [(line["原值"], line["理由"]) for line in lines] == [(row[1], "与原件核对无误") for row in found]
    (change,) = read_changes(desk.site.settings.corrections)
    assert change.action == "核对无误"
    assert change.what.endswith(" 等 2 条")
    assert sorted(desk.orders[0].source_paths) == ["乙.md", "甲.md"]
    one = {"finding": found[0][0], "opinion": "dismiss", "reason": "原件如此"}
    desk.visitor.settle("/settle/findings", one)
    assert not read_changes(desk.site.settings.corrections)[-1].what.endswith("条")
    assert desk.lines(REGISTER_FILE)[-1]["理由"] == "原件如此"
    for wrong, status in (({"opinion": "x"}, 400), ({"finding": "x"}, 422), ({"reason": ""}, 422)):
        assert desk.visitor.send("/settle/findings", one | wrong).status_code == status
    assert len(desk.lines(REGISTER_FILE)) == 3


def test_a_unit_gets_its_name_or_none(desk: Desk) -> None:
    desk.visitor.settle("/settle/unit", {"printed": "综公室", "name": "办公室", "function": ""})
    desk.visitor.settle("/settle/unit", {"printed": "综公室", "name": "", "no_unit": "yes"})
    assert [line["规范名"] for line in desk.lines(UNITS_FILE)] == ["办公室", "'----"]
    assert [sorted(order.source_paths) for order in desk.orders] == [["乙.md", "甲.md"]] * 2
    assert read_changes(desk.site.settings.corrections)[0].what == "综公室 → 办公室"
    for fields, message in (
        ({"printed": "综公室", "name": " "}, "请写明规范名"),
        ({"printed": " ", "name": "办公室"}, "请写明规范名"),
        ({"printed": "没有的科", "name": "办公室"}, "没有“没有的科”这种写法"),
    ):
        assert message in refusal(desk.visitor.send("/settle/unit", fields))


def test_a_table_gets_roles_classes_or_is_accepted(desk: Desk) -> None:
    table = desk.task(0, "丁.md")["table"]
    for fields, what in (
        ({"column": ["第3列", "第1列"], "role": ["备注", ""]}, "丙=备注"),
        ({"row_choice": ["", "第2行=任务"]}, "第2行=任务行"),
        ({"accept": "yes"}, "读得对"),
    ):
        desk.visitor.settle("/settle/layout", {"table": table} | fields)
        last = read_changes(desk.site.settings.corrections)[-1]
        assert last.what.startswith("丁.md 表1：")
        assert last.what.endswith(what)
        assert list(desk.orders[-1].source_paths) == ["丁.md"]
    assert [(line["列"], line["列含义"]) for line in desk.lines(LAYOUTS_FILE)][:1] == [("丙", "备注")]
    for wrong, message in (
        ({"column": "第3列", "role": ""}, "请选定一列的含义"),
        ({"column": "第3列", "role": "备注", "table": "x"}, "已随仓库更新"),
    ):
        assert message in refusal(desk.visitor.send("/settle/layout", {"table": table} | wrong))


def test_a_preview_tells_the_differences_and_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    table = desk.task(0, "丁.md")["table"]
    settings = desk.site.settings
    monkeypatch.setattr(
        "pipelines.editing.child_process.ChildRunner.preview", lambda _, *given: preview_layout(settings, *given)
    )
    fields = {"table": table, "column": "第3列", "role": "备注", "preview": "yes", "reason": "原表如此"}
    page = desk.visitor.send("/settle/layout", fields | {"next": "//elsewhere.example/"})
    assert page.status_code == 200
    for text in ("第3列=备注", "原表如此", "今后印发的同样表头的表也照此读取"):
        assert text in page.text
    assert "elsewhere.example" not in page.text
    assert desk.visitor.send("/settle/layout", fields | {"reason": "", "who": ""}).status_code == 200
    assert "现在读得对" in desk.visitor.send("/settle/layout", {"table": table, "accept": "yes", "preview": "yes"}).text
    assert not list(settings.corrections.glob("*.csv"))
    assert desk.orders == []
    line = {"header": "甲｜乙｜丙", "column": "丙", "role": "备注", "reason": "如此", "who": "甲", "when": "2026-01-01"}
    same = preview_layout(settings, table, [])
    assert {name: now == then for name, (now, then) in same["counts"].items()} == dict.fromkeys(same["counts"], True)
    assert (same["differences"], same["more"]) == ([], 0)
    desk.visitor.settle("/settle/layout", {"table": table, "column": "第3列", "role": "备注"})
    # What was decided and not built yet counts too.
    (kept,) = desk.lines(LAYOUTS_FILE)
    assert kept["列"] == line["column"]
    then = preview_layout(settings, table, [])
    assert then["counts"]["任务分值合计"] == ["30", "0"]
    assert [(now, later) for _, now, later in then["differences"]] == [
        ("制定年度创建工作方案，定期研究部署创建工作。；10 分", "制定年度创建工作方案，定期研究部署创建工作。"),
        ("组织开展志愿服务活动，做好活动记录和信息报送。；20 分", "组织开展志愿服务活动，做好活动记录和信息报送。"),
    ]
    monkeypatch.setattr("pipelines.editing.layout_preview.MAX_SHOWN", 1)
    cut = preview_layout(settings, table, [])
    assert (len(cut["differences"]), cut["more"]) == (1, 1)
    with pytest.raises(PreviewError, match="仓库中没有这张表格"):
        preview_layout(settings, "x", [])


def test_an_undo_takes_back_the_last_change_of_a_place_once(desk: Desk) -> None:
    folder = desk.site.settings.corrections
    desk.visitor.settle("/settle/row", desk.task(0) | points("4", "3"))
    before = (folder / REGISTER_FILE).read_bytes()
    for seen, value in (("6", "5"), ("5", "7")):
        desk.visitor.settle("/settle/row", desk.task(1) | points(seen, value))

    def undo(number: int) -> str:
        answer = desk.visitor.send("/changes/undo", {"number": str(number)})
        return "" if answer.status_code == 303 else refusal(answer)

    assert undo(2) == "此后又改过同一处，请先撤销第 3 条"
    assert undo(9) == "没有这样一条可以撤销的操作"
    assert undo(3) == ""
    assert undo(3) == "第 3 条操作已由第 4 条撤销"
    assert undo(4) == "没有这样一条可以撤销的操作"
    assert undo(2) == ""
    assert (folder / REGISTER_FILE).read_bytes() == before
    assert list(desk.orders[-1].source_paths) == ["甲.md"]
    assert [change.undoes for change in read_changes(folder)] == [None, None, None, 3, 2]
    assert undo(1) == ""


def test_the_log_says_what_can_be_undone_the_newest_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = Editor(desk.site.settings, work=Jobs().do)
    place = RowPlace(desk.task(1)["notice"], desk.task(1)["locator"], desk.task(1)["task"])
    number = editor.correct(place, {"tasks.points": ("6", "5")}, REASON)
    assert editor.read_row(place)["tasks.points"] == "6"
    editor.undo(1, REASON)
    editor.save_query("甲", "SELECT 1", Why("经办甲", ""), replace=False)
    editor.remove_query("甲", Why("经办甲", ""))
    entries = editor.list_changes()
    assert [(one.number, one.action, one.undoes, one.undone_by, one.can_undo) for one in entries] == [
        (4, "删除查询", None, None, False),
        (3, "保存查询", None, None, False),
        (2, "撤销", 1, None, False),
        (1, "更正", None, 2, False),
    ]
    assert [one.reason for one in entries[:2]] == ["不再使用", "供今后查询"]
    assert entries[0].what == "甲：SELECT 1"
    monkeypatch.setattr("pipelines.editing.editor.MAX_ENTRIES", 3)
    assert [one.number for one in editor.list_changes()] == [4, 3, 2]
    assert editor.find_job(number) in editor.list_jobs()
    with pytest.raises(EditError):
        editor.save_query("甲", "SELECT 1", Why("", ""), replace=False)
    editor.close()


def test_what_is_not_written_is_not_logged_and_the_other_way_round(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for broken in ("append_decisions", "append_change"):
        with monkeypatch.context() as patch:
            patch.setattr(f"pipelines.editing.editor.{broken}", fail)
            answer = desk.visitor.send("/settle/row", desk.task(1) | points("6", "5"))
        assert (answer.status_code, "No space left on device" in refusal(answer)) == (422, True)
        assert (read_changes(desk.site.settings.corrections), desk.lines(REGISTER_FILE)) == ([], [])
    assert desk.orders == []


NEW = NOTICE.replace("甲", "丙").encode()


def test_notices_are_put_where_they_were_meant_to_go(desk: Desk) -> None:
    (desk.raw / "370300-淄博市").mkdir()
    (desk.raw / "._旧").mkdir()
    page = desk.visitor.page("/files")
    assert '<option value="370300-淄博市">' in page
    assert "._旧" not in page
    desk.visitor.finish(desk.upload((r"C:\文件\丙 州.MD", NEW), ("通知第1.2A稿", b"x"), folder="370300-淄博市"))
    desk.visitor.finish(desk.upload(("../../戊.md", b"y"), folder=" "))
    found = {path.relative_to(desk.raw).as_posix() for path in desk.raw.rglob("*") if path.is_file()}
    new = {"370300-淄博市/丙 州.md", "370300-淄博市/通知第1.2A稿", "上传/戊.md"}
    assert found == {"甲.md", "乙.md", "丁.md"} | new
    assert (desk.raw / "370300-淄博市/丙 州.md").read_bytes() == NEW
    assert {name for order in desk.orders for name in order.added} == new
    change = read_changes(desk.site.settings.corrections)[0]
    assert (change.action, change.what) == ("上传通知", "370300-淄博市/丙 州.md、370300-淄博市/通知第1.2A稿")
    assert change.reason == "收到新印发的通知"


def test_who_may_not_edit_is_shown_no_folder(desk: Desk) -> None:
    (desk.raw / "370300-淄博市").mkdir()
    with editing(desk.site, work=Jobs().do, token="a-token-of-readers") as reader:
        reader.web.post("/signin", data={"token": "a-token-of-readers"})
        assert "370300-淄博市" not in reader.page("/files")
    assert "370300-淄博市" in desk.visitor.page("/files")


def test_a_file_in_the_same_place_is_replaced_only_if_told_so(desk: Desk) -> None:
    assert desk.upload(("丙.md", NEW)).status_code == 303
    assert desk.upload(("丙.md", NEW)).status_code == 303
    answer = desk.upload(("戊.md", b"y"), ("丙.md", NEW + b"x"))
    assert "已有内容不同的同名文件 丙.md，没有上传任何文件" in refusal(answer)
    assert [path.name for path in (desk.raw / "上传").iterdir()] == ["丙.md"]
    assert desk.upload(("丙.md", NEW + b"x"), replace="yes").status_code == 303
    assert (desk.raw / "上传/丙.md").read_bytes() == NEW + b"x"
    (desk.raw / "上传/己.md").mkdir()
    assert "已有名为 己.md 的文件夹" in refusal(desk.upload(("己.md", b"z"), replace="yes"))


@pytest.mark.parametrize(
    ("name", "content", "folder", "message"),
    [
        ("空.md", b"", "", "空.md 是空文件"),
        ("~$甲.docx", b"x", "", "不是通知文件"),
        ("README.md", b"x", "", "不是通知文件"),
        ("又一份.md", NOTICE.encode(), "", "又一份.md 与已有的 甲.md 内容相同"),
        ("戊.md", b"x", "甲.md", "请换一个文件夹"),
        ("戊.md", b"x", "旧稿.tmp", "请换一个文件夹"),
        ("", b"", "", "没有选定文件"),
    ],
)
def test_what_is_no_notice_is_refused(desk: Desk, name: str, content: bytes, folder: str, message: str) -> None:
    answer = desk.upload(*([(name, content)] if name else []), folder=folder)
    assert message in refusal(answer)
    assert sorted(path.name for path in desk.raw.iterdir()) == ["丁.md", "乙.md", "甲.md"]
    assert (desk.orders, read_changes(desk.site.settings.corrections)) == ([], [])


def test_a_file_may_have_the_size_of_the_limit(desk: Desk, tmp_path: Path) -> None:
    settings = desk.site.settings.model_copy(update={"max_mb": 1.0})
    editor = Editor(settings, work=Jobs().do)
    path = tmp_path / "file0"
    path.write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(EditError, match=r"大\.md 超过 1 MB，没有上传任何文件"):
        editor.add_notices([UploadedFile("大.md", path)], "", REASON, replace=True)
    path.write_bytes(b"x" * (1 << 20))
    editor.add_notices([UploadedFile("大.md", path)], "", REASON, replace=True)
    editor.close()
    assert [path.name for path in (desk.raw / "上传").iterdir()] == ["大.md"]


def test_filled_lists_are_handed_to_the_job_and_removed_after_it(desk: Desk) -> None:
    answer = desk.upload(("清单.XLSX", b"one"), (r"D:\清单.xlsx", b"two"), to="/files/progress")
    desk.visitor.finish(answer)
    (order,) = desk.orders
    assert (order.title, [book.name for book in order.books]) == ("导入填报 2 份", ["清单.xlsx", "清单（2）.xlsx"])
    assert desk.jobs.books == [b"one", b"two"]
    end = time.monotonic() + WAIT_SECONDS
    while any(Path(book.path).exists() for book in order.books):
        assert time.monotonic() < end
        time.sleep(0.01)
    (change,) = read_changes(desk.site.settings.corrections)
    assert (change.action, change.what) == ("导入填报", "清单.xlsx、清单（2）.xlsx")
    for files, message in ((("清单.docx", b"x"), "清单.docx 不是表格文件"), (("清单", b"x"), "清单 不是表格文件")):
        assert message in refusal(desk.upload(files, to="/files/progress"))
    assert "没有选定文件" in refusal(desk.upload(to="/files/progress"))
    assert len(desk.orders) == 1


def cells_of(data: bytes) -> set[str]:
    """The texts of the first sheet of a workbook."""
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}


def test_a_list_is_made_for_one_unit_or_for_all(desk: Desk) -> None:
    notice = desk.task(0, "乙.md")["notice"]

    def made(**fields: str) -> Any:
        return desk.visitor.web.get("/files/lists", params={"notice": notice, "format": "xlsx"} | fields)

    with zipfile.ZipFile(io.BytesIO(made(format="docx").content)) as archive:
        assert sorted(archive.namelist()) == ["办公室.docx", "综公室.docx"]
    one = made(party="办公室")
    assert one.headers["content-disposition"].startswith('attachment; filename="wenming.xlsx"')
    cells, without_persons = cells_of(one.content), cells_of(made(party="办公室", no_persons="yes").content)
    assert any("制定年度创建工作方案" in text for text in cells)
    assert not any("志愿服务活动" in text for text in cells)
    assert [any("王某某" in text for text in one) for one in (cells, without_persons)] == [True, False]
    for fields, status, message in (
        ({"format": "exe"}, 400, "请选择文件的格式"),
        ({"notice": "x"}, 404, "没有这份通知"),
        ({"party": "公室"}, 400, "相近的有：办公室、综公室"),
        ({"party": "天气"}, 400, "请从列表中选择"),
        ({"format": "ics"}, 400, "没有可写的任务"),
    ):
        answer = made(**fields)
        assert (answer.status_code, message in refusal(answer)) == (status, True)


def test_a_form_leads_back_with_its_job_and_remembers_who_sent_it(desk: Desk) -> None:
    answer = desk.visitor.send("/settle/row", desk.task(1) | points("6", "5") | {"next": "/inbox?rule=x"})
    assert answer.headers["location"].startswith("/inbox?rule=x&job=")
    assert "%E7%BB%8F%E5%8A%9E%E7%94%B2" in answer.headers["set-cookie"]
    job = desk.visitor.web.get("/jobs/" + answer.headers["location"].rpartition("=")[2]).json()
    assert (job["title"], job["total"] >= job["done"]) == ("更正", True)
    assert desk.visitor.web.get("/jobs/99999").status_code == 404
    stale = desk.visitor.send("/settle/row", desk.task(0) | points("4", "5"), seal="0" * 64)
    assert stale.status_code == 400
