"""The abbreviated data of a path object → its corners."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.layout.drawing import Outline, Point
from extractors.readers.ofd.parts import Matrix, apply, number

_TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_TAKES = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}


def outlines(data: str, matrix: Matrix) -> Iterator[Outline]:
    """The parts of a path in user space: curves end the stretch they stand in, since they rule nothing.

    Reads as far as the data follows the standard: operators S, M, L, Q, B, A and C, each with its numbers.
    """
    now: Outline | None = None
    begin: Point | None = None
    for operator, values in _operations(data):
        if operator == "C":
            if begin is not None and now is not None:
                now.stretches[-1].append(begin)
            continue
        point = apply(matrix, values[-2], values[-1])
        if now is None or operator in "SM":
            if now is not None:
                yield now
            now = Outline([[point]], operator in "QBA")
            begin = point if operator in "SM" else begin
        elif operator == "L":
            now.stretches[-1].append(point)
        else:
            now.curved = True
            now.stretches.append([point])
    if now is not None:
        yield now


def _operations(data: str) -> Iterator[tuple[str, list[float]]]:
    operator, values = "", list[float]()
    for match in _TOKEN.finditer(data):
        token = match.group()
        if token.isalpha():
            operator, values = token.upper(), []
            if operator not in _TAKES:
                return
            if operator == "C":
                yield operator, values
            continue
        if not operator or operator == "C":
            return
        values.append(number(token))
        if len(values) == _TAKES[operator]:
            yield operator, values
            values = []
