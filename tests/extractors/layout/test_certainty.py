"""How certain a recogniser was, from the words of a page to the cells and paragraphs of a document."""

from __future__ import annotations

from extractors.document import Paragraph, Table
from extractors.layout import Page, Ruling, Word, lay_out


def _word(text: str, x0: float, top: float, doubtful: str = "", width: float | None = None) -> Word:
    return Word(text, x0, top, x0 + (width or 10.0 * len(text)), top + 10, 0.95, doubtful=doubtful)


XS, YS = (50.0, 150.0, 250.0), (100.0, 130.0, 160.0)
RULINGS = (
    *(Ruling(x, YS[0], x, YS[-1]) for x in XS),
    *(Ruling(XS[0], y, XS[-1], y) for y in YS),
)


def test_doubtful_characters_are_those_of_their_cell_and_paragraph() -> None:
    words = (
        _word("关于开展评选的通知", 60, 40, "选"),
        _word("内容", 60, 110), _word("分值", 160, 110),
        _word("建站", 60, 140, "建"), _word("86", 160, 140, "8"),
    )  # fmt: skip
    layout = lay_out([Page(1, 300, 400, words, RULINGS)])
    texts = {
        item.locator: item.text
        for block in layout.blocks
        for item in (block.cells if isinstance(block, Table) else (block,))
        if isinstance(block, Paragraph | Table)
    }
    assert {texts[locator]: chars for locator, chars in layout.doubtful.items()} == {
        "关于开展评选的通知": "选", "建站": "建", "86": "8",
    }  # fmt: skip


def test_a_word_cut_at_a_border_hands_each_part_its_own_doubts() -> None:
    words = (_word("内容", 60, 110), _word("分值", 160, 110), _word("建站点吧八六三二", 110, 140, "站三", 80.0))
    layout = lay_out([Page(1, 300, 400, words, RULINGS)])
    (table,) = (block for block in layout.blocks if isinstance(block, Table))
    found = {cell.text: layout.doubtful.get(cell.locator) for cell in table.cells if cell.row == 1}
    assert found == {"建站点吧": "站", "八六三二": "三"}
