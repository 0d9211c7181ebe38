"""Tables with every cell on a line of its own, at and beyond each bound of what counts as one."""

from __future__ import annotations

import pytest

from extractors.limits import Limits
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers.text import read
from extractors.readers.text.column_profiles import ColumnProfile, find_filled_columns
from extractors.readers.text.line_tables import LineTable, find_line_tables
from extractors.readers.text.lost_headers import find_lost_headers
from extractors.table_words import NO_WORDS

HEADER = ["序号", "任务", "责任单位"]
ROWS = [["1", "建好志愿服务站", "县民政局"], ["2", "评选好邻居", "县妇联"], ["3", "修补破损路面", "县城管局"]]
FOURTH = ["4", "清理楼道杂物", "各社区"]


def flat(*rows: list[str]) -> list[str]:
    return [text for row in rows for text in row]


def found(lines: list[str]) -> dict[int, LineTable]:
    return find_line_tables(lines, VOCABULARY_WORDS)


def shown(lines: list[str]) -> list[list[str]]:
    """The rows of the only table."""
    (table,) = found(lines).values()
    return [[cell.text for cell in row] for row in table.rows]


def rows_of(n_cells: int, n_rows: int = 3) -> list[list[str]]:
    return [[str(n), *(f"第{'甲乙丙丁'[n]}项{'一二三四五六七八九十'[c % 10]}" for c in range(n_cells))]
            for n in range(1, n_rows + 1)]  # fmt: skip


def test_three_rows_are_a_table_and_two_are_none() -> None:
    assert shown(flat(HEADER, *ROWS)) == [HEADER, *ROWS]
    assert not found(flat(HEADER, *ROWS[:2]))


def test_a_serial_number_may_have_a_mark() -> None:
    rows = [[f"{row[0]}.", *row[1:]] for row in ROWS]
    assert shown(flat(HEADER, *rows)) == [HEADER, *rows]


@pytest.mark.parametrize(("n_strays", "n_tables"), [(40, 1), (41, 0)])
def test_a_table_is_looked_for_at_so_many_numbers_one(n_strays: int, n_tables: int) -> None:
    strays = ["分值", "1", "附记"] * n_strays
    assert len(found([*strays, "说明", *flat(HEADER, *ROWS)])) == n_tables


def test_numbers_one_without_a_header_above_them_are_not_tried() -> None:
    assert len(found([*["附记", "1"] * 60, *["说明"] * 3, *flat(HEADER, *ROWS)])) == 1


def test_a_table_of_bars_may_follow_at_once() -> None:
    lines = [*flat(HEADER, *ROWS), "| 甲 | 乙 |", "|---|---|", "| 一 | 二 |"]
    tables = list(read("\n".join(lines).encode(), "表.md", Limits(), VOCABULARY_WORDS).tables())
    assert [(table.locator, table.n_rows) for table in tables] == [("表1", 4), ("表2", 2)]


@pytest.mark.parametrize(("n_cells", "is_table"), [(1, True), (2, True), (14, True), (18, True), (19, False)])
def test_cells_of_a_row_behind_its_serial_number(n_cells: int, is_table: bool) -> None:
    header = ["序号", *(f"栏{'一二三四五六七八九十'[c % 10]}" for c in range(n_cells))]
    rows = rows_of(n_cells)
    lines = flat(header, *rows)
    assert (shown(lines) == [header, *rows]) if is_table else not found(lines)


@pytest.mark.parametrize(("name", "is_table"), [("单" * 14, True), ("单" * 15, False)])
def test_a_header_is_short(name: str, is_table: bool) -> None:
    lines = flat(["序号", name], *[row[:2] for row in ROWS])
    assert bool(found(lines)) is is_table


@pytest.mark.parametrize(("name", "n_columns"), [("类" * 8, 4), ("类" * 9, 3)])
def test_a_level_before_the_serial_number_is_short(name: str, n_columns: int) -> None:
    lines = [name, *HEADER, "环境治理。", *flat(*ROWS)]
    assert len(shown(lines)[0]) == n_columns


@pytest.mark.parametrize(("n_lines", "is_table"), [(6, True), (7, False)])
def test_few_lines_stand_between_header_and_first_row(n_lines: int, is_table: bool) -> None:
    lines = [*HEADER, *["工作要求。"] * n_lines, *flat(*ROWS)]
    assert bool(found(lines)) is is_table


@pytest.mark.parametrize(("n_levels", "leading"), [(1, 1), (4, 4), (5, 4)])
def test_levels_before_the_serial_number(n_levels: int, leading: int) -> None:
    levels = [f"层{'一二三四五'[n]}" for n in range(n_levels)]
    lines = [*levels, *HEADER, *(f"类{'甲乙丙丁戊'[n]}" for n in range(n_levels)), *flat(*ROWS)]
    (table,) = found(lines).values()
    assert len(table.rows[0]) == leading + len(HEADER)


@pytest.mark.parametrize(("n_more", "n_rows"), [(12, 4), (13, 0)])
def test_a_row_may_be_so_much_longer_than_most(n_more: int, n_rows: int) -> None:
    longer = [*ROWS[1], *["续行"] * n_more]
    tables = found(flat(HEADER, ROWS[0], longer, ROWS[2], FOURTH))
    assert sum(len(table.rows) > 3 for table in tables.values()) == bool(n_rows)


def test_a_row_of_a_section_fills_every_column() -> None:
    section = ["二", "环境卫生", ""]
    assert shown(flat(HEADER, *ROWS, section, FOURTH)) == [HEADER, *ROWS, section, FOURTH]


def test_a_section_before_the_first_row_fills_every_column() -> None:
    section = ["（一）", "服务群众", ""]
    assert shown(flat(HEADER, section, *ROWS)) == [HEADER, section, *ROWS]


SPANNED = ["序号", "一级指标", "二级指标", "三级指标", "任务"]
LEVELS = ["服务", "志愿", "站点"]


def test_three_columns_may_span_rows() -> None:
    rows = [["1", *LEVELS, "建好志愿服务站"], ["2", "评选身边好邻居"], ["3", "修补破损的路面"]]
    (table,) = found(flat(SPANNED, *rows, ["4", *LEVELS, "清理楼道的杂物"])).values()
    assert [cell.text for cell in table.rows[2]] == ["2", "", "", "", "评选身边好邻居"]
    assert table.odd_rows == ()


def test_full_rows_do_not_hide_that_columns_span_rows() -> None:
    full = [
        [str(n), *LEVELS, text] for n, text in ((1, "建好志愿服务站"), (2, "评选身边好邻居"), (3, "修补破损的路面"))
    ]
    rows = [*full, ["4", "清理楼道的杂物"], ["5", "清扫背街的小巷"], ["6", "擦洗站台的护栏"]]
    (table,) = found(flat(SPANNED, *rows)).values()
    assert table.odd_rows == ()


def test_one_short_row_may_have_lost_a_cell() -> None:
    (table,) = found(flat(HEADER, ROWS[0], ROWS[1][:2], ROWS[2], FOURTH)).values()
    assert table.odd_rows == ("2",)


def test_a_header_on_every_page_is_no_cell() -> None:
    lines = flat(HEADER, *ROWS, HEADER, FOURTH)
    assert shown(lines) == [HEADER, *ROWS, FOURTH]


@pytest.mark.parametrize(
    ("n_regular", "n_longer", "is_table"), [(2, 3, True), (2, 4, False), (3, 4, True), (3, 5, False)]
)
def test_how_many_rows_are_as_long_as_most(n_regular: int, n_longer: int, is_table: bool) -> None:
    n_rows = n_regular + n_longer + 1
    more = [["另行通知"] * (1 + n % 5) * (n_regular < n < n_rows) for n in range(1, n_rows + 1)]
    rows = [[str(n), f"建好志愿服务站{n}", "县民政局", *lines] for n, lines in enumerate(more, 1)]
    assert [len(table.rows) for table in found(flat(HEADER, *rows)).values()] == [n_rows + 1] * is_table


@pytest.mark.parametrize(
    ("last", "is_row"),
    [
        (FOURTH, True),
        (["4", "联系人", "王某，电话另行通知"], True),
        (["4", "本表由办公室负责解释并于每月底前汇总报送领导小组审定后印发", "一式三份，" * 7], False),
        (["4", "86", "2023"], False),
    ],
)
def test_the_last_row_is_like_those_above_it(last: list[str], is_row: bool) -> None:
    assert shown(flat(HEADER, *ROWS, last)) == [HEADER, *ROWS, *[last] * is_row]


def test_a_table_may_begin_again_at_one() -> None:
    assert {first: table.end for first, table in found(flat(HEADER, *ROWS, HEADER, *ROWS)).items()} == {0: 24}
    apart = [*flat(HEADER, *ROWS), *["说明文字到此结束。"] * 20, *flat(HEADER, *ROWS)]
    assert {first: table.end for first, table in found(apart).items()} == {0: 12, 32: 44}


NAMES = ["责任单位", "工作任务", "完成时限"]


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ([*NAMES, "甲", "乙", "丙"], 0),
        (["前言如下。", "", *NAMES, "甲", "乙", "丙"], 2),
        ([*NAMES, "甲", "乙"], None),
        ([*NAMES[:2], "花名", "甲", "乙", "丙"], 0),
        ([NAMES[0], "某物", "花名", "甲", "乙", "丙"], None),
        ([*NAMES[:2], NAMES[0], "甲", "乙", "丙"], None),
        ([*NAMES[:2], "花" * 8, "甲", "乙", "丙"], 0),
        ([*NAMES[:2], "花" * 9, "甲", "乙", "丙"], None),
        (["某镇评比", "权重数", "责任", "单位", "完成", "时", "限", "甲", "乙", "丙"], 1),
        (["某镇评比", "权重数", "考核组", "方式", "花名", "甲", "乙", "丙"], None),
    ],
)
def test_a_header_that_was_lost(lines: list[str], place: int | None) -> None:
    assert find_lost_headers(lines, VOCABULARY_WORDS) == ([] if place is None else [place])


BELOW = "楼道无杂物，路灯完好。"


@pytest.mark.parametrize(
    ("lines", "places"),
    [
        ([f"测评项目测评内容分值{BELOW}"], [0]),
        (["前言。", f"某社区本年度安排如下序号测评内容评分标准备注{BELOW}"], [1]),
        ([f"序号 项目 分值 {BELOW}"], [0]),
        (["序号,项目,分值", BELOW], [0]),
        (["序号 | 项目 | 分 值 |", f"1 | {BELOW}"], [0]),
        (["某社区测评细则", "", "测 评", "项 目", "测评内容 分 值", BELOW], [2]),
        ([f"序号 项目 分值 {BELOW}", *[BELOW] * 10, f"序号 项目 分值 {BELOW}"], [0]),
        ([f"序号 项目 分值 {BELOW}", *[BELOW] * 9, f"序号 项目 备注 {BELOW}"], [0]),
        ([f"序号 项目 分值 {BELOW}", *[BELOW] * 10, f"序号 项目 备注 {BELOW}"], [0, 11]),
        (["序号 项目 分值 楼道无杂物路灯完好"[:-1]], []),
        ([f"测评内容测评内容分值{BELOW}"], []),
        ([f"应当对照内容标准要求抓好落实，{BELOW}"], []),
        ([f"测评项目、测评内容、测评方法，{BELOW}"], []),
        (["测评项目", "。", "测评内容", "测评方法见下", BELOW], []),
    ],
)
def test_words_of_headers_directly_behind_each_other(lines: list[str], places: list[int]) -> None:
    assert find_lost_headers(lines, VOCABULARY_WORDS) == places


def test_a_text_without_a_vocabulary_has_no_lost_header() -> None:
    assert find_lost_headers([f"测评项目测评内容分值{BELOW}"], NO_WORDS) == []


def test_each_lost_header_is_a_note_at_its_line() -> None:
    text = "\n".join([f"序号测评内容评分标准{BELOW}", *[BELOW] * 11, f"序号 项目 备注 {BELOW}"])
    notes = read(text.encode(), "表.txt", Limits(), VOCABULARY_WORDS).notes
    assert [(note.rule, note.locator) for note in notes] == [("cell_lines", "第1行"), ("cell_lines", "第13行")]


@pytest.mark.parametrize(("text", "cost"), [("建好", 0.0), ("评好", 1.0), ("87", 2.5), ("", 1.125), ("长" * 200, 3.25)])
def test_how_unlike_a_text_is_to_a_column(text: str, cost: float) -> None:
    assert ColumnProfile(["建好", "修好", "86", ""]).cost(text) == pytest.approx(cost)


@pytest.mark.parametrize(
    ("texts", "text", "cost"), [([], "甲", 3.0), ([], "", 1.5), ([""], "甲", 3.0), ([""], "", 0.0)]
)
def test_a_column_without_texts(texts: list[str], text: str, cost: float) -> None:
    assert ColumnProfile(texts).cost(text) == cost


@pytest.mark.parametrize(
    ("row", "columns"), [(["甲乙", "清扫每条小巷"], (1, 2)), (["88", "清扫每条小巷"], (0, 2)), (["88", "甲乙"], (0, 1))]
)
def test_the_columns_that_a_short_row_fills(row: list[str], columns: tuple[int, ...]) -> None:
    profiles = [
        ColumnProfile(["86", "87"]),
        ColumnProfile(["甲乙", "丁丙"]),
        ColumnProfile(["修补每段路面", "擦洗护栏"]),
    ]
    assert find_filled_columns([row], profiles) == columns


@pytest.mark.parametrize(
    ("n_odd", "n_rows", "named"),
    [(3, 14, None), (3, 13, "序号2、4、6共3行"), (5, 20, "8、10共5行"), (6, 29, None), (6, 28, "8、10等共6行")],
)
def test_rows_whose_cells_are_told_by_their_likeness_alone(n_odd: int, n_rows: int, named: str | None) -> None:
    rows = [[str(n), "建好志愿服务站点", "县民政局"] for n in range(1, n_rows + 1)]
    for n in range(1, 2 * n_odd, 2):
        rows[n][1:2] = ["建好志愿服务站点，", "并公布名单"]
    notes = read("\n".join(flat(HEADER, *rows)).encode(), "表.txt", Limits(), VOCABULARY_WORDS).notes
    assert [note.rule for note in notes] == ["cell_lines"] * (named is not None)
    assert all((named or "") in note.message for note in notes)
