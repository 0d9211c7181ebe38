"""Grades and tiers that a standard lists with what earns them; one of them is reached, the others are not required.

By letters (A≥95%；B≥90%；C#；D), by name (优秀：10篇以上；合格：5篇以上), by result (90%以上为优秀，80%为良好) or by
points (90%以上得5分，80%以上得3分).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from extractors.normalize import find_matches
from extractors.vocabulary import alternation, load_toml

_WORDS: Final = load_toml("scoring")["grades"]
_BEST: Final = _WORDS["best"]
_NAMES: Final = alternation(_WORDS["words"])
_LETTER: Final = re.compile(
    r"(?<![A-Za-z0-9])(?P<name>[A-E]#?)(?:级|等|档)?\s?(?:[.．、:：]\s?)?(?=[≥≧>＞≤≦<＜\d“《（(\u3400-\u9fff])"
)
_NAME: Final = re.compile(
    rf"(?<![A-Za-z])(?P<name>{_NAMES})(?:等次|等级|档次|档|级|等)?(?:[：:]|（(?=[^（）]{{0,40}}[\d≥>＞]))"
)
_RESULT: Final = re.compile(
    r"(?P<what>[^，,。；;：:（）\n\d]{0,24}[≥≧>＞≤≦<＜]?\d[^，,。；;：:（）\n]{0,24}?)(?:的|者)?[，,]?"
    rf"(?:(?:评定?|定|认定|视|确定|记|计)?[为得](?P<name>{_NAMES}|[A-E]#?)(?:等次|等级|档次|档|级|等)?"
    r"|(?:得|计|记)(?P<points>\d{1,3}(?:\.\d+)?)分|(?P<full>[得计]满分)|(?P<none>不得分|不计分))(?=[，,。；;、）\n]|$)"
)
_NAME_SIGN: Final = re.compile(_NAMES)
_RESULT_SIGN: Final = re.compile("[为得计]")
_RESULT_END: Final = re.compile(rf"[为得](?:{_NAMES}|[A-E])|[得计记]\d|[得计]满分|不得分|不计分")
"""What each result ends with; two of them never overlap."""
_DIGIT: Final = re.compile(r"\d")
_OPERATORS: Final = re.compile(
    f"{alternation(w for ws in load_toml('thresholds')['before'].values() for w in ws)}|[在为且]"
)
_GAP: Final = re.compile(r"[，,。；;、\n\s]{0,3}")
_END: Final = re.compile(r"[。；;！!\n【]")
_MARKS = "。；;，,、\n "
_MAX_LENGTH = 160
_MIN_LENGTH = 2
_SHORT_ANSWERS = "无否有是"
_MIN_OPTIONS = 2


class GradeOption(NamedTuple):
    """One grade of a list: `text[start:end]` is its name with what earns it.

    `is_named` says whether the list gives grades, not points.
    """

    start: int
    end: int
    is_best: bool
    is_named: bool


def find_grade_options(text: str) -> list[GradeOption]:
    """Return the grades of every list of a text, in order.

    A list by letters begins with A, B; a later letter may be left out. Each grade ends before the next, the last at the
    end of its sentence.
    """
    named: list[GradeOption] = []
    if "A" in text and "B" in text:
        named += _listed(text, _LETTER.finditer(text), _follows_letter, "A")
    named += _listed(text, find_matches(_NAME, _NAME_SIGN, text), _is_another, None)
    results = _results(text) if _RESULT_SIGN.search(text) and _DIGIT.search(text) else []
    taken = [(option.start, option.end) for option in named]
    results = [r for r in results if not any(start < r.end and r.start < end for start, end in taken)]
    return sorted([*named, *results])


def _follows_letter(names: list[str], name: str) -> bool:
    """Return whether a letter goes on the list that begins with A; C# stands between C and D."""
    return name in ("B", "B#") if len(names) == 1 else names[-1] < name


def _is_another(names: list[str], name: str) -> bool:
    return name not in names


def _listed(
    text: str, names: Iterable[re.Match[str]], follows: Callable[[list[str], str], bool], first: str | None
) -> list[GradeOption]:
    """Return the grades that stand before what earns them."""
    found: list[GradeOption] = []
    run: list[re.Match[str]] = []
    for match in [*names, None]:
        near = match is not None and run and match.start() - run[-1].end() <= _MAX_LENGTH
        if match is not None and near and follows([m["name"] for m in run], match["name"]):
            run.append(match)
            continue
        found += _options(text, run)
        run = [match] if match is not None and (first is None or match["name"] == first) else []
    return found


def _options(text: str, run: list[re.Match[str]]) -> list[GradeOption]:
    """Return the grades that begin at these names, none if one of them says nothing."""
    if len(run) < _MIN_OPTIONS:
        return []
    spans: list[tuple[int, int]] = []
    for match, following in zip(run, [*run[1:], None], strict=True):
        stop = following.start() if following else min(match.end() + _MAX_LENGTH, len(text))
        end = _END.search(text, match.end(), stop) if following is None else None
        written = text[match.start() : end.start() if end else stop].rstrip(_MARKS)
        spans.append((match.start(), match.start() + len(written)))
    contents = [text[match.end() : end] for match, (_, end) in zip(run, spans, strict=True)]
    is_list = all(_MIN_LENGTH <= len(s) <= _MAX_LENGTH or (len(s) == 1 and s in _SHORT_ANSWERS) for s in contents)
    best = _best([match["name"] for match in run])
    return [GradeOption(start, end, n == best, True) for n, (start, end) in enumerate(spans)] if is_list else []


def _best(names: list[str]) -> int | None:
    """Return the place of the highest of these grades, None if none of them is high."""
    ranks = [(_BEST.index(name), n) for n, name in enumerate(names) if name in _BEST]
    return min(ranks)[1] if ranks else None


def _results(text: str) -> list[GradeOption]:
    """Return the grades and points that stand behind what earns them, in lists of two or more."""
    found: list[GradeOption] = []
    if len(_RESULT_END.findall(text)) < _MIN_OPTIONS:
        return found
    for run in (run for run in _runs(text) if len(run) >= _MIN_OPTIONS):
        is_named = all(match["name"] for match in run)
        points = [_points(match) for match in run]
        best = _best([m["name"] for m in run]) if is_named else points.index(max(points))
        found += [GradeOption(*match.span(), n == best, is_named) for n, match in enumerate(run)]
    return found


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Yield the results of one thing that follow each other with nothing but a mark between."""
    run: list[re.Match[str]] = []
    for match in _RESULT.finditer(text):
        is_next = run and _GAP.fullmatch(text, run[-1].end(), match.start())
        if run and not (is_next and _measured(match) in ("", _measured(run[0]))):
            yield run
            run = []
        run.append(match)
    yield run


def _measured(match: re.Match[str]) -> str:
    """Return what the number of a result is of, "" if only the result before says so."""
    return _OPERATORS.sub("", _DIGIT.split(match["what"], maxsplit=1)[0])


def _points(match: re.Match[str]) -> Decimal:
    if match["points"]:
        return Decimal(match["points"])
    return Decimal("Infinity") if match["full"] else Decimal(0)
