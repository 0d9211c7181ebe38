"""What the text of a task says, and what two such texts have in common: the signals by which tasks are compared.

The meanings of `task_words.toml` that a text mentions are bit sets, so that millions of pairs are compared on arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.transform.task_words import KINDS, SUBJECT_KINDS, WORD_BITS, load_meanings

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BitArray = npt.NDArray[np.uint64]
BoolArray = npt.NDArray[np.bool_]

VALUE_NAMES: Final = (
    *("cosine", "verbatim", "inside", "matter", "matter_smaller", "matter_rarest", "matter_clash", "matter_unknown"),
    *("cosine_unknown", "process", "process_clash", "process_alone", "process_field", "act", "act_clash", "act_lack"),
    *("act_matter", "people_clash", "proof", "proof_lack", "measure", "topic", "field", "length"),
    *("subject_lack", "subject_lack_cosine", "subject_clash_cosine"),
)
"""What is observed of a pair of texts, in the order of the columns of `observe_pairs`."""
PAIRING_KINDS: Final = ("matter", "process", "field")
"""Kinds of which a shared meaning makes two texts candidates, whatever their words."""
CAMPAIGN: Final = "文明创建"
"""The field that a task on money, meetings or plans belongs to unless it names another."""

NEARLY_VERBATIM: Final = 0.7
"""Cosine from which two texts are the same but for some words: a look-alike hardly reaches it."""
_MEASURES: Final = "次场期条处名人册幅篇户张份个组支"
_MEASURE_WORDS: Final = ("小时", "分钟", "平方米")
# The figures themselves are left out of the compared letters: 不少于 2 次 is 不少于次.
_MEASURE: Final = (
    rf"(?:于|到|过|年|季度|半年|月|周|各|举办|开展|期|天|日)({'|'.join(_MEASURE_WORDS)}|[{_MEASURES}])|(率|比例|占)"
)
_MEASURE_BIT: Final = MappingProxyType(
    {word: bit for bit, word in enumerate((*_MEASURES, *_MEASURE_WORDS, "率"))}
    | {"比例": len(_MEASURES) + len(_MEASURE_WORDS), "占": len(_MEASURES) + len(_MEASURE_WORDS)}
)
MEASURE_NAMES: Final = (*_MEASURES, *_MEASURE_WORDS, "率")
"""What is counted, by bit of `Signals.measures`."""
_LENGTH_OFFSET: Final = 5
"""Characters added to both lengths, so that the ratio of two short texts is not extreme."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What each text of a list says.

    Attributes:
        bits: Kind -> bit sets of the meanings mentioned, one row per text.
        measures: Bit sets of what the text counts.
        topic: Number of the topic.
        length: Logarithm of the length.
    """

    bits: Mapping[str, BitArray]
    measures: BitArray
    topic: IntArray
    length: FloatArray


@dataclass(frozen=True, slots=True)
class PairedTexts:
    """Pairs of texts by position with what their bigrams have in common."""

    first: IntArray
    second: IntArray
    cosine: FloatArray
    inside: FloatArray


class RarityTables:
    """Sums and maxima of the rarities of the meanings in a bit set, looked up byte by byte."""

    def __init__(self, rarity: Sequence[float], words: int) -> None:
        weights = np.zeros(words * WORD_BITS)
        weights[: len(rarity)] = rarity
        is_set = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little").astype(np.float64)
        by_byte = weights.reshape(-1, 8)[: -(-len(rarity) // 8)]
        self._sums = [is_set @ byte for byte in by_byte]
        self._tops = [(is_set * byte).max(axis=1) for byte in by_byte]

    def sums(self, bits: BitArray) -> FloatArray:
        """Return the sum of each bit set."""
        return self._look_up(self._sums, bits, np.add)

    def tops(self, bits: BitArray) -> FloatArray:
        """Return the rarest meaning of each bit set; 0 if it is empty."""
        return self._look_up(self._tops, bits, np.maximum)

    @staticmethod
    def _look_up(tables: Sequence[FloatArray], bits: BitArray, combine: np.ufunc) -> FloatArray:
        data = np.ascontiguousarray(bits).view(np.uint8)
        result: FloatArray = np.zeros(len(bits))
        for place, table in enumerate(tables):
            combine(result, table[data[:, place]], out=result)
        return result


def read_signals(bodies: pl.Series, topics: pl.Series, headings: pl.Series | None = None) -> Signals:
    """Return what texts say.

    Args:
        bodies: The letters of each text.
        topics: The topic of each text.
        headings: The letters of what each text stands below, where it does not name its subject itself.
    """
    bits = {kind: _meaning_bits(bodies, kind) for kind in KINDS}
    if headings is not None:
        for kind in SUBJECT_KINDS:
            bits[kind] = bits[kind] | _meaning_bits(headings, kind)
    known = topics.unique().sort()
    number = topics.replace_strict(known, pl.int_range(len(known), eager=True), return_dtype=pl.Int64)
    length = np.log(bodies.str.len_chars().to_numpy().astype(np.float64) + _LENGTH_OFFSET)
    return Signals(MappingProxyType(bits), _find_measures(bodies), number.to_numpy(), length)


def field_word_codes(signals: Signals) -> tuple[IntArray, IntArray]:
    """Return (position of the text, number of the meaning) of every meaning of `PAIRING_KINDS`, sorted by text."""
    both = np.concatenate([signals.bits[kind] for kind in PAIRING_KINDS], axis=1)
    flags = np.unpackbits(np.ascontiguousarray(both).view(np.uint8), axis=1, bitorder="little")
    text, code = np.nonzero(flags)
    return text, code


def count_shared_words(signals: Signals, first: IntArray, second: IntArray) -> IntArray:
    """Return the number of meanings of `PAIRING_KINDS` that both texts mention."""
    shared: IntArray = np.zeros(len(first), dtype=np.int64)
    for kind in PAIRING_KINDS:
        shared += np.bitwise_count(signals.bits[kind][first] & signals.bits[kind][second]).sum(axis=1, dtype=np.int64)
    return shared


def observe_pairs(signals: Signals, rarities: Mapping[str, RarityTables], pairs: PairedTexts) -> FloatArray:
    """Return one row per pair and one column per name of `VALUE_NAMES`."""
    first, second = pairs.first, pairs.second
    a = {kind: signals.bits[kind][first] for kind in KINDS}
    b = {kind: signals.bits[kind][second] for kind in KINDS}
    both = {kind: a[kind] & b[kind] for kind in KINDS}
    has_a, has_b, shares = ({kind: _has_any(found[kind]) for kind in KINDS} for found in (a, b, both))
    share = {
        kind: _rarity_cosines(signals.bits[kind], both[kind], tables, first, second)
        for kind, tables in rarities.items()
    }
    matter_a, matter_b = (rarities["matter"].sums(found["matter"]) for found in (a, b))
    smaller = np.minimum(matter_a, matter_b)
    common = rarities["matter"].sums(both["matter"])
    campaign = np.uint64(1 << load_meanings()["field"].names.index(CAMPAIGN))
    is_campaign = (a["field"][:, 0] & campaign) != (b["field"][:, 0] & campaign)
    subject_a, subject_b = (has["matter"] | has["field"] for has in (has_a, has_b))
    is_unknown = ~(has_a["matter"] & has_b["matter"])
    lacks = subject_a != subject_b
    clashes = subject_a & subject_b & ~shares["matter"] & ~shares["field"]
    cosine, process = pairs.cosine, shares["process"]
    columns = (
        *(
            cosine,
            np.clip((cosine - NEARLY_VERBATIM) / (1 - NEARLY_VERBATIM), 0, 1),
            pairs.inside,
            share["matter"],
            np.divide(common, smaller, out=np.zeros_like(common), where=smaller > 0),
        ),
        *(rarities["matter"].tops(both["matter"]), has_a["matter"] & has_b["matter"] & ~shares["matter"], is_unknown),
        *(is_unknown * cosine, share["process"], has_a["process"] & has_b["process"] & ~process),
        *(process & ~shares["matter"] & ~shares["field"], process & is_campaign & ~shares["matter"], share["act"]),
        *(has_a["act"] & has_b["act"] & ~shares["act"], has_a["act"] != has_b["act"], share["act"] * share["matter"]),
        *((a["people"] != b["people"]).any(axis=1), share["proof"], has_a["proof"] != has_b["proof"]),
        *((signals.measures[first] & signals.measures[second]) != 0, signals.topic[first] == signals.topic[second]),
        *(shares["field"], np.abs(signals.length[first] - signals.length[second]), lacks, lacks * cosine),
        clashes * cosine,
    )
    return np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)


def _rarity_cosines(
    bits: BitArray, both: BitArray, tables: RarityTables, first: IntArray, second: IntArray
) -> FloatArray:
    """Return the cosine of the meanings of two texts, each weighted by its rarity."""
    own = tables.sums(bits)
    size = np.sqrt(own[first] * own[second])
    return np.divide(tables.sums(both), size, out=np.zeros(len(first)), where=size > 0)


def _has_any(bits: BitArray) -> BoolArray:
    found: BoolArray = (bits != 0).any(axis=1)
    return found


def find_meanings(bodies: pl.Series, kind: str) -> pl.DataFrame:
    """Return `text` (position) and `code` (position of the name) of every meaning of one kind that texts mention."""
    meanings = load_meanings()[kind]
    found = pl.DataFrame(
        {
            "text": pl.int_range(len(bodies), eager=True),
            "phrase": bodies.str.extract_many([*meanings.phrases], overlapping=True),
        }
    ).explode("phrase", empty_as_null=False)
    codes = pl.DataFrame(
        {"phrase": [*meanings.phrases], "code": [[*codes] for codes in meanings.phrases.values()]},
        schema={"phrase": pl.String, "code": pl.List(pl.Int64)},
    ).explode("code")
    return found.join(codes, on="phrase").select("text", "code").unique()


def _meaning_bits(bodies: pl.Series, kind: str) -> BitArray:
    found = find_meanings(bodies, kind)
    return _to_bits(found["text"].to_numpy(), found["code"].to_numpy(), len(bodies), load_meanings()[kind].words)


def _find_measures(bodies: pl.Series) -> BitArray:
    """Return the bit sets of what each text counts."""
    found = pl.DataFrame({"text": pl.int_range(len(bodies), eager=True), "match": bodies.str.extract_all(_MEASURE)})
    words = found.explode("match", empty_as_null=False).with_columns(
        word=pl.coalesce(pl.col("match").str.extract(_MEASURE, 1), pl.col("match").str.extract(_MEASURE, 2))
    )
    bits = words.select("text", bit=pl.col("word").replace_strict(dict(_MEASURE_BIT), return_dtype=pl.Int64)).unique()
    return _to_bits(bits["text"].to_numpy(), bits["bit"].to_numpy(), len(bodies), 1)[:, 0]


def _to_bits(text: IntArray, code: IntArray, texts: int, words: int) -> BitArray:
    """Return bit sets of `words` words; every (text, code) stands once."""
    bits: BitArray = np.zeros((texts, words), dtype=np.uint64)
    word, bit = np.divmod(code.astype(np.int64), WORD_BITS)
    np.bitwise_or.at(bits, (text.astype(np.int64), word), np.uint64(1) << bit.astype(np.uint64))
    return bits
