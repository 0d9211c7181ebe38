"""pdf files with a text layer: published notices against their docx, and small ones for single constructs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from extractors.attachments import read
from extractors.document import Document, ReadError, Table
from extractors.limits import DEFAULT_LIMITS
from extractors.normalize import strip_whitespace
from extractors.readers import scan
from extractors.readers.pdf import PageQuality, needs_ocr, open_pdf, read_pages
from extractors.readers.scan.ocr_engine import RecognisedText
from tests.extractors.layout.draw_pages import block_texts, only_table, table_texts
from tests.extractors.published import document_of
from tests.extractors.readers.build_pdf import UNMAPPED_FONT, PdfPageSource, build_pdf

SLUGS = ["hb-xiaogan-2022", "huarong-2021", "sd-mixed-2024", "shanwei-2016", "tongchuan", "yiyang-2021", "zibo-2023"]


def _cells(table: Table) -> list[tuple[int, int, int, int, str]]:
    return [(c.row, c.col, c.row_span, c.col_span, strip_whitespace(c.text)) for c in table.cells]


@pytest.mark.parametrize("slug", SLUGS)
def test_grids_are_those_of_the_docx(slug: str, notices: Path) -> None:
    from_pdf, from_docx = document_of(notices / "pdf" / f"{slug}.pdf"), document_of(notices / "docx" / f"{slug}.docx")
    assert from_pdf.format == "pdf"
    assert [_cells(t) for t in from_pdf.tables()] == [_cells(t) for t in from_docx.tables()]
    assert all(t.first_page and t.last_page and t.first_page <= t.last_page for t in from_pdf.tables())


@pytest.mark.parametrize("slug", [s for s in SLUGS if s != "yiyang-2021"])
def test_paragraphs_are_those_of_the_docx(slug: str, notices: Path) -> None:
    from_pdf, from_docx = document_of(notices / "pdf" / f"{slug}.pdf"), document_of(notices / "docx" / f"{slug}.docx")
    assert [strip_whitespace(p.text) for p in from_pdf.paragraphs()] == [
        text for p in from_docx.paragraphs() if (text := strip_whitespace(p.text))
    ]


@pytest.mark.parametrize("slug", ["zibo-2023", "shanwei-2016"])
def test_spans_are_those_read_by_people(slug: str, notices: Path, gold: Path) -> None:
    truth = json.loads((gold / slug / "grid.json").read_text("utf-8"))["tables"]
    wanted = {strip_whitespace(c["text"]) for table in truth for c in table["cells"] if c["rowspan"] > 1 and c["text"]}
    spans = {
        strip_whitespace(c.text)
        for t in document_of(notices / "pdf" / f"{slug}.pdf").tables()
        for c in t.cells
        if c.row_span > 1
    }
    assert wanted
    assert len(wanted & spans) >= 0.95 * len(wanted)


def _form() -> PdfPageSource:
    page = PdfPageSource()
    page.text(72, 60, "关于印发2023年工作方案的通知")
    page.grid([72, 200, 300], [100, 130, 160])
    for x, y, text in ((80, 105, "测评项目"), (210, 105, "分值"), (80, 135, "组织领导"), (210, 135, "5")):
        page.text(x, y, text)
    return page


FORM = [["测评项目", "分值"], ["组织领导", "5"]]


def _read(data: bytes) -> Document:
    return read(data, "通知.pdf")


def test_title_and_table_with_their_places() -> None:
    found = _read(build_pdf([_form()]))
    assert block_texts(found.blocks) == ["关于印发2023年工作方案的通知", "[表]"]
    assert table_texts(only_table(found.blocks)) == FORM
    assert only_table(found.blocks).locator == "第1页 (72,100,300,160)"
    assert found.notes == ()


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_page_whose_text_runs_in_any_direction(turn: int) -> None:
    """The same form drawn sideways or upside down, with the page's own /Rotate telling nothing."""
    width, height = (595.0, 842.0) if turn % 2 == 0 else (842.0, 595.0)
    page = PdfPageSource(width=width, height=height)

    def place(x: float, y: float) -> tuple[float, float]:
        return [(x, y), (y, height - x), (width - x, height - y), (width - y, x)][turn]

    for x in (72.0, 200.0, 300.0):
        page.line(*place(x, 100), *place(x, 160))
    for y in (100.0, 130.0, 160.0):
        page.line(*place(72, y), *place(300, y))
    for x, y, text in ((80, 105, "测评项目"), (210, 105, "分值"), (80, 135, "组织领导"), (210, 135, "5")):
        # builder coordinates are those of the upper left corner before turning
        px, py = place(x, y + 0.88 * 12)
        page.text(px, py - 0.88 * 12, text, turn=turn)
    assert table_texts(only_table(_read(build_pdf([page])).blocks)) == FORM


def test_rotate_entry_of_a_landscape_page() -> None:
    page = PdfPageSource(rotate=90)
    page.text(200, 700, "横向页面的文字", turn=1)
    page.text(220, 700, "第二行文字到此结束", turn=1)
    assert block_texts(_read(build_pdf([page])).blocks) == ["横向页面的文字", "第二行文字到此结束"]


def test_heading_turned_within_its_cell() -> None:
    page = _form()
    page.grid([320, 345, 500], [100, 180, 200])
    page.text(328, 170, "组织领导", turn=1)
    page.text(350, 110, "任务内容很多很多很多")
    tables = [b for b in _read(build_pdf([page])).blocks if isinstance(b, Table)]
    assert table_texts(tables[1])[0] == ["组织领导", "任务内容很多很多很多"]


def test_watermark_is_left_out() -> None:
    page = _form()
    page.ops.append("BT /F1 60 Tf 0.7 0.7 -0.7 0.7 100 300 Tm <5185 90E8 6587 4EF6> Tj ET".replace(" 90", "90"))
    assert block_texts(_read(build_pdf([page])).blocks) == ["关于印发2023年工作方案的通知", "[表]"]


def test_text_printed_twice_for_boldness_is_read_once() -> None:
    page = _form()
    page.text(72.3, 60.2, "关于印发2023年工作方案的通知")
    assert block_texts(_read(build_pdf([page])).blocks)[0] == "关于印发2023年工作方案的通知"


def test_thin_filled_bars_are_lines_and_pale_ones_are_not() -> None:
    page = PdfPageSource()
    for y in (100, 130, 160):
        page.bar(72, y - 0.3, 300, y + 0.3)
    for x in (72, 200, 300):
        page.bar(x - 0.3, 100, x + 0.3, 160)
    page.bar(120, 100, 120.6, 160, grey=1.0)
    page.text(80, 105, "测评项目")
    assert table_texts(only_table(_read(build_pdf([page])).blocks)) == [["测评项目", ""], ["", ""]]


def test_lines_inside_forms_are_found() -> None:
    """A form drawn with its own matrix: shifted by 20 points."""
    page = _form()
    data = build_pdf([page])
    drawn = [op for op in page.ops if op.endswith(" S")]
    words = [op for op in page.ops if not op.endswith(" S")]
    page.ops = [*words, "q 1 0 0 1 0 0 cm", *drawn, "Q"]
    assert table_texts(only_table(_read(build_pdf([page])).blocks)) == table_texts(only_table(_read(data).blocks))


def test_empty_password_opens_and_a_real_one_is_refused() -> None:
    assert table_texts(only_table(_read(build_pdf([_form()], password="")).blocks)) == FORM
    with pytest.raises(ReadError, match="密码"):
        _read(build_pdf([_form()], password="secret"))


class _BlindRecogniser:
    """A recogniser that finds nothing; the true one, which takes seconds, reads in test_scan_read.py."""

    def detect(self, grey: object) -> list[tuple[float, float, float, float]]:
        return []

    def recognise(self, crops: Sequence[object]) -> list[RecognisedText]:
        assert not crops
        return []


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "get_recogniser", _BlindRecogniser)


@pytest.mark.usefixtures("blind")
def test_font_without_meaning_needs_recognition() -> None:
    page = PdfPageSource()
    page.ops.append("BT /F1 12 Tf 72 700 Td <010203040506070809> Tj ET")
    with pytest.raises(ReadError, match=r"乱码.*识别"):
        _read(build_pdf([page], font=UNMAPPED_FONT))


@pytest.mark.usefixtures("blind")
def test_picture_only_needs_recognition() -> None:
    with pytest.raises(ReadError, match=r"只有图像.*识别"):
        _read(build_pdf([PdfPageSource(), PdfPageSource()], picture=True))


@pytest.mark.usefixtures("blind")
def test_invisible_text_behind_a_picture_is_not_trusted() -> None:
    page = PdfPageSource()
    page.text(72, 100, "先前识别出来的文字层内容", mode=3)
    with pytest.raises(ReadError, match="识别"):
        _read(build_pdf([page], picture=True))


def test_visible_text_over_a_picture_is_read() -> None:
    assert table_texts(only_table(_read(build_pdf([_form()], picture=True)).blocks)) == FORM


def test_page_quality_shows_which_pages_need_recognition() -> None:
    def quality(number: int, mapped: int, unmapped: int = 0, hidden: int = 0, picture: float = 0.0) -> PageQuality:
        return PageQuality(number, mapped, unmapped, hidden, picture)

    text, scan, blank = quality(1, 500), quality(2, 0, picture=1.0), quality(3, 0)
    assert [f.needs_ocr for f in (text, scan, blank)] == [False, True, False]
    assert quality(4, 500, unmapped=100).needs_ocr
    assert not quality(5, 500, unmapped=20).needs_ocr
    assert needs_ocr([scan, scan, text, blank])
    assert not needs_ocr([scan, text, text])
    assert not needs_ocr([])


@pytest.mark.usefixtures("blind")
def test_one_scanned_page_among_others_is_noted() -> None:
    scanned = PdfPageSource()
    scanned.ops.append("q 595 0 0 842 0 0 cm /P1 Do Q")
    found = _read(build_pdf([_form(), scanned, _form()]))
    assert [(n.rule, n.locator) for n in found.notes] == [("page_without_text", "第2页")]
    assert "识别" in found.notes[0].message


def test_pages_come_one_at_a_time() -> None:
    with open_pdf(build_pdf([_form(), PdfPageSource(width=900)]), DEFAULT_LIMITS) as document:
        pages = list(read_pages(document, DEFAULT_LIMITS))
    assert [(p.number, p.content.width if p.content else 0) for p in pages] == [(1, 595.0), (2, 900.0)]
    assert (pages[0].quality.n_mapped, pages[1].quality.is_blank) == (27, True)
