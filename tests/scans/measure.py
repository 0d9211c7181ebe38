"""How a damaged page is read beside the clean one: rows right, cells wrong without a word, CPU seconds."""

from __future__ import annotations

import re
import time
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from difflib import SequenceMatcher
from multiprocessing import get_context

import numpy as np

from extractors.document import Document, ReadError
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers import pdf, scan
from tests.scans.damages import DAMAGES
from tests.scans.pages import CleanPage, encode

_MARKS = re.compile(r"(?<!\d)[^\w%<>≥≤+±/-]+|[^\w%<>≥≤+±/-]+(?!\d)")
"""Blanks and punctuation, but not between two digits: 0.5 is not 05, and ， is as good as 、."""
_SIGNS = str.maketrans("≧≦", "≥≤")
_MIN_ALIKE = 0.5
"""Of their characters: rows with less in common are no two readings of one row."""

Row = tuple[tuple[int, str], ...]
"""The cells that are not blank: column and text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of one page."""

    rows: tuple[Row, ...]
    doubted: frozenset[tuple[int, int]]
    """Row and column of the cells on which there is a note."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be read of a page: the rows of the clean picture, and for each cell what is printed there."""

    clean: Reading
    printed: tuple[dict[int, str], ...]

    def is_right(self, row: int, col: int, text: str | None) -> bool:
        """Return whether a cell is read as on the clean picture, or as it is printed."""
        return text is not None and text in (dict(self.clean.rows[row])[col], self.printed[row].get(col))


@dataclass(frozen=True, slots=True)
class Score:
    """A damaged page beside the clean one."""

    damage: str
    page: str
    rows: int
    right: int
    cells: int
    wrong: int
    silent: tuple[tuple[str, str], ...]
    """Text of the clean page and of the damaged one, where they differ without a note."""
    seconds: float
    clean_seconds: float


def fold(text: str) -> str:
    """Return a text without what does not change its meaning."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).translate(_SIGNS).casefold())


def read(data: bytes) -> Reading:
    """Return what the product's reader makes of a picture, and its CPU seconds."""
    before = time.process_time()
    try:
        document = scan.read(data, words=VOCABULARY_WORDS)
    except ReadError:
        document = Document(scan.FORMAT, ())
    return _to_reading(document, time.process_time() - before)


def want(page: CleanPage, clean: Reading) -> Wanted:
    """Return what is to be read of a page, given the reading of its clean picture."""
    printed = _to_reading(pdf.read(page.extract(), words=VOCABULARY_WORDS), 0.0).rows
    there = _align(clean.rows, printed)
    return Wanted(clean, tuple({} if other is None else dict(printed[other]) for other in there))


def _to_reading(document: Document, seconds: float) -> Reading:
    doubted_places = {note.locator for note in document.notes}
    rows: list[Row] = []
    doubted: set[tuple[int, int]] = set()
    for table in document.tables():
        by_row: dict[int, list[tuple[int, str]]] = {}
        for cell in table.cells:
            if fold(cell.text):
                by_row.setdefault(cell.row, []).append((cell.col, fold(cell.text)))
        numbers = {row: len(rows) + i for i, row in enumerate(sorted(by_row))}
        doubted |= {(numbers[c.row], c.col) for c in table.cells if c.locator in doubted_places and c.row in numbers}
        rows += [tuple(by_row[row]) for row in sorted(by_row)]
    return Reading(tuple(rows), frozenset(doubted), seconds)


def _align(clean: Sequence[Row], damaged: Sequence[Row]) -> list[int | None]:
    """Return for each clean row the damaged row that is the same one, in their order."""
    texts = [["".join(text for _, text in row) for row in side] for side in (clean, damaged)]
    best = np.zeros((len(clean) + 1, len(damaged) + 1))
    alike = np.zeros((len(clean), len(damaged)))
    for i, a in enumerate(texts[0]):
        for j, b in enumerate(texts[1]):
            ratio = SequenceMatcher(None, a, b, autojunk=False).ratio()
            alike[i, j] = ratio if ratio >= _MIN_ALIKE else 0.0
            best[i + 1, j + 1] = max(best[i, j + 1], best[i + 1, j], best[i, j] + alike[i, j])
    found: list[int | None] = [None] * len(clean)
    i, j = len(clean), len(damaged)
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found[i] = j
    return found


def compare(damage: str, page: str, wanted: Wanted, damaged: Reading) -> Score:
    """Return the score of one damaged page; cells of a row that is not there at all are wrong without a word."""
    rows = wanted.clean.rows
    right = cells = wrong = 0
    silent: list[tuple[str, str]] = []
    for number, (row, other) in enumerate(zip(rows, _align(rows, damaged.rows), strict=True)):
        there = dict(damaged.rows[other]) if other is not None else {}
        cells += len(row)
        differing = [(col, text) for col, text in row if not wanted.is_right(number, col, there.get(col))]
        right += not differing and len(there) == len(row)
        wrong += len(differing)
        silent += [
            (text, there.get(col, ""))
            for col, text in differing
            if other is None or (other, col) not in damaged.doubted
        ]
    return Score(
        damage, page, len(rows), right, cells, wrong, tuple(silent), damaged.seconds, wanted.clean.seconds
    )  # fmt: skip


def damage_page(
    pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], page: CleanPage, name: str, seed: int
) -> bytes:
    """Return the file of a damaged page."""
    lot = np.random.default_rng([seed, zlib.crc32(f"{page.name} {name}".encode())])
    return DAMAGES[name](pixels, lot)


def measure(pages: Iterable[CleanPage], names: Sequence[str], seed: int) -> list[Score]:
    """Return the scores of each page in each way of damaging it; the pages are read on every core."""
    scores: list[Score] = []
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for page in pages:
            pixels = page.draw()
            damaged = pool.map(read, [encode(pixels), *(damage_page(pixels, page, name, seed) for name in names)])
            wanted = want(page, next(damaged))
            scores += [compare(name, page.name, wanted, one) for name, one in zip(names, damaged, strict=True)]
    return scores
