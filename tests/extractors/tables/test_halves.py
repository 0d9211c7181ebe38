"""Halves side by side below the same words, and columns that are repeated for another reason."""

from __future__ import annotations

import pytest

from extractors.tables.clean_table import CleanTable, TableKind
from extractors.tables.row_kinds import RowKind
from tests.extractors.tables.build import Row, cleaned, column

WORDS = ["序号", "创建任务", "责任科室", "分值"]
DUTIES = [
    "更新宣传栏，张贴公益广告。",
    "组织读书会，人人有笔记。",
    "开展卫生大扫除，清理死角。",
    "慰问困难职工，送去温暖。",
    "建立志愿服务队，定期培训。",
    "评选文明窗口，公布结果。",
]
UNITS = ["县教育局", "县民政局", "县卫健局", "县总工会", "团县委", "县妇联"]

BOXES = ["自评分", "复核分"]
FIGURES = ["组织领导", "9", "8", "7", "9"]


def item(i: int, number: int | None = None) -> list[str]:
    return [str(i + 1 if number is None else number), DUTIES[i], UNITS[i], str(i + 3)]


def left_first(n: int = 3) -> list[Row]:
    return [[*item(i), *item(i + n)] for i in range(n)]


def duties(found: CleanTable) -> list[str]:
    texts = column(found, WORDS[1])
    return [texts[r] for r in found.task_rows()]


def test_the_right_half_follows_the_left_one() -> None:
    found = cleaned(WORDS * 2, *left_first(), spans=True)
    assert found.columns == tuple(WORDS)
    assert duties(found) == DUTIES
    assert [cell.locator for cell in found.grid.cells[3]] == [f"第2行第{c}列" for c in (5, 6, 7, 8)]
    assert found.roles.names == ("serial", "requirement", "party", "points")


def test_three_parts_stand_side_by_side() -> None:
    found = cleaned(WORDS * 3, [*item(0), *item(2), *item(4)], [*item(1), *item(3), *item(5)], spans=True)
    assert duties(found) == DUTIES


def test_serial_numbers_say_that_rows_are_read_across() -> None:
    rows = [[*item(0), *item(1)], [*item(2), *item(3)], [*item(4), *item(5)]]
    assert duties(cleaned(WORDS * 2, *rows, spans=True)) == DUTIES


def test_points_are_no_serial_numbers() -> None:
    rows = [[DUTIES[i], UNITS[i], str(2 * i + 1), DUTIES[i + 3], UNITS[i + 3], str(2 * i + 2)] for i in range(3)]
    assert duties(cleaned(WORDS[1:] * 2, *rows, spans=True)) == DUTIES


def test_what_stands_above_a_half_is_its_heading() -> None:
    upper: Row = [("环境整治（12分）", 1, 4), ("志愿服务（21分）", 1, 4)]
    sums: Row = [("合计", 1, 3), "12", ("合计", 1, 3), "21"]
    found = cleaned([("创建标准", 1, 8)], upper, WORDS * 2, *left_first(), sums, spans=True)
    assert [found.grid.cell(r, 0).text for r in (0, 5)] == ["环境整治（12分）", "志愿服务（21分）"]
    task, band, total = RowKind.TASK, RowKind.BAND, RowKind.TOTAL
    assert found.kinds == [band, task, task, task, total, band, task, task, task, total]
    assert [cell.text for cell in found.above.unique_cells()] == ["创建标准"]


@pytest.mark.parametrize(
    "upper", [["环境整治", "", "", "", "志愿服务", "", "", ""], ["环境整治", "志愿服务"] + [""] * 6]
)
def test_headings_of_halves_without_drawn_spans(upper: list[str]) -> None:
    found = cleaned(upper, WORDS * 2, *left_first())
    assert [found.grid.cell(r, 0).text for r in (0, 4)] == ["环境整治", "志愿服务"]
    assert duties(found) == DUTIES


def test_a_section_over_both_halves_divides_them() -> None:
    rows: list[Row] = [
        [("一、环境", 1, 8)],
        [*item(0), *item(1)],
        [("二、服务", 1, 8)],
        [*item(2), *item(4)],
        [*item(3), *item(5)],
        [("合计", 1, 7), "33"],
    ]
    found = cleaned(WORDS * 2, *rows, spans=True)
    assert duties(found) == DUTIES
    assert [r for r, kind in enumerate(found.kinds) if kind is RowKind.BAND] == [0, 3]
    assert found.grid.cell(8, 3).text == "33"
    assert found.kinds[8] is RowKind.TOTAL


def test_a_total_without_drawn_spans_is_one_row() -> None:
    found = cleaned(WORDS * 2, *left_first(), ["合计", "", "", "", "", "", "", "33"])
    assert found.kinds[-1] is RowKind.TOTAL
    assert [cell.text for cell in found.grid.cells[-1]][::3] == ["合计", "33"]


@pytest.mark.parametrize("through", [False, True])
def test_serial_numbers_say_how_pages_follow(through: bool) -> None:
    order = [0, 3, 1, 4, 2, 5] if through else [0, 2, 1, 3, 4, 5]
    pairs = [[*item(a), *item(b)] for a, b in zip(order[::2], order[1::2], strict=True)]
    found = cleaned(WORDS * 2, *pairs[:2], WORDS * 2, pairs[2], spans=True)
    assert duties(found) == DUTIES


def test_pages_below_headings_of_halves_are_read_half_by_half() -> None:
    upper: Row = [("环境整治", 1, 4), ("志愿服务", 1, 4)]
    rows = left_first()
    found = cleaned(upper, WORDS * 2, *rows[:2], upper, WORDS * 2, rows[2], spans=True)
    assert duties(found) == DUTIES
    assert sum(kind is RowKind.BAND for kind in found.kinds) == 2


def test_a_merged_cell_stays_one() -> None:
    first: Row = ["1", DUTIES[0], (UNITS[0], 2, 1), "3", *item(3)]
    second: Row = ["2", DUTIES[1], "4", *item(4)]
    found = cleaned(WORDS * 2, first, second, [*item(2), *item(5)], spans=True)
    assert found.grid.cell(0, 2) is found.grid.cell(1, 2)
    assert found.grid.cell(0, 2).rows == 2
    assert duties(found) == DUTIES


def test_a_shorter_half_leaves_no_blank_rows() -> None:
    found = cleaned(WORDS * 2, *left_first(2), [*item(4), "", "", "", ""], spans=True)
    assert found.grid.n_rows == 5


def test_a_second_row_of_words_belongs_to_the_header() -> None:
    upper: Row = [("序号", 2, 1), ("创建任务", 2, 1), ("责任分工", 1, 2)] * 2
    rows = [[*item(i)[:3], UNITS[-1 - i], *item(i + 3)[:3], UNITS[2 - i]] for i in range(3)]
    found = cleaned(upper, ["牵头单位", "配合单位"] * 2, *rows, spans=True)
    assert found.columns == ("序号", "创建任务", "责任分工/牵头单位", "责任分工/配合单位")
    assert duties(found) == DUTIES


def test_a_narrow_column_between_the_halves_is_left_out() -> None:
    rows = [[*row[:4], "", *row[4:]] for row in left_first()]
    found = cleaned([*WORDS, "", *WORDS], *rows, spans=True)
    assert found.columns == tuple(WORDS)
    assert duties(found) == DUTIES


def test_people_in_two_halves_are_one_roster() -> None:
    found = cleaned(["姓名", "职务"] * 2, ["李建国", "组长", "王小明", "成员"], ["赵大勇", "副组长", "孙丽华", "成员"])
    assert found.kind is TableKind.ROSTER
    assert column(found, "姓名") == ["李建国", "赵大勇", "王小明", "孙丽华"]


@pytest.mark.parametrize(
    "rows",
    [
        [
            [("指标", 2, 1), ("甲单位", 1, 2), ("乙单位", 1, 2)],
            ["自评分", "复核分"] * 2,
            ["组织领导", "9", "8", "7", "9"],
        ],
        [
            ["", "自评分", "复核分", "自评分", "复核分"],
            ["组织领导", "9", "8", "7", "9"],
            ["环境整治", "9", "8", "7", "9"],
        ],
        [["姓名", "性别"] * 2, ["", "", "", ""], ["", "", "", ""]],
        [["应得分", "实得分"] * 2, ["9", "8", "7", "9"], ["5", "6", "7", "9"]],
        [["计划", "计划"], DUTIES[:2], DUTIES[2:4]],
        [
            ["条款", "内容"] * 2,
            *[[f"第{i}条", text, f"第{i}条", f"{text}每季一次"] for i, text in enumerate(DUTIES, 1)],
        ],
        [WORDS * 2, *[[*item(i), str(i + 4), UNITS[i + 3], DUTIES[i + 3], "3"] for i in range(3)]],
    ],
    ids=["units", "blank corner", "blanks", "figures", "one word", "two editions", "other columns"],
)
def test_other_repeated_words_stay(rows: list[Row]) -> None:
    width = sum(cell[2] if isinstance(cell, tuple) else 1 for cell in rows[0])
    assert cleaned(*rows, spans=True).grid.n_cols == width


def test_a_row_that_fits_neither_half_keeps_the_table() -> None:
    odd: Row = ["7", (DUTIES[0], 1, 4), (DUTIES[1], 1, 3)]
    assert cleaned(WORDS * 2, *left_first(), odd, spans=True).grid.n_cols == 8


@pytest.mark.parametrize(
    ("words", "first", "doubted"),
    [
        ([*WORDS, *WORDS[:3], "完成时限"], 4, True),
        ([*WORDS, "序号", "考核指标", *WORDS[2:]], 4, True),
        (["序号", "考核指标", "序号", "创建任务"], 1, False),
    ],
    ids=["other words", "words of the same kind", "numbers of levels"],
)
def test_numbers_that_go_on_beside_are_a_doubt(words: list[str], first: int, doubted: bool) -> None:
    rows = [[*item(i), *item(i + 3, first + i)[: len(words) - 4]] for i in range(3)]
    if len(words) == 4:
        rows = [[str(i // 3 + 1), UNITS[i // 3], str(i % 3 + 1), DUTIES[i]] for i in range(6)]
    found = cleaned(words, *rows)
    assert found.confidence is not None
    assert (found.confidence <= 0.5) is doubted
