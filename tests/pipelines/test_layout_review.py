"""The layout of a table is settled once: listed first, shown with both readings, written down, read again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from assets.ingest.confirmed_layouts import read_layouts
from extractors.document import Document
from extractors.layouts import LAYOUTS_FILE, ConfirmedLayout, settle_layout
from extractors.notice import pipeline
from extractors.tables.clean_table import CleanTable, TableKind, clean_tables
from pipelines.cli_common import OK
from pipelines.commands.review import list_open_findings
from pipelines.commands.review_layout import (
    LayoutChoice,
    TablePlace,
    describe_next_step,
    make_layout_lines,
    print_table_place,
)
from pipelines.errors import WRONG_USAGE
from tests.extractors.test_attachments import packed
from tests.pipelines.conftest import CommandResult, Workspace
from tests.pipelines.sample_notices import as_text, lines

RunCommand = Callable[..., CommandResult]
pytestmark = pytest.mark.usefixtures("core_alone")

ROWS = (
    ("编次", "工作事宜", "由谁来办"),
    ("---",) * 3,
    ("1", "健全领导机构，明确专人负责，定期研究部署工作。", "甲组"),
    ("2", "广泛开展宣传教育活动，营造浓厚的创建氛围。", "乙组"),
    ("3", "组织志愿服务，每人每年不少于二十小时。", "丙组"),
    ("4", "加强阵地建设，每季度更新一次宣传栏。", "丁组"),
    ("5", "完善工作台账，年底前报送创建工作总结。", "甲组"),
)
ISSUER = "甲州市精神文明建设指导委员会办公室"
WHY = ("--reason", "对照原表", "--who", "甲")
TASKS = """
SELECT f.source_path, count(*)
FROM core.tasks JOIN core.notices USING (notice_id) JOIN core.files AS f USING (file_id) GROUP BY ALL ORDER BY ALL
"""
DOUBTS = (
    "SELECT f.source_path FROM core.findings AS d JOIN core.files AS f USING (file_id) WHERE d.rule = 'layout_doubt'"
)


def unread(place: str) -> str:
    """A notice with one table."""
    return "\n\n".join(lines(place)) + "\n\n" + "\n".join("| " + " | ".join(row) + " |" for row in ROWS) + "\n"


def unconfirmed(
    change: Callable[[CleanTable], CleanTable],
) -> Callable[[Document, Sequence[str | None], Sequence[ConfirmedLayout]], list[CleanTable]]:
    """`clean_tables`, with a change of the tables that no person confirmed."""

    def read(document: Document, titles: Sequence[str | None], layouts: Sequence[ConfirmedLayout]) -> list[CleanTable]:
        return [
            table if settle_layout(layouts, table.columns, table.ordinal) else change(table)
            for table in clean_tables(document, titles, layouts)
        ]

    return read


def misread(table: CleanTable) -> CleanTable:
    """A table with these headers is not understood."""
    return replace(table, kind=TableKind.OTHER) if table.columns[0] == "编次" else table


def doubt(table: CleanTable) -> CleanTable:
    """A table is read with little confidence."""
    readings = {"reading": "“测评标准”是任务要求", "alternative": "“测评标准”是评分办法"}
    return replace(misread(table), confidence=0.4, **readings)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def unknown_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "clean_tables", unconfirmed(misread))


@pytest.fixture(scope="module")
def first(start: Callable[..., Workspace]) -> Workspace:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "clean_tables", unconfirmed(misread))
        return start({"甲.md": unread("甲州"), "乙.md": as_text("乙州", 3).replace("组织领导", "组织领导（9分）")})


@pytest.fixture
def built(first: Workspace, tmp_path: Path) -> Workspace:
    return first.copy(tmp_path)


@pytest.fixture
def review(built: Workspace, run_command: RunCommand) -> RunCommand:
    return lambda *arguments: run_command("review", "--warehouse", str(built.warehouse), *arguments)


@pytest.fixture
def build(built: Workspace, run_command: RunCommand) -> RunCommand:
    return lambda *arguments: run_command(
        "build", "--raw", str(built.raw), "--warehouse", str(built.warehouse), *arguments
    )


@pytest.fixture
def doubtful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table that no person confirmed is read with little confidence."""
    monkeypatch.setattr(pipeline, "clean_tables", unconfirmed(doubt))


def test_a_table_with_sentences_and_no_task_is_never_just_loaded(built: Workspace, run_command: RunCommand) -> None:
    assert built.status() == {"甲.md": "needs_review", "乙.md": "loaded"}
    [(reason, remedy)] = built.ask("SELECT reason, remedy FROM core.files WHERE status = 'needs_review'")
    assert reason == "表1写有成句的要求，但没有读出任务"
    assert "wenming review" in remedy
    shown = run_command("status", "--warehouse", str(built.warehouse)).out
    assert "已入库、待认定 1" in shown
    assert "待认定 甲.md：表1写有成句的要求，但没有读出任务" in shown
    assert built.ask("SELECT loaded, no_tables FROM ops.runs") == [(2, 0)]


def test_it_is_listed_first_and_shown_with_its_first_rows(built: Workspace, review: RunCommand) -> None:
    found = list_open_findings(built.warehouse)
    assert found[0].rule == "form_text"
    assert [one.severity for one in found[1:]].count("warning") > 0
    shown = review("1").out
    for text in (
        "现读作",
        "另一种可能",
        "前 4 行",
        "工作事宜",
        "加强阵地建设",
        "review 1 --accept",
        "任务要求、评价标准",
    ):
        assert text in shown
    assert "完善工作台账" not in shown


def test_a_column_is_settled_and_the_next_notice_of_the_issuer_reads_itself(
    built: Workspace, build: RunCommand, tmp_path: Path
) -> None:
    built.put("甲二.md", unread("甲州").replace("测评体系", "任务安排"))
    built.put("丙.md", unread("丙州"))
    folder = tmp_path / "corrections"
    folder.mkdir()
    line = "编次｜工作事宜｜由谁来办,工作事宜,任务要求,,,对照原表,甲,2026-11-01"
    head = "文件,发文机关,表头,列,列含义,行,行类别,理由,填写人,日期\n"
    (folder / LAYOUTS_FILE).write_text(f"{head}甲.md,{ISSUER},{line}\n", "utf-8")
    assert "新读 3 个文件，未变 1 个" in build().out
    assert built.ask(TASKS) == [("乙.md", 3), ("甲.md", 5), ("甲二.md", 5)]
    assert built.status()["丙.md"] == "needs_review"
    assert "没有变化" in build().out
    # Lines that hold for all notices: only those with this header are read again.
    with (folder / LAYOUTS_FILE).open("a", encoding="utf-8") as file:
        file.write(f",,{line}\n")
    assert "新读 3 个文件，未变 1 个" in build().out
    assert built.status()["丙.md"] == "loaded"
    assert "没有变化" in build().out


def test_the_command_writes_the_line_and_says_what_happens(
    built: Workspace, review: RunCommand, build: RunCommand, tmp_path: Path
) -> None:
    result = review("1", "--column", "工作事宜=任务要求", "--column", "3=party", "--row", "5=说明行", *WHY)
    assert result.code == OK
    assert "版式.csv（3 行）。下次运行 wenming build 时重新读取 甲.md" in result.out.replace("\n", "")
    ((decision,), problems) = read_layouts(tmp_path / "corrections")
    assert problems == []
    assert decision.layout == ConfirmedLayout(
        "甲.md",
        ISSUER,
        ("编次", "工作事宜", "由谁来办"),
        None,
        {"工作事宜": "requirement", "由谁来办": "party"},
        {"5": "note"},
    )
    assert "新读 1 个文件，未变 1 个" in build().out
    assert built.ask(TASKS) == [("乙.md", 3), ("甲.md", 4)]
    assert set(built.status().values()) == {"loaded"}
    assert "没有变化" in build().out
    (tmp_path / "corrections" / LAYOUTS_FILE).unlink()
    refused = build()
    assert "版式认定已发布 3 条，现在只有 0 条" in refused.err.replace("\n", "")
    assert "新读 1 个文件" in build("--fewer-decisions").out
    assert built.status()["甲.md"] == "needs_review"


def test_an_accepted_table_holds_no_tasks(built: Workspace, review: RunCommand, build: RunCommand) -> None:
    assert review("1", "--accept", *WHY).code == OK
    assert build().code == OK
    assert built.status()["甲.md"] == "loaded"
    [(severity, message)] = built.ask("SELECT severity, message FROM core.findings WHERE rule = 'form_text'")
    assert severity == "info"
    assert message.startswith("经人工认定，这张表不含任务")


@pytest.mark.usefixtures("doubtful")
class TestDoubtfulTables:
    def test_build_status_and_review_tell_both_readings(
        self, built: Workspace, build: RunCommand, review: RunCommand, run_command: RunCommand
    ) -> None:
        shown = build("--full").out
        assert "版式存疑 乙.md：表1" in shown
        assert "现读作：“测评标准”是任务要求；另一种可能：“测评标准”是评分办法" in shown
        assert "版式存疑 乙.md" in run_command("status", "--warehouse", str(built.warehouse)).out
        assert built.ask("SELECT DISTINCT confidence FROM core.notices") == [(0.4,)]
        shown = review("1", "--rule", "layout_doubt", "--notice", "乙").out
        assert "“测评标准”是评分办法" in shown
        assert "办公室" in shown

    def test_accepting_writes_every_column_and_ends_the_doubt(
        self, built: Workspace, build: RunCommand, review: RunCommand, tmp_path: Path
    ) -> None:
        build("--full")
        assert review("1", "--rule", "layout_doubt", "--notice", "乙", "--accept", *WHY).code == OK
        ((decision,), _) = read_layouts(tmp_path / "corrections")
        assert decision.layout.accepted
        assert decision.layout.columns == {
            "测评项目": "level",
            "测评标准": "requirement",
            "分值": "points",
            "责任科室": "party",
        }
        build()
        assert built.ask(DOUBTS) == [("甲.md",)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("1", "--column", "工作事宜=任务要求"), "请写明理由"),
        (
            ("1", "--column", "测评标准=任务要求", *WHY),
            "这张表没有“测评标准”这一列。可写的有：编次、工作事宜、由谁来办",
        ),
        (("1", "--column", "工作事宜=颜色", *WHY), "不认识“颜色”。可写的有：序号、指标、任务要求"),
        (("1", "--column", "工作事宜", *WHY), "写法有误，应为 --column 评分标准=任务要求"),
        (("1", "--row", "九=小计行", *WHY), "这张表没有“九”这一行"),
        (("1", "--accept", "--dismiss", *WHY), "只能用一种"),
    ],
)
def test_what_cannot_be_written_down_is_explained(
    review: RunCommand, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = review(*arguments)
    assert result.code == WRONG_USAGE
    assert message in result.err.replace("\n", "")
    assert not (tmp_path / "corrections" / LAYOUTS_FILE).exists()


def test_lines_that_fit_nothing_are_told_by_the_build(built: Workspace, build: RunCommand, tmp_path: Path) -> None:
    folder = tmp_path / "corrections"
    folder.mkdir()
    (folder / LAYOUTS_FILE).write_text(
        "文件,表头,列,列含义,行,行类别,理由,填写人,日期\n"
        "不在.md,甲｜乙,甲,任务要求,,,核对,甲,2026-11-01\n"
        ",甲｜乙,甲,任务要求,,,核对,甲,2026-11-01\n"
        "乙.md,甲｜乙,甲,任务要求,,,核对,甲,2026-11-01\n"
        ",甲｜乙,丙,任务要求,,,核对,甲,2026-11-01\n",
        "utf-8",
    )
    shown = build().out.replace("\n", "")
    assert "版式.csv 第 2 行所指的文件不在 raw 文件夹中（不在.md）" in shown
    assert "版式.csv 第 3 行所列的表头（甲｜乙）在各通知中没有找到" in shown
    assert "版式.csv 第 5 行的列“丙”不在所填的表头中" in shown
    [(message,)] = built.ask("SELECT message FROM core.findings WHERE rule = 'correction_stale'")
    assert "本文件中没有表头为“甲｜乙”的表" in message


def test_a_damaged_file_stays_as_it_is(built: Workspace, review: RunCommand, tmp_path: Path) -> None:
    path = tmp_path / "corrections" / LAYOUTS_FILE
    path.parent.mkdir()
    path.write_text('文件,表头,列,列含义,行,行类别,理由,填写人,日期\n"甲.md,甲', "utf-8")
    before = path.read_bytes()
    result = review("1", "--accept", *WHY)
    assert result.code == WRONG_USAGE
    assert "不能接着写" in result.err
    assert path.read_bytes() == before


def test_a_table_without_a_header_is_named_by_its_number_and_its_columns_by_theirs() -> None:
    place = TablePlace(
        "甲.md", "乙", 2, None, ("", "", ""), ("serial", "requirement", "party"), None, None, (), 0, [{0: "一"}]
    )
    made = make_layout_lines(
        place, LayoutChoice(("2＝任务要求",), ("第1行=section",)), reason="核对", who="甲", today=date(2026, 11, 1)
    )
    assert [(line["header"], line["ordinal"], line.get("column"), line.get("row")) for line in made] == [
        ("", "2", "第2列", None),
        ("", "2", None, "第1行"),
    ]
    assert (made[0]["role"], made[1]["row_class"], made[0]["when"]) == ("任务要求", "分节行", "2026-11-01")
    assert "今后" not in describe_next_step(place, Path("版式.csv"), made)


def test_both_meanings_of_a_column_stand_above_it() -> None:
    roles, others = ("serial", "requirement", "scoring"), ("serial", "criteria", "requirement")
    columns = ("序号", "考核内容", "考核标准")
    place = TablePlace("甲.md", "乙", 1, "细则", columns, roles, "甲", "乙", others, 3, [{0: "1", 1: "丙", 2: "丁"}])
    console = Console(record=True, width=120)
    print_table_place(console, place, "1")
    text = console.export_text()
    assert "或：评价标准" in text
    assert "或：任务要求" in text
    assert text.count("或：") == 2


def test_a_name_of_several_rows_is_told() -> None:
    rows = [{0: "1", 1: "甲"}, {0: "2", 1: "乙"}, {0: "1", 1: "丙"}]
    place = TablePlace("甲.md", "乙", 1, None, ("序号", "内容"), ("serial", "requirement"), None, None, (), 3, rows)
    today = date(2026, 11, 1)
    for name, told in (("1", True), ("2", False), ("第3行", False)):
        made = make_layout_lines(place, LayoutChoice(rows=(f"{name}=小计行",)), reason="核对", who="甲", today=today)
        said = describe_next_step(place, Path("版式.csv"), made)
        assert ("表中有 2 行的行首文字是“1”" in said) is told
        assert "“乙”今后印发的同样表头的表也照此读取" in said


def test_a_line_about_a_member_of_an_archive_has_the_archive_read_again(
    built: Workspace, build: RunCommand, tmp_path: Path
) -> None:
    built.put("包.zip", packed({"丙.md": unread("丙州"), "丁.md": as_text("丁州", 4)}))
    assert "新读 1 个文件" in build().out
    assert built.status()["包.zip/丙.md"] == "needs_review"
    (tmp_path / "corrections").mkdir()
    (tmp_path / "corrections" / LAYOUTS_FILE).write_text(
        "文件,表头,列,列含义,行,行类别,理由,填写人,日期\n"
        "包.zip/丙.md,编次｜工作事宜｜由谁来办,工作事宜,任务要求,,,核对,甲,2026-11-01\n",
        "utf-8",
    )
    assert "新读 1 个文件" in build().out
    assert built.status()["包.zip/丙.md"] == "loaded"
    assert "没有变化" in build().out


def test_a_duplicate_is_not_read_again_and_again(built: Workspace, build: RunCommand, tmp_path: Path) -> None:
    built.put("甲的副本.md", unread("甲州"))
    (tmp_path / "corrections").mkdir()
    (tmp_path / "corrections" / LAYOUTS_FILE).write_text(
        "表头,列,列含义,行,行类别,理由,填写人,日期\n编次｜工作事宜｜由谁来办,工作事宜,任务要求,,,核对,甲,2026-11-01\n",
        "utf-8",
    )
    build()
    assert sorted(built.status().values()) == ["duplicate", "loaded", "loaded"]
    assert "没有变化" in build().out
