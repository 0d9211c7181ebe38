"""Which texts of a theme are alike: all candidates counted, the likest of each text kept.

Candidates are texts that share a bigram which at most `grams.FREQUENT` texts of the theme hold. The bigrams that more
texts hold are counted too, by a bit each, but lead to nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

BitArray = npt.NDArray[np.uint64]
FloatArray = npt.NDArray[np.float64]

DIGITS: Final = 6
"""Decimals of a similarity that are kept."""
BLOCK_PAIRS: Final = 1 << 18
"""Pairs that are counted in one go: the counts stay within the caches of a processor."""
SPARSE_RATIO: Final = 64
"""In a theme with more than so many times the texts that one text meets, those are sorted instead of counted in a row
for all."""
WORD_BITS: Final = 64
"""Bits of a number."""
BITSET_BLOCK_ROWS: Final = 4096
"""Texts whose bits are set in one go."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of texts by their places, the bigrams that both hold, and their cosine in units of 10^-DIGITS."""

    first: IntArray
    second: IntArray
    shared: IntArray
    cosine: IntArray

    def of(self, which: IntArray) -> _Pairs:
        return _Pairs(self.first[which], self.second[which], self.shared[which], self.cosine[which])

    def swapped(self) -> _Pairs:
        return _Pairs(self.second, self.first, self.shared, self.cosine)

    @staticmethod
    def all_of(parts: Sequence[_Pairs]) -> _Pairs:
        fields = (np.concatenate([getattr(part, name) for part in parts]) for name in _Pairs.__slots__)
        return _Pairs(*fields)


@dataclass(frozen=True, slots=True)
class _TextCounts:
    """How many tasks hold each text, and a notice that does."""

    tasks: IntArray
    notice: IntArray


def top_similar_texts(texts: pl.DataFrame, *, least: float, most: int, notices: int) -> pl.DataFrame:
    """The likest others of each text that is asked, and the asked texts for those that are not.

    `texts` has `text_id`, `sign` (a whole number that stands for the theme; texts stand by theme), `body`, `asked`,
    `tasks` (how many tasks stand for the text), `notice` (a number of some notice that holds it) and `bar` (the
    similarity that a place in the lists of a text takes which is not asked). The frame that comes back has `text_a`,
    `text_b`, `similarity` (cosine, at least `least`, rounded to `DIGITS` decimals), `inside_a` and `inside_b` (share of
    the bigrams of the one that the other holds). Of an asked `text_a` come the likest until `most` tasks are met, of
    equal ones those of smaller id, and of these only as many as it takes to meet `notices` notices, all that are as
    like as the last of them included.
    """
    cut = extract_bigrams(texts)
    sign = texts["sign"].to_numpy()
    edges = [0, *(np.flatnonzero(np.diff(sign)) + 1).tolist(), len(sign)]
    asked = texts["asked"].to_numpy()
    held = _TextCounts(*(texts[name].to_numpy().astype(np.int64) for name in ("tasks", "notice")))
    bar = np.rint(texts["bar"].to_numpy() * 10**DIGITS)
    parts = [_Pairs(*[np.empty(0, dtype=np.int64)] * 4)]
    for begin, end in pairwise(edges):
        for near in _TopicIndex(cut, begin, end).near(asked[begin:end], least):
            joins = np.flatnonzero(~asked[near.second] & (near.cosine >= bar[near.second]))
            parts += [near.of(_select_top(near, held, most, notices)), near.of(joins).swapped()]
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


class _TopicIndex:
    """The texts `begin` … `end - 1`: which of them hold a rare bigram, how many texts one meets by those on average,
    and the bits of the other bigrams, one row for each 64 of them."""

    def __init__(self, cut: Bigrams, begin: int, end: int) -> None:
        self.begin, self.texts = begin, end - begin
        self.grams = cut.grams[begin:end]
        first, last = np.searchsorted(cut.text, (begin, end))
        text, code = cut.text[first:last] - begin, cut.code[first:last]
        rare = cut.holders[code] <= MAX_RARE_TEXTS
        self.bits = _build_bitset(text[~rare], code[~rare], self.texts)
        text, code = text[rare], code[rare]
        by_code = np.argsort(code, kind="stable")
        self.holder, ordered = text[by_code], code[by_code]
        self.left, self.right = (np.searchsorted(ordered, code, side) for side in ("left", "right"))
        self.held = np.append(0, np.cumsum(np.bincount(text, minlength=self.texts)))
        self.met = int((self.right - self.left).sum()) // max(self.texts, 1) + 1

    def near(self, asked: BoolArray, least: float) -> Iterator[_Pairs]:
        """Blocks of pairs of an asked text and another one, with a cosine of at least `least`, by asked text."""
        rows = np.flatnonzero(asked)
        step = max(1, BLOCK_PAIRS // max(1, min(self.texts, SPARSE_RATIO * self.met)))
        for begin in range(0, len(rows), step):
            first, second, shared = self._counted(rows[begin : begin + step])
            for bits in self.bits:
                shared += np.bitwise_count(bits[first] & bits[second])
            cosine: FloatArray = shared / np.sqrt(self.grams[first] * self.grams[second])
            kept = np.flatnonzero((cosine >= least) & (first != second))
            rounded = np.rint(cosine[kept] * 10**DIGITS).astype(np.int64)
            yield _Pairs(first[kept] + self.begin, second[kept] + self.begin, shared[kept], rounded)

    def _counted(self, rows: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """(text of `rows`, text, rare bigrams that both hold) of all that share one, by text of `rows`."""
        owner, held = expand_ranges(self.held[rows], self.held[rows + 1])
        again, place = expand_ranges(self.left[held], self.right[held])
        met = owner[again] * self.texts + self.holder[place]
        if self.texts > SPARSE_RATIO * self.met:
            pair, shared = np.unique(met, return_counts=True)
        else:
            counts = np.bincount(met, minlength=len(rows) * self.texts)
            pair = np.flatnonzero(counts > 0)
            shared = counts[pair]
        at, second = np.divmod(pair, self.texts)
        return rows[at], second, shared


def _build_bitset(text: IntArray, code: IntArray, texts: int) -> BitArray:
    """One row for each 64 bigrams, one column for each text; `text` is sorted."""
    known, place = np.unique(code, return_inverse=True)
    words = -(-len(known) // WORD_BITS)
    bits: BitArray = np.zeros((words, texts), dtype=np.uint64)
    for begin in range(0, texts if words else 0, BITSET_BLOCK_ROWS):
        some = slice(*np.searchsorted(text, (begin, begin + BITSET_BLOCK_ROWS)))
        flags: BoolArray = np.zeros((min(BITSET_BLOCK_ROWS, texts - begin), words * WORD_BITS), dtype=np.bool_)
        flags[text[some] - begin, place[some]] = True
        bits[:, begin : begin + BITSET_BLOCK_ROWS] = np.packbits(flags, axis=1).view(np.uint64).T
    return bits


def _select_top(near: _Pairs, texts: _TextCounts, most: int, notices: int) -> IntArray:
    """The places of the pairs of asked texts that are kept (see `kin`)."""
    places = sort_order(near.first, 10**DIGITS - near.cosine, near.second)
    begins = np.diff(near.first[places], prepend=-1) != 0
    starts, row = np.flatnonzero(begins), np.cumsum(begins) - 1
    before = np.append(0, np.cumsum(texts.tasks[near.second[places]]))
    looked_at = before[:-1] - before[starts][row] < most
    places, row = places[looked_at], row[looked_at]
    cosine = near.cosine[places]
    fresh = mark_first(row, texts.notice[near.second[places]])
    met = np.append(0, np.cumsum(fresh))
    last = fresh & (met[1:] - met[np.searchsorted(row, np.arange(len(starts)))][row] == notices)
    bar = np.zeros(len(starts), dtype=np.int64)
    bar[row[last]] = cosine[last]
    kept: IntArray = places[cosine >= bar[row]]
    return kept


# Arrays of whole numbers as tables: ranges, rows in order, the first row of each kind.

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

MAX_PACKED_KEY: Final = 1 << 62
"""Rows with fewer possible values than this are told apart by one number each."""


def expand_ranges(first: IntArray, last: IntArray) -> tuple[IntArray, IntArray]:
    """(number of the range, whole number in it) of every whole number in the ranges `first` … `last - 1`."""
    lengths = last - first
    owner = np.repeat(np.arange(len(lengths)), lengths)
    behind = np.cumsum(lengths)
    return owner, np.arange(len(owner)) + (first + lengths - behind)[owner]


def sort_order(*keys: IntArray) -> IntArray:
    """The places that sort rows, no two of which are equal. `keys` are the columns, none of them below 0.

    One number for all of a row, where it has room, sorts at a fraction of the price.
    """
    tops = [int(key.max(initial=0)) + 1 for key in keys]
    if prod(tops) >= MAX_PACKED_KEY:
        return np.lexsort(keys[::-1])
    one = np.zeros(len(keys[0]), dtype=np.int64)
    for key, top in zip(keys, tops, strict=True):
        one = one * top + key
    return np.argsort(one)


def mark_first(*keys: IntArray) -> BoolArray:
    """Which rows are the first of their kind."""
    ordered = sort_order(*keys, np.arange(len(keys[0])))
    same = np.logical_and.reduce([np.diff(key[ordered]) == 0 for key in keys])
    first: BoolArray = np.empty(len(ordered), dtype=np.bool_)
    first[ordered] = np.append(True, ~same)[: len(ordered)]
    return first


def rank_within(row: IntArray) -> IntArray:
    """How many elements before each one are of its row; the rows stand together."""
    begins = np.flatnonzero(np.diff(row, prepend=-1))
    return np.arange(len(row)) - np.repeat(begins, np.diff(begins, append=len(row)))


# Texts cut into bigrams (two characters side by side), with what it takes to tell which texts share some.


MAX_RARE_TEXTS: Final = 300
"""Texts of one theme that hold a bigram from which on it is no sign of kinship; below that nothing is left out."""

_CHARACTER_BITS: Final = np.int64(21)
"""Bits of a character."""


@dataclass(frozen=True, slots=True)
class Bigrams:
    """The bigrams of some texts, each once a text.

    `text` (the place of a text, sorted) and `code` (the number of a bigram; one of two themes has two) go together.
    `holders` says by code how many texts of the theme hold a bigram, `grams` by place how many a text holds.
    """

    text: IntArray
    code: IntArray
    holders: IntArray
    grams: IntArray


def extract_bigrams(texts: pl.DataFrame) -> Bigrams:
    """The bigrams of texts.

    `texts` has `sign` (a whole number that stands for the theme), `body` and `asked` (whether kin of this text is
    sought). Where not every text is asked, bigrams of no asked text are left out, and texts that share no bigram of at
    most `FREQUENT` texts with one.
    """
    text, gram = _bigram_codes(texts["body"], texts["sign"].to_numpy().astype(np.int64))
    asked = texts["asked"].to_numpy()
    if asked.all():
        text, code = _unique_pairs(text, gram)
        return Bigrams(text, code, np.bincount(code), np.bincount(text, minlength=texts.height))
    sought = _sorted_unique(gram[asked[text]])
    near = _is_member(gram, sought)
    some, code = _unique_pairs(text[near], gram[near])
    holders = np.bincount(code, minlength=1)
    kin = asked.copy()
    kin[some[holders[code] <= MAX_RARE_TEXTS]] = True
    whole = kin[text]
    held = np.bincount(_unique_pairs(text[whole], gram[whole])[0], minlength=texts.height)
    keep = kin[some]
    return Bigrams(some[keep], code[keep], holders, held)


def _bigram_codes(bodies: pl.Series, sign: IntArray) -> tuple[IntArray, IntArray]:
    """(place of the text, bigram with the sign of its theme) of every two characters side by side."""
    lengths = bodies.str.len_chars().to_numpy().astype(np.int64)
    letters = np.frombuffer("".join(bodies).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    text = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    inside = text[:-1] == text[1:]
    text = text[:-1][inside]
    return text, (sign[text] << (2 * _CHARACTER_BITS)) | (letters[:-1][inside] << _CHARACTER_BITS) | letters[1:][inside]


def _unique_pairs(text: IntArray, gram: IntArray) -> tuple[IntArray, IntArray]:
    """(text, number of the gram), every pair of text and gram once, by text."""
    known = _sorted_unique(gram)
    many = max(len(known), 1)
    pairs = _sorted_unique(text * many + np.searchsorted(known, gram))
    return pairs // many, pairs % many


def _sorted_unique(values: IntArray) -> IntArray:
    """Sorted, each once; numpy's own `unique` hashes, which takes several times as long."""
    ordered: IntArray = np.sort(values)
    first: BoolArray = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    return ordered[first]


def _is_member(gram: IntArray, sought: IntArray) -> BoolArray:
    """Which of the grams are sought; `sought` is sorted."""
    if not len(sought):
        return np.zeros(len(gram), dtype=np.bool_)
    place = np.minimum(np.searchsorted(sought, gram), len(sought) - 1)
    found: BoolArray = sought[place] == gram
    return found


# From texts to tasks: which tasks stand for a text, and which of them the list of another text names.


@dataclass(frozen=True, slots=True)
class TextTaskIndex:
    """The tasks that stand for texts; those of the text `t` are `first[t]` … `first[t + 1] - 1`, by their notices.

    Tasks and notices are numbers in the order of their ids; `fresh` tells the tasks of notices that came new.
    """

    first: IntArray
    task: IntArray
    notice: IntArray
    fresh: BoolArray

    @classmethod
    def of(cls, rows: pl.DataFrame) -> TextTaskIndex:
        """From rows of `text_id` (1, 2, 3 …; each has tasks), `task`, `notice` and `fresh`, by text and notice."""
        text, task, notice = (rows[name].to_numpy().astype(np.int64) for name in ("text_id", "task", "notice"))
        return cls(np.searchsorted(text, np.arange(text.max(initial=0) + 2)), task, notice, rows["fresh"].to_numpy())

    def held(self, texts: pl.DataFrame) -> pl.DataFrame:
        """`texts` with the columns `tasks` and `notice` that `kin.kin` asks for."""
        ids = texts["text_id"].to_numpy()
        notice = self.notice[self.first[ids]] if len(ids) else np.empty(0, dtype=np.int64)
        return texts.with_columns(tasks=self.first[ids + 1] - self.first[ids], notice=notice)

    def ranked(self, pairs: pl.DataFrame, texts: pl.DataFrame, most: int) -> pl.DataFrame:
        """The `most` likest tasks for each text, each of another notice, of equally like ones that of the first notice.

        `pairs` are those of `kin.kin`, `texts` the rows it was asked of: a text that is not asked gets fresh tasks
        alone. The frame has `text_a`, `task_b`, `notice_b`, `similarity`, `inside_a`, `inside_b` and `place` (from 1).
        """
        text_b = pairs["text_b"].to_numpy().astype(np.int64)
        pair, stands = expand_ranges(self.first[text_b], self.first[text_b + 1])
        row = np.searchsorted(texts["text_id"].to_numpy(), pairs["text_a"].to_numpy())[pair]
        near = texts["asked"].to_numpy()[row] | self.fresh[stands]
        pair, stands, row = pair[near], stands[near], row[near]
        unlike = 10**DIGITS - np.rint(pairs["similarity"].to_numpy() * 10**DIGITS).astype(np.int64)[pair]
        task, notice = self.task[stands], self.notice[stands]
        by_likeness = sort_order(row, unlike, task)
        likest = by_likeness[mark_first(row[by_likeness], notice[by_likeness])]
        listed = likest[sort_order(row[likest], unlike[likest], notice[likest])]
        place = rank_within(row[listed]) + 1
        listed, place = listed[place <= most], place[place <= most]
        return pairs.drop("text_b")[pair[listed]].with_columns(
            task_b=task[listed], notice_b=notice[listed], place=place
        )
