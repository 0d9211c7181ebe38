"""A doubtful spot is settled once: by the command, through rebuilds, and told when it no longer fits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assets.ingest.decisions import REGISTER_FILE
from pipelines.cli_common import OK, SOME_FAILED
from pipelines.errors import WRONG_USAGE
from tests.extractors.test_attachments import packed
from tests.pipelines.conftest import CommandResult, Workspace

RunCommand = Callable[..., CommandResult]
pytestmark = pytest.mark.usefixtures("core_alone")

NOTICE = """关于印发《甲州市文明单位测评体系》的通知

甲州市精神文明建设指导委员会办公室

2021年3月1日

| 测评项目 | 测评标准 | 分值 | 责任科室 |
|---|---|---|---|
| 组织领导（9分） | 制定年度创建工作方案，定期研究部署。 | 4 | 办公室 |
|  | 组织开展志愿服务活动，做好活动记录。 | 6 | 宣传科 |
"""
OPEN = "SELECT rule FROM core.findings WHERE dismissed IS NULL AND severity <> 'info'"
WHY = ("--reason", "印发件如此", "--who", "甲")


@pytest.fixture(scope="module")
def first(start: Callable[..., Workspace]) -> Workspace:
    return start({"甲.md": NOTICE})


@pytest.fixture
def built(first: Workspace, tmp_path: Path) -> Workspace:
    return first.copy(tmp_path)


@pytest.fixture
def two(start: Callable[..., Workspace], tmp_path: Path) -> Workspace:
    return start({"甲.md": NOTICE, "乙.md": NOTICE.replace("甲州", "乙州")}).copy(tmp_path)


@pytest.fixture
def review(built: Workspace, run_command: RunCommand) -> RunCommand:
    return lambda *arguments: run_command("review", "--warehouse", str(built.warehouse), *arguments)


def test_the_heaviest_finding_comes_first_with_its_place(review: RunCommand) -> None:
    result = review()
    assert result.code == OK
    assert "“组织领导”标明 9 分，各项分值之和为 10 分" in result.out
    assert "甲.md" in result.out


def test_the_cell_stands_beside_the_reading(review: RunCommand) -> None:
    result = review("1")
    assert "原文：组织领导（9分）" in result.out
    assert "indicators.points" in result.out


def test_a_correction_and_a_dismissal_hold_through_a_build_from_nothing(
    two: Workspace, run_command: RunCommand, tmp_path: Path
) -> None:
    review = ("review", "--warehouse", str(two.warehouse), "1", *WHY)
    points = (
        "SELECT city, i.points, i.corrected FROM core.indicators AS i JOIN core.notices USING (notice_id) ORDER BY 2"
    )
    before = len(two.ask(OPEN))
    assert run_command(*review, "--notice", "乙.md", "--field", "indicators.points", "--value", "10").code == OK
    assert (tmp_path / "corrections" / REGISTER_FILE).is_file()
    assert {declared for _, declared, _ in two.ask(points)} == {9}
    result = run_command("build", "--raw", str(two.raw), "--warehouse", str(two.warehouse))
    assert "新读 1 个文件，未变 1 个" in result.out
    assert run_command(*review, "--notice", "甲.md", "--dismiss").code == OK
    for _ in range(2):
        assert two.build() == OK
        assert [row[1:] for row in two.ask(points)] == [(9, []), (10, ["points"])]
        assert len(two.ask(OPEN)) == before - 2
        [(settled,)] = two.ask("SELECT dismissed FROM core.findings WHERE dismissed IS NOT NULL")
        assert settled.startswith("印发件如此（甲，")
        two.warehouse.unlink()


def test_a_correction_that_no_longer_fits_is_an_error(built: Workspace, review: RunCommand) -> None:
    review("1", "--field", "indicators.points", "--value", "10", *WHY)
    built.put("甲.md", NOTICE.replace("9分", "8分"))
    assert built.build() == OK
    assert built.ask("SELECT points, corrected FROM core.indicators") == [(8, [])]
    [(severity, message)] = built.ask("SELECT severity, message FROM core.findings WHERE rule = 'correction_stale'")
    assert severity == "error"
    assert "现在的值是“8”" in message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("99",), "没有这条待处理的问题：99"),
        (("1", "--dismiss"), "请写明理由"),
        (("1", "--field", "indicators.colour", "--value", "1", *WHY), "没有字段“indicators.colour”"),
        (("1", "--field", "indicators.points", "--value", "9", *WHY), "无需更正"),
        (("1", "--field", "indicators.points", "--dismiss", *WHY), "只能用一种"),
        (("1", "--field", "indicators.points", "--value", "很多", *WHY), "“indicators.points”不能改为“很多”"),
        (("1", "--field", "indicators.points", "--value", "nan", *WHY), "不是可用的分值"),
        (("1", "--value", "9", *WHY), "还须用 --field 写明更正哪个字段"),
        (("--dismiss", *WHY), "请写明处理哪一条问题"),
        (("--accept", *WHY), "请写明处理哪一条问题"),
        (("--field", "indicators.points", "--value", "9", *WHY), "请写明处理哪一条问题"),
    ],
)
def test_what_cannot_be_written_down_is_explained(review: RunCommand, arguments: tuple[str, ...], message: str) -> None:
    result = review(*arguments)
    assert result.code == WRONG_USAGE
    assert message in result.err


def test_a_notice_in_an_archive_is_not_corrected(
    start: Callable[..., Workspace], run_command: RunCommand, tmp_path: Path
) -> None:
    """It is read without corrections, so that the line would never take effect."""
    other = NOTICE.replace("甲州", "乙州")
    built = start({"包.zip": packed({"甲.md": NOTICE, "乙.md": other})}).copy(tmp_path)
    review = ("review", "--warehouse", str(built.warehouse), "1", *WHY)
    for decision in (("--dismiss",), ("--field", "indicators.points", "--value", "10")):
        result = run_command(*review, *decision)
        assert (result.code, "压缩包中的文件不能在这里更正" in result.err) == (WRONG_USAGE, True)
    assert not (tmp_path / "corrections" / REGISTER_FILE).exists()


def test_nothing_open_is_reported_in_words(built: Workspace, review: RunCommand) -> None:
    assert "没有待处理的问题" in review("--rule", "debris").out


def test_lines_that_cannot_be_used_are_reported_by_the_build(
    built: Workspace, run_command: RunCommand, tmp_path: Path
) -> None:
    folder = tmp_path / "corrections"
    folder.mkdir()
    (folder / "手写.csv").write_text("文件,位置\n甲.md,表1\n", "utf-8")
    line = "没有.md,表1 第1行第1列,tasks.points,1,2,理由,甲,2026-11-01\n"
    (folder / "旧.csv").write_text(f"文件,位置,字段,原值,改为,理由,经办人,日期\n{line}", "utf-8")
    result = run_command("build", "--raw", str(built.raw), "--warehouse", str(built.warehouse))
    assert "手写.csv 第 1 行缺少列" in result.out
    assert "旧.csv 第 2 行 所指的文件不在 raw 文件夹中（没有.md）" in result.out


def test_a_warehouse_of_another_version_asks_for_a_build(
    built: Workspace, review: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schemas.fingerprint", lambda: "another")
    result = review()
    assert result.code == SOME_FAILED
    assert "请先运行 wenming build" in result.err
