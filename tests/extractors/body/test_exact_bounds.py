"""Letters and pages exactly at the bounds that decide what belongs together, and one character beyond them."""

from __future__ import annotations

import pytest

from extractors.body.letterhead import Letterhead, read_letterhead
from extractors.body.line_joining import read_lines
from extractors.body.outline import read_outline, table_titles
from extractors.body.page_data import set_aside_page_data
from extractors.body.redaction import HIDDEN, redact
from extractors.document import Cell, Document, Paragraph, Table
from tests.extractors.body.letters import letter

LETTER = "关于开展文明楼院评比的通知\n各社区：\n现将有关事项通知如下。\n一、时间\n6月底前完成。"


def head(text: str) -> Letterhead:
    return read_letterhead(read_lines(letter(text)))


def joined(text: str) -> list[int]:
    """The lengths of the lines of a text after what belongs together is joined."""
    return [len(block.text) for block in read_lines(letter(text)) if not isinstance(block, Table)]


def set_aside(page: str, tail: str = "") -> int:
    """How many lines around a letter are set aside."""
    text = f"{page}\n{LETTER}\n{tail}".strip("\n")
    _, rest = set_aside_page_data(letter(text))
    return len(text.split("\n")) - len(list(rest.paragraphs()))


def is_hidden(*groups: str) -> bool:
    """Whether a number of these groups is hidden as a whole."""
    return redact(f"请找{' '.join(groups)}王某") == f"请找{HIDDEN}王某"


class TestLines:
    @pytest.mark.parametrize(("times", "is_folded"), [(1, True), (3, True), (4, False)])
    def test_a_line_that_is_repeated(self, times: int, is_folded: bool) -> None:
        assert joined("（志愿服务\n" + "（志愿服务" * times + "\n活动）") == [8 if is_folded else 8 + 5 * times]

    @pytest.mark.parametrize(("length", "n_lines"), [(25, 2), (26, 1)])
    def test_a_long_line_with_a_comma_goes_on(self, length: int, n_lines: int) -> None:
        assert len(joined("志" * (length - 2) + "，愿\n服务活动")) == n_lines

    @pytest.mark.parametrize(("length", "n_lines"), [(39, 2), (40, 1)])
    def test_a_line_as_long_as_a_paragraph_goes_on(self, length: int, n_lines: int) -> None:
        assert len(joined("志" * length + "\n服务活动")) == n_lines


class TestHeads:
    @pytest.mark.parametrize(("length", "is_part"), [(30, True), (31, False)])
    def test_a_line_of_a_title(self, length: int, is_part: bool) -> None:
        place = "榆次区" + "创" * (length - 3)
        assert head(f"{place}\n三年行动任务分工方案\n一、目标").title == place * is_part + "三年行动任务分工方案"

    @pytest.mark.parametrize(("n_lines", "is_whole"), [(3, True), (4, True), (5, False)])
    def test_lines_of_a_title(self, n_lines: int, is_whole: bool) -> None:
        above = ["榆次区", *["创建文明城市"] * (n_lines - 2)]
        title = head("\n".join([*above, "三年行动任务分工方案", "一、目标"])).title
        assert title == "".join(above) * is_whole + "三年行动任务分工方案"

    @pytest.mark.parametrize(("n_lines", "year"), [(4, 2021), (5, 2021), (6, None)])
    def test_lines_of_a_cover_among_which_its_month_stands(self, n_lines: int, year: int | None) -> None:
        above = "\n".join(["某某"] * (n_lines - 1))
        assert head(f"关于开展评比的通知\n{above}\n2021年6月\n正文在此。").cover_year == year

    @pytest.mark.parametrize(("n_lines", "addressees"), [(24, "各社区"), (25, None)])
    def test_lines_of_a_head(self, n_lines: int, addressees: str | None) -> None:
        above = "\n".join(["某某"] * (n_lines - 1))
        assert head(f"{above}\n各社区：\n请落实。").addressees == addressees


class TestPages:
    @pytest.mark.parametrize(("n_pairs", "n_lines"), [(29, 58), (30, 60), (31, 60)])
    def test_lines_above_a_letter(self, n_pairs: int, n_lines: int) -> None:
        assert set_aside("\n".join(f"索引号\n12340/2021-{n:04d}" for n in range(n_pairs))) == n_lines

    @pytest.mark.parametrize(("n_lines", "n_found"), [(7, 7), (8, 8), (9, 8)])
    def test_lines_below_a_letter(self, n_lines: int, n_found: int) -> None:
        assert set_aside("索引号：1/2", "\n".join(["上一篇：某某公告"] * n_lines)) == 1 + n_found

    @pytest.mark.parametrize(("length", "n_found"), [(8, 3), (9, 2)])
    def test_a_label_that_nobody_listed(self, length: int, n_found: int) -> None:
        assert set_aside(f"索引号：12340/2021-0007\n{'某' * length}：县委\n发布机构：市文明办") == n_found

    @pytest.mark.parametrize(("length", "n_tables"), [(8, 0), (9, 1)])
    def test_a_label_in_a_table(self, length: int, n_tables: int) -> None:
        rows = (["索引号", "1/2", "某" * length, "丙"], ["发文机关", "市文明办", "成文日期", "2021年5月6日"])
        cells = tuple(Cell(r, c, text, "表1") for r, row in enumerate(rows) for c, text in enumerate(row))
        letters = (Paragraph(line, "段") for line in LETTER.split("\n"))
        _, rest = set_aside_page_data(Document("html", (Table(cells, 2, 4, "表1"), *letters)))
        assert len(list(rest.tables())) == n_tables

    @pytest.mark.parametrize(("length", "n_found"), [(80, 2), (81, 1)])
    def test_a_value(self, length: int, n_found: int) -> None:
        assert set_aside(f"索引号：12340/2021-0007\n发布机构：{'某' * length}") == n_found

    @pytest.mark.parametrize(("length", "n_found"), [(119, 1), (120, 1), (121, 0)])
    def test_a_path_through_the_page(self, length: int, n_found: int) -> None:
        assert set_aside("公开 > 通知 > " + "某" * (length - 10)) == n_found

    @pytest.mark.parametrize(("length", "n_found"), [(30, 1), (31, 0)])
    def test_a_path_of_one_step(self, length: int, n_found: int) -> None:
        assert set_aside("网站首页 " + "某" * (length - 5)) == n_found


class TestHiddenNumbers:
    @pytest.mark.parametrize(("digits", "is_hidden"), [("87654", False), ("876543", True)])
    def test_a_labelled_number(self, digits: str, is_hidden: bool) -> None:
        assert redact(f"联系电话：{digits}") == f"联系电话：{HIDDEN if is_hidden else digits}"

    def test_an_identity_number_digit_by_digit(self) -> None:
        number = "110101199003074012"
        assert redact(" ".join(number)) == HIDDEN
        assert redact(" ".join(f"{number}3")) == f"{HIDDEN} 3"

    @pytest.mark.parametrize(("name", "hidden"), [("王小明芳", "，" + HIDDEN), ("王小明芳娟", "，王小明芳娟" + HIDDEN)])
    def test_a_name_before_a_sign(self, name: str, hidden: str) -> None:
        assert redact(f"，{name}@qq.com") == hidden

    def test_a_mobile_number_in_groups(self) -> None:
        number = "13912345678"
        two = [n for n in range(1, 11) if is_hidden(number[:n], number[n:])]
        three = [
            (n, m) for n in range(1, 10) for m in range(1, 11 - n)
            if is_hidden(number[:n], number[n : n + m], number[n + m :])
        ]  # fmt: skip
        assert (two, three) == ([3, 4, 5, 7], [(3, 4), (4, 4)])
        assert is_hidden(*number)

    @pytest.mark.parametrize("country", ["86", "+86", "0086"])
    @pytest.mark.parametrize("number", ["13912345678", "139 1234 5678", "1391234 5678"])
    def test_a_mobile_number_with_its_country(self, country: str, number: str) -> None:
        assert redact(f"请找{country} {number}王某") == f"请找{HIDDEN}王某"
        assert redact(f"请找{country}{number}王某") == f"请找{HIDDEN}王某"

    def test_an_identity_number_begins_with_a_province(self) -> None:
        provinces = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)}
        found = {code for code in range(10, 100) if is_hidden(f"{code}0101199003074012")}
        assert found == provinces | {71, 81, 82, 83}

    @pytest.mark.parametrize(
        ("born", "hidden"),
        [
            ("18991231", False),
            ("19000101", True),
            ("20991231", True),
            ("21000101", False),
            ("19900001", False),
            ("19901231", True),
            ("19901301", False),
            ("19900132", False),
            ("19900230", False),
        ],
    )
    def test_an_identity_number_has_a_day_of_birth(self, born: str, hidden: bool) -> None:
        assert is_hidden(f"110101{born}4012") is hidden

    @pytest.mark.parametrize(
        ("number", "hidden"),
        [
            ("010-123456", False),
            ("010-1234567", True),
            ("010-12345678", True),
            ("020-1234567", True),
            ("030-1234567", False),
            ("0300-1234567", True),
            ("0199-1234567", False),
            ("0999-1234567", True),
            ("400-123-4567", True),
            ("800-1234567", True),
            ("4001234567", False),
            ("500-123-4567", False),
        ],
    )
    def test_numbers_of_offices_and_services(self, number: str, hidden: bool) -> None:
        assert is_hidden(number) is hidden


ATTACHMENTS = "附件：1.任务清单\n2.评分细则\n3.材料目录\n某市文明办\n2022年3月1日"


class TestNamesOfAttachments:
    @pytest.mark.parametrize(
        ("lines", "titles"),
        [
            ("#T 段落一。 #T 段落二。 #T", ["任务清单", "评分细则", "材料目录"]),
            ("#T 段落一。 #T", [None, None]),
            ("任务清单 #T 段落一。 #T 段落二。 #T", ["任务清单", "评分细则", "材料目录"]),
            ("任务清单 #T 段落一。 #T 材料目录 #T", ["任务清单", "评分细则", "材料目录"]),
            ("#T 段落一。 评分细则 #T 段落二。 #T", ["任务清单", "评分细则", "材料目录"]),
            ("任务清单 #T 段落一。 #T", ["任务清单", None]),
            ("评分细则 #T 段落一。 #T", ["评分细则", "材料目录"]),
            ("材料目录 #T 段落一。 #T", ["材料目录", None]),
            ("任务清单 #T 段落一。 #T 段落二。 #T 材料目录 #T", ["任务清单", "评分细则", None, "材料目录"]),
            ("材料目录 #T 段落一。 #T 任务清单 #T", ["材料目录", None, "任务清单"]),
            ("任务清单 #T #T 材料目录 #T", ["任务清单", None, "材料目录"]),
            ("附件1 #T", ["任务清单"]),
            ("附件3 #T", ["材料目录"]),
            ("附件4 #T", [None]),
        ],
    )
    def test_a_table_without_a_title_has_that_of_its_place(self, lines: str, titles: list[str | None]) -> None:
        text = "\n".join(["关于开展评比的通知", "各社区：", "请认真落实。", ATTACHMENTS, *lines.split()])
        assert table_titles(read_outline(letter(text))) == titles
