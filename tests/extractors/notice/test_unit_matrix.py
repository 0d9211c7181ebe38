"""A matrix of units and tasks with short names above ticks, explained in a note."""

from __future__ import annotations

from extractors import extract
from tests.extractors.notice.build import drawn, notice

HEAD = """# 关于印发《临江县2024年文明城市创建任务分工》的通知

| 序号 | 工作任务 | 宣传 | 教体 | 公安 |
|---|---|---|---|---|
"""
ROWS = """| 1 | 每季度开展一次文明交通劝导活动，路口有志愿者 | {b} | | {a} |
| 2 | 在主干道设置公益广告，内容每月更新一次 | {a} | {b} | |
| 3 | 组织中小学生参观爱国主义教育基地 | {b} | {a} | {b} |
| 4 | 整治占道经营，取缔流动摊点，保持路面整洁 | | {b} | {a} |
"""
NOTE = "\n注：宣传指县委宣传部，教体指县教育体育局，公安指县公安局。\n"
FULL = {"县委宣传部", "县教育体育局", "县公安局"}


def _read(rows: str, note: str = NOTE) -> tuple[list[set[tuple[str, str]]], float | None, str | None]:
    found = extract((HEAD + rows + note).encode(), "通知.md")
    (table,) = found.tables
    parties = [
        {(p.party, p.role) for p in found.task_parties if p.task_id == task.task_id and p.party} for task in found.tasks
    ]
    return parties, table.confidence, table.alternative


def test_two_kinds_of_ticks_tell_who_leads() -> None:
    parties, confidence, _ = _read(ROWS.format(a="●", b="▲"))
    assert parties[0] == {("县委宣传部", "support"), ("县公安局", "lead")}
    assert parties[2] == {("县委宣传部", "support"), ("县教育体育局", "lead"), ("县公安局", "support")}
    assert (confidence or 0) > 0.9


def test_the_notice_says_what_a_tick_means() -> None:
    parties, _, _ = _read(ROWS.format(a="●", b="▲"), NOTE.replace("注：", "注：▲为牵头单位，●为配合单位。"))
    assert parties[0] == {("县委宣传部", "lead"), ("县公安局", "support")}


def test_names_that_the_notice_explains_are_units() -> None:
    parties, confidence, _ = _read(ROWS.format(a="√", b="√"))
    assert {name for row in parties for name, _ in row} == FULL
    assert (confidence or 0) > 0.9


def test_names_that_nothing_explains_are_a_doubt() -> None:
    parties, confidence, alternative = _read(ROWS.format(a="√", b="√"), "")
    assert not any(parties)
    assert confidence == 0.5
    assert alternative == "“宣传”、“教体”、“公安”也可能是责任单位"


def test_ticks_of_one_kind_say_no_role() -> None:
    rows = ROWS.format(a="√", b="√")
    found = extract((HEAD + rows + NOTE).encode(), "通知.md")
    first = [(p.party, p.role, p.role_stated) for p in found.task_parties if p.task_id == found.tasks[0].task_id]
    assert first == [("县委宣传部", "lead", False), ("县公安局", "support", False)]


def test_units_are_named_by_the_numbers_of_a_legend() -> None:
    text = """# 2024年文明单位创建责任分解表

| 序号 | 测评内容 | 分值 | 责任部门 |
|---|---|---|---|
| 1 | 每年专题研究创建工作不少于2次 | 4 | ① |
| 2 | 创建经费列入年度预算 | 6 | ② |
| 3 | 开展法治宣传教育 | 8 | ③② |

注：①办公室；②财务科；③机关党委。
"""
    found = extract(text.encode(), "通知.md")
    assert [p.party for p in found.task_parties] == ["办公室", "财务科", "机关党委", "财务科"]


def test_marks_that_the_notice_explains_are_known() -> None:
    rows = ROWS.format(a="■", b="□")
    for note, told in ((NOTE.replace("注：", "注：■为牵头，□为协同。"), set()), (NOTE, {"“□”，暂按配合单位"})):
        found = extract((HEAD + rows + note).encode(), "通知.md")
        messages = {
            f.message.removeprefix("不认识的标记").partition("理解")[0]
            for f in found.findings
            if f.rule == "unknown_mark"
        }
        assert messages == told


def test_a_word_between_two_units_is_covered() -> None:
    rows = (
        "| 1 | 设置公益广告，内容每月更新 | 县城管局和县住建局 |\n| 2 | 组织文明劝导，路口有人 | 县公安局会同团县委 |\n"
    )
    found = extract(f"# 任务分工\n\n| 序号 | 工作任务 | 责任单位 |\n|---|---|---|\n{rows}".encode(), "通知.md")
    assert [p.party for p in found.task_parties] == ["县城管局", "县住建局", "县公安局", "团县委"]
    assert "unread_text" not in {f.rule for f in found.findings}


def test_a_word_among_ticks_of_which_no_unit_is_made_is_reported() -> None:
    table = drawn(["测评项目", "责任科室"], ["", ""], ["健全制度，明确分工，定期研究。", ""], ["", "★"], ["", "东"])
    found = notice("责任清单", table)
    assert [f.message for f in found.findings if f.rule == "unread_text"] == ["这格文字未能归入任何栏目，请核对：“东”"]
