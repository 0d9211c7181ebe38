"""Why two tasks are taken to ask for the same, in Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from warehouse.transform.task_signals import MEASURE_NAMES, BitArray, FloatArray, IntArray, Signals
from warehouse.transform.task_words import WORD_BITS, load_meanings

_LABELS: Final = {"matter": "事项", "process": "工作", "field": "领域", "act": "做法", "proof": "材料"}
"""Kind of meanings -> what it is called; in the order of the sentence."""
_MEASURES: Final = "计量"
SAME_TEXT: Final = "文字相同"
"""All there is to say of two texts that differ in nothing but figures and punctuation."""
_WORDINGS: Final = ((0.8, "文字基本相同"), (0.4, "文字相近"), (0.0, "文字不同"))
"""Least cosine -> how alike the words are."""


def explain_pairs(signals: Signals, first: IntArray, second: IntArray, cosine: FloatArray) -> pl.Series:
    """Return for each pair what both texts say: 事项：移风易俗；做法：宣传、签订；文字相近."""
    shared = {label: signals.bits[kind][first] & signals.bits[kind][second] for kind, label in _LABELS.items()}
    shared[_MEASURES] = (signals.measures[first] & signals.measures[second])[:, None]
    names: dict[str, Sequence[str]] = {label: load_meanings()[kind].names for kind, label in _LABELS.items()}
    names[_MEASURES] = MEASURE_NAMES
    parts = [_name_bits(label, names[label], bits) for label, bits in shared.items()]
    alike = np.select([cosine >= bound for bound, _ in _WORDINGS], [text for _, text in _WORDINGS], "")
    frame = pl.DataFrame([part.alias(f"{place}") for place, part in enumerate((*parts, pl.Series(alike)))])
    texts = frame.select(pl.concat_str(pl.all(), separator="；", ignore_nulls=True)).to_series()
    return pl.select(pl.when(pl.Series(cosine >= 1)).then(pl.lit(SAME_TEXT)).otherwise(texts)).to_series()


def _name_bits(label: str, names: Sequence[str], bits: BitArray) -> pl.Series:
    """Return the label and the names of the meanings of each bit set; null where it is empty."""
    frame = pl.DataFrame({f"{word}": bits[:, word] for word in range(bits.shape[1])})
    known = frame.unique()
    texts = pl.Series([_name_row(label, names, row) for row in known.rows()], dtype=pl.String)
    return frame.join(known.with_columns(text=texts), on=frame.columns, how="left", maintain_order="left")["text"]


def _name_row(label: str, names: Sequence[str], row: Sequence[int]) -> str | None:
    found = [
        names[word * WORD_BITS + bit] for word, value in enumerate(row) for bit in range(WORD_BITS) if value >> bit & 1
    ]
    return f"{label}：{'、'.join(found)}" if found else None
