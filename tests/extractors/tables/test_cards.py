"""Cards of labels and values below each other, and forms and tables that only look like them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.document import Table
from extractors.tables.clean_table import CleanTable, TableKind, clean_tables
from extractors.tables.grid import Grid, build_grid
from extractors.tables.row_kinds import RowKind
from tests.extractors.tables.build import Row, cleaned, column, document, table

DUTIES = [
    "更新宣传栏，张贴公益广告。",
    "组织读书会，人人有笔记。",
    "开展卫生大扫除，清理死角。",
    "慰问困难职工，送去温暖。",
]
NAMES = ["氛围营造", "书香机关", "环境卫生", "关心职工"]
UNITS = ["县教育局", "县民政局、县妇联", "县卫健局", "县总工会"]
DAYS = ["6月底前", "9月10日", "每季度末", "长期"]


def card(i: int) -> list[Row]:
    return [
        ["项目名称", (NAMES[i], 1, 3)],
        ["工作要求", (DUTIES[i], 1, 3)],
        ["责任单位", UNITS[i], "完成时限", DAYS[i]],
        ["分值", f"{i + 3}分", "责任人", "李建国"],
    ]


LABELS = ("项目名称", "工作要求", "责任单位", "完成时限", "分值", "责任人")


def cards(n: int = 4) -> list[Row]:
    return [row for i in range(n) for row in card(i)]


def duties(found: CleanTable) -> list[str]:
    texts = column(found, "工作要求")
    return [texts[r] for r in found.task_rows()]


def read(*blocks: Table | str, titles: Sequence[str | None] = ()) -> list[CleanTable]:
    return clean_tables(document(*blocks), titles)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_a_card_is_a_row_and_its_labels_are_the_header(n: int) -> None:
    found = cleaned(*cards(n), spans=True)
    assert found.columns == LABELS
    assert duties(found) == DUTIES[:n]
    assert found.roles.names == ("level", "requirement", "party", "deadline", "points", "person")
    assert found.grid.cell(1, 1).locator == "第6行第2列"
    assert found.dropped == list(LABELS) * (n - 1)


def test_a_card_may_lack_a_line_or_have_one_more() -> None:
    more: Row = ["配合单位", ("团县委", 1, 3)]
    rows = [*card(0), more, *card(1)[:2], card(1)[3], *card(2)[1:], more, *card(3)]
    found = cleaned(*rows, spans=True)
    assert duties(found) == DUTIES
    assert column(found, "责任单位") == [UNITS[0], "", *UNITS[2:]]
    assert column(found, "配合单位") == ["团县委", "", "团县委", ""]
    assert column(found, "项目名称") == [*NAMES[:2], "", NAMES[3]]


@pytest.mark.parametrize("spans", [True, False])
def test_a_row_without_a_label_goes_on_with_the_values_above(spans: bool) -> None:
    more: list[Row] = [["", ("每月一次。", 1, 3)], ["", "和县妇联", "", "（可提前）"]]
    rows = [*card(0), *card(1)[:2], more[0], *card(1)[2:], *card(2)[:3], more[1], card(2)[3]]
    if not spans:
        rows = [[row[0], row[1][0], "", ""] if isinstance(row[1], tuple) else row for row in rows]
    found = cleaned(*rows, spans=spans)
    assert duties(found) == [DUTIES[0], f"{DUTIES[1]}每月一次。", DUTIES[2]]
    assert column(found, "责任单位") == [*UNITS[:2], f"{UNITS[2]}和县妇联"]
    assert column(found, "完成时限") == [*DAYS[:2], f"{DAYS[2]}（可提前）"]


def test_each_card_has_its_title() -> None:
    rows: list[Row] = []
    for i in range(4):
        rows += [[(f"任务{'一二三四'[i]}", 1, 4)], *card(i)]
    found = cleaned([("2024年重点任务卡", 1, 4)], *rows, spans=True)
    assert found.columns == ("", *LABELS)
    assert column(found, "") == ["任务一", "任务二", "任务三", "任务四"]
    assert duties(found) == DUTIES
    assert [cell.text for cell in found.above.unique_cells()] == ["2024年重点任务卡"]


def test_the_same_title_over_all_cards_says_nothing() -> None:
    rows: list[Row] = [row for i in range(4) for row in ([("任务卡", 1, 4)], *card(i))]
    found = cleaned(*rows, spans=True)
    assert found.columns == LABELS
    assert found.dropped[:4] == ["任务卡"] * 4


def test_sections_stand_between_cards() -> None:
    rows: list[Row] = [
        [("一、环境（7分）", 1, 4)],
        *card(0),
        *card(1),
        [("二、服务（11分）", 1, 4)],
        *card(2),
        *card(3),
    ]
    found = cleaned(*rows, ["合计", ("18分", 1, 3)], spans=True)
    assert [r for r, kind in enumerate(found.kinds) if kind is RowKind.BAND] == [0, 3]
    assert duties(found) == DUTIES


def test_a_note_stands_below_the_last_card() -> None:
    found = cleaned(*cards(), [("注：本表由县文明办负责解释。", 1, 4)], spans=True)
    assert found.kinds[-1] is RowKind.NOTE
    assert duties(found) == DUTIES


def test_a_cell_at_the_left_names_its_card() -> None:
    rows: list[Row] = []
    for i in range(4):
        first, *others = card(i)
        rows += [[(f"任务{i + 1}", 4, 1), *first], *others]
    found = cleaned(*rows, spans=True)
    assert column(found, "") == ["任务1", "任务2", "任务3", "任务4"]
    assert duties(found) == DUTIES


def test_labels_stand_above_their_values() -> None:
    rows: list[Row] = []
    for i in range(4):
        rows += [
            ["项目名称", (NAMES[i], 1, 2)],
            [("工作要求", 1, 3)],
            [(DUTIES[i], 1, 3)],
            ["责任单位", "完成时限", "分值"],
            [UNITS[i], DAYS[i], f"{i + 3}分"],
        ]
    found = cleaned(*rows, spans=True)
    assert found.columns == LABELS[:5]
    assert duties(found) == DUTIES
    assert column(found, "责任单位") == UNITS


def test_values_that_are_all_the_same_are_no_labels() -> None:
    rows: list[Row] = []
    for i in range(4):
        rows += [
            ["工作要求", DUTIES[i], "", ""],
            ["责任单位", "县教育局", "责任人", "李建国"],
            ["完成时限", DAYS[i], "", ""],
        ]
    found = cleaned(*rows)
    assert found.columns == ("工作要求", "责任单位", "责任人", "完成时限")
    assert column(found, "责任人") == ["李建国"] * 4


def test_a_label_over_several_lines_has_them_all() -> None:
    rows: list[Row] = []
    for i in range(3):
        rows += [["项目名称", NAMES[i]], [("工作要求", 2, 1), DUTIES[i]], ["人人参与。"], ["责任单位", UNITS[i]]]
    found = cleaned(*rows, spans=True)
    assert duties(found) == [f"{text}人人参与。" for text in DUTIES[:3]]


def test_a_label_that_cards_have_twice_is_named_by_the_one_before() -> None:
    rows: list[Row] = []
    for i in range(4):
        rows += [
            ["工作要求", (DUTIES[i], 1, 3)],
            ["牵头部门", UNITS[i], "责任人", "李建国"],
            ["配合部门", "团县委", "责任人", "王小明"],
        ]
    found = cleaned(*rows, spans=True)
    assert found.columns == ("工作要求", "牵头部门", "牵头部门责任人", "配合部门", "配合部门责任人")
    assert column(found, "配合部门责任人") == ["王小明"] * 4


def test_a_blank_value_is_not_that_of_the_card_above() -> None:
    rows: list[Row] = []
    for i in range(4):
        rows += [["工作要求", DUTIES[i]], ["责任单位", UNITS[i]], ["完成时限", "" if i else DAYS[i]]]
    assert column(cleaned(*rows), "完成时限") == [DAYS[0], "", "", ""]


def test_each_card_is_a_table_of_its_own() -> None:
    (found,) = read(*(table(*card(i), spans=True) for i in range(4)), titles=["任务卡", None, None, None])
    assert (found.title, found.columns, found.ordinals) == ("任务卡", LABELS, (0, 1, 2, 3))
    assert duties(found) == DUTIES


@pytest.mark.parametrize("form", ["{}", "任务{n}：{}", "{n}、{}", "（{n}）{}"])
def test_a_line_above_a_table_names_its_card(form: str) -> None:
    lines = [form.format(name, n="一二三四"[i]) for i, name in enumerate(NAMES)]
    blocks = [block for i in range(4) for block in (lines[i], table(*card(i)[1:], spans=True))]
    (found,) = read("现将任务卡印发给你们。", "附件：任务卡", *blocks, titles=["任务卡", None, None, None])
    assert found.title == "任务卡"
    assert column(found, "") == lines
    assert duties(found) == DUTIES


def test_names_of_cards_are_no_title_of_all() -> None:
    blocks = [block for i in range(4) for block in (NAMES[i], table(*card(i)[1:], spans=True))]
    (found,) = read(*blocks, titles=NAMES)
    assert found.title is None
    assert column(found, "") == NAMES


def test_sections_stand_between_tables() -> None:
    tables = [table(*card(i), spans=True) for i in range(4)]
    (found,) = read("各科室：", "一、环境", *tables[:2], "二、服务", *tables[2:], titles=["任务卡", None, None, None])
    assert [r for r, kind in enumerate(found.kinds) if kind is RowKind.BAND] == [0, 3]
    assert found.grid.cell(0, 0).text == "一、环境"


def test_sections_and_names_stand_between_tables() -> None:
    blocks: list[Table | str] = []
    for i in range(4):
        blocks += [
            *([f"{'一二'[i // 2]}、{NAMES[i]}组"] if i % 2 == 0 else []),
            f"任务{i + 1}",
            table(*card(i), spans=True),
        ]
    (found,) = read("各科室：", *blocks, titles=["任务卡", None, None, None])
    assert column(found, "") == ["一、氛围营造组", "任务1", "任务2", "二、环境卫生组", "任务3", "任务4"]
    assert duties(found) == DUTIES


def test_a_line_that_stands_above_each_table_says_nothing() -> None:
    blocks = [block for i in range(4) for block in ("附表", table(*card(i), spans=True))]
    (found,) = read(*blocks, titles=["任务卡", None, None, None])
    assert found.columns == LABELS


@pytest.mark.parametrize("titled", [False, True])
def test_cards_stand_side_by_side(titled: bool) -> None:
    rows: list[Row] = [[("一、环境", 1, 4)]] if titled else []
    for i in (0, 2):
        values = [NAMES, DUTIES, UNITS, DAYS]
        rows += [[label, v[i], label, v[i + 1]] for label, v in zip(LABELS, values, strict=False)]
        rows += [[("二、服务", 1, 4)]] if titled and not i else []
    found = cleaned(*rows, spans=True)
    assert found.columns == LABELS[:4]
    assert duties(found) == DUTIES
    assert column(found, "完成时限")[-1] == DAYS[-1]


def test_a_card_without_values_is_no_task() -> None:
    blank: list[Row] = [["项目名称", ("", 1, 3)], ["工作要求", ("", 1, 3)], ["责任单位", "", "完成时限", ""]]
    found = cleaned(*cards(3), *blank, spans=True)
    assert (found.grid.n_rows, len(found.dropped)) == (3, 2 * len(LABELS) + 4)


def test_a_label_alone_between_tables_is_no_section() -> None:
    tables = [table(*card(i), ["配合单位", ("", 1, 3)], spans=True) for i in range(4)]
    (found,) = read("任务卡", *tables[:2], "配合单位", *tables[2:], titles=["任务卡", None, None, None])
    assert RowKind.BAND not in found.kinds
    assert duties(found) == DUTIES


def test_other_tables_stay_beside_cards() -> None:
    usual = table(
        ["序号", "工作任务", "责任单位", "完成时限"], *[[str(i), DUTIES[i], UNITS[i], DAYS[i]] for i in range(4)]
    )
    found = read(table(*cards(), spans=True), "附件2", usual, titles=["任务卡", "任务清单"])
    assert [one.columns for one in found] == [LABELS, ("序号", "工作任务", "责任单位", "完成时限")]


def test_cards_of_people_are_a_roster() -> None:
    people = ["李建国", "王小明", "赵大勇"]
    rows: list[Row] = []
    for name in people:
        rows += [
            ["姓名", name, "性别", "男"],
            ["单位", "县教育局", "职务", "科员"],
            ["电话", "略", "备注", f"{name}同志"],
        ]
    found = cleaned(*rows, spans=True)
    assert (found.kind, found.task_rows()) == (TableKind.ROSTER, [])
    assert column(found, "姓名") == people


BLANK: list[Row] = [["工作要求", ("", 1, 3)], ["责任单位", "", "完成时限", ""], ["自评情况", ("", 1, 3)]]
APPLICATION: list[Row] = [
    ["单位名称", ("", 1, 3)],
    ["联系人", "", "联系电话", ""],
    ["创建情况", ("（可另附页）", 1, 3)],
    ["推荐意见", ("（盖章）年月日", 1, 3)],
    ["审核意见", ("（盖章）年月日", 1, 3)],
]


@pytest.mark.parametrize("rows", [APPLICATION, BLANK, BLANK * 3, card(0)], ids=["form", "blanks", "cards", "one card"])
def test_forms_to_fill_in_list_nothing(rows: list[Row]) -> None:
    found = cleaned(*rows, spans=True)
    assert "工作要求" not in found.columns
    assert found.grid.n_cols == 4


@pytest.mark.parametrize(
    "rows",
    [
        [["项目", "要求", "单位"], *[["全体科室", text, "县教育局"] for text in DUTIES]],
        [["很满意", "□", "满意", "□"], ["不满意", "□", "说不清", "□"]] * 3,
        [["上午", DUTIES[0]], ["下午", DUTIES[1]], ["晚上", DUTIES[2]]] * 2,
        [["项目", "要求", "分值"], ["氛围", DUTIES[0], "5"], ["卫生", DUTIES[1], "5"]] * 2,
        [["责任单位", UNITS[i], "工作要求", DUTIES[i]] for i in range(4)],
    ],
    ids=["repeated words", "survey", "times of a day", "repeated header", "one line"],
)
def test_other_tables_with_repeated_texts_stay(rows: list[Row]) -> None:
    width, height = len(rows[0]), len(rows)
    found = cleaned(*rows, spans=True)
    assert found.grid.n_cols == width
    assert found.grid.n_rows >= height // 2


def test_tables_that_a_page_cut_are_joined_as_before() -> None:
    header = ["序号", "工作任务", "责任单位"]
    parts = [table(header, [str(i), DUTIES[i], UNITS[i]], header_rows=1) for i in range(3)]
    (found,) = read(*parts, titles=["任务", None, None])
    assert (found.columns, found.grid.n_rows) == (tuple(header), 3)


def test_the_grid_of_each_table_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Table] = []

    def count(given: Table) -> Grid:
        built.append(given)
        return build_grid(given)

    monkeypatch.setattr("extractors.tables.card_tables.build_grid", count)
    tables = [*(table(*card(i), spans=True) for i in range(3)), table(["任务", "分值"], ["创建文明校园。", "5"])]
    assert len(read(*tables)) == 2
    assert built == tables
