"""Texts cut into bigrams (two characters side by side), with what it takes to tell which texts share some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from warehouse.transform.arrays import Flags, Whole

FREQUENT: Final = 300
"""Texts of one theme that hold a bigram from which on it is no sign of kinship; below that nothing is left out."""

_BITS: Final = np.int64(21)
"""Bits of a character."""


@dataclass(frozen=True, slots=True)
class Grams:
    """The bigrams of some texts, each once a text.

    `text` (the place of a text, sorted) and `code` (the number of a bigram; one of two themes has two) go together.
    `holders` says by code how many texts of the theme hold a bigram, `grams` by place how many a text holds.
    """

    text: Whole
    code: Whole
    holders: Whole
    grams: Whole


def cut(texts: pl.DataFrame) -> Grams:
    """The bigrams of texts.

    `texts` has `sign` (a whole number that stands for the theme), `body` and `asked` (whether kin of this text is
    sought). Where not every text is asked, bigrams of no asked text are left out, and texts that share no bigram of at
    most `FREQUENT` texts with one.
    """
    text, gram = _grams(texts["body"], texts["sign"].to_numpy().astype(np.int64))
    asked = texts["asked"].to_numpy()
    if asked.all():
        text, code = _each_once(text, gram)
        return Grams(text, code, np.bincount(code), np.bincount(text, minlength=texts.height))
    sought = _distinct(gram[asked[text]])
    near = _holding(gram, sought)
    some, code = _each_once(text[near], gram[near])
    holders = np.bincount(code, minlength=1)
    kin = asked.copy()
    kin[some[holders[code] <= FREQUENT]] = True
    whole = kin[text]
    held = np.bincount(_each_once(text[whole], gram[whole])[0], minlength=texts.height)
    keep = kin[some]
    return Grams(some[keep], code[keep], holders, held)


def _grams(bodies: pl.Series, sign: Whole) -> tuple[Whole, Whole]:
    """(place of the text, bigram with the sign of its theme) of every two characters side by side."""
    lengths = bodies.str.len_chars().to_numpy().astype(np.int64)
    letters = np.frombuffer("".join(bodies).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    text = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    inside = text[:-1] == text[1:]
    text = text[:-1][inside]
    return text, (sign[text] << (2 * _BITS)) | (letters[:-1][inside] << _BITS) | letters[1:][inside]


def _each_once(text: Whole, gram: Whole) -> tuple[Whole, Whole]:
    """(text, number of the gram), every pair of text and gram once, by text."""
    known = _distinct(gram)
    many = max(len(known), 1)
    pairs = _distinct(text * many + np.searchsorted(known, gram))
    return pairs // many, pairs % many


def _distinct(values: Whole) -> Whole:
    """Sorted, each once; numpy's own `unique` hashes, which takes several times as long."""
    ordered: Whole = np.sort(values)
    first: Flags = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    return ordered[first]


def _holding(gram: Whole, sought: Whole) -> Flags:
    """Which of the grams are sought; `sought` is sorted."""
    if not len(sought):
        return np.zeros(len(gram), dtype=np.bool_)
    place = np.minimum(np.searchsorted(sought, gram), len(sought) - 1)
    found: Flags = sought[place] == gram
    return found
