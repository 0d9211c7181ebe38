"""Code that is exchanged in this process: what a text is read as with a change, and how near it comes to a bound.

A changed function gets the code of the changed source, a changed constant its value in every module that knows it. The
caches of the product are emptied before and after, for they keep what the other code told.
"""

from __future__ import annotations

import ast
import builtins
import gc
import importlib
import operator
import re
import signal
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import _lru_cache_wrapper
from math import inf, isfinite
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

from tests import answers
from tests.extractors import readings
from tests.mutants import ROOMS, ROOT, Mutant
from tests.warm import _functions, _place, _told

LONGEST_READING = 1.0
"""Seconds after which a reading counts as endless."""
SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
TESTED = dict(
    zip(SIGNS.values(), (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne), strict=True)
)

Text = tuple[str, str]
"""A subject and what is given to it."""
SUBJECTS = readings.SUBJECTS | answers.SUBJECTS


class TooLongError(BaseException):
    """A reading that does not end; no reader may catch it."""


@dataclass(slots=True)
class Nearness:
    """How near the two sides of the probed comparison came: their smallest difference, None where there was none."""

    gap: float | None = None
    reached: bool = False

    def __call__(self, left: Any, right: Any, sign: str) -> Any:
        self.reached = True
        found = difference(left, right)
        if found is not None and (self.gap is None or abs(found) < abs(self.gap)):
            self.gap = found
        return TESTED[sign](left, right)

    @property
    def distance(self) -> float:
        """From the bound; endless where the comparison was not reached."""
        return 0.0 if self.reached and self.gap is None else inf if self.gap is None else abs(self.gap)

    def __le__(self, other: Nearness) -> bool:
        return self.distance <= other.distance


def difference(left: Any, right: Any) -> float | None:
    """What is between two values of a kind that has an order; of rows of values that between the first unlike ones."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        gaps = [difference(one, other) for one, other in zip(left, right, strict=False)]
        return next((gap for gap in gaps if gap), 0.0)
    if isinstance(left, date) and isinstance(right, date):
        return float((left - right).days)
    try:
        found = float(left - right)
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        return None
    return found if isfinite(found) else None


class Patch(NamedTuple):
    """What is changed: the code of a function, or a constant in a module that knows it."""

    owner: object
    name: str
    sound: Any
    changed: Any


@dataclass(slots=True)
class Sources:
    """The living functions of the product, and the codes that a changed source would give them."""

    living: dict[tuple[str, str, int], list[FunctionType]] = field(default_factory=lambda: defaultdict(list))
    parsed: dict[str, tuple[bytes, CodeType, list[tuple[int, int, str]]]] = field(default_factory=dict)
    caches: list[Any] = field(default_factory=list)

    def look(self) -> None:
        """Find the functions, and the caches of what was read of single texts."""
        for one in gc.get_objects():
            if isinstance(one, FunctionType) and _is_product(one.__code__.co_filename):
                self.living[one.__code__.co_filename, *_place(one.__code__)].append(one)
            elif isinstance(one, _lru_cache_wrapper) and str(one.__module__).startswith(
                tuple(f"{room}." for room in ROOMS)
            ):
                code = getattr(one.__wrapped__, "__code__", None)
                if code and code.co_argcount and "vocabulary" not in one.__module__:
                    self.caches.append(one)

    def forget(self) -> None:
        """Empty the caches."""
        for one in self.caches:
            one.cache_clear()

    def of(self, path: str) -> tuple[bytes, CodeType, list[tuple[int, int, str]]]:
        """The source of a file, its code and the places and probes of its comparisons."""
        if path not in self.parsed:
            source = (ROOT / path).read_bytes()
            code = compile(source, str(ROOT / path), "exec", dont_inherit=True)
            self.parsed[path] = source, code, list(_probes(source))
        return self.parsed[path]

    def exchanged(self, path: str, after: bytes) -> list[Patch]:
        """The functions that the changed source gives another code; none where more than functions changes."""
        _, old, _ = self.of(path)
        new = compile(after, str(ROOT / path), "exec", dont_inherit=True)
        found = []
        for one, other in zip(_functions(old), _functions(new), strict=True):
            if one.co_code == other.co_code and _told(one) == _told(other):
                continue
            if one.co_freevars != other.co_freevars:
                return []
            for function in self.living.get((str(ROOT / path), *_place(one)), []):
                found.append(Patch(function, "__code__", function.__code__, other))
        return found

    def renewed(self, mutant: Mutant) -> tuple[str, list[Patch]]:
        """A constant of a module that is changed, and the modules that know it; those of its uses alone are tried."""
        source = self.of(mutant.path)[0]
        after = ast.parse(mutant.applied(source))
        for old, new in zip(ast.parse(source).body, after.body, strict=False):
            if ast.dump(old) == ast.dump(new):
                continue
            target = old.targets[0] if isinstance(old, ast.Assign) else getattr(old, "target", None)
            value = getattr(new, "value", None)
            if not isinstance(target, ast.Name) or not isinstance(value, ast.Constant | ast.BinOp | ast.UnaryOp):
                return "", []
            module = importlib.import_module(
                mutant.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            )
            sound = getattr(module, target.id)
            changed = eval(ast.unparse(value), dict(vars(module)))
            owners = [
                one for one in list(sys.modules.values()) if one and _is_product(getattr(one, "__file__", "") or "")
            ]
            return target.id, [
                Patch(one, target.id, sound, changed) for one in owners if vars(one).get(target.id) == sound
            ]
        return "", []

    def lines_of(self, path: str, name: str) -> list[int]:
        """The lines of a file that use a name inside functions."""
        tree = ast.parse(self.of(path)[0])
        functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
        uses = [node for one in functions for node in ast.walk(one) if isinstance(node, ast.Name) and node.id == name]
        return sorted({node.lineno for node in uses})


def _probes(source: bytes) -> Iterator[tuple[int, int, str]]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and all(type(one) in SIGNS for one in node.ops):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            yield start, end, probe_of(source[start:end].decode(), "")


def probe_of(before: str, after: str) -> str:
    """A comparison that tells how near its two sides are; of several those of the sign that is changed."""
    node = _comparison(before)
    other = _comparison(after) if after else node
    sides = [ast.unparse(one) for one in (node.left, *node.comparators)]
    calls = []
    for at, sign in enumerate(SIGNS[type(one)] for one in node.ops):
        first, second = sides[at], sides[at + 1]
        if at and ":=" in first:
            # It has its value by now.
            first = first.partition(":=")[0].removeprefix("(")
        is_asked = other is node or type(node.ops[at]) is not type(other.ops[at])
        calls.append(f"_near({first}, {second}, {sign!r})" if is_asked else f"{first} {sign} {second}")
    return f"({' and '.join(calls)})"


def _comparison(text: str) -> ast.Compare:
    node = ast.parse(f"({text})", mode="eval").body
    assert isinstance(node, ast.Compare)
    return node


def _is_product(path: str) -> bool:
    return path.startswith(tuple(f"{ROOT}/{room}/" for room in ROOMS))


def stop(_signal: int, _frame: FrameType | None) -> None:
    """Break off a reading, as the handler of an alarm."""
    raise TooLongError


def read_within(text: Text) -> Any:
    """What is read of a text; what went wrong, if anything did."""
    signal.setitimer(signal.ITIMER_REAL, LONGEST_READING)
    try:
        return readings.reading(*text, SUBJECTS)
    except (Exception, TooLongError) as error:
        return error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class Changed:
    """One change of the code: reads with it and without it."""

    def __init__(self, sources: Sources, mutant: Mutant) -> None:
        self._sources = sources
        source, _, probes = sources.of(mutant.path)
        self._changed = sources.exchanged(mutant.path, mutant.applied(source))
        around = [one for one in probes if one[0] <= mutant.start and mutant.end <= one[1]]
        if not self._changed and mutant.kind == "constant":
            name, self._changed = sources.renewed(mutant)
            around = [one for one in probes if re.search(rf"\b{name}\b", one[2])] if name else []
        self._probed: list[Patch] = []
        if around and mutant.kind in ("comparison", "constant"):
            start, end, probe = min(around, key=lambda one: one[1] - one[0])
            if mutant.kind == "comparison":
                probe = probe_of(mutant.before, mutant.after)
            self._probed = sources.exchanged(mutant.path, source[:start] + probe.encode() + source[end:])
        self.within = 0.0 if mutant.kind == "comparison" else 1.0
        """How near the two sides have to come for the change to be worth a try."""

    def __bool__(self) -> bool:
        return bool(self._changed)

    def read(self, text: Text) -> Any:
        """What the changed code reads."""
        return self._with(self._changed, text)

    def probe(self, text: Text) -> tuple[Any, Nearness]:
        """What the sound code reads, and how near the comparison around the place came to its bound."""
        near = builtins._near = Nearness()  # type: ignore[attr-defined]
        return self._with(self._probed, text), near

    def is_worth(self, near: Nearness) -> bool:
        """Whether the change could tell in a text."""
        return not self._probed or (near.reached and (near.gap is None or abs(near.gap) <= self.within + 1e-9))

    def notices(self, text: Text, sound: Any) -> bool:
        """Whether a text is read otherwise with the change, and always alike without it."""
        return unlike(self.read(text), sound) and not unlike(self._with([], text), sound)

    def _with(self, patches: list[Patch], text: Text) -> Any:
        self._sources.forget()
        for one in patches:
            setattr(one.owner, one.name, one.changed)
        try:
            return read_within(text)
        finally:
            for one in patches:
                setattr(one.owner, one.name, one.sound)
            self._sources.forget()


def unlike(found: Any, other: Any) -> bool:
    """Whether two readings differ; one that went wrong is like no other."""
    return isinstance(found, BaseException) or bool(found != other)
