"""Names of persons in leader and person columns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from extractors import vocabulary
from extractors.normalize import HIDDEN, is_placeholder, strip_artefacts, strip_whitespace
from extractors.parsers.unit_names import has_unit_suffix

_SEPARATORS = re.compile(r"[、，,；;/／|]+|\n+|[ \t\u3000]+")
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
_COLLECTIVE = re.compile(r"^(?:各|全体|有关|相关|所有).*(?:人|员|长|任)$|主要负责人|分管负责人|主要领导|分管领导")
_HAS_POST = re.compile("[长任记员管师监席理干]")
_POST_AT_END = re.compile(f"{_HAS_POST.pattern}$")
_POST_AFTER_SURNAME = re.compile("[长员]$")
"""党组成员, 党小组长: 党 is a surname, but few names of persons end so."""
_HAS_POST_OF_MANY = re.compile(
    r"各[\u4e00-\u9fff]{1,6}(?:[（(][\u4e00-\u9fff、]{1,8}[)）])?[\u4e00-\u9fff]{0,6}(?:书记|长|主任|员)"
)
_LONGEST_POST = 5
_NAME_SIZES = (3, 2, 4)
_ENTRY_MARK = re.compile("[、；;|]")
_LABEL = re.compile(r"(?P<label>[\u4e00-\u9fff]{2,16})[:：](?P<name>[\u4e00-\u9fff]*)")
_PADDED = re.compile(
    r"(?:(?<=^)|(?<=[\s、，,；;/]))([\u4e00-\u9fff])[ \t\u3000]+([\u4e00-\u9fff])(?=$|[\s、，,；;/（(])"
)
_BLANK = re.compile(r"[ \t\u3000]")
_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fff]+")
_BRACKET = re.compile(r"[（(][^（）()]*[）)]")


def has_surname(name: str) -> bool:
    """Return whether `name` begins with a known surname."""
    words = vocabulary.load_toml("body")
    return (len(name) >= 3 and name[:2] in words["compound_surnames"]) or name[:1] in words["surnames"]


def has_post(text: str) -> bool:
    """Return whether a text ends like a post: 副主任, 书记."""
    return _POST_AT_END.search(text) is not None


def is_person_name(text: str) -> bool:
    """Return whether a text is one name with a surname and ends like no unit: 李明, 欧阳志远, but not 宣传科."""
    longest = 4 if _has_compound_surname(text) else 3
    is_name = _NAME.fullmatch(text) is not None and len(text) <= longest and has_surname(text)
    return is_name and not has_unit_suffix(text)


def is_post(text: str) -> bool:
    """Return whether a text is the post of a person and no name: 副局长, 党组成员, 县教育局局长; 王主任 is a person."""
    if text in _post_words():
        return True
    if is_person_name(text) or not _IDEOGRAPHS.fullmatch(text):
        return len(text) == 2 and text.endswith("长")
    if len(text) > _LONGEST_POST:
        office = next((text.removesuffix(word) for word in _post_words() if text.endswith(word)), None)
        return office is not None and (has_unit_suffix(office.removesuffix("副")) or not has_surname(text))
    ending = _POST_AFTER_SURNAME if has_surname(text) else _POST_AT_END
    return text.endswith(_post_words()) or (len(text) > 1 and ending.search(text) is not None)


def split_post(text: str) -> tuple[str, str] | None:
    """Return the name and the post of a person, written without a mark between them: 副局长李明, 王小红副局长.

    Two characters before a post may as well say what it is: 纪检组长, 司法所长.
    """
    for size in _NAME_SIZES:
        name, post = text[-size:], text[:-size]
        # 王小红局长李明 are two persons.
        if is_person_name(name) and is_post(post) and split_post(post) is None:
            return name, post
    for size in (3, 4):
        name, post = text[:size], text[size:]
        if is_person_name(name) and not name.endswith("副") and post.removeprefix("副") in _post_words():
            return name, post
    return None


def collect_names(cells: Iterable[str], roster: Iterable[str]) -> set[str]:
    """Return the names that are a whole cell of two or three characters, and those of the roster."""
    names = {strip_whitespace(n) for n in roster}
    for cell in cells:
        compact = strip_whitespace(cell)
        is_short = len(compact) <= 3 or _has_compound_surname(compact)
        if _NAME.fullmatch(compact) and is_short and not is_post(compact):
            names.add(compact)
    return names


_LONGEST_LIST = 24
"""A cell of six names; a longer one is a sentence."""


def is_person_list(text: str) -> bool:
    """Return whether a text consists of names of two or three characters with a surname: 李明、王小红（兼）."""
    if len(text) > _LONGEST_LIST or not has_surname(text.lstrip()):
        return False
    parts = [remove_padding(part) for part in _SEPARATORS.split(_BRACKET.sub("", text).strip()) if part]
    names = [name for part in parts for name in _split_glued_names(strip_whitespace(part), set())]
    return bool(names) and all(_NAME.fullmatch(name) and len(name) <= 3 and has_surname(name) for name in names)


def split_persons(text: str, names: set[str]) -> list[str]:
    """Return the persons of a cell in order.

    Args:
        text: The cell.
        names: Known names of the notice, for cells without separators.
    """
    written = strip_artefacts(text.replace(HIDDEN, " "))
    text = remove_padding(_BRACKET.sub(" ", written).strip())
    if is_placeholder(text) or not text:
        return []
    if posts := _collective_posts(written):
        return posts
    if _COLLECTIVE.search(strip_whitespace(text)):
        return [strip_whitespace(text)]
    parts = [_strip_post(p, names) for p in _leave_out_posts(text, names)]
    readings = [[q for p in parts for q in _split_part(p, names)]]
    joined = "".join(parts)
    if len(parts) > 1 and _IDEOGRAPHS.fullmatch(joined):
        readings.append(_split_glued_names(joined, names))
    best = max(
        readings,
        key=lambda r: sum(p in names for p in r) - 2 * sum(len(p) not in (2, 3, 4) and not is_post(p) for p in r),
    )
    return list(dict.fromkeys(best))


def _collective_posts(text: str) -> list[str]:
    """Return the posts of a text that names the persons of many units by them: 各村（社区）书记、河长; else []."""
    parts = [strip_whitespace(part) for part in re.split("[、，,；;]", text) if part.strip()]
    are_posts = all(_HAS_POST_OF_MANY.fullmatch(part) or is_post(part) for part in parts)
    return parts if are_posts and parts and _HAS_POST_OF_MANY.fullmatch(parts[0]) else []


def _has_compound_surname(name: str) -> bool:
    return name[:2] in vocabulary.load_toml("body")["compound_surnames"]


def remove_padding(text: str) -> str:
    """Close two-character names padded to three: 于  昉 → 于昉."""
    return _PADDED.sub(r"\1\2", text) if _BLANK.search(text) else text


def _split_glued_names(compact: str, names: set[str]) -> list[str]:
    """Split names written without separators by least cost: known names, then three characters, then two."""
    if not compact or len(compact) <= 3:
        return [compact] if compact else []
    cheapest: list[tuple[float, int]] = [(0.0, 0)] + [(1e9, 0)] * len(compact)
    for end in range(2, len(compact) + 1):
        for size in range(2, min(end, 4) + 1):
            start = end - size
            piece = compact[start:end]
            length_cost = 1.0 if size == 3 else 1.3 if size == 2 else (1.1 if _has_compound_surname(piece) else 2.5)
            cost = cheapest[start][0] + (0.2 if piece in names else length_cost + (0.0 if has_surname(piece) else 1.0))
            if cost < cheapest[end][0]:
                cheapest[end] = (cost, start)
    cuts, end = [], len(compact)
    if cheapest[end][0] >= 1e9:
        return [compact]
    while end:
        start = cheapest[end][1]
        cuts.append(compact[start:end])
        end = start
    return cuts[::-1]


def _strip_post(part: str, names: set[str]) -> str:
    """Return the name of 副局长某某 or 某某副局长, else the part unchanged."""
    if not _HAS_POST.search(part) or part in names:
        return part
    known = [n for n in names if part.endswith(n) and len(part) > len(n) + 1]
    if known and _POST_AT_END.search(part[: -len(max(known, key=len))]):
        return max(known, key=len)
    found = split_post(part)
    return found[0] if found else part


def _leave_out_posts(text: str, names: set[str]) -> list[str]:
    """Return the parts of a cell without the posts, units and labels beside a name: 局长 李明, 局长：李明, 李明，主任.

    A post that is listed by itself (局长、李明) is another person.
    """
    text = _LABEL.sub(_part_label, text)
    parts = [part for part in _SEPARATORS.split(text) if part]
    named = [part in names or is_person_name(part) for part in parts]
    if not any(named):
        return parts
    entries = {strip_whitespace(entry) for entry in _ENTRY_MARK.split(text)}
    # 李明 县委常委、宣传部部长: the posts of one person, as one of them stands beside the name.
    has_titles = any(is_post(part) and part not in entries for part in parts)
    beside = {
        part
        for part, is_before_name in zip(parts, [*named[1:], False], strict=True)
        if (part not in entries and has_unit_suffix(part))
        or (
            is_post(part)
            and (has_titles or part not in entries)
            and split_post(part) is None
            and (is_before_name or not _may_be_named(part))
        )
    }
    return [part for part in parts if part in names or part not in beside]


def _part_label(match: re.Match[str]) -> str:
    """Return a label and the name behind it with a blank between them, a label that says no more without its name."""
    label, name = match["label"], match["name"]
    if label in vocabulary.load_toml("parties")["person_labels"]:
        return name
    return f"{label} {name}" if is_post(label) or is_person_name(name) else match.group()


def _may_be_named(post: str) -> bool:
    """Return whether a post may be a name of two characters and a post: 李明局长, but 纪检组长."""
    return is_person_name(post[:2]) and post[2:].removeprefix("副") in _post_words()


@cache
def _post_words() -> tuple[str, ...]:
    return tuple(word for word in vocabulary.load_toml("body")["post_words"] if len(word) > 1)


def _split_part(part: str, names: set[str]) -> list[str]:
    if part in names or is_post(part) or not _IDEOGRAPHS.fullmatch(part):
        return [part]
    glued = _split_glued_names(part, names)
    # 宣传办值班室 in a place for persons is no three names.
    named = sum(piece in names or has_surname(piece) for piece in glued)
    return glued if named * 2 > len(glued) else [part]
