"""Which texts of a theme are alike: all candidates counted, the likest of each text kept.

Candidates are texts that share a bigram which at most `grams.FREQUENT` texts of the theme hold. The bigrams that more
texts hold are counted too, by a bit each, but lead to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse import grams
from warehouse.grams import Flags, Grams, Whole

Bits = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.float64]

DIGITS: Final = 6
"""Decimals of a similarity that are kept."""
AT_ONCE: Final = 1 << 18
"""Pairs that are counted in one go: the counts stay within the caches of a processor."""
WORD: Final = 64
ROWS_OF_BITS: Final = 4096

_PAIRS: Final = {
    "text_a": pl.Int32,
    "text_b": pl.Int32,
    "similarity": pl.Float64,
    "inside_a": pl.Float64,
    "inside_b": pl.Float64,
}


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

    def frame(self, ids: npt.NDArray[np.int32], held: Whole) -> pl.DataFrame:
        """The pairs as `kin` gives them; `held` says how many bigrams each text holds."""
        columns = {
            "text_a": ids[self.first],
            "text_b": ids[self.second],
            "similarity": self.cosine / 10**DIGITS,
            "inside_a": self.shared / held[self.first],
            "inside_b": self.shared / held[self.second],
        }
        return pl.DataFrame(columns, schema=_PAIRS)


def kin(texts: pl.DataFrame, *, least: float, most: int, notices: int) -> pl.DataFrame:
    """The likest others of each text that is asked, and the asked texts for those that are not.

    `texts` has `text_id`, `sign` (a whole number that stands for the theme; texts stand by theme), `body`, `asked`,
    `notice` (a number of some notice that holds the text) and `bar` (the similarity that a place in the lists of a
    text takes which is not asked). The frame that comes back has `text_a`, `text_b`, `similarity` (cosine, at least
    `least`, rounded to `DIGITS` decimals), `inside_a` and `inside_b` (share of the bigrams of the one that the other
    holds). Of an asked `text_a` come the `most` likest, of equal ones those of smaller id, and of these only as many
    as it takes to meet `notices` notices, all that are as like as the last of them included.
    """
    cut = grams.cut(texts)
    sign = texts["sign"].to_numpy()
    edges = [0, *(np.flatnonzero(np.diff(sign)) + 1).tolist(), len(sign)]
    ids, asked, notice = (texts[name].to_numpy() for name in ("text_id", "asked", "notice"))
    bar = np.rint(texts["bar"].to_numpy() * 10**DIGITS)
    parts = [pl.DataFrame(schema=_PAIRS)]
    for begin, end in pairwise(edges):
        for near in _Theme(cut, begin, end).near(asked[begin:end], least):
            joins = np.flatnonzero(~asked[near.second] & (near.cosine >= bar[near.second]))
            parts.append(near.of(_likest(near, notice[near.second], most, notices)).frame(ids, cut.grams))
            parts.append(near.of(joins).swapped().frame(ids, cut.grams))
    return pl.concat(parts)


class _Theme:
    """The texts `begin` … `end - 1`: which of them hold a rare bigram, and the bits of the other bigrams, one row for
    each 64 of them."""

    def __init__(self, cut: Grams, begin: int, end: int) -> None:
        self.begin, self.texts = begin, end - begin
        self.grams = cut.grams[begin:end]
        first, last = np.searchsorted(cut.text, (begin, end))
        text, code = cut.text[first:last] - begin, cut.code[first:last]
        rare = cut.holders[code] <= grams.FREQUENT
        self.bits = _bits(text[~rare], code[~rare], self.texts)
        text, code = text[rare], code[rare]
        by_code = np.argsort(code, kind="stable")
        self.holder, ordered = text[by_code], code[by_code]
        self.left, self.right = (np.searchsorted(ordered, code, side) for side in ("left", "right"))
        self.held = np.append(0, np.cumsum(np.bincount(text, minlength=self.texts)))

    def near(self, asked: Flags, least: float) -> Iterator[_Pairs]:
        """Blocks of pairs of an asked text and another one, with a cosine of at least `least`, by asked text."""
        rows = np.flatnonzero(asked)
        step = max(1, AT_ONCE // max(self.texts, 1))
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
        owner, held = _spread(self.held[rows], self.held[rows + 1])
        again, place = _spread(self.left[held], self.right[held])
        counts = np.bincount(owner[again] * self.texts + self.holder[place], minlength=len(rows) * self.texts)
        pair = np.flatnonzero(counts)
        at, second = np.divmod(pair, self.texts)
        return rows[at], second, counts[pair]


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


def _spread(first: Whole, last: Whole) -> tuple[Whole, Whole]:
    """(number of the range, whole number in it) of every whole number in the ranges `first` … `last - 1`."""
    lengths = last - first
    owner = np.repeat(np.arange(len(lengths)), lengths)
    behind = np.cumsum(lengths)
    return owner, np.arange(len(owner)) + (first + lengths - behind)[owner]


def _likest(near: _Pairs, notice: Whole, most: int, notices: int) -> Whole:
    """The places of the pairs that are kept (see `kin`); `notice` is that of the second text of each pair."""
    order = _order(near.first, 10**DIGITS - near.cosine, near.second)
    begins = np.diff(near.first[order], prepend=-1) != 0
    starts = np.flatnonzero(begins)
    number = np.cumsum(begins) - 1
    looked_at = np.arange(len(order)) - starts[number] < most
    order, number = order[looked_at], number[looked_at]
    cosine = near.cosine[order]
    fresh = _first_of_each(number, notice[order])
    met = np.append(0, np.cumsum(fresh))
    before = met[np.searchsorted(number, np.arange(len(starts)))]
    last = fresh & (met[1:] - before[number] == notices)
    bar = np.zeros(len(starts), dtype=np.int64)
    bar[number[last]] = cosine[last]
    kept: Whole = order[cosine >= bar[number]]
    return kept


def _order(*keys: Whole) -> Whole:
    """The places that sort rows of whole numbers, no two rows being equal. One number for all of a row sorts at a
    fraction of the price."""
    one = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        one = one * (int(key.max(initial=0)) + 1) + key
    return np.argsort(one)


def _first_of_each(number: Whole, notice: Whole) -> Flags:
    """Which elements are the first of their number and notice."""
    order = _order(number, notice, np.arange(len(number)))
    same = (number[order][1:] == number[order][:-1]) & (notice[order][1:] == notice[order][:-1])
    fresh = np.empty(len(order), dtype=np.bool_)
    fresh[order] = np.append(True, ~same)[: len(order)]
    return fresh
