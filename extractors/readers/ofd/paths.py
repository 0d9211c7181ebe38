"""The abbreviated data of a path object → its corners."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors.readers.geometry.drawing import Point
from extractors.readers.ofd.parts import Matrix, apply, number

_TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_TAKES = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}


@dataclass(slots=True)
class Stretch:
    """Corners joined by straight lines, in user space."""

    points: list[Point] = field(default_factory=list)
    curved: bool = False
    """Whether a curve led to the first of them."""


def stretches(data: str, matrix: Matrix) -> Iterator[Stretch]:
    """The straight stretches of a path: curves end the one they stand in, since they rule nothing.

    Reads as far as the data follows the standard: operators S, M, L, Q, B, A and C, each with its numbers.
    """
    now = Stretch()
    begin: Point | None = None
    for operator, values in _operations(data):
        if operator == "C":
            if begin is not None and now.points:
                now.points.append(begin)
            continue
        point = apply(matrix, values[-2], values[-1])
        if operator == "L" and now.points:
            now.points.append(point)
            continue
        if now.points:
            yield now
        now = Stretch([point], operator in "QBA")
        if operator in "SM":
            begin = point
    if now.points:
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
