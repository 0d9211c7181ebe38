"""Keep texts in `tests/readings` that notice changes of the code which no text there notices yet.

    .venv/bin/python -m tests.extractors.keep_readings --seconds 1200 [--under extractors/layout] [--kinds constant]

The changes are those of `tests.mutants` inside the functions of extractors. Each is tried with the kept texts that
reach its line. If all of them are read as before, variants of them are drawn until one is not: where a comparison is
changed, of the texts whose two sides come nearest to each other, for it is a bound met exactly that tells `<` from
`<=`. The variant is shortened as far as it still notices, and its line is added to its table: what the sound code reads
of it.

Whatever changes meanwhile, the command may be run again: it adds to what is kept and takes nothing away. It keeps other
texts on another machine, for a slow one tries fewer.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import gc
import importlib
import json
import operator
import random
import re
import signal
import sys
import time
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import _lru_cache_wrapper
from math import inf, isfinite
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

from tests import answers
from tests.extractors import readings
from tests.extractors.readings import table_of, text_of_table
from tests.mutants import ROOMS, ROOT, Mutant, mutants
from tests.warm import _functions, _place, _told

WITH_KEPT, WITH_VARIANTS, TO_SHORTEN = 1.0, 5.0, 0.6
"""Seconds for each change."""
LONGEST_READING = 1.0
"""Seconds after which a reading counts as endless."""
LONGEST_LINE = 2200
"""Characters of a line that is added: longer ones cost more than they tell."""
ENOUGH = 300
"""Variants that meet the bound and are read alike: the change seems to change nothing."""
ORIGINS, NEAREST = 150, 20
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
TOKEN = re.compile(r"[一-鿿]{1,4}|\d+(?:\.\d+)?|<[^<>]*>|\s+|.", re.DOTALL)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
NUMERALS = "一二三四五六七八九十"

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
            yield start, end, _probe(source[start:end].decode(), "")


def _probe(before: str, after: str) -> str:
    """A comparison that tells how near its two sides are; of several those of the sign that is changed."""
    node = _comparison(before)
    other = _comparison(after) if after else node
    sides = [ast.unparse(one) for one in (node.left, *node.comparators)]
    calls = []
    for at, sign in enumerate(SIGNS[type(one)] for one in node.ops):
        first, second = sides[at], sides[at + 1]
        if at:
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


def _stop(_signal: int, _frame: FrameType | None) -> None:
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
                probe = _probe(mutant.before, mutant.after)
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
        return _unlike(self.read(text), sound) and not _unlike(self._with([], text), sound)

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


def _unlike(found: Any, other: Any) -> bool:
    return isinstance(found, BaseException) or bool(found != other)


def variants(text: str, others: list[str], gap: float, draw: random.Random) -> str:
    """A text that differs a little from a given one: in a number, a length, a part, or by a part of another text."""
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        text = draw.choice(WAYS)(text, draw.choice(others), gap, draw)
    return text


def _other_number(text: str, other: str, gap: float, draw: random.Random) -> str:
    found = list(NUMBER.finditer(text))
    if not found:
        return _other_numeral(text, other, gap, draw)
    one = draw.choice(found)
    steps = (1, -1, gap, -gap, 2 * gap, gap / 2, -gap / 2, gap + 1, 1 - gap)
    value = max(0.0, round(float(one[0]) + draw.choice(steps), 4))
    theirs = NUMBER.findall(other) or ["0"]
    shown = draw.choice((f"{value:g}", f"{value:g}", f"{value:g}", draw.choice(theirs)))
    return text[: one.start()] + shown + text[one.end() :]


def _other_numeral(text: str, _other: str, _gap: float, draw: random.Random) -> str:
    found = [at for at, character in enumerate(text) if character in NUMERALS]
    if not found:
        return text
    at = draw.choice(found)
    return text[:at] + draw.choice(NUMERALS) + text[at + 1 :]


def _parts(text: str, draw: random.Random) -> tuple[str, list[str]]:
    """The pieces of a text: pages, lines, cells, or words."""
    for mark in draw.sample(("\f", "\n", "|", "，", "、"), 5):
        if mark in text and draw.random() < 0.6:
            return mark, text.split(mark)
    return "", TOKEN.findall(text)


def _without_part(text: str, _other: str, _gap: float, draw: random.Random) -> str:
    mark, parts = _parts(text, draw)
    if len(parts) < 2:
        return text
    at = draw.randrange(len(parts))
    return mark.join(parts[:at] + parts[at + draw.choice((1, 1, 1, 2, 5)) :])


def _repeated_part(text: str, _other: str, gap: float, draw: random.Random) -> str:
    mark, parts = _parts(text, draw)
    if not parts:
        return text
    at = draw.randrange(len(parts))
    times = draw.choice((1, 1, 2, min(60, round(abs(gap)))))
    return mark.join(parts[:at] + [parts[at]] * times + parts[at:])


def _longer(text: str, _other: str, gap: float, draw: random.Random) -> str:
    """As many characters more, or fewer, as are missing to the bound."""
    if not text:
        return text
    at, by = draw.randrange(len(text)), max(1, min(200, round(abs(gap))))
    if draw.random() < 0.5:
        return text[:at] + text[at + by :]
    return text[:at] + text[at] * by + text[at:]


def _with_part(text: str, other: str, _gap: float, draw: random.Random) -> str:
    mark, parts = _parts(text, draw)
    theirs = other.split(mark) if mark else TOKEN.findall(other)
    if not theirs:
        return text
    at, there = draw.randrange(len(parts) + 1), draw.randrange(len(theirs))
    return mark.join(parts[:at] + theirs[there : there + draw.choice((1, 1, 2, 4))] + parts[at + draw.choice((0, 1)) :])


def _moved_part(text: str, _other: str, _gap: float, draw: random.Random) -> str:
    mark, parts = _parts(text, draw)
    if len(parts) < 2:
        return text
    one = parts.pop(draw.randrange(len(parts)))
    parts.insert(draw.randrange(len(parts) + 1), one)
    return mark.join(parts)


WAYS: tuple[Callable[[str, str, float, random.Random], str], ...] = (
    _other_number,
    _other_number,
    _without_part,
    _repeated_part,
    _longer,
    _with_part,
    _with_part,
    _moved_part,
)


class Keeper:
    """The kept texts, the lines that each reaches, and the search for more."""

    def __init__(self, seed: int, under: str, folder: Path, subjects: Iterable[str]) -> None:
        self.draw = random.Random(seed)
        self.texts: dict[str, list[str]] = {}
        self.found: dict[Text, Any] = {}
        self.lines: dict[tuple[str, int], list[tuple[float, Text]]] = defaultdict(list)
        self.added = Counter[str]()
        self.sources = Sources()
        self.folder, self.traced = folder, str(ROOT / under)
        for subject in subjects:
            self.texts[subject] = [given for given, _ in table_of(subject, folder)]
            self.found |= {(subject, given): kept for given, kept in table_of(subject, folder)}
        for text in self.found:
            self._trace(text)
        self.sources.look()

    def _trace(self, text: Text) -> None:
        """Note the lines of the product that a text reaches, and how long its reading takes."""
        reached = set[tuple[str, int]]()

        def step(frame: FrameType, event: str, _value: object) -> Any:
            if event == "line":
                reached.add((frame.f_code.co_filename, frame.f_lineno))
            return step

        def call(frame: FrameType, _event: str, _value: object) -> Any:
            return step if frame.f_code.co_filename.startswith(self.traced) else None

        began = time.monotonic()
        self.sources.forget()
        sys.settrace(call)
        try:
            read_within(text)
        finally:
            sys.settrace(None)
        took = time.monotonic() - began
        for line in reached:
            insort(self.lines[line], (took, text))

    def reaching(self, mutant: Mutant) -> list[Text]:
        """The kept texts that reach a change, the soonest read first."""
        lines = [mutant.line]
        if mutant.kind == "constant" and (name := self.sources.renewed(mutant)[0]):
            lines = self.sources.lines_of(mutant.path, name)
        reached = sorted({one for line in lines for one in self.lines.get((str(ROOT / mutant.path), line), [])})
        return [text for _, text in reached]

    def try_out(self, mutant: Mutant) -> str:
        """Keep a text for a change if none notices it yet; what became of it."""
        texts = self.reaching(mutant)
        if not texts:
            return "not reached"
        changed = Changed(self.sources, mutant)
        if not changed:
            return "not exchanged"
        until = time.monotonic() + WITH_KEPT
        for text in texts:
            if _unlike(changed.read(text), self.found[text]):
                return "noticed"
            if time.monotonic() > until:
                break
        variant = self._variant(changed, texts)
        if variant is None:
            return "open"
        self._keep(self._shortened(changed, variant))
        return "kept"

    def _variant(self, changed: Changed, texts: list[Text]) -> Text | None:
        """A text that notices a change: of each kept text the nearest variant so far is varied on."""
        until = time.monotonic() + WITH_VARIANTS
        nearest: list[tuple[Text, Nearness]] = []
        for text in texts[:ORIGINS] if len(texts) <= ORIGINS else self.draw.sample(texts, ORIGINS):
            nearest.append((text, changed.probe(text)[1]))
            if time.monotonic() > until - WITH_VARIANTS / 2:
                break
        nearest.sort(key=lambda one: one[1].distance)
        tried = 0
        while time.monotonic() < until and tried < ENOUGH:
            if self.draw.random() < 0.02:
                nearest.sort(key=lambda one: one[1].distance)
            place = self.draw.randrange(len(nearest) if self.draw.random() < 0.4 else min(NEAREST, len(nearest)))
            (subject, given), best = nearest[place]
            text = subject, variants(given, self.texts[subject], best.gap or 0.0, self.draw)
            if text in self.found:
                continue
            sound, near = changed.probe(text)
            if isinstance(sound, BaseException) or len(json.dumps([text[1], sound], ensure_ascii=False)) > LONGEST_LINE:
                continue
            if changed.is_worth(near):
                if changed.notices(text, sound):
                    return text
                tried += 1
            if near <= best:
                nearest[place] = text, near
        return None

    def _shortened(self, changed: Changed, text: Text) -> Text:
        until = time.monotonic() + TO_SHORTEN
        size = max(1, len(text[1]) // 2)
        while size and time.monotonic() < until:
            at = 0
            while at < len(text[1]) and time.monotonic() < until:
                shorter = text[0], text[1][:at] + text[1][at + size :]
                sound = read_within(shorter)
                is_sound = shorter not in self.found and not isinstance(sound, BaseException)
                if is_sound and changed.notices(shorter, sound):
                    text = shorter
                else:
                    at += size
            size //= 2
        return text

    def _keep(self, text: Text) -> None:
        subject, given = text
        self.sources.forget()
        self.found[text] = found = readings.reading(subject, given, SUBJECTS)
        line = text_of_table([(given, found)])
        with Path(self.folder, f"{subject}.jsonl").open("a", encoding="utf-8", newline="\n") as table:
            table.write(line)
        self.texts[subject].append(given)
        self.added[subject] += len(line.encode())
        self._trace(text)


def _rank(mutant: Mutant) -> int:
    """Bounds first, then numbers: texts that are drawn by lot meet them best."""
    if mutant.kind == "comparison":
        return 0 if re.search(r" [<>]=? ", mutant.before) else 2
    return 1 if mutant.before.isdecimal() else 3


def main() -> int:
    """The command line of this module."""
    parser = argparse.ArgumentParser(prog="python -m tests.extractors.keep_readings")
    parser.add_argument("--seconds", type=float, default=1200)
    parser.add_argument("--under", default="extractors", help="a folder or file whose changes are tried")
    parser.add_argument("--kinds", default="comparison,constant")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kilobytes", type=int, default=300, help="what may be added at most")
    asked = parser.parse_args()
    until = time.monotonic() + asked.seconds
    signal.signal(signal.SIGALRM, _stop)
    room = asked.under.split("/")[0]
    of_extractors = room == "extractors"
    folder, subjects = (readings.READINGS, readings.SUBJECTS) if of_extractors else (answers.WRITINGS, answers.SUBJECTS)
    keeper = Keeper(asked.seed, asked.under, folder, subjects)
    kinds = asked.kinds.split(",")
    every = [one for one in mutants(ROOT, (room,)) if one.kind in kinds and one.path.startswith(asked.under)]
    keeper.draw.shuffle(every)
    every.sort(key=_rank)
    became = Counter[tuple[str, str]]()
    for mutant in every:
        if time.monotonic() > until or sum(keeper.added.values()) > asked.kilobytes << 10:
            break
        verdict = keeper.try_out(mutant)
        became[mutant.kind, verdict] += 1
        if verdict in ("kept", "open"):
            print(f"{verdict:<8} {mutant}", flush=True)
    for (kind, verdict), count in sorted(became.items()):
        print(f"{kind}: {verdict} {count}")
    print("bytes added:", dict(keeper.added))
    return 0


if __name__ == "__main__":
    sys.exit(main())
