"""Arrays of whole numbers as tables: ranges, rows in order, the first row of each kind."""

from __future__ import annotations

from math import prod
from typing import Final

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ROOM: Final = 1 << 62
"""Rows with fewer possible values than this are told apart by one number each."""


def spread(first: Whole, last: Whole) -> tuple[Whole, Whole]:
    """(number of the range, whole number in it) of every whole number in the ranges `first` … `last - 1`."""
    lengths = last - first
    owner = np.repeat(np.arange(len(lengths)), lengths)
    behind = np.cumsum(lengths)
    return owner, np.arange(len(owner)) + (first + lengths - behind)[owner]


def order(*keys: Whole) -> Whole:
    """The places that sort rows, no two of which are equal. `keys` are the columns, none of them below 0.

    One number for all of a row, where it has room, sorts at a fraction of the price.
    """
    tops = [int(key.max(initial=0)) + 1 for key in keys]
    if prod(tops) >= ROOM:
        return np.lexsort(keys[::-1])
    one = np.zeros(len(keys[0]), dtype=np.int64)
    for key, top in zip(keys, tops, strict=True):
        one = one * top + key
    return np.argsort(one)


def first_of_each(*keys: Whole) -> Flags:
    """Which rows are the first of their kind."""
    ordered = order(*keys, np.arange(len(keys[0])))
    same = np.logical_and.reduce([np.diff(key[ordered]) == 0 for key in keys])
    first: Flags = np.empty(len(ordered), dtype=np.bool_)
    first[ordered] = np.append(True, ~same)[: len(ordered)]
    return first


def place_within(row: Whole) -> Whole:
    """How many elements before each one are of its row; the rows stand together."""
    begins = np.flatnonzero(np.diff(row, prepend=-1))
    return np.arange(len(row)) - np.repeat(begins, np.diff(begins, append=len(row)))
