"""What a printed form stands for is settled once: written down, read in every notice, undone, seen in the marts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assets.ingest.confirmed_units import read_units
from extractors.unit_decisions import UNITS_FILE, UnitDecision
from pipelines.cli_common import OK
from pipelines.errors import WRONG_USAGE
from tests.pipelines.conftest import CommandResult, Workspace
from tests.pipelines.sample_notices import lines

RunCommand = Callable[..., CommandResult]
WHY = ("--reason", "三定方案", "--who", "甲")
UNITS = "SELECT name, printed, defined_at, function FROM core.parties ORDER BY notice_id, ordinal"
HEADER = ("序号", "测评标准", "分值", "责任科室")
DUTIES = (
    "健全领导机构，明确专人负责，定期研究部署工作。",
    "广泛开展宣传教育活动，营造浓厚的创建氛围。",
    "组织志愿服务，每人每年不少于二十小时。",
)


def tasks_of(place: str, *cells: str) -> str:
    """A notice with a task of 4 points for each cell of units."""
    rows = [(str(n), duty, "4", cell) for n, (duty, cell) in enumerate(zip(DUTIES, cells, strict=True), 1)]
    table = [HEADER, ("---",) * len(HEADER), *rows]
    return "\n\n".join(lines(place)) + "\n\n" + "\n".join("| " + " | ".join(row) + " |" for row in table) + "\n"


FILES = {
    "甲.md": tasks_of("甲州", "宣教办", "宣教组", "后勤科"),
    "乙.md": tasks_of("乙州", "办公室", "宣教组", "后勤科"),
    "丙.md": tasks_of("丙州", "办公室", "人事科", "办公室"),
}
MARTS = ("mart.responsibility_concentration", "mart.function_load")
LOAD = """
SELECT f.source_path, l.party, l.points_shared
FROM mart.responsibility_load AS l JOIN core.notices USING (notice_id) JOIN core.files AS f USING (file_id)
ORDER BY ALL
"""
CONCENTRATION = """
SELECT f.source_path, h.parties, round(h.hhi, 4)
FROM mart.responsibility_concentration AS h JOIN core.notices USING (notice_id) JOIN core.files AS f USING (file_id)
ORDER BY ALL
"""


@pytest.fixture(autouse=True)
def few_marts(without_dagster: None, few_views: Callable[..., None]) -> None:
    few_views(*MARTS)


@pytest.fixture(scope="module")
def first(start: Callable[..., Workspace]) -> Workspace:
    return start(FILES, *MARTS)


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


def test_a_decision_holds_in_every_notice_and_in_the_marts_until_it_is_undone(
    built: Workspace, review: RunCommand, build: RunCommand, tmp_path: Path
) -> None:
    before = built.ask(CONCENTRATION)
    # 甲: three units of a third each; 乙 as well; 丙: two thirds and one third.
    assert before == [("丙.md", 2, 0.5556), ("乙.md", 3, 0.3333), ("甲.md", 3, 0.3333)]
    result = review("--unit", "宣教组=宣教办", *WHY)
    assert result.code == OK
    said = result.out.replace("\n", "")
    assert "单位.csv（1 行）。下次运行 wenming build 时重新读取 乙.md、甲.md；今后各通知中同样的写法都照此认定" in said
    assert "新读 2 个文件，未变 1 个" in build().out
    assert [(path, party) for path, party, _ in built.ask(LOAD)] == [
        ("丙.md", "人事科"),
        ("丙.md", "办公室"),
        ("乙.md", "办公室"),
        ("乙.md", "后勤科"),
        ("乙.md", "宣教办"),
        ("甲.md", "后勤科"),
        ("甲.md", "宣教办"),
    ]
    # 甲: 宣教办 has 8 of 12 points, 后勤科 4: (2/3)² + (1/3)² = 0.5556.
    assert built.ask(CONCENTRATION) == [("丙.md", 2, 0.5556), ("乙.md", 3, 0.3333), ("甲.md", 2, 0.5556)]
    rows = built.ask("SELECT printed, defined_at, defined_locator FROM core.parties WHERE name = '宣教办' ORDER BY 1")
    assert [row[:2] for row in rows] == [(["宣教办", "宣教组"], "decision"), (["宣教组"], "decision")]
    assert all(row[2].startswith("三定方案（甲，") for row in rows)
    assert "没有变化" in build().out
    (tmp_path / "corrections" / UNITS_FILE).unlink()
    assert "单位认定已发布 1 条，现在只有 0 条，少了：宣教组" in build().err.replace("\n", "")
    assert "新读 2 个文件" in build("--fewer-decisions").out
    assert built.ask(CONCENTRATION) == before


def test_a_function_makes_units_of_two_cities_comparable(
    built: Workspace, review: RunCommand, build: RunCommand
) -> None:
    for choice in ("宣教办=宣教办", "办公室=办公室"):
        assert review("--unit", choice, "--function", "综合宣传", *WHY).code == OK
    assert "新读 3 个文件" in build().out
    assert built.ask(
        """
        SELECT f.source_path, l.parties, l.tasks, l.points_shared, round(l.share, 4)
        FROM mart.function_load AS l JOIN core.notices USING (notice_id) JOIN core.files AS f USING (file_id)
        WHERE l.function = '综合宣传' AND l.is_decided ORDER BY ALL
        """
    ) == [
        ("丙.md", ["办公室"], 2, 8.0, 0.6667),
        ("乙.md", ["办公室"], 1, 4.0, 0.3333),
        ("甲.md", ["宣教办"], 1, 4.0, 0.3333),
    ]
    assert built.ask("SELECT count(*) FROM mart.function_load WHERE NOT is_decided") == [(5,)]


def test_what_is_no_unit_leaves_its_task_without_one(built: Workspace, review: RunCommand, build: RunCommand) -> None:
    assert review("--unit", "人事科=----", *WHY).code == OK
    assert "新读 1 个文件" in build().out
    [(name, printed, illegible)] = built.ask(
        "SELECT name, printed, illegible FROM core.parties WHERE list_contains(printed, '人事科')"
    )
    assert built.ask("SELECT message FROM core.findings WHERE message LIKE '%人事科%'") == []
    assert (name, printed) == (None, ["人事科"])
    assert illegible.startswith("经人工认定，这不是单位：三定方案（甲，")
    assert "没有变化" in build().out


@pytest.mark.parametrize("name", ["纪检组", "----"])
def test_a_form_that_the_notice_makes_of_what_is_printed_may_be_decided_and_undone(
    built: Workspace, review: RunCommand, build: RunCommand, tmp_path: Path, name: str
) -> None:
    content = tasks_of("丁州", "纪委", "办公室", "纪委").replace("请认真执行", "由机关纪委检查，请认真执行")
    built.put("丁.md", content)
    build()
    loads = built.ask(LOAD)
    assert ("丁.md", "机关纪委", 8.0) in loads
    assert review("--unit", f"机关纪委={name}", *WHY).code == OK
    assert "新读 1 个文件" in build().out
    assert [party for path, party, _ in built.ask(LOAD) if path == "丁.md"] == [
        "办公室",
        *([name] if name != "----" else []),
    ]
    again = build().out
    assert "没有变化" in again
    assert "没有找到" not in again
    (tmp_path / "corrections" / UNITS_FILE).unlink()
    assert "新读 1 个文件" in build("--fewer-decisions").out
    assert built.ask(LOAD) == loads


def test_the_line_is_as_people_write_it(built: Workspace, review: RunCommand, tmp_path: Path) -> None:
    review("--unit", "宣教组＝宣传科、教育科", *WHY)
    review("--unit", "宣教组=宣教科", "--function", "宣传", *WHY)
    decisions, problems = read_units(tmp_path / "corrections")
    assert problems == []
    [(line, decision)] = decisions.items()
    assert line == 3
    assert decision == UnitDecision("宣教组", ("宣教科",), "宣传", "三定方案", "甲", decision.when)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--unit", "宣教组=宣教办"), "请写明理由（--reason）和经办人（--who）"),
        (("--unit", "宣教组", *WHY), "写法有误，应为 --unit 打印名=规范名"),
        (("--unit", "=宣教办", *WHY), "写法有误"),
        (("--unit", "宣教祖=宣教办", *WHY), "没有“宣教祖”这种写法。相近的有：宣教"),
        (("--unit", "Q=宣教办", *WHY), "没有“Q”这种写法。可查看 core.parties 的 printed 一列"),
        (("--unit", "宣教组=甲科、乙科", "--function", "宣传", *WHY), "填了职能（--function），规范名须是一个单位"),
        (("1", "--unit", "宣教组=宣教办", *WHY), "不带问题编号"),
        (("--unit", "宣教组=宣教办", "--dismiss", *WHY), "不带问题编号"),
        (("--unit", "宣教组=宣教办", "--value", "宣教办", *WHY), "不带问题编号"),
        (("--function", "宣传", *WHY), "--function 与 --unit 同用"),
    ],
)
def test_what_cannot_be_written_down_is_explained(
    review: RunCommand, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = review(*arguments)
    assert result.code == WRONG_USAGE
    assert message in result.err.replace("\n", "")
    assert not (tmp_path / "corrections" / UNITS_FILE).exists()


def test_lines_that_fit_nothing_are_told_by_the_build(built: Workspace, build: RunCommand, tmp_path: Path) -> None:
    folder = tmp_path / "corrections"
    folder.mkdir()
    (folder / UNITS_FILE).write_text(
        "打印名,规范名,职能,理由,经办人,日期\n"
        "宣教口,宣教室,,核对,甲,2026-11-01\n"
        "宣教组,,,核对,甲,2026-11-01\n"
        "宣教组,甲科、乙科,宣传,核对,甲,2026-11-01\n"
        "办公事,办公室,,核对,甲,2026-11-01\n"
        "办公宝,后勤科,,核对,甲,2026-11-01\n"
        "后勤科,后勤科,后勤,核对,甲,2026-11-01\n",
        "utf-8",
    )
    shown = build().out.replace("\n", "")
    # Notices have the names that these stand for, one even by another decision.
    assert "单位.csv 第 5 行的打印名“办公事”在各通知的责任单位中没有找到" in shown
    assert "单位.csv 第 6 行的打印名“办公宝”在各通知的责任单位中没有找到" in shown
    assert "单位.csv 第 7 行" not in shown
    assert "单位.csv 第 2 行的打印名“宣教口”在各通知的责任单位中没有找到，该条认定没有用上" in shown
    assert "单位.csv 第 3 行未填：规范名（不是单位的，规范名写 ----），该条认定未生效" in shown
    assert "单位.csv 第 4 行填了职能，规范名须是一个单位，该条认定未生效" in shown


def test_a_damaged_file_stays_as_it_is(built: Workspace, review: RunCommand, tmp_path: Path) -> None:
    path = tmp_path / "corrections" / UNITS_FILE
    path.parent.mkdir()
    path.write_text('打印名,规范名,职能,理由,经办人,日期\n"宣教组,宣教', "utf-8")
    before = path.read_bytes()
    result = review("--unit", "宣教组=宣教办", *WHY)
    assert result.code == WRONG_USAGE
    assert "不能接着写" in result.err
    assert path.read_bytes() == before


def test_a_file_that_cannot_be_written_is_named_with_what_to_do(
    built: Workspace, review: RunCommand, tmp_path: Path
) -> None:
    (tmp_path / "corrections" / UNITS_FILE).mkdir(parents=True)
    result = review("--unit", "宣教组=宣教办", *WHY)
    assert result.code == WRONG_USAGE
    assert f"无法写入 {tmp_path / 'corrections' / UNITS_FILE}（" in result.err.replace("\n", "")
    assert "请检查文件夹的写入权限，并关闭正在打开它的程序；原有内容没有改动" in result.err.replace("\n", "")
