"""Names of persons: telling them from offices and units, and splitting rosters padded with blanks."""

from __future__ import annotations

import re
from functools import cache

from extractors.body.line_joining import words
from extractors.normalize import strip_whitespace
from extractors.parsers.persons import has_surname

_HAN = r"\u3400-\u9fff"
_NAME = re.compile(rf"[{_HAN}]{{2,4}}|[{_HAN}]{{1,8}}(?:[·•・][{_HAN}]{{1,8}}){{1,3}}")
_BRACKET = re.compile(r"[（(][^（）()]*[）)]")
_SEPARATOR = re.compile(r"[、，,；;/]")
_COMRADE = re.compile(r"(?:等)?(?:\d{1,4}[人名])?(?:同志|等)$")


@cache
def _not_names() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(w) for w in words()["not_names"]))


@cache
def _posts() -> re.Pattern[str]:
    return re.compile("|".join(sorted(words()["post_words"], key=len, reverse=True)))


def is_name(text: str, *, surname: bool = False) -> bool:
    """True when `text` can be a person's name: two to four ideographs (or a dotted name), no word of an office.

    `surname` asks for a known family name as well, for places where any word could stand.
    """
    if not _NAME.fullmatch(text) or _not_names().search(text):
        return False
    if text[-1] in words()["unit_endings"]:
        return False
    if text[-1] in words()["doubtful_endings"] and (len(text) > 3 or not has_surname(text)):
        return False
    if len(text) == 4 and "·" not in text and not (text[:2] in words()["compound_surnames"] or has_surname(text)):
        return False
    return has_surname(text) if surname else True


def _strip(piece: str) -> str:
    return _COMRADE.sub("", strip_whitespace(_BRACKET.sub("", piece)))


def _merge_padded(tokens: list[str]) -> list[str]:
    """Put names together again whose two characters were padded apart: 甲  乙 丙丁戊 -> 甲乙 丙丁戊."""
    out: list[str] = []
    i = 0
    while i < len(tokens):
        pair = i + 1 < len(tokens) and len(tokens[i]) == 1 and len(tokens[i + 1]) == 1
        out.append(tokens[i] + tokens[i + 1] if pair else tokens[i])
        i += 2 if pair else 1
    return out


def _with_post(tokens: list[str]) -> list[str] | None:
    """张三 县教育局局长 : one person followed by a post, else None."""
    if len(tokens) < 2 or not is_name(tokens[0]):
        return None
    rest = tokens[1:]
    post = [t for t in rest if len(t) > 4 or not is_name(t, surname=True)]
    return [tokens[0]] if post and len(post) == len(rest) and any(_posts().search(t) for t in post) else None


def split_names(text: str, *, named: bool = False) -> list[str]:
    """The persons in the value of a roster line, in order; [] when it names none.

    Knows 、 as separator, blanks as separator with padded two-character names, posts in brackets or behind blanks.
    `各部门负责人` and sentences give []. `named` says that the place holds names (a column 姓名): any word of the
    shape of a name is one then, also with a rare family name.

    >>> split_names("王  甲  李乙丙  赵  丁")
    ['王甲', '李乙丙', '赵丁']
    """
    bare = _BRACKET.sub("", text).strip().rstrip("。.;；")
    if re.search(r"[。：:！？]", bare):
        return []
    tokens = _merge_padded(bare.split())
    single = _with_post(tokens)
    if single:
        return single
    if _SEPARATOR.search(bare):
        pieces = [_strip(p) for p in _SEPARATOR.split(bare)]
        names = [p for p in pieces if is_name(p)]
        return names if names and len(names) * 2 > len([p for p in pieces if p]) else []
    names = [_COMRADE.sub("", t) for t in tokens]
    return names if names and all(is_name(n) for n in names) and (named or _plausible(names)) else []


def _plausible(names: list[str]) -> bool:
    """At least half of the words begin with a family name: a list of persons, not of other things."""
    return sum(has_surname(n) for n in names) * 2 >= len(names)


def name_before(text: str) -> str | None:
    """The person's name that closes `text` (…党组书记、局长某某), judged by family name and by what stands before."""
    flat = _COMRADE.sub("", strip_whitespace(text))
    for size in (3, 2, 4):
        name, before = flat[-size:], flat[:-size]
        if len(flat) < size or not is_name(name, surname=True):
            continue
        if size == 4 and name[:2] not in words()["compound_surnames"]:
            continue
        if (
            not before
            or re.search(rf"[^{_HAN}]$|由$|以$|及$|和$", before)
            or re.search(rf"(?:{_posts().pattern})$", before)
        ):
            return name
    return None
