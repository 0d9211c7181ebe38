"""Count the steps of a backtracking match, to hold regular expressions to linear work without a clock.

`re` does not say how much it worked. `Counter` walks the parse tree of a pattern as the engine does (leftmost start,
greedy, lazy and possessive repeats, backtracking) and counts every character it looks at.
"""

from __future__ import annotations

import re
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Final, Literal

Next = Callable[[int], bool]
Matcher = Callable[[int, Next], bool]
Token = tuple[Any, Any]
Use = Literal["search", "match", "fullmatch"]

UNBOUNDED: Final = 64
"""A repeat that may go on for longer than this is treated as one without end."""

PROBES: Final = " \t\n\u3000" + "19〇一二十百年月日第市局科室科处办部中的为和、，。；：:（）()“”《》—-－.·/%①aAzZ_@√★"
"""Characters that are tried where a class allows them: blanks, digits, words, marks of Chinese notices."""

_REPEATS: Final = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}
_SINGLES: Final = {sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN}
_CATEGORIES: Final = {
    sre.CATEGORY_DIGIT: re.compile(r"\d"),
    sre.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    sre.CATEGORY_SPACE: re.compile(r"\s"),
    sre.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    sre.CATEGORY_WORD: re.compile(r"\w"),
    sre.CATEGORY_NOT_WORD: re.compile(r"\W"),
}


class TooManyStepsError(Exception):
    """The match took more steps than it was granted."""


def _in_class(items: Sequence[Token], char: str) -> bool:
    negated, found = False, False
    for kind, value in items:
        if kind is sre.NEGATE:
            negated = True
        elif kind is sre.LITERAL:
            found = found or ord(char) == value
        elif kind is sre.RANGE:
            found = found or value[0] <= ord(char) <= value[1]
        else:
            found = found or bool(_CATEGORIES[value].match(char))
    return found != negated


def _single(token: Token, flags: int) -> Callable[[str], bool]:
    kind, value = token

    def accepts(char: str) -> bool:
        if kind is sre.ANY:
            return char != "\n" or bool(flags & re.DOTALL)
        if kind is sre.IN:
            return _in_class(value, char)
        return bool((ord(char) == value) != (kind is sre.NOT_LITERAL))

    @cache
    def folded(char: str) -> bool:
        if flags & re.IGNORECASE:
            return accepts(char) or accepts(char.lower()) or accepts(char.upper())
        return accepts(char)

    return folded


class Counter:
    """One pattern, ready to be counted."""

    def __init__(self, pattern: str, flags: int) -> None:
        tree = parser.parse(pattern, flags)
        self.flags = tree.state.flags
        self.tree = tree
        self.text = ""
        self.left = 0
        self._groups: dict[int, tuple[int, int]] = {}
        self._match = self._sequence(list(tree))

    def steps(self, text: str, *, use: Use, most: int) -> int:
        """Return the steps of finding all matches in `text` (search), one at its start (match), or of the whole.

        Raises TooManyStepsError beyond `most`.
        """
        self.text, self.left = text, most
        self._groups.clear()
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, 40 * len(text) + 10_000))
        try:
            start = 0
            while start <= len(text):
                self._spend()
                end = [start]

                def reached(at: int, end: list[int] = end) -> bool:
                    end[0] = at
                    return use != "fullmatch" or at == len(text)

                found = self._match(start, reached)
                if use != "search":
                    break
                start = max(end[0], start + 1) if found else start + 1
        finally:
            sys.setrecursionlimit(limit)
        return most - self.left

    def _spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooManyStepsError

    def _sequence(self, tokens: Sequence[Token]) -> Matcher:
        matchers = [self._token(token) for token in tokens]
        if len(matchers) == 1:
            return matchers[0]

        def run(at: int, follow: Next) -> bool:
            def going(number: int) -> Next:
                if number == len(matchers):
                    return follow
                return lambda here: matchers[number](here, going(number + 1))

            return going(0)(at)

        return run

    def _token(self, token: Token) -> Matcher:
        kind, value = token
        if kind in _SINGLES:
            accepts = _single(token, self.flags)

            def one(at: int, follow: Next) -> bool:
                self._spend()
                return at < len(self.text) and accepts(self.text[at]) and follow(at + 1)

            return one
        if kind in _REPEATS:
            return self._repeat(kind, *value)
        if kind is sre.SUBPATTERN:
            inner, group = self._sequence(list(value[3])), value[0]

            def capture(at: int, follow: Next) -> bool:
                def after(end: int) -> bool:
                    if group is not None:
                        self._groups[group] = (at, end)
                    return follow(end)

                return inner(at, after)

            return capture
        if kind is sre.BRANCH:
            return self._branch([list(branch) for branch in value[1]])
        if kind is sre.ATOMIC_GROUP:
            return self._atomic(self._sequence(list(value)))
        if kind in (sre.ASSERT, sre.ASSERT_NOT):
            return self._assertion(value[0], value[1], negated=kind is sre.ASSERT_NOT)
        if kind is sre.AT:
            return lambda at, follow: self._anchored(value, at) and follow(at)
        if kind is sre.GROUPREF:

            def again(at: int, follow: Next) -> bool:
                start, end = self._groups.get(value, (0, 0))
                self._spend(end - start + 1)
                return self.text.startswith(self.text[start:end], at) and follow(at + end - start)

            return again
        raise NotImplementedError(str(kind))

    def _anchored(self, anchor: Any, at: int) -> bool:
        self._spend()
        if anchor in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING):
            return at == 0 or bool(anchor is sre.AT_BEGINNING and self.flags & re.M and self.text[at - 1] == "\n")
        if anchor in (sre.AT_END, sre.AT_END_STRING):
            rest = self.text[at : at + 2]
            if anchor is sre.AT_END_STRING:
                return rest == ""
            return rest in ("", "\n") or bool(self.flags & re.M and rest[:1] == "\n")
        before, after = self.text[at - 1 : at] if at else "", self.text[at : at + 1]
        at_word = bool(re.match(r"\w", before)) != bool(re.match(r"\w", after))
        return at_word == (anchor is sre.AT_BOUNDARY)

    def _branch(self, branches: Sequence[Sequence[Token]]) -> Matcher:
        """Try one after the other; of hundreds that begin with another character the steps are counted at once."""
        matchers = [self._sequence(branch) for branch in branches]
        plain = not self.flags & re.IGNORECASE
        firsts = [chr(one[0][1]) if plain and one and one[0][0] is sre.LITERAL else None for one in branches]

        @cache
        def possible(char: str) -> tuple[list[tuple[int, Matcher]], int]:
            """What may begin with a character, each with the number of others before it, and the number behind."""
            found: list[tuple[int, Matcher]] = []
            others = 0
            for first, matcher in zip(firsts, matchers, strict=True):
                if first is None or first == char:
                    found.append((others, matcher))
                    others = 0
                else:
                    others += 1
            return found, others

        def run(at: int, follow: Next) -> bool:
            found, behind = possible(self.text[at : at + 1])
            for others, matcher in found:
                self._spend(others)
                if matcher(at, follow):
                    return True
            self._spend(behind)
            return False

        return run

    def _atomic(self, inner: Matcher) -> Matcher:
        def run(at: int, follow: Next) -> bool:
            ends: list[int] = []

            def reached(end: int) -> bool:
                ends.append(end)
                return True

            return inner(at, reached) and follow(ends[0])

        return run

    def _assertion(self, direction: int, tokens: Any, *, negated: bool) -> Matcher:
        inner, width = self._sequence(list(tokens)), tokens.getwidth()[0]

        def run(at: int, follow: Next) -> bool:
            here = at if direction > 0 else at - width
            found = here >= 0 and inner(here, lambda end: direction > 0 or end == at)
            return found != negated and follow(at)

        return run

    def _repeat(self, kind: Any, least: int, most: Any, body: Any) -> Matcher:
        bound = sys.maxsize if most is sre.MAXREPEAT else most
        if len(body) == 1 and body[0][0] in _SINGLES:
            return self._run(kind, least, bound, _single(body[0], self.flags))
        inner = self._sequence(list(body))

        def step(at: int, follow: Next, count: int) -> bool:
            self._spend()

            def more(end: int) -> bool:
                # As the engine does: a round that takes nothing ends the repeat.
                return (end > at or count < least) and step(end, follow, count + 1)

            if count < least:
                return inner(at, more)
            if kind is sre.MIN_REPEAT:
                return follow(at) or (count < bound and inner(at, more))
            return (count < bound and inner(at, more)) or follow(at)

        def greedy(at: int, follow: Next) -> bool:
            return step(at, follow, 0)

        return self._atomic(greedy) if kind is sre.POSSESSIVE_REPEAT else greedy

    def _run(self, kind: Any, least: int, bound: int, accepts: Callable[[str], bool]) -> Matcher:
        def run(at: int, follow: Next) -> bool:
            text, longest = self.text, at + min(bound, len(self.text) - at)
            if kind is sre.MIN_REPEAT:
                here = at
                while True:
                    if here - at >= least and follow(here):
                        return True
                    self._spend()
                    if here >= longest or not accepts(text[here]):
                        return False
                    here += 1
            end = at
            while end < longest and accepts(text[end]):
                end += 1
            self._spend(end - at + 1)
            if kind is sre.POSSESSIVE_REPEAT:
                return end - at >= least and follow(end)
            while end - at >= least:
                self._spend()
                if follow(end):
                    return True
                end -= 1
            return False

        return run


def sample(tokens: Sequence[Token], flags: int = 0) -> str:
    """Return a short text that the tokens accept, assertions left aside."""
    return "".join(_sample(token, flags) for token in tokens)


def _sample(token: Token, flags: int) -> str:
    kind, value = token
    if kind in _SINGLES:
        return next(iter(_members(token, flags)), "")
    if kind in _REPEATS:
        return str(sample(list(value[2]), flags) * value[0])
    if kind is sre.SUBPATTERN:
        return sample(list(value[3]), flags)
    if kind is sre.BRANCH:
        return sample(list(value[1][0]), flags)
    if kind is sre.ATOMIC_GROUP:
        return sample(list(value), flags)
    return ""


def _members(token: Token, flags: int) -> list[str]:
    """Characters that a single token accepts: its own first, then probes."""
    kind, value = token
    own = []
    if kind is sre.LITERAL:
        return [chr(value)]
    if kind is sre.IN:
        own = [chr(item) for which, item in value if which is sre.LITERAL][:2]
        own += [chr(item[0]) for which, item in value if which is sre.RANGE][:2]
    accepts = _single(token, flags)
    return list(dict.fromkeys(char for char in (*own, *PROBES) if accepts(char)))


def pumped(counter: Counter, length: int) -> Iterator[str]:
    """Texts of about `length` characters made for the repeats of a pattern: what leads to a repeat, then its own body.

    Each is given without and with what leads to it, and ended by a character that fits nowhere.
    """
    seen: set[tuple[str, str]] = set()
    for lead, body in _repeats(list(counter.tree), "", counter.flags):
        for pump in body:
            for before in dict.fromkeys(("", lead)):
                if pump and (before, pump) not in seen:
                    seen.add((before, pump))
                    yield before + pump * (length // len(pump)) + "\x00"


def _repeats(tokens: Sequence[Token], lead: str, flags: int) -> Iterator[tuple[str, list[str]]]:
    for kind, value in tokens:
        if kind in _REPEATS:
            inner = list(value[2])
            if value[1] is sre.MAXREPEAT or value[1] > UNBOUNDED:
                if len(inner) == 1 and inner[0][0] in _SINGLES:
                    yield lead, _members(inner[0], flags)[:12]
                else:
                    yield lead, [sample(inner, flags)]
            yield from _repeats(inner, lead, flags)
        elif kind is sre.SUBPATTERN:
            yield from _repeats(list(value[3]), lead, flags)
        elif kind is sre.BRANCH:
            for branch in value[1]:
                yield from _repeats(list(branch), lead, flags)
        elif kind is sre.ATOMIC_GROUP:
            yield from _repeats(list(value), lead, flags)
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _repeats(list(value[1]), lead, flags)
        lead += _sample((kind, value), flags)
