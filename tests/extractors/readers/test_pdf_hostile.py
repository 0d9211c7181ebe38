"""Broken and hostile pdf files: a clear refusal, bounded cost, never anything but `ReadError`."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.attachments import read
from extractors.document import ReadError
from extractors.limits import DEFAULT_LIMITS
from tests.extractors.readers.build_pdf import PdfPageSource, pdf
from tests.extractors.readers.drawn import texts


def _page(text: str = "关于印发方案的通知") -> PdfPageSource:
    page = PdfPageSource()
    page.text(72, 60, text)
    return page


@pytest.mark.parametrize("keep", [9, 60, 300, 700, 1000])
def test_truncated(keep: int) -> None:
    with pytest.raises(ReadError, match=r"损坏|不完整"):
        read(pdf([_page()])[:keep], "通知.pdf")


def test_tail_lost_but_pages_found_is_noted() -> None:
    data = pdf([_page()])
    found = read(data[: data.rindex(b"startxref")], "通知.pdf")
    assert [n.rule for n in found.notes] == ["damaged_file"]
    assert texts(found.blocks) == ["关于印发方案的通知"]


def test_broken_cross_reference_is_rebuilt() -> None:
    data = pdf([_page()])
    start = data.rindex(b"xref\n0")
    assert texts(read(data[:start] + data[start:].replace(b"0000", b"9999"), "通知.pdf").blocks) == [
        "关于印发方案的通知"
    ]


def test_no_pages() -> None:
    with pytest.raises(ReadError, match=r"损坏|没有页面"):
        read(pdf([]), "通知.pdf")


def test_blank_pages() -> None:
    with pytest.raises(ReadError, match="没有内容"):
        read(pdf([PdfPageSource(), PdfPageSource()]), "通知.pdf")


def test_page_of_ten_metres() -> None:
    with pytest.raises(ReadError, match="边长 1000 厘米"):
        read(pdf([PdfPageSource(width=28346.0)]), "通知.pdf")


def test_page_without_area() -> None:
    assert isinstance(_outcome(pdf([PdfPageSource(width=0.0, height=0.0)])), str)


def test_more_pages_than_allowed() -> None:
    with pytest.raises(ReadError, match="5 页，超过上限 3 页"):
        read(pdf([_page()] * 5), "通知.pdf", replace(DEFAULT_LIMITS, max_pages=3))


def test_more_characters_than_allowed() -> None:
    with pytest.raises(ReadError, match="个字符，超过上限"):
        read(pdf([_page("多" * 300)]), "通知.pdf", replace(DEFAULT_LIMITS, max_page_marks=200))


def test_countless_paths_on_a_page() -> None:
    page = _page()
    page.ops.append("\n".join(f"{i % 595} {i % 842} m {i % 595} {i % 842 + 9} l S" for i in range(400_000)))
    began = time.process_time()
    with pytest.raises(ReadError, match="线条超过上限"):
        read(pdf([page]), "通知.pdf")
    assert time.process_time() - began < 60


def test_one_path_of_countless_segments() -> None:
    page = _page()
    page.ops.append("0 0 m " + " ".join(f"{i % 595} {i % 842} l" for i in range(300_000)) + " S")
    with pytest.raises(ReadError, match="线条超过上限"):
        read(pdf([page]), "通知.pdf")


def test_page_tree_that_contains_itself() -> None:
    data = pdf([_page()]).replace(b"/Kids[7 0 R]", b"/Kids[2 0 R]")
    assert isinstance(_outcome(data), str)


def test_contents_that_are_no_stream() -> None:
    data = pdf([_page()]).replace(b"/Contents 8 0 R", b"/Contents 1 0 R")
    assert "没有内容" in _outcome(data)


def _outcome(data: bytes) -> str:
    """What became of it; anything but a document or a refusal is an error of ours and fails the test."""
    try:
        return " ".join(texts(read(data, "通知.pdf").blocks))
    except ReadError as refusal:
        return str(refusal)


PLAIN = 10
"""Seeds of the plain run."""
SLOW = (12, 34, 41)
"""Seeds that leave a page to be recognised from its picture, as 16 does, which takes seconds."""


@pytest.mark.parametrize(
    "seed",
    [
        *range(PLAIN),
        *(pytest.param(seed, marks=pytest.mark.fuzz) for seed in range(PLAIN, 43) if seed not in SLOW),
    ],
)
def test_mutated_notices_end_in_a_document_or_a_refusal(seed: int, notices: Path) -> None:
    chance = random.Random(seed)
    data = bytearray((notices / "pdf" / "tongchuan.pdf").read_bytes())
    for _ in range(chance.choice((1, 8, 64, 512))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    if chance.random() < 0.3:
        at = chance.randrange(len(data))
        del data[at : at + chance.randrange(1, 4000)]
    assert _outcome(bytes(data))
