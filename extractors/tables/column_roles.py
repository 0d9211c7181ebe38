"""Column features, the role of each column, and headers narrower than the body."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from extractors.normalize import says_nobody, squeeze
from extractors.parsers.column_headers import HeaderWord, bare, header_word, listed
from extractors.parsers.item_labels import has_code, split_label
from extractors.parsers.methods import method_share
from extractors.parsers.points import cell_points
from extractors.parsers.responsible_units import looks_like_party
from extractors.parsers.row_patterns import is_total
from extractors.tables.grid import GridCell

_SERIAL = re.compile(r"[（(]?[\d一二三四五六七八九十]{1,3}[）)]?[.、．]?|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ①-⑳]")
_DOTTED = re.compile(r"\d{1,2}(?:[.．]\d{1,2})+")
_DATE = re.compile(r"\d月|[上中下]旬|季度|每月|年底|月底|全年|长期|适时|[前后]$|随时|同步|每年|常年|\d日")
_MARK = re.compile(r"[√✓✔★☆●○◎▲△☑■□]|牵头|配合|主办|协办")
_EVIDENCE = re.compile(r"图片|照片|报告|文件|截图|记录|资料|材料|复印件|方案|总结|名单|清单|台账|视频|通知|签到|说明")
_SENTENCE = re.compile(r"[，,。；;]")
_DATE_LONGEST = 40
_MOSTLY = 0.6


def is_serial(text: str) -> bool:
    """True for a serial number: 3, 3., 十二、, （一）, Ⅱ, ④."""
    return bool(_SERIAL.fullmatch(squeeze(text)))


def is_number(text: str) -> bool:
    """True for what tells an item's place and nothing else: a serial number, digits, 1.1, 2.3.1."""
    solid = squeeze(text)
    return is_serial(solid) or solid.isdigit() or bool(_DOTTED.fullmatch(solid))


@dataclass(frozen=True)
class ColumnFeatures:
    """Shares are of the non-blank cells, 0 to 1; `filled` is non-blank cells per row; `length` their mean length.

    A share is worked out when it is asked for: most columns are settled by their header and a few of them.
    """

    filled: float
    length: float
    texts: Counter[str]
    """The non-blank cells without blanks, with how often each is written."""

    def _share(self, holds: Callable[[str], object]) -> float:
        return sum([n for text, n in self.texts.items() if holds(text)]) / max(self.texts.total(), 1)

    @cached_property
    def labelled(self) -> float:
        return self._share(lambda t: split_label(t).label is not None)

    @cached_property
    def coded(self) -> float:
        return self._share(has_code)

    @cached_property
    def number(self) -> float:
        return self._share(lambda t: cell_points(t) is not None)

    @cached_property
    def serial(self) -> float:
        return self._share(is_serial)

    @cached_property
    def dotted(self) -> float:
        """Share that is a number of parts (1.1, 2.3.1): an item's place, or points with a decimal."""
        return self._share(_DOTTED.fullmatch)

    @cached_property
    def date(self) -> float:
        return self._share(lambda t: len(t) < _DATE_LONGEST and _DATE.search(t) is not None)

    @cached_property
    def party(self) -> float:
        return self._share(looks_like_party)

    @cached_property
    def method(self) -> float:
        return self._share(lambda t: method_share(t) > _MOSTLY)

    @cached_property
    def mark(self) -> float:
        return self._share(_MARK.fullmatch)

    @cached_property
    def evidence(self) -> float:
        return self._share(_EVIDENCE.search)

    @cached_property
    def sentence(self) -> float:
        return self._share(_SENTENCE.search)

    @cached_property
    def ended(self) -> float:
        """Share that ends like a sentence (。 ；), which headings do not."""
        return self._share(lambda t: t[-1] in "。；;")


def column_features(cells: Sequence[GridCell], n_rows: int) -> ColumnFeatures:
    """Features of the cells of one column (blank ones included) of a body of `n_rows` rows."""
    texts: Counter[str] = Counter()
    # Columns of parties or methods say the same again and again.
    for text, times in Counter([s.text for s in cells if s.text]).items():
        if not says_nobody(text) and not is_total(text):
            solid = squeeze(text)
            texts[solid] = texts.get(solid, 0) + times
    filled = texts.total()
    return ColumnFeatures(
        filled / max(n_rows, 1), sum([len(text) * n for text, n in texts.items()]) / max(filled, 1), texts
    )


# What each column is understood as, from the whole header together with what the cells hold.


PARTY_ROLES = ("party", "lead", "support", "unit")
SHARED_ROLES = ("party", "lead", "support", "leader", "person", "method", "points")
"""Roles whose blank cell continues the cell above where the carrier draws no spans."""

_LABELLED = 0.6
_CODED = 0.8
"""What labels before its items weigh for a column as the one of requirements, and codes before them against it."""
_LONG = 28.0
_SHORT = 14.0


@dataclass(frozen=True, slots=True)
class ColumnRoles:
    """`names[c]` is the role of column c; `unknown` are columns whose header word the vocabulary lacks."""

    names: tuple[str, ...]
    unknown: tuple[int, ...]

    def columns(self, *roles: str) -> tuple[int, ...]:
        """The columns of these roles, left to right."""
        return _columns(self.names, roles)

    @property
    def requirement(self) -> int | None:
        columns = self.columns("requirement")
        return columns[0] if columns else None


@lru_cache(maxsize=4096)
def _columns(names: tuple[str, ...], roles: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(c for c, name in enumerate(names) if name in roles)


def header_word_of(column: str) -> HeaderWord:
    """The meaning of a column name; of a two-row header the lower word counts first, then the upper."""
    parts = column.split("/")
    for part in reversed(parts):
        word = header_word(part)
        if word.known:
            return word
    return header_word(column)


def _confirm_by_content(role: str, f: ColumnFeatures) -> str:
    """A role that the header settles, unless the cells plainly hold something else."""
    if role == "points" and f.filled and f.number < 0.3 and f.sentence > 0.5:
        return "scoring"
    if role == "method" and f.filled and f.method < 0.25 and f.length > 14 and f.sentence > 0.4:
        return "scoring"
    if role in ("person", "leader") and f.party > 0.7 and f.filled:
        return "party"
    if role == "party" and f.number > 0.8:
        return "points"
    if role == "serial" and f.filled and f.serial + f.dotted < 0.3 and f.length > 1:
        return ""
    if role == "scorebox" and f.length > 12 and f.sentence > 0.5:
        return ""
    return role


def _role_from_content(f: ColumnFeatures, scored: bool) -> str:
    """The role of a column without a known name, where the cells leave no doubt; else ''.

    `scored`: another column is headed as the one of points.
    """
    if not f.filled:
        return "other"
    if f.length < 4 and f.serial > 0.8:
        return "serial"
    if scored and f.dotted > 0.8:
        return "serial"
    if f.number > 0.8:
        return "points"
    if f.length < 24 and f.party > 0.8:
        return "party"
    if f.method > 0.8:
        return "method"
    if f.length < 16 and f.date > 0.8:
        return "deadline"
    return ""


def _is_method_column(column: str, word: HeaderWord) -> bool:
    return word.role == "method" or method_share(column.rsplit("/", maxsplit=1)[-1]) > 0.8


def _requirement_score(word: HeaderWord, f: ColumnFeatures, finest: float) -> float:
    """How much a column reads like what must be done, apart from the marks its items begin with."""
    fine = f.filled / finest if finest else 0.0
    weight = word.weights.get("requirement", 0.3 if not word.weights else 0.0)
    return weight + 1.5 * fine + 0.8 * min(f.length / 30, 1) + 0.5 * f.sentence - 0.5 * word.weights.get("level", 0.0)


def _pick_requirement(columns: Sequence[int], words: Sequence[HeaderWord], features: Sequence[ColumnFeatures]) -> int:
    """The column that reads most like what must be done; marks are looked at only where they can decide."""
    finest = max(features[c].filled for c in columns)
    scores = {c: _requirement_score(words[c], features[c], finest) for c in columns}
    least = max(scores.values()) - _LABELLED - _CODED
    rivals = [c for c in columns if scores[c] >= least]
    if len(rivals) == 1:
        return rivals[0]
    return max(rivals, key=lambda c: scores[c] + _LABELLED * features[c].labelled - _CODED * features[c].coded)


def _role_beside_requirement(
    c: int, requirement: int, word: HeaderWord, f: ColumnFeatures, main: ColumnFeatures
) -> str:
    """The role of an open column that is not the requirement itself."""
    wordy = f.sentence > 0.4 and (f.length > _LONG or (f.ended > 0.5 and f.length > _SHORT))
    if c < requirement:
        return "criteria" if wordy and not f.coded > 0.5 else "level"
    if f.evidence > 0.5 or word.weights.get("evidence", 0.0) > 0.3:
        return "evidence"
    if f.filled < 0.7 * main.filled and not wordy:
        return "level"
    return "criteria"


def assign_roles(columns: Sequence[str], features: Sequence[ColumnFeatures]) -> ColumnRoles:
    """One role a column: serial, level, criteria, requirement, points, scorebox, scoring, method, evidence, party,
    lead, support, leader, person, deadline, remark, other; unit and method_mark are columns of ticks under the name of
    a unit or of a method.
    """
    words = [header_word_of(c) for c in columns]
    names = [_confirm_by_content(w.role, f) if w.role else "" for w, f in zip(words, features, strict=True)]
    unknown, scored = [], "points" in names
    for c, (word, f) in enumerate(zip(words, features, strict=True)):
        # A settled word wins: a 备注 column may hold nothing but a star.
        if f.filled and f.mark > 0.8 and names[c] != "remark":
            names[c] = "method_mark" if _is_method_column(columns[c], word) else "unit"
        if not names[c] and f.length < 5 and c + 1 < len(names) and f.serial > 0.9:
            names[c] = "serial"
        if names[c] or word.weights:
            continue
        names[c] = _role_from_content(f, scored)
        if bare(columns[c]) and names[c] not in ("unit", "method_mark", "other") and not word.known:
            unknown.append(c)
    _assign_open_columns(names, words, features)
    _resolve_score_columns(names, features)
    return ColumnRoles(tuple(names), tuple(unknown))


def _assign_open_columns(names: list[str], words: Sequence[HeaderWord], features: Sequence[ColumnFeatures]) -> None:
    """Give the open columns their roles: one requirement, levels before it, criteria and evidence beside it."""
    open_columns = [c for c, name in enumerate(names) if not name]
    finest = max((features[c].filled for c in open_columns), default=0.0)
    if not open_columns or (finest < 0.5 and "evidence" in names):
        _use_evidence_as_requirement(names, features)
        open_columns = [c for c in open_columns if not names[c]]
    if "requirement" not in names and open_columns:
        names[_pick_requirement(open_columns, words, features)] = "requirement"
    requirement = names.index("requirement") if "requirement" in names else len(names)
    main = features[requirement] if requirement < len(names) else None
    for c in open_columns:
        if not names[c]:
            names[c] = _role_beside_requirement(c, requirement, words[c], features[c], main or features[c])


def _use_evidence_as_requirement(names: list[str], features: Sequence[ColumnFeatures]) -> None:
    """Without another text column the finest evidence column is what must be done."""
    evidence = [c for c, name in enumerate(names) if name == "evidence"]
    if evidence:
        names[max(evidence, key=lambda c: (features[c].filled, features[c].length))] = "requirement"


def _resolve_score_columns(names: list[str], features: Sequence[ColumnFeatures]) -> None:
    """Of several score columns the first filled one counts; the others are boxes to fill in."""
    points = [c for c, name in enumerate(names) if name == "points"]
    filled = [c for c in points if features[c].filled]
    for c in points:
        if filled and c != filled[0]:
            names[c] = "scorebox" if not features[c].filled else "other"


def is_roster(columns: Sequence[str]) -> bool:
    """True when the header is that of a list of people."""
    words = [bare(part) for c in columns for part in c.split("/")]
    people = sum(listed(w, "roster") for w in words if w)
    return ("姓名" in words and people >= 2) or people >= 3


def is_form(columns: Sequence[str]) -> bool:
    """True when the header is that of a form the units fill in."""
    return sum(listed(c.split("/")[-1], "form") for c in columns) >= 2


# A header with fewer cells than the body: which header cell stands over two columns.


def _header_fit(column: str, f: ColumnFeatures) -> float:
    """How well a header word agrees with the cells of a column, about -1 to 2."""
    word = header_word_of(column)
    shares = {
        "party": f.party,
        "lead": f.party,
        "support": f.party,
        "deadline": f.date,
        "points": f.number,
        "serial": f.serial,
    }
    shares |= {
        "method": f.method,
        "evidence": f.evidence,
        "person": 1.0 - f.party - f.date - f.number,
        "leader": 1.0 - f.party - f.date - f.number,
    }
    if word.role in ("person", "leader") and f.length > 12:
        return -0.5
    if word.role in shares:
        return 2 * shares[word.role] - 0.5
    if word.role:
        return 0.0 if f.filled else 0.5
    wordy = min(f.length / 40, 1.0)
    other = max(f.party if f.length < 12 else 0.0, f.date, f.number)
    level = word.weights.get("level", 0.0) * (1 - wordy)
    text = max(word.weights.get("requirement", 0.0), word.weights.get("criteria", 0.0)) * wordy
    return 1.5 * max(level, text) - other


def align_header(columns: Sequence[str], features: Sequence[ColumnFeatures]) -> tuple[str, ...]:
    """Lay the named columns over the body columns, in order, each over one or more, where they fit best."""
    named = [c for c in columns if c]
    if len(named) == len(features) or not named:
        return tuple(columns)
    fits = [[_header_fit(name, f) for name in named] for f in features]
    width = len(named)
    best = [[-1e9] * width for _ in features]
    step = [[0] * width for _ in features]
    best[0][0] = fits[0][0]
    for j in range(1, len(features)):
        for h in range(width):
            stay, move = best[j - 1][h] - 0.1, best[j - 1][h - 1] if h else -1e9
            best[j][h] = max(stay, move) + fits[j][h]
            step[j][h] = int(move >= stay)
    names, h = [named[-1]], width - 1
    for j in range(len(features) - 1, 0, -1):
        h -= step[j][h]
        names.append(named[h])
    return tuple(reversed(names))
