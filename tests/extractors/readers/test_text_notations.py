"""Text notations side by side: the same table in every notation, in every encoding."""

from __future__ import annotations

import codecs
from collections.abc import Callable

import pytest

from extractors.document import Document, Paragraph, ReadError, Table
from extractors.limits import Limits
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers.text import read

ROWS = [
    ["序号", "测评标准", "责任科室"],
    ["1", "健全制度，明确分工。", "办公室"],
    ["2", "开展活动，营造氛围。", "宣传科"],
    ["3", "定期检查，及时整改。", "人事科"],
]


def document(text: str) -> Document:
    return read(text.encode(), "notice.txt", Limits(), VOCABULARY_WORDS)


def grid(table: Table) -> list[list[str]]:
    rows: list[list[str]] = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = cell.text
    return rows


def dump(rows: list[list[str]], gap: str = "\n") -> str:
    return gap.join("".join(f"\t{cell}\n" for cell in row) for row in rows) + "\n"


def tabs(rows: list[list[str]]) -> str:
    return "\n".join("\t".join(row) for row in rows) + "\n"


def pipes(rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]) + "\n"


def open_pipes(rows: list[list[str]]) -> str:
    lines = [" | ".join(row) for row in rows]
    return "\n".join([lines[0], "--- | " * (len(rows[0]) - 1) + "---", *lines[1:]]) + "\n"


def bars(rows: list[list[str]]) -> str:
    return "\n".join(" | ".join(row) for row in rows) + "\n"


def closed(rows: list[list[str]]) -> str:
    return "".join(f"{cell} |\n" for row in rows for cell in row)


def boxes(rows: list[list[str]]) -> str:
    rule = "├" + "┼".join("─" * 4 for _ in rows[0]) + "┤\n"
    lines = rule.join("│" + "│".join(row) + "│\n" for row in rows)
    return rule.replace("├", "┌").replace("┼", "┬").replace("┤", "┐") + lines + rule.replace("├", "└").replace("┤", "┘")


Notation = Callable[[list[list[str]]], str]
NOTATIONS = {
    "dump": dump,
    "tabs": tabs,
    "pipes": pipes,
    "open pipes": open_pipes,
    "bars": bars,
    "closed": closed,
    "boxes": boxes,
}


@pytest.mark.parametrize("notation", NOTATIONS)
class TestEveryWay:
    def test_rows_and_cells(self, notation: str) -> None:
        (table,) = document(NOTATIONS[notation](ROWS)).tables()
        assert grid(table) == ROWS
        assert not table.spans_known

    def test_running_text_before_and_behind(self, notation: str) -> None:
        result = document(f"关于印发方案的通知\n\n{NOTATIONS[notation](ROWS)}\n\n注：以上均须提供。\n")
        assert [b.text if isinstance(b, Paragraph) else "表" for b in result.blocks] == [
            "关于印发方案的通知",
            "表",
            "注：以上均须提供。",
        ]

    def test_two_tables_with_a_title_between(self, notation: str) -> None:
        result = document(f"{NOTATIONS[notation](ROWS)}\n附件2\n\n{NOTATIONS[notation](ROWS)}")
        assert [grid(t) for t in result.tables()] == [ROWS, ROWS]
        assert [p.text for p in result.paragraphs()] == ["附件2"]

    def test_locators_name_table_row_column_and_line(self, notation: str) -> None:
        (table,) = document(f"标题\n\n{NOTATIONS[notation](ROWS)}").tables()
        assert table.locator == "表1"
        cell = next(c for c in table.cells if c.text == "宣传科")
        assert cell.locator.startswith("表1 第3行第3列（文本第")
        number = int(cell.locator.removesuffix("行）").rsplit("第", 1)[1])
        assert "宣传科" in f"标题\n\n{NOTATIONS[notation](ROWS)}".split("\n")[number - 1]

    def test_windows_line_ends(self, notation: str) -> None:
        (table,) = document(NOTATIONS[notation](ROWS).replace("\n", "\r\n")).tables()
        assert grid(table) == ROWS

    @pytest.mark.parametrize(
        ("mark", "encoding"),
        [
            (b"", "utf-8"),
            (codecs.BOM_UTF8, "utf-8"),
            (codecs.BOM_UTF16_LE, "utf-16-le"),
            (codecs.BOM_UTF16_BE, "utf-16-be"),
            (b"", "utf-16-le"),
            (b"", "utf-16-be"),
            (b"", "gb18030"),
            (b"", "gbk"),
        ],
    )
    def test_encodings(self, notation: str, mark: bytes, encoding: str) -> None:
        (table,) = read(
            mark + NOTATIONS[notation](ROWS).encode(encoding), "notice.txt", Limits(), VOCABULARY_WORDS
        ).tables()
        assert grid(table) == ROWS


class TestCellDump:
    def test_blank_cells_keep_their_places(self) -> None:
        rows = [ROWS[0], ["1", "", "办公室"], ["", "开展活动。", ""], ["3", "定期检查。", "人事科"]]
        (table,) = document(dump(rows)).tables()
        assert grid(table) == rows

    def test_without_blank_lines_the_header_tells_the_width(self) -> None:
        (table,) = document(dump(ROWS, gap="")).tables()
        assert grid(table)[0] == ROWS[0]

    def test_one_indented_paragraph_is_no_table(self) -> None:
        result = document("\t各科室：\n\n现将方案印发给你们。\n")
        assert [p.text for p in result.paragraphs()] == ["各科室：", "现将方案印发给你们。"]

    @pytest.mark.parametrize("paragraphs", [2, 4])
    def test_indented_paragraphs_are_no_table(self, paragraphs: int) -> None:
        result = document("\t各科室要高度重视创建工作，按时完成各项任务。\n" * paragraphs)
        assert not list(result.tables())


class TestTabs:
    def test_a_second_line_of_a_cell_is_joined_to_it(self) -> None:
        (table,) = document("序号\t测评标准\n1\t健全制度，\n明确分工。\n2\t开展活动。\n").tables()
        assert grid(table)[1] == ["1", "健全制度，\n明确分工。"]

    def test_blank_columns_on_the_right_fall_away(self) -> None:
        (table,) = document("序号\t测评标准\t\t\n1\t健全制度\t\t\n").tables()
        assert table.n_cols == 2

    def test_a_blank_line_ends_the_table(self) -> None:
        result = document("序号\t任务\n1\t甲\n\n序号\t任务\n1\t乙\n")
        assert [grid(t)[1][1] for t in result.tables()] == ["甲", "乙"]


@pytest.mark.parametrize("notation", [tabs, bars])
class TestBands:
    def test_a_line_right_below_the_header_tells_that_short_lines_are_headings(self, notation: Notation) -> None:
        text = notation(ROWS).replace("1", "一月份：暖冬行动\n1", 1).replace("3", "二月份：网络文明\n3", 1)
        (table,) = document(text).tables()
        assert grid(table)[1] == ["一月份：暖冬行动", "", ""]
        assert grid(table)[4] == ["二月份：网络文明", "", ""]
        assert grid(table)[3] == ROWS[2]

    def test_without_one_a_short_line_goes_on_with_the_cell_above(self, notation: Notation) -> None:
        (table,) = document(notation(ROWS).replace("3", "会同工会\n3", 1)).tables()
        assert grid(table)[2][2] == "宣传科\n会同工会"

    def test_a_sentence_goes_on_with_the_cell_above(self, notation: Notation) -> None:
        rows = [["序号", "责任科室", "测评标准"], *([n, unit, text] for n, text, unit in ROWS[1:])]
        text = notation(rows).replace("1", "一月份：暖冬行动\n1", 1).replace("3", "整理材料，按时归档。\n3", 1)
        (table,) = document(text).tables()
        assert grid(table)[3][2] == "开展活动，营造氛围。\n整理材料，按时归档。"


class TestPipes:
    def test_escaped_bars_and_breaks(self) -> None:
        (table,) = document("| 任务 | 单位 |\n|:---|---:|\n| 甲\\|乙<br/>丙 | 办公室<BR>人事科 |\n").tables()
        assert grid(table)[1] == ["甲|乙\n丙", "办公室\n人事科"]

    def test_a_short_row_is_filled_with_blanks(self) -> None:
        (table,) = document("| 序号 | 任务 | 单位 |\n|---|---|---|\n| 1 | 甲 |\n").tables()
        assert grid(table)[1] == ["1", "甲", ""]

    def test_the_rule_says_which_row_is_the_header(self) -> None:
        (table,) = document(pipes(ROWS)).tables()
        assert table.header_rows == 1

    def test_a_bar_without_rule_is_text(self) -> None:
        result = document("甲 | 乙\n丙 | 丁\n")
        assert not list(result.tables())
        assert [p.text for p in result.paragraphs()] == ["甲 | 乙", "丙 | 丁"]

    def test_headings_and_bullets(self) -> None:
        result = document("## 一、要求 ##\n\n- 按时报送\n* 材料真实\n")
        assert [(p.text, p.level) for p in result.paragraphs()] == [
            ("一、要求", 2),
            ("按时报送", None),
            ("材料真实", None),
        ]


class TestBars:
    """A row on a line or a cell on a line, with bars and without a rule."""

    def test_two_lines_of_names_are_links(self) -> None:
        lines = "首页 | 政务公开 | 互动交流\n关于我们 | 联系我们 | 网站地图\n"
        assert not list(document(lines + "本站由信息中心维护 | 技术支持 | 访问统计\n").tables())

    def test_sentences_tell_a_table_whose_header_no_list_holds(self) -> None:
        rows = [["编次", "要做到的事", "归谁管"], *ROWS[1:]]
        for notation in (bars, closed):
            (table,) = document(notation(rows)).tables()
            assert grid(table) == rows

    def test_a_line_without_a_bar_ends_rows_on_lines(self) -> None:
        result = document(bars(ROWS) + "注：以上材料按时报送。\n")
        assert [table.n_rows for table in result.tables()] == [4]
        assert [p.text for p in result.paragraphs()] == ["注：以上材料按时报送。"]

    def test_a_line_without_a_bar_between_two_rows_goes_on_with_the_cell_above(self) -> None:
        rows = [*ROWS[:2], ["2", "开展活动", "宣传科"], ROWS[3]]
        (table,) = document(bars(rows).replace("宣传科\n", "宣传科\n人事科\n")).tables()
        assert grid(table)[2] == ["2", "开展活动", "宣传科\n人事科"]

    def test_a_rule_between_two_rows_is_no_text(self) -> None:
        (table,) = document(bars(ROWS).replace("宣传科\n", "宣传科\n---\n")).tables()
        assert grid(table) == ROWS

    def test_a_heading_between_two_rows_is_a_row(self) -> None:
        (table,) = document(bars(ROWS).replace("2 |", "二、氛围营造（20分）\n2 |")).tables()
        assert grid(table)[2] == ["二、氛围营造（20分）", "", ""]

    def test_a_title_between_two_tables_of_rows_is_a_cell_of_none(self) -> None:
        result = document(bars(ROWS) + "任务清单\n" + bars(ROWS))
        assert [grid(table) for table in result.tables()] == [ROWS, ROWS]

    def test_a_row_under_a_cell_that_goes_on_is_filled_with_bars(self) -> None:
        text = closed([["类别", "测评标准", "责任科室"], ["组织领导", "健全制度，明确分工。", "办公室"]])
        text += "开展活动，营造氛围。 |\n宣传科 |\n|\n" + closed([["氛围营造", "定期检查，及时整改。", "人事科"]])
        (table,) = document(text).tables()
        assert grid(table)[2] == ["", "开展活动，营造氛围。", "宣传科"]

    def test_a_name_above_serial_numbers_and_the_next_column_spans_both(self) -> None:
        text = "测评项目 |\n测评内容 |\n测评方法 |\n|\n"
        text += closed([[str(n), f"环境{n}分", "干净整洁，没有杂物。", "实地考察"] for n in (1, 2, 3)])
        (table,) = document(text).tables()
        assert grid(table)[0] == ["", "测评项目", "测评内容", "测评方法"]
        assert grid(table)[3] == ["3", "环境3分", "干净整洁，没有杂物。", "实地考察"]

    def test_a_cell_of_two_lines_is_one(self) -> None:
        (table,) = document(closed([*ROWS[:3], ["3", "定期检查。\n及时整改。", "人事科"]])).tables()
        assert grid(table)[3][1] == "定期检查。\n及时整改。"

    def test_a_title_between_two_tables_is_a_cell_of_none(self) -> None:
        result = document(closed(ROWS) + "附件2\n任务清单\n" + closed(ROWS))
        assert [grid(table) for table in result.tables()] == [ROWS, ROWS]
        assert [p.text for p in result.paragraphs()] == ["附件2", "任务清单"]

    @pytest.mark.parametrize("notation", [bars, closed])
    def test_what_stands_above_the_header_is_none_of_the_table(self, notation: Notation) -> None:
        above = "来源：区文明办，日期：5月6日 | 点击：7 |\n" if notation is bars else "来源：区文明办，日期：5月6日 |\n"
        (table,) = document(above + notation(ROWS)).tables()
        assert grid(table) == ROWS

    @pytest.mark.parametrize("line", ["首页 | 政务 | 互动", "首页 |", "| 1 | 开好班会，建好书屋。 | 团委 |", "||"])
    def test_many_bars_take_no_time(self, line: str) -> None:
        assert len(list(document("| 序号 | 任务 |\n|---|---|\n" + f"{line}\n" * 20_000).tables())) <= 1

    def test_cells_of_no_width_are_reported(self) -> None:
        result = document(closed([*ROWS, ["4", "另行通知。"]]))
        assert not list(result.tables())
        assert [note.rule for note in result.notes] == ["cell_lines"]

    @pytest.mark.parametrize("ending", [" |\n", " |\n|\n|\n"])
    def test_a_blank_cell_at_the_end_of_all_rows_may_not_be_written(self, ending: str) -> None:
        body = [[str(n), f"材料{n}", "各科室"] for n in (1, 2, 3)]
        text = "".join(" | ".join(row) + ending for row in [["序号", "报送内容", "责任单位", "备注"], *body])
        (table,) = document(text).tables()
        assert grid(table) == [["序号", "报送内容", "责任单位", "备注"], *([*row, ""] for row in body)]
        headed = document(text.replace("2 |", "二、台账\n2 |", 1)).blocks
        assert any(isinstance(block, Table) and block.n_rows == 5 for block in headed) == (ending == " |\n")

    @pytest.mark.parametrize(
        "rows",
        [
            [
                ["序号", "任务", "单位", "时限", "备注"],
                ["1", "甲", "宣传科", "5月"],
                ["2", "乙", "团委"],
                ["3", "丙", "工会"],
            ],
            [["任务", "单位", "时限", "备注"], ["甲", "宣传科", "5月"], ["乙", "团委", "6月"], ["丙", "工会", "7月"]],
            [["序号", "任务", "单位", "备注"], ["甲", "宣传科", "5月"], ["乙", "团委", "6月"], ["丙", "工会", "7月"]],
            [["序号", "任务", "单位", "时限", "得分", "备注"], *(["1", "甲", "宣传科"] for _ in range(3))],
        ],
        ids=["sizes differ", "no serial header", "no serial numbers", "three are missing"],
    )
    def test_rows_that_may_lack_any_cell_are_reported(self, rows: list[list[str]]) -> None:
        result = document(bars(rows))
        assert not list(result.tables())
        assert [(note.rule, note.locator) for note in result.notes] == [("cell_lines", "第1行")]

    def test_a_last_cell_with_text_that_a_line_end_parts_from_its_row_is_reported(self) -> None:
        text = bars(ROWS).replace("宣传科\n", "宣传科\n|\n另行安排\n", 1)
        result = document(text)
        assert not list(result.tables())
        assert [note.rule for note in result.notes] == ["cell_lines"]

    def test_rows_on_one_line_are_reported(self) -> None:
        line = "（9分） | 2.1 道路平整。 | 0~4 | | | 2.2 路灯完好。 | 0~3 | | 2.3 沟渠畅通。 | 0~2 | |"
        assert [(note.rule, note.locator) for note in document(f"前言\n{line}").notes] == [("cell_lines", "第2行")]
        for text in (line.replace("2.2", "2.4"), line.replace("| |", "|"), "首页 | | 2.5分 | | 3.5分 | | 4.5分 | |"):
            assert not document(f"前言\n{text}").notes

    def test_a_bar_begins_each_cell_and_one_alone_ends_the_row(self) -> None:
        rows = [
            ["责任目标", "责任单位", "完成时限"],
            ["1.刷新院墙", "总务处\n团委", "5月底"],
            ["2.换好路灯", "电工组", "6月底"],
        ]
        text = "".join("\n| ".join(row) + "\n|\n" for row in [*rows, ["3.补种花木"]])
        result = document(f"安排如下：\n{text}请各科室抓紧。\n附表\n{text}")
        assert [grid(table) for table in result.tables()] == [[*rows, ["3.补种花木", "", ""]]] * 2
        assert [p.text for p in result.paragraphs()] == ["安排如下：", "请各科室抓紧。", "附表"]

    @pytest.mark.parametrize("cells", ["2.换好路灯\n| 6月底\n|", "2.换好路灯\n|\n| 6月底\n|", "2.换好路灯\n|\n|\n|"])
    def test_cells_that_a_bar_begins_in_rows_of_another_length_are_reported(self, cells: str) -> None:
        rows = [
            "责任目标\n| 责任单位\n| 完成时限\n|",
            "1.刷新院墙\n| 总务处\n| 5月底\n|",
            "3.补种花木\n| 团委\n| 7月底\n|",
        ]
        result = document("\n".join([*rows, cells]))
        assert not list(result.tables())
        assert [(note.rule, note.locator) for note in result.notes] == [("cell_lines", "第1行")]

    CLOSED = (
        ["考核项目", "序号", "考核要点", "分值"],
        ["环境\n整治", "1", "清扫街巷。", "10分"],
        ["", "2", "补种\n花木。", "20分"],
        ["服务", "3", "设便民点。", "5分"],
        ["", "4", "办便民事。", "5分"],
    )

    def test_a_bar_on_a_line_of_its_own_closes_each_cell(self) -> None:
        text = "".join(f"{cell}\n|\n" for row in self.CLOSED for cell in row if cell)
        result = document(f"前言\n\n{text}请按月上报。")
        assert [grid(table) for table in result.tables()] == [list(self.CLOSED)]
        assert [p.text for p in result.paragraphs()] == ["前言", "请按月上报。"]
        assert next(result.tables()).cells[4].locator == "表1 第2行第1列（文本第11行）"

    @pytest.mark.parametrize("cell", ["3", "清扫街巷。", "末格"])
    def test_such_cells_in_rows_that_do_not_fit_are_reported(self, cell: str) -> None:
        cells = [text for row in self.CLOSED for text in row if text]
        cells.insert(cells.index(cell) if cell in cells else len(cells), "另行通知。")
        result = document("".join(f"{text}\n|\n" for text in cells))
        assert not list(result.tables())
        assert [(note.rule, note.locator) for note in result.notes] == [("cell_lines", "第1行")]


class TestBoxes:
    def test_a_box_without_text_is_no_table(self) -> None:
        assert not document("┬\n││\n").blocks

    def test_printed_lines_between_two_rules_are_one_row(self) -> None:
        text = "+----+----+\n| 任务 | 单位 |\n+----+----+\n| 甲 | 办公室 |\n| 乙 | 人事科 |\n+----+----+\n"
        text = text.replace("|", "│")
        (table,) = document(text).tables()
        assert grid(table) == [["任务", "单位"], ["甲\n乙", "办公室\n人事科"]]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\xd8", b"\x81\xff\xff\xff\xff", b"a\x00\x00\x00\x00\x00" * 40])
def test_bytes_that_are_no_text(data: bytes) -> None:
    with pytest.raises(ReadError) as refused:
        read(data, "notice.txt", Limits(), VOCABULARY_WORDS)
    assert "编码" in refused.value.reason
    assert refused.value.remedy


def test_an_empty_text_has_no_blocks() -> None:
    assert document("\n\n \n").blocks == ()


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("* **发布机构**：市文明办", "发布机构：市文明办"),
        ("**关于测评的通知**", "关于测评的通知"),
        ("## **一、目标**", "一、目标"),
        ("2**3 与 4**5", "2**3 与 4**5"),
    ],
)
def test_bold_type_of_markdown_is_no_text(line: str, text: str) -> None:
    assert [block.text for block in document(line).paragraphs()] == [text]
