"""Characters of a pdf in runs: by stretches as one by one, and text that pdfium does not give in one piece."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]
import pytest

from extractors.layout.page_content import GlyphRuns, continues_run
from extractors.readers.pdf import characters
from tests.extractors.readers.build_pdf import PdfPageSource, build_pdf

PIECES = ("创建工作", "（1分）", "，", "2023年", "A类", "—", "  ", "\u3000", "Ⅲ-2", "。”", "（" * 9 + "一", "i.l,1")


def _runs(data: bytes) -> Iterator[GlyphRuns]:
    document = pdfium.PdfDocument(data)
    for page in document:
        text = page.get_textpage()
        yield characters.read_glyph_runs(text, text.count_chars())


def _scattered(seed: int) -> bytes:
    """Pieces of text near each other: behind, over, above and below, in several sizes and directions."""
    chance = random.Random(seed)
    page = PdfPageSource()
    x, top = 60.0, 60.0
    for _ in range(150):
        text, size = chance.choice(PIECES), chance.choice((9.0, 12.0, 12.0, 12.0, 15.0))
        page.text(x, top, text, size, turn=chance.choice((0,) * 12 + (1, 2, 3)), mode=chance.choice((0, 0, 0, 3)))
        x += len(text) * size + chance.choice((0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 8.0, -2.0, -5.0, -20.0))
        top += chance.choice((0.0, 0.0, 0.0, 0.0, 1.5, -1.5, 4.0))
        if x > 480:
            x, top = 60.0, top + chance.choice((10.0, 20.0))
    return build_pdf([page])


def _one_by_one(chars: str, boxes: Any) -> Iterator[Any]:
    return (characters._Stretch(i, i + 1, 0.0, 0.0, 0.0, 0.0) for i in range(len(boxes)))


@pytest.mark.parametrize("seed", range(12))
def test_stretches_of_scattered_text_give_the_runs_of_single_characters(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = _scattered(seed)
    found = list(_runs(data))
    monkeypatch.setattr(characters, "_find_stretches", _one_by_one)
    assert found == list(_runs(data))
    assert len(found[0].runs) > 20


@pytest.mark.parametrize("slug", ["tongchuan", "zj-anji-2013"])
def test_stretches_of_a_notice_give_the_runs_of_single_characters(
    slug: str, notices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (notices / "pdf" / f"{slug}.pdf").read_bytes()
    found = list(_runs(data))
    monkeypatch.setattr(characters, "_find_stretches", _one_by_one)
    assert found == list(_runs(data))


def test_few_characters_of_a_notice_are_looked_at_alone(notices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    def count(*given: Any) -> bool:
        looked_at.append(given[1])
        return continues_run(*given)

    monkeypatch.setattr(characters, "continues_run", count)
    found = list(_runs((notices / "pdf" / "zibo-2023.pdf").read_bytes()))
    assert len(looked_at) < sum(len(run.chars) for page in found for run in page.runs) / 4


def test_the_first_letter_behind_brackets_sets_the_height_of_its_run() -> None:
    page = PdfPageSource()
    page.text(60, 60, "（" * 10, 14)
    page.text(200, 61, "文明", 12)
    (found,) = _runs(build_pdf([page]))
    (run,) = found.runs
    assert "".join(run.chars) == "（" * 10 + "文明"
    assert run.y1 - run.y0 < 16


def test_text_is_the_same_in_one_piece_and_by_character(notices: Path) -> None:
    document = pdfium.PdfDocument((notices / "pdf" / "tongchuan.pdf").read_bytes())
    for page in document:
        text = page.get_textpage()
        count = text.count_chars()
        assert characters._read_text(text.raw, count) == characters._read_text_by_character(text.raw, count)


@pytest.mark.parametrize("code", [0x02, 0xFFFE, 0xD840, 0xDC0B, 0xFFFF])
def test_text_with_unsure_characters_is_read_by_character(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = [0x4E00, code, 0x4E01]

    def get_text(page: Any, start: int, count: int, buffer: Any) -> int:
        buffer[: count + 1] = [*codes, 0]
        return count + 1

    monkeypatch.setattr(pdfium_c, "FPDFText_GetText", get_text)
    monkeypatch.setattr(pdfium_c, "FPDFText_GetUnicode", lambda page, index: (0x41, 0x42, 0x43)[index])
    assert characters._read_text(None, 3) == "ABC"


def test_text_that_lacks_a_character_is_read_by_character(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfium_c, "FPDFText_GetText", lambda page, start, count, buffer: count)
    monkeypatch.setattr(pdfium_c, "FPDFText_GetUnicode", lambda page, index: (0x41, 0, 0x43)[index])
    assert characters._read_text(None, 3) == "A\0C"


def test_pairs_of_surrogates_are_one_character_behind_a_skipped_one(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = [0xD840, 0xDC0B, 0xDC0B, 0x4E00, 0x20000, 0x110000]
    monkeypatch.setattr(pdfium_c, "FPDFText_GetUnicode", lambda page, index: codes[index])
    assert characters._read_text_by_character(None, len(codes)) == "\n\U0002000b\ufffd一\U00020000\ufffd"


def test_a_page_without_characters_has_no_runs() -> None:
    (found,) = _runs(build_pdf([PdfPageSource()]))
    assert found == GlyphRuns()
