"""The texts that ask for the same as each text, best first, and the tasks behind those texts.

All texts are compared, of whatever topics. The candidates of a text are those that share a *rare* bigram with it, or a
rare word of the field (`task_words.toml`): one that at most `MAX_RARE_TEXTS` texts hold. How sure a pair is the model
says (`match_model`), from the cosine of the bigrams, which counts the common ones as bit sets, and from
what the texts say. Everything is computed on numpy arrays without touching a database, so that it can run in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.transform.match_model import CANDIDATE_CONFIDENCE, RELATIONS, SURE_DIGITS, MatchModel, load_model
from warehouse.transform.match_reason import explain_pairs
from warehouse.transform.task_signals import PairedTexts, Signals, count_shared_words, field_word_codes, read_signals

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
BitArray = npt.NDArray[np.uint64]

MAX_RARE_TEXTS: Final = 1000
"""Texts that may hold a rare bigram; a bigram of more texts is common and leads to no candidates."""
MIN_COSINE: Final = 0.2
"""Cosine below which two texts share nothing but common words; without a common subject they are no candidates."""
DIGITS: Final = 6
"""Decimals to which a similarity is rounded."""
BLOCK_PAIRS: Final = 1 << 18
"""Pairs that are counted at once, so that the counts fit into the processor caches."""
SPARSE_RATIO: Final = 64
"""A list with more texts than this times the candidates of one text is counted by sorting, not in a dense row."""
WORD_BITS: Final = 64
"""Bits of one word of a bit set."""
BITSET_BLOCK_ROWS: Final = 4096
"""Texts whose bit sets are filled at once."""
MAX_PACKED_KEY: Final = 1 << 62
"""Rows with fewer possible key values than this are sorted by one packed integer."""

_CHARACTER_BITS: Final = np.int64(21)
"""Bits of a character."""
_FIELD_WORD: Final = np.int64((1 << 21) - 1)
"""In place of the first character: the second is the number of a word of the field. No character has this number."""


@dataclass(frozen=True, slots=True)
class Bigrams:
    """The distinct bigrams of each text, and the words of the field as if they were bigrams.

    Attributes:
        text: Position of the text, sorted; parallel to `code`.
        code: Number of a bigram.
        holders: Number of texts that hold a bigram, by `code`.
        counts: Number of bigrams of a text without words of the field, by position.
    """

    text: IntArray
    code: IntArray
    holders: IntArray
    counts: IntArray


@dataclass(frozen=True, slots=True)
class TextTaskIndex:
    """The tasks of every text, ordered by notice; those of text `t` are `first[t]` … `first[t + 1] - 1`.

    Tasks and notices are integers in the order of their ids; `is_new` marks the tasks of changed notices.
    """

    first: IntArray
    task: IntArray
    notice: IntArray
    is_new: BoolArray

    @classmethod
    def from_frame(cls, rows: pl.DataFrame) -> TextTaskIndex:
        """Build the index from `text_id` (1, 2, 3 …; each has tasks), `task`, `notice`, `is_new`, sorted by text."""
        text, task, notice = (rows[name].to_numpy().astype(np.int64) for name in ("text_id", "task", "notice"))
        return cls(np.searchsorted(text, np.arange(text.max(initial=0) + 2)), task, notice, rows["is_new"].to_numpy())

    def with_task_counts(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Return `texts` with the columns `tasks` and `notice` that `top_related_texts` needs."""
        ids = texts["text_id"].to_numpy()
        notice = self.notice[self.first[ids]] if len(ids) else np.empty(0, dtype=np.int64)
        return texts.with_columns(tasks=self.first[ids + 1] - self.first[ids], notice=notice)

    def rank_tasks(self, pairs: pl.DataFrame, texts: pl.DataFrame, max_tasks: int) -> pl.DataFrame:
        """Return the top `max_tasks` tasks per text, at most one per notice; ties go to the lower notice number.

        Args:
            pairs: Pairs of texts as `top_related_texts` returns them.
            texts: The texts that were compared; one that is no query gets tasks of changed notices only.
            max_tasks: Number of tasks of one text.

        Returns:
            A frame of `text_a`, `text_b`, `task_b`, `notice_b`, `rank` (from 1) and what the pairs say of two texts.
        """
        text_b = pairs["text_b"].to_numpy().astype(np.int64)
        pair, entry = expand_ranges(self.first[text_b], self.first[text_b + 1])
        row = np.searchsorted(texts["text_id"].to_numpy(), pairs["text_a"].to_numpy())[pair]
        is_wanted = texts["is_query"].to_numpy()[row] | self.is_new[entry]
        pair, entry, row = pair[is_wanted], entry[is_wanted], row[is_wanted]
        distance = 10**SURE_DIGITS - np.rint(pairs["confidence"].to_numpy() * 10**SURE_DIGITS).astype(np.int64)[pair]
        task, notice = self.task[entry], self.notice[entry]
        by_distance = sort_order(row, distance, task)
        best = by_distance[mark_first(row[by_distance], notice[by_distance])]
        ranked = best[sort_order(row[best], distance[best], notice[best])]
        rank = rank_within(row[ranked]) + 1
        ranked, rank = ranked[rank <= max_tasks], rank[rank <= max_tasks]
        return pairs[pair[ranked]].with_columns(task_b=task[ranked], notice_b=notice[ranked], rank=rank)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of texts by position: shared bigrams, cosine in units of 10^-DIGITS, confidence in 10^-SURE_DIGITS."""

    first: IntArray
    second: IntArray
    shared: IntArray
    cosine: IntArray
    sure: IntArray

    def select(self, which: IntArray) -> _Pairs:
        return _Pairs(*(getattr(self, name)[which] for name in _Pairs.__slots__))

    def swap(self) -> _Pairs:
        return _Pairs(self.second, self.first, self.shared, self.cosine, self.sure)

    @staticmethod
    def concat(parts: Sequence[_Pairs]) -> _Pairs:
        fields = (np.concatenate([getattr(part, name) for part in parts]) for name in _Pairs.__slots__)
        return _Pairs(*fields)


@dataclass(frozen=True, slots=True)
class _TextCounts:
    """The number of tasks of each text, and one notice that holds it."""

    tasks: IntArray
    notice: IntArray


class _TextIndex:
    """An inverted index over texts.

    Holds which texts have a rare bigram, the average number of candidates of a text, and the bit sets of the common
    bigrams: one row per 64 bigrams, one column per text.
    """

    def __init__(self, bigrams: Bigrams) -> None:
        self.texts, self.counts = len(bigrams.counts), bigrams.counts
        text, code = bigrams.text, bigrams.code
        is_rare = bigrams.holders[code] <= MAX_RARE_TEXTS
        self.bits = _build_bitset(text[~is_rare], code[~is_rare], self.texts)
        text, code = text[is_rare], code[is_rare]
        by_code = np.argsort(code, kind="stable")
        self.holder, ordered = text[by_code], code[by_code]
        self.left, self.right = (np.searchsorted(ordered, code, side) for side in ("left", "right"))
        self.offsets = np.append(0, np.cumsum(np.bincount(text, minlength=self.texts)))
        self.candidates = int((self.right - self.left).sum()) // max(self.texts, 1)

    def related_pairs(self, is_query: BoolArray, signals: Signals, model: MatchModel) -> Iterator[_Pairs]:
        """Yield blocks of pairs of a query text and another one that may be related to it, sorted by query text."""
        rows = np.flatnonzero(is_query)
        step = max(1, BLOCK_PAIRS // max(1, min(self.texts, SPARSE_RATIO * self.candidates)))
        for begin in range(0, len(rows), step):
            first, second, shared = self._count_shared(rows[begin : begin + step])
            for bits in self.bits:
                shared += np.bitwise_count(bits[first] & bits[second])
            yield self._select_related(first, second, shared, signals, model)

    def _select_related(
        self, first: IntArray, second: IntArray, shared: IntArray, signals: Signals, model: MatchModel
    ) -> _Pairs:
        """Return the candidates that the model thinks may be related; `shared` counts words of the field too."""
        words = count_shared_words(signals, first, second)
        shared = shared - words
        cosine: FloatArray = shared / np.sqrt(np.maximum(self.counts[first] * self.counts[second], 1))
        chosen = np.flatnonzero(((cosine >= MIN_COSINE) | (words > 0)) & (first != second))
        first, second, shared, cosine = first[chosen], second[chosen], shared[chosen], cosine[chosen]
        inside = shared / np.maximum(np.minimum(self.counts[first], self.counts[second]), 1)
        pairs = PairedTexts(first, second, cosine, inside)
        sure = model.confidences(signals, pairs)
        chosen = np.flatnonzero(sure >= CANDIDATE_CONFIDENCE)
        units = (np.rint(values[chosen] * 10**digits) for values, digits in ((cosine, DIGITS), (sure, SURE_DIGITS)))
        return _Pairs(
            pairs.first[chosen], pairs.second[chosen], shared[chosen], *(unit.astype(np.int64) for unit in units)
        )

    def _count_shared(self, rows: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Return (text of `rows`, other text, number of shared rare bigrams) of all that share one."""
        owner, entry = expand_ranges(self.offsets[rows], self.offsets[rows + 1])
        repeated, place = expand_ranges(self.left[entry], self.right[entry])
        key = owner[repeated] * self.texts + self.holder[place]
        if self.texts > SPARSE_RATIO * self.candidates:
            pair, shared = np.unique(key, return_counts=True)
        else:
            counts = np.bincount(key, minlength=len(rows) * self.texts)
            pair = np.flatnonzero(counts > 0)
            shared = counts[pair]
        row, second = np.divmod(pair, self.texts)
        return rows[row], second, shared


def top_related_texts(texts: pl.DataFrame, *, max_tasks: int, max_notices: int) -> pl.DataFrame:
    """Return the texts most surely related to each query text, and to others the query texts that enter their list.

    Of a query text the most sure ones are returned until `max_tasks` tasks are seen (ties: lower id first), and of
    these only as many as reach `max_notices` notices, including all that tie with the last of them.

    Args:
        texts: Sorted by `text_id`, with `topic`, `heading`, `body`, `is_query`, `tasks` (number of tasks of the text),
            `notice` (one notice that holds it) and `min_confidence` (for a text that is no query: a match below this
            cannot enter its existing list).
        max_tasks: Tasks to look at per query text.
        max_notices: Notices to reach per query text.

    Returns:
        A frame of `text_a`, `text_b`, `similarity` (cosine, rounded to `DIGITS` decimals), `inside_a` and `inside_b`
        (share of the bigrams of the one that the other holds too), `confidence`, `relation` and `reason`.
    """
    signals, model = read_signals(texts["body"], texts["topic"], texts["heading"]), load_model()
    bigrams = extract_bigrams(texts, signals)
    is_query = texts["is_query"].to_numpy()
    counts = _TextCounts(*(texts[name].to_numpy().astype(np.int64) for name in ("tasks", "notice")))
    min_confidence = np.rint(texts["min_confidence"].to_numpy() * 10**SURE_DIGITS)
    parts = [_Pairs(*[np.empty(0, dtype=np.int64)] * len(_Pairs.__slots__))]
    for pairs in _TextIndex(bigrams).related_pairs(is_query, signals, model):
        entering = np.flatnonzero(~is_query[pairs.second] & (pairs.sure >= min_confidence[pairs.second]))
        top = _select_top(pairs, counts, max_tasks, max_notices)
        parts += [pairs.select(top), pairs.select(entering).swap()]
    selected = _Pairs.concat(parts)
    first, second = selected.first, selected.second
    inside_a, inside_b = (selected.shared / np.maximum(bigrams.counts[side], 1) for side in (first, second))
    ids = texts["text_id"].to_numpy()
    return pl.DataFrame(
        {
            "text_a": ids[first],
            "text_b": ids[second],
            "similarity": selected.cosine / 10**DIGITS,
            "inside_a": inside_a,
            "inside_b": inside_b,
            "confidence": selected.sure / 10**SURE_DIGITS,
            "relation": np.array(RELATIONS)[model.relations(signals, first, second, inside_a, inside_b)],
            "reason": explain_pairs(signals, first, second, selected.cosine / 10**DIGITS),
        }
    )


def extract_bigrams(texts: pl.DataFrame, signals: Signals) -> Bigrams:
    """Return the character bigrams of `texts` (columns `body`, `is_query`) and their words of the field.

    Where some texts are no queries, bigrams that no query text holds are left out, and so are texts without a rare
    bigram of a query text.
    """
    text, bigram = _bigram_codes(texts["body"], signals)
    is_query = texts["is_query"].to_numpy()
    words = np.bincount(field_word_codes(signals)[0], minlength=texts.height)
    if is_query.all():
        text, code = _unique_pairs(text, bigram)
        return Bigrams(text, code, np.bincount(code), np.bincount(text, minlength=texts.height) - words)
    wanted = _sorted_unique(bigram[is_query[text]])
    is_wanted = _is_member(bigram, wanted)
    candidate, code = _unique_pairs(text[is_wanted], bigram[is_wanted])
    holders = np.bincount(code)
    is_candidate = is_query.copy()
    is_candidate[candidate[holders[code] <= MAX_RARE_TEXTS]] = True
    is_counted = is_candidate[text]
    counts = np.bincount(_unique_pairs(text[is_counted], bigram[is_counted])[0], minlength=texts.height) - words
    selected = is_candidate[candidate]
    return Bigrams(candidate[selected], code[selected], holders, counts)


def expand_ranges(first: IntArray, last: IntArray) -> tuple[IntArray, IntArray]:
    """Return (number of the range, integer in it) for every integer of the ranges `first` … `last - 1`."""
    lengths = last - first
    owner = np.repeat(np.arange(len(lengths)), lengths)
    ends = np.cumsum(lengths)
    return owner, np.arange(len(owner)) + (first + lengths - ends)[owner]


def sort_order(*keys: IntArray) -> IntArray:
    """Return the positions that sort distinct rows; `keys` are their columns, without negative values.

    Where the columns fit into one integer, sorting by that integer is much faster than `np.lexsort`.
    """
    sizes = [int(key.max(initial=0)) + 1 for key in keys]
    if prod(sizes) >= MAX_PACKED_KEY:
        return np.lexsort(keys[::-1])
    packed = np.zeros(len(keys[0]), dtype=np.int64)
    for key, size in zip(keys, sizes, strict=True):
        packed = packed * size + key
    return np.argsort(packed)


def mark_first(*keys: IntArray) -> BoolArray:
    """Return which rows are the first with their combination of keys."""
    ordered = sort_order(*keys, np.arange(len(keys[0])))
    is_same = np.logical_and.reduce([np.diff(key[ordered]) == 0 for key in keys])
    first: BoolArray = np.empty(len(ordered), dtype=np.bool_)
    first[ordered] = np.append(True, ~is_same)[: len(ordered)]
    return first


def rank_within(row: IntArray) -> IntArray:
    """Return for each element how many elements of the same row precede it; equal rows are adjacent."""
    begins = np.flatnonzero(np.diff(row, prepend=-1))
    return np.arange(len(row)) - np.repeat(begins, np.diff(begins, append=len(row)))


def _select_top(pairs: _Pairs, counts: _TextCounts, max_tasks: int, max_notices: int) -> IntArray:
    """Return the positions of the pairs that `top_related_texts` keeps of the query texts."""
    places = sort_order(pairs.first, 10**SURE_DIGITS - pairs.sure, pairs.second)
    is_start = np.diff(pairs.first[places], prepend=-1) != 0
    starts, row = np.flatnonzero(is_start), np.cumsum(is_start) - 1
    tasks_before = np.append(0, np.cumsum(counts.tasks[pairs.second[places]]))
    is_within = tasks_before[:-1] - tasks_before[starts][row] < max_tasks
    places, row = places[is_within], row[is_within]
    sure = pairs.sure[places]
    is_new_notice = mark_first(row, counts.notice[pairs.second[places]])
    notices = np.append(0, np.cumsum(is_new_notice))
    is_last = is_new_notice & (notices[1:] - notices[np.searchsorted(row, np.arange(len(starts)))][row] == max_notices)
    min_sure = np.zeros(len(starts), dtype=np.int64)
    min_sure[row[is_last]] = sure[is_last]
    selected: IntArray = places[sure >= min_sure[row]]
    return selected


def _build_bitset(text: IntArray, code: IntArray, texts: int) -> BitArray:
    """Return one row per 64 bigrams and one column per text; `text` is sorted."""
    codes, place = np.unique(code, return_inverse=True)
    words = -(-len(codes) // WORD_BITS)
    bits: BitArray = np.zeros((words, texts), dtype=np.uint64)
    for begin in range(0, texts if words else 0, BITSET_BLOCK_ROWS):
        block = slice(*np.searchsorted(text, (begin, begin + BITSET_BLOCK_ROWS)))
        flags: BoolArray = np.zeros((min(BITSET_BLOCK_ROWS, texts - begin), words * WORD_BITS), dtype=np.bool_)
        flags[text[block] - begin, place[block]] = True
        bits[:, begin : begin + BITSET_BLOCK_ROWS] = np.packbits(flags, axis=1).view(np.uint64).T
    return bits


def _bigram_codes(bodies: pl.Series, signals: Signals) -> tuple[IntArray, IntArray]:
    """Return (position of the text, bigram) of every two adjacent characters, and (text, word of the field)."""
    lengths = bodies.str.len_chars().to_numpy().astype(np.int64)
    letters = np.frombuffer("".join(bodies).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    text = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    is_inside = text[:-1] == text[1:]
    text = text[:-1][is_inside]
    pair = (letters[:-1][is_inside] << _CHARACTER_BITS) | letters[1:][is_inside]
    holder, word = field_word_codes(signals)
    return np.concatenate([text, holder]), np.concatenate([pair, (_FIELD_WORD << _CHARACTER_BITS) | word])


def _unique_pairs(text: IntArray, bigram: IntArray) -> tuple[IntArray, IntArray]:
    """Return (text, number of the bigram), each pair once, sorted by text."""
    known = _sorted_unique(bigram)
    size = max(len(known), 1)
    pairs = _sorted_unique(text * size + np.searchsorted(known, bigram))
    return pairs // size, pairs % size


def _sorted_unique(values: IntArray) -> IntArray:
    """Return the distinct values; `np.unique` hashes, which takes several times as long."""
    ordered: IntArray = np.sort(values)
    is_first: BoolArray = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    return ordered[is_first]


def _is_member(values: IntArray, wanted: IntArray) -> BoolArray:
    """Return which of the values are in `wanted`, which is sorted."""
    if not len(wanted):
        return np.zeros(len(values), dtype=np.bool_)
    place = np.minimum(np.searchsorted(wanted, values), len(wanted) - 1)
    is_member: BoolArray = wanted[place] == values
    return is_member
