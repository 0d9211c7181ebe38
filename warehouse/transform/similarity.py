"""Which texts of a theme are alike: all candidates counted, the likest of each text kept.

Candidates are texts that share a bigram which at most `grams.FREQUENT` texts of the theme hold. The bigrams that more
texts hold are counted too, by a bit each, but lead to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.transform import ngrams
from warehouse.transform.arrays import Flags, Whole, first_of_each, order, spread
from warehouse.transform.ngrams import Grams

Bits = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.float64]

DIGITS: Final = 6
"""Decimals of a similarity that are kept."""
AT_ONCE: Final = 1 << 18
"""Pairs that are counted in one go: the counts stay within the caches of a processor."""
SPARSE: Final = 64
"""In a theme with more than so many times the texts that one text meets, those are sorted instead of counted in a row
for all."""
WORD: Final = 64
"""Bits of a number."""
ROWS_OF_BITS: Final = 4096
"""Texts whose bits are set in one go."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of texts by their places, the bigrams that both hold, and their cosine in units of 10^-DIGITS."""

    first: Whole
    second: Whole
    shared: Whole
    cosine: Whole

    def of(self, which: Whole) -> _Pairs:
        return _Pairs(self.first[which], self.second[which], self.shared[which], self.cosine[which])

    def swapped(self) -> _Pairs:
        return _Pairs(self.second, self.first, self.shared, self.cosine)

    @staticmethod
    def all_of(parts: Sequence[_Pairs]) -> _Pairs:
        fields = (np.concatenate([getattr(part, name) for part in parts]) for name in _Pairs.__slots__)
        return _Pairs(*fields)


@dataclass(frozen=True, slots=True)
class _Held:
    """How many tasks hold each text, and a notice that does."""

    tasks: Whole
    notice: Whole


def kin(texts: pl.DataFrame, *, least: float, most: int, notices: int) -> pl.DataFrame:
    """The likest others of each text that is asked, and the asked texts for those that are not.

    `texts` has `text_id`, `sign` (a whole number that stands for the theme; texts stand by theme), `body`, `asked`,
    `tasks` (how many tasks stand for the text), `notice` (a number of some notice that holds it) and `bar` (the
    similarity that a place in the lists of a text takes which is not asked). The frame that comes back has `text_a`,
    `text_b`, `similarity` (cosine, at least `least`, rounded to `DIGITS` decimals), `inside_a` and `inside_b` (share of
    the bigrams of the one that the other holds). Of an asked `text_a` come the likest until `most` tasks are met, of
    equal ones those of smaller id, and of these only as many as it takes to meet `notices` notices, all that are as
    like as the last of them included.
    """
    cut = ngrams.cut(texts)
    sign = texts["sign"].to_numpy()
    edges = [0, *(np.flatnonzero(np.diff(sign)) + 1).tolist(), len(sign)]
    asked = texts["asked"].to_numpy()
    held = _Held(*(texts[name].to_numpy().astype(np.int64) for name in ("tasks", "notice")))
    bar = np.rint(texts["bar"].to_numpy() * 10**DIGITS)
    parts = [_Pairs(*[np.empty(0, dtype=np.int64)] * 4)]
    for begin, end in pairwise(edges):
        for near in _Theme(cut, begin, end).near(asked[begin:end], least):
            joins = np.flatnonzero(~asked[near.second] & (near.cosine >= bar[near.second]))
            parts += [near.of(_likest(near, held, most, notices)), near.of(joins).swapped()]
    found = _Pairs.all_of(parts)
    ids = texts["text_id"].to_numpy()
    return pl.DataFrame(
        {
            "text_a": ids[found.first],
            "text_b": ids[found.second],
            "similarity": found.cosine / 10**DIGITS,
            "inside_a": found.shared / cut.grams[found.first],
            "inside_b": found.shared / cut.grams[found.second],
        }
    )


class _Theme:
    """The texts `begin` … `end - 1`: which of them hold a rare bigram, how many texts one meets by those on average,
    and the bits of the other bigrams, one row for each 64 of them."""

    def __init__(self, cut: Grams, begin: int, end: int) -> None:
        self.begin, self.texts = begin, end - begin
        self.grams = cut.grams[begin:end]
        first, last = np.searchsorted(cut.text, (begin, end))
        text, code = cut.text[first:last] - begin, cut.code[first:last]
        rare = cut.holders[code] <= ngrams.FREQUENT
        self.bits = _bits(text[~rare], code[~rare], self.texts)
        text, code = text[rare], code[rare]
        by_code = np.argsort(code, kind="stable")
        self.holder, ordered = text[by_code], code[by_code]
        self.left, self.right = (np.searchsorted(ordered, code, side) for side in ("left", "right"))
        self.held = np.append(0, np.cumsum(np.bincount(text, minlength=self.texts)))
        self.met = int((self.right - self.left).sum()) // max(self.texts, 1) + 1

    def near(self, asked: Flags, least: float) -> Iterator[_Pairs]:
        """Blocks of pairs of an asked text and another one, with a cosine of at least `least`, by asked text."""
        rows = np.flatnonzero(asked)
        step = max(1, AT_ONCE // max(1, min(self.texts, SPARSE * self.met)))
        for begin in range(0, len(rows), step):
            first, second, shared = self._counted(rows[begin : begin + step])
            for bits in self.bits:
                shared += np.bitwise_count(bits[first] & bits[second])
            cosine: Numbers = shared / np.sqrt(self.grams[first] * self.grams[second])
            kept = np.flatnonzero((cosine >= least) & (first != second))
            rounded = np.rint(cosine[kept] * 10**DIGITS).astype(np.int64)
            yield _Pairs(first[kept] + self.begin, second[kept] + self.begin, shared[kept], rounded)

    def _counted(self, rows: Whole) -> tuple[Whole, Whole, Whole]:
        """(text of `rows`, text, rare bigrams that both hold) of all that share one, by text of `rows`."""
        owner, held = spread(self.held[rows], self.held[rows + 1])
        again, place = spread(self.left[held], self.right[held])
        met = owner[again] * self.texts + self.holder[place]
        if self.texts > SPARSE * self.met:
            pair, shared = np.unique(met, return_counts=True)
        else:
            counts = np.bincount(met, minlength=len(rows) * self.texts)
            pair = np.flatnonzero(counts > 0)
            shared = counts[pair]
        at, second = np.divmod(pair, self.texts)
        return rows[at], second, shared


def _bits(text: Whole, code: Whole, texts: int) -> Bits:
    """One row for each 64 bigrams, one column for each text; `text` is sorted."""
    known, place = np.unique(code, return_inverse=True)
    words = -(-len(known) // WORD)
    bits: Bits = np.zeros((words, texts), dtype=np.uint64)
    for begin in range(0, texts if words else 0, ROWS_OF_BITS):
        some = slice(*np.searchsorted(text, (begin, begin + ROWS_OF_BITS)))
        flags: Flags = np.zeros((min(ROWS_OF_BITS, texts - begin), words * WORD), dtype=np.bool_)
        flags[text[some] - begin, place[some]] = True
        bits[:, begin : begin + ROWS_OF_BITS] = np.packbits(flags, axis=1).view(np.uint64).T
    return bits


def _likest(near: _Pairs, texts: _Held, most: int, notices: int) -> Whole:
    """The places of the pairs of asked texts that are kept (see `kin`)."""
    places = order(near.first, 10**DIGITS - near.cosine, near.second)
    begins = np.diff(near.first[places], prepend=-1) != 0
    starts, row = np.flatnonzero(begins), np.cumsum(begins) - 1
    before = np.append(0, np.cumsum(texts.tasks[near.second[places]]))
    looked_at = before[:-1] - before[starts][row] < most
    places, row = places[looked_at], row[looked_at]
    cosine = near.cosine[places]
    fresh = first_of_each(row, texts.notice[near.second[places]])
    met = np.append(0, np.cumsum(fresh))
    last = fresh & (met[1:] - met[np.searchsorted(row, np.arange(len(starts)))][row] == notices)
    bar = np.zeros(len(starts), dtype=np.int64)
    bar[row[last]] = cosine[last]
    kept: Whole = places[cosine >= bar[row]]
    return kept
