"""Automatic numbers, which are in numbering.xml and not in the text."""

from __future__ import annotations

import pytest

from extractors.readers import numerals

from .build import cell, document, para, row, run, table, tbl, texts


def level(ilvl: int, form: str, template: str, extra: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{ilvl}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{template}"/>{extra}</w:lvl>'
    )


def abstract(abstract_id: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{abstract_id}">{"".join(levels)}</w:abstractNum>'


def num(num_id: int, abstract_id: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{num_id}"><w:abstractNumId w:val="{abstract_id}"/>{overrides}</w:num>'


def item(text: str, ilvl: int = 0, num_id: int = 1) -> str:
    return para(text, properties=f'<w:numPr><w:ilvl w:val="{ilvl}"/><w:numId w:val="{num_id}"/></w:numPr>')


OFFICIAL = abstract(
    0,
    level(0, "chineseCountingThousand", "%1、"),
    level(1, "chineseCounting", "（%2）"),
    level(2, "decimal", "%3."),
    level(3, "decimalEnclosedCircle", "%4"),
) + num(1, 0)


def test_the_levels_of_an_official_document() -> None:
    body = "".join(
        [
            item("总体要求"),
            item("目标", 1),
            item("任务", 1),
            item("宣传", 2),
            item("细项", 3),
            item("保障"),
            item("组织", 1),
        ]
    )
    assert texts(body, numbering=OFFICIAL) == [
        "一、总体要求",
        "（一）目标",
        "（二）任务",
        "1.宣传",
        "①细项",
        "二、保障",
        "（一）组织",
    ]


def test_a_number_and_a_figure_do_not_run_together() -> None:
    plain = abstract(0, level(0, "decimal", "%1"), level(1, "decimal", "%2.")) + num(1, 0)
    assert texts(item("2023年") + item("5分", 1) + item("文明", 1), numbering=plain) == ["1 2023年", "1. 5分", "2.文明"]


def test_what_stands_between_number_and_text() -> None:
    space = abstract(0, level(0, "decimal", "%1、", '<w:suff w:val="space"/>')) + num(1, 0)
    nothing = abstract(0, level(0, "decimal", "第%1条", '<w:suff w:val="nothing"/>')) + num(1, 0)
    assert texts(item("甲"), numbering=space) == ["1、 甲"]
    assert texts(item("2甲"), numbering=nothing) == ["第1条2甲"]


def test_levels_that_show_outer_numbers() -> None:
    legal = abstract(
        0,
        level(0, "chineseCounting", "第%1章"),
        level(1, "decimal", "%1.%2", "<w:isLgl/>"),
        level(2, "decimal", "%1.%2.%3"),
    ) + num(1, 0)
    body = item("甲") + item("乙", 1) + item("丙", 2) + item("丁", 1)
    assert texts(body, numbering=legal) == ["第一章 甲", "1.1 乙", "一.1.1 丙", "1.2 丁"]


def test_start_values_and_overrides() -> None:
    later = abstract(0, level(0, "upperRoman", "%1-", start=3)) + num(1, 0)
    assert texts(item("甲") + item("乙"), numbering=later) == ["III-甲", "IV-乙"]
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    lists = abstract(0, level(0, "decimal", "%1）")) + num(1, 0) + num(2, 0, again) + num(3, 0)
    body = item("甲") + item("乙") + item("丙", num_id=2) + item("丁", num_id=2) + item("戊", num_id=3)
    assert texts(body, numbering=lists) == ["1）甲", "2）乙", "1）丙", "2）丁", "3）戊"]
    other = f'<w:lvlOverride w:ilvl="0">{level(0, "ideographTraditional", "%1、")}</w:lvlOverride>'
    assert texts(item("项"), numbering=abstract(0, level(0, "decimal", "%1.")) + num(1, 0, other)) == ["甲、项"]


def test_a_level_set_not_to_restart() -> None:
    running = abstract(0, level(0, "decimal", "%1、"), level(1, "decimal", "%2）", '<w:lvlRestart w:val="0"/>')) + num(
        1, 0
    )
    body = item("甲") + item("a", 1) + item("乙") + item("b", 1)
    assert texts(body, numbering=running) == ["1、甲", "1） a", "2、乙", "2） b"]


def test_an_inner_level_before_any_outer_one() -> None:
    numbers = abstract(0, level(0, "decimal", "%1"), level(1, "decimal", "%1-%2、")) + num(1, 0)
    assert texts(item("甲", 1) + item("乙", 1), numbering=numbers) == ["1-1、甲", "1-2、乙"]


def test_numbers_from_styles_and_their_links() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="h2"><w:name w:val="heading 2"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="sub"><w:basedOn w:val="h2"/></w:style>'
        '<w:style w:type="numbering" w:styleId="list"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    linked = abstract(0, level(0, "decimal", "%1"), level(1, "chineseCounting", "（%2）", '<w:pStyle w:val="h2"/>'))
    follower = '<w:abstractNum w:abstractNumId="4"><w:numStyleLink w:val="list"/></w:abstractNum>'
    numbering = linked + follower + num(1, 0) + num(8, 4)

    def styled(style: str) -> str:
        return para("项", properties=f'<w:pStyle w:val="{style}"/>')

    off = para("无", properties='<w:pStyle w:val="h2"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    body = styled("h2") + styled("sub") + off + item("链", 1, num_id=8)
    assert texts(body, styles=styles, numbering=numbering) == ["（一）项", "（二）项", "无", "（三）链"]


def test_numbers_inside_cells_and_alone_in_a_cell() -> None:
    serial = abstract(0, level(0, "decimal", "%1")) + num(1, 0)
    rows = "".join(row(cell(item("")), text) for text in ("甲", "乙"))
    assert [c.text for c in table(tbl(rows), numbering=serial).cells] == ["1", "甲", "2", "乙"]


def test_deleted_and_hidden_items_are_not_counted() -> None:
    deleted = para(
        '<w:del w:id="1"><w:r><w:delText>旧</w:delText></w:r></w:del>',
        properties='<w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:del w:id="2"/></w:rPr>',
    )
    hidden = para(properties='<w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:vanish/></w:rPr>')
    assert texts(item("甲") + deleted + hidden + item("乙"), numbering=OFFICIAL) == ["一、甲", "二、乙"]


_LANDSCAPE = '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/></w:sectPr>'
_NUMBERED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'


def test_an_empty_paragraph_that_ends_a_section_is_not_counted() -> None:
    blank = para(properties=_NUMBERED + _LANDSCAPE)
    hidden = para(run("隐", "<w:vanish/>"), properties=_NUMBERED + _LANDSCAPE)
    deleted = para('<w:del w:id="1"><w:r><w:delText>旧</w:delText></w:r></w:del>', properties=_NUMBERED + _LANDSCAPE)
    assert texts(item("甲") + blank + item("乙") + hidden + deleted + item("丙"), numbering=OFFICIAL) == [
        "一、甲",
        "二、乙",
        "三、丙",
    ]


def test_a_numbered_paragraph_with_text_is_counted_though_a_section_ends_there() -> None:
    body = item("甲") + para("乙", properties=_NUMBERED + _LANDSCAPE) + item("丙")
    assert texts(body, numbering=OFFICIAL) == ["一、甲", "二、乙", "三、丙"]


def test_a_section_break_of_a_numbered_style_is_not_counted() -> None:
    style = (
        '<w:style w:type="paragraph" w:styleId="n" w:default="1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
        "</w:style>"
    )
    body = para("甲") + para(properties=_LANDSCAPE) + para("乙") + para()
    assert texts(body, numbering=OFFICIAL, styles=style) == ["一、甲", "二、乙", "三、"]


def test_bullets_are_drawn() -> None:
    bullets = abstract(
        0,
        level(0, "bullet", "\uf06c", '<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr>'),
        level(1, "bullet", "\uf0b7", '<w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr>'),
        level(2, "bullet", "o"),
    ) + num(1, 0)
    assert texts(item("甲") + item("乙", 1) + item("丙", 2), numbering=bullets) == ["●甲", "•乙", "○丙"]


def test_a_format_nobody_knows_is_noted() -> None:
    strange = abstract(0, level(0, "hebrew1", "%1、")) + num(1, 0)
    result = document(item("甲"), numbering=strange)
    assert [b.text for b in result.paragraphs()] == ["1、甲"]
    assert [n.rule for n in result.notes] == ["numbering_format"]


def test_a_list_that_does_not_exist_numbers_nothing() -> None:
    assert texts(item("甲", num_id=99) + item("乙", ilvl=77), numbering=OFFICIAL)[0] == "甲"


@pytest.mark.parametrize(
    ("form", "drawn"),
    [
        ("chineseCounting", {1: "一", 10: "十", 12: "十二", 20: "二十", 99: "九十九", 105: "一〇五"}),
        (
            "chineseCountingThousand",
            {11: "十一", 105: "一百零五", 110: "一百一十", 1010: "一千零一十", 10001: "一万零一"},
        ),
        ("taiwaneseCounting", {21: "二十一"}),
        ("ideographDigital", {3: "三", 10: "一〇", 2023: "二〇二三"}),
        ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 25: "贰拾伍"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {12: "亥"}),
        ("ideographZodiacTraditional", {1: "甲子", 60: "癸亥"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "㉑", 50: "㊿", 51: "51"}),
        ("decimalEnclosedFullstop", {1: "⒈"}),
        ("decimalEnclosedParen", {2: "⑵"}),
        ("decimalFullWidth", {12: "１２"}),
        ("decimalZero", {7: "07", 12: "12"}),
        ("upperRoman", {4: "IV", 19: "XIX", 4000: "4000"}),
        ("lowerRoman", {8: "viii"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA", 5000: "5000"}),
        ("lowerLetter", {2: "b"}),
        ("ordinal", {1: "1st", 12: "12th"}),
    ],
)
def test_numerals(form: str, drawn: dict[int, str]) -> None:
    assert {number: numerals.format_number(number, form) for number in drawn} == drawn


@pytest.mark.parametrize(("ilvl", "label"), [(-1, "1."), (0, "1."), (8, "9."), (9, "9."), (20, "9.")])
def test_levels_beyond_the_last_one_are_the_last_one(ilvl: int, label: str) -> None:
    nine = abstract(0, *(level(n, "decimal", f"{n + 1}.") for n in range(9))) + num(1, 0)
    assert texts(item("文明", ilvl), numbering=nine) == [f"{label}文明"]


@pytest.mark.parametrize(("length", "kept"), [(63, 63), (64, 64), (65, 64)])
def test_the_longest_text_of_a_number(length: int, kept: int) -> None:
    long = abstract(0, level(0, "decimal", "甲" * length)) + num(1, 0)
    assert texts(item("文明"), numbering=long) == [f"{'甲' * kept} 文明"]


@pytest.mark.parametrize(("n_links", "label"), [(0, "7."), (1, "7."), (7, "7."), (8, "")])
def test_lists_that_are_those_of_a_style(n_links: int, label: str) -> None:
    def link(n: int) -> str:
        return f'<w:abstractNum w:abstractNumId="{n}"><w:numStyleLink w:val="S{n}"/></w:abstractNum>'

    styles = "".join(
        f'<w:style w:type="numbering" w:styleId="S{n}"><w:pPr><w:numPr><w:numId w:val="{n + 2}"/></w:numPr></w:pPr>'
        "</w:style>"
        for n in range(n_links)
    )
    lists = [*map(link, range(n_links)), abstract(n_links, level(0, "decimal", "7."))]
    numbering = "".join([*lists, *(num(n + 1, n) for n in range(n_links + 1))])
    assert texts(item("文明"), styles=styles, numbering=numbering) == [f"{label}文明"]


@pytest.mark.parametrize(("raw", "heading"), [("0", 1), ("8", 9), ("9", 0), ("10", 0), ("-1", 0), ("甲", 0)])
def test_levels_of_an_outline(raw: str, heading: int) -> None:
    (block,) = document(para("文明", properties=f'<w:outlineLvl w:val="{raw}"/>')).paragraphs()
    assert (block.level or 0) == heading


@pytest.mark.parametrize(
    ("restart", "labels"), [("0", "1 1.1 1.2 2 2.3"), ("1", "1 1.1 1.2 2 2.1"), (None, "1 1.1 1.2 2 2.1")]
)
def test_where_a_level_begins_again(restart: str | None, labels: str) -> None:
    extra = "" if restart is None else f'<w:lvlRestart w:val="{restart}"/>'
    two = abstract(0, level(0, "decimal", "%1"), level(1, "decimal", "%1.%2", extra)) + num(1, 0)
    body = "".join(item("文", ilvl) for ilvl in (0, 1, 1, 0, 1))
    assert texts(body, numbering=two) == [f"{label} 文" for label in labels.split()]
