"""Column features, the role of each column, and headers narrower than the body.

Every weight and bound is a field of one of three models: `ContentBounds` (what the cells alone decide),
`RequirementModel` (which text column is the requirement), `HeaderFitModel` (which header cell covers two columns).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.column_headers import HeaderWord, header_word, is_listed_header, normalize_header
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


class ColumnRole(StrEnum):
    """What the cells of a column hold."""

    SERIAL = "serial"
    LEVEL = "level"
    CRITERIA = "criteria"
    REQUIREMENT = "requirement"
    POINTS = "points"
    SCOREBOX = "scorebox"
    """An empty column for the scores that a unit gives itself or gets."""
    SCORING = "scoring"
    METHOD = "method"
    METHOD_MARK = "method_mark"
    """Ticks below the name of a method."""
    EVIDENCE = "evidence"
    PARTY = "party"
    LEAD = "lead"
    SUPPORT = "support"
    UNIT = "unit"
    """Ticks below the name of a unit."""
    LEADER = "leader"
    PERSON = "person"
    DEADLINE = "deadline"
    REMARK = "remark"
    OTHER = "other"


PARTY_ROLES = (ColumnRole.PARTY, ColumnRole.LEAD, ColumnRole.SUPPORT, ColumnRole.UNIT)
SHARED_ROLES = (
    ColumnRole.PARTY,
    ColumnRole.LEAD,
    ColumnRole.SUPPORT,
    ColumnRole.LEADER,
    ColumnRole.PERSON,
    ColumnRole.METHOD,
    ColumnRole.POINTS,
)
"""Roles whose blank cell continues the cell above where the format draws no spans."""


@dataclass(frozen=True, slots=True)
class ContentBounds:
    """Shares and lengths at which the cells of a column decide its role or contradict its header.

    Every field is followed by an example that it decides.
    """

    max_date_length: int = 40
    """A longer cell is no deadline: 每月开展一次志愿服务活动，……（a requirement that names a month）."""
    min_method_share: float = 0.6
    """材料审核、实地考察: at least so much of a cell must be words of methods."""

    few_points: float = 0.3
    """分值 over 每缺一项扣1分，扣完为止。: hardly any cell is a number,"""
    scoring_sentences: float = 0.5
    """and most have punctuation: the column is scoring."""
    few_methods: float = 0.25
    """考核办法 over 未召开会议的，每少一次扣2分: hardly any cell is a method,"""
    method_length: float = 14
    """the cells are longer than names of methods,"""
    method_sentences: float = 0.4
    """and have punctuation: the column is scoring."""
    parties_under_person: float = 0.7
    """责任人 over 办公室, 人事科: the column is a party column."""
    points_under_party: float = 0.8
    """责任单位 over 2, 3: the column is a points column."""
    few_serials: float = 0.3
    """序号 over 组织领导, 学习教育: hardly any cell is a serial number,"""
    serial_length: float = 1
    """and they are longer than one character: the role is open."""
    scorebox_length: float = 12
    """得分 over sentences of more than so many characters: the role is open,"""
    scorebox_sentences: float = 0.5
    """if most have punctuation."""

    serials: float = 0.8
    """An unnamed column over 1, 2, 3 is a serial column,"""
    max_serial_length: float = 4
    """if its cells are shorter than this."""
    dotted_serials: float = 0.8
    """编号 over 1.1, 1.2 beside a points column is a serial column."""
    points: float = 0.8
    """某某 over 0.5, 2 is a points column."""
    parties: float = 0.8
    """某某 over 县教育局, 县公安局、团县委 is a party column,"""
    max_party_length: float = 24
    """if the cells are no longer than a list of some units."""
    methods: float = 0.8
    """某某 over 材料审核, 实地考察、问卷调查 is a method column."""
    dates: float = 0.8
    """某某 over 3月上旬, 每季度 is a deadline column,"""
    max_deadline_length: float = 16
    """if the cells are no longer than a date with some words."""

    marks: float = 0.8
    """县教育局 over ★, √ is a column of ticks."""
    method_header: float = 0.8
    """材料审核 over √: at least so much of the header must be words of methods."""
    leading_serials: float = 0.9
    """An open column in front of others over 1, 2 is a serial column,"""
    max_leading_serial_length: float = 5
    """if its cells are shorter than this."""


@dataclass(frozen=True, slots=True)
class RequirementModel:
    """Weights for choosing the requirement column among the open ones, and bounds for the columns beside it.

    Every field is followed by an example that it decides.
    """

    unknown_word: float = 0.3
    """Weight of a header that the vocabulary lacks (某某): below 测评标准, above 测评项目."""
    fineness: float = 1.5
    """组织 (one cell for three rows) against 1.建立健全…, 2.…, 1.…: the column with most cells wins."""
    length: float = 0.8
    """Weight of the mean length of the cells,"""
    full_length: float = 30
    """which counts fully from here on: a sentence against 制度, 经费."""
    sentences: float = 0.5
    """建立健全工作制度，明确责任分工。against 学习教育: cells with punctuation."""
    level: float = 0.5
    """测评项目: the evidence of a header for a level counts against it."""
    labelled: float = 0.6
    """1.建立…, 2.明确… beside the same sentences without numbers: labelled cells are the requirement."""
    coded: float = 0.8
    """Ⅰ-1 组织领导: codes belong to headings and count against it."""

    evidence_fineness: float = 0.5
    """序号, 佐证材料 only: open columns filled less than this leave the requirement to the evidence column."""
    wordy_sentences: float = 0.4
    """A text column beside the requirement has punctuation in more cells than this,"""
    wordy_length: float = 28.0
    """and long cells (测评内容 before 测评标准 in full sentences: criteria, not a level),"""
    ended: float = 0.5
    """or cells that mostly end like a sentence"""
    ended_length: float = 14.0
    """and are longer than a heading."""
    coded_level: float = 0.5
    """A text column in front of which most cells have codes is a level all the same."""
    evidence: float = 0.5
    """创建内容 over 制度文件、活动照片2张: most cells name materials."""
    evidence_word: float = 0.3
    """资料要求: minimum weight of the header for evidence."""
    coarse: float = 0.7
    """A column behind the requirement with less than this share of its cells is a level."""


@dataclass(frozen=True, slots=True)
class HeaderFitModel:
    """Weights for laying a header over more columns than it has cells.

    Every field is followed by an example that it decides.
    """

    name_length: float = 12
    """责任人 does not fit cells longer than this,"""
    long_names: float = -0.5
    """which has this score."""
    settled: float = 2.0
    """责任单位 over 县教育局, 县公安局: weight of the share of fitting cells,"""
    settled_offset: float = -0.5
    """minus this: a quarter of fitting cells is neutral."""
    blank_column: float = 0.5
    """备注 fits a blank column."""
    wordy_length: float = 40
    """Mean length from which a column is all text: 考核标准 against 考核项目."""
    short_party_length: float = 12
    """Shorter cells that look like parties speak against 考核标准."""
    open_header: float = 1.5
    """考核项目 over （一） | 组织领导: weight of an open header against the other kinds of content."""
    repeat: float = 0.1
    """责任单位 over two columns: the cost of each further column under one header cell."""


CONTENT = ContentBounds()
REQUIREMENT = RequirementModel()
HEADER_FIT = HeaderFitModel()


def is_serial(text: str) -> bool:
    """Return whether `text` is a serial number: 3, 3., 十二、, （一）, Ⅱ, ④."""
    return bool(_SERIAL.fullmatch(strip_whitespace(text)))


def is_number(text: str) -> bool:
    """Return whether `text` is only a position number: a serial number, digits, 1.1, 2.3.1."""
    compact = strip_whitespace(text)
    return is_serial(compact) or compact.isdigit() or bool(_DOTTED.fullmatch(compact))


@dataclass(frozen=True)
class ColumnFeatures:
    """Features of the cells of one column.

    `filled` is the number of non-blank cells per row, `length` their mean length; every other feature is a share of
    the non-blank cells, 0 to 1. Shares are computed on first access: most columns need only a few.
    """

    filled: float
    length: float
    texts: Counter[str]
    """The non-blank cells without whitespace, with their number of occurrences."""

    def _share(self, matches: Callable[[str], object]) -> float:
        return sum([n for text, n in self.texts.items() if matches(text)]) / max(self.texts.total(), 1)

    @cached_property
    def labelled(self) -> float:
        """Share that begins with an item label."""
        return self._share(lambda t: split_label(t).label is not None)

    @cached_property
    def coded(self) -> float:
        """Share that begins with the code of a heading."""
        return self._share(has_code)

    @cached_property
    def number(self) -> float:
        """Share that is a number of points."""
        return self._share(lambda t: cell_points(t) is not None)

    @cached_property
    def serial(self) -> float:
        """Share that is a serial number."""
        return self._share(is_serial)

    @cached_property
    def dotted(self) -> float:
        """Share that is a dotted number (1.1, 2.3.1): a position, or points with a decimal."""
        return self._share(_DOTTED.fullmatch)

    @cached_property
    def date(self) -> float:
        """Share that is short and has words of a date."""
        return self._share(lambda t: len(t) < CONTENT.max_date_length and _DATE.search(t) is not None)

    @cached_property
    def party(self) -> float:
        """Share that looks like responsible units."""
        return self._share(looks_like_party)

    @cached_property
    def method(self) -> float:
        """Share that consists mostly of assessment methods."""
        return self._share(lambda t: method_share(t) > CONTENT.min_method_share)

    @cached_property
    def mark(self) -> float:
        """Share that is a tick or a word in place of one (牵头)."""
        return self._share(_MARK.fullmatch)

    @cached_property
    def evidence(self) -> float:
        """Share that names materials to hand in."""
        return self._share(_EVIDENCE.search)

    @cached_property
    def sentence(self) -> float:
        """Share with punctuation."""
        return self._share(_SENTENCE.search)

    @cached_property
    def ended(self) -> float:
        """Share that ends like a sentence (。 ；), as headings do not."""
        return self._share(lambda t: t[-1] in "。；;")


@dataclass(frozen=True, slots=True)
class ColumnRoles:
    """The roles of the columns of one table, `names[c]` of column c.

    `unknown` are the columns whose header word is not in the vocabulary.
    """

    names: tuple[ColumnRole, ...]
    unknown: tuple[int, ...]

    def columns(self, *roles: ColumnRole) -> tuple[int, ...]:
        """Return the columns of these roles, left to right."""
        return _columns(self.names, roles)

    @property
    def requirement(self) -> int | None:
        """The requirement column, None if there is none."""
        columns = self.columns(ColumnRole.REQUIREMENT)
        return columns[0] if columns else None


def column_features(cells: Sequence[GridCell], n_rows: int) -> ColumnFeatures:
    """Return the features of the cells of one column (blank ones included) of a body of `n_rows` rows."""
    texts: Counter[str] = Counter()
    # Columns of parties or methods repeat few texts many times.
    for text, count in Counter([cell.text for cell in cells if cell.text]).items():
        if not is_placeholder(text) and not is_total(text):
            compact = strip_whitespace(text)
            texts[compact] = texts.get(compact, 0) + count
    filled = texts.total()
    total_length = sum([len(text) * n for text, n in texts.items()])
    return ColumnFeatures(filled / max(n_rows, 1), total_length / max(filled, 1), texts)


def header_word_of(column: str) -> HeaderWord:
    """Return the meaning of a column name; of a two-row header the lower word counts first, then the upper."""
    for part in reversed(column.split("/")):
        word = header_word(part)
        if word.known:
            return word
    return header_word(column)


def assign_roles(columns: Sequence[str], features: Sequence[ColumnFeatures]) -> ColumnRoles:
    """Assign one role to every column, from the whole header together with the content of the cells.

    Args:
        columns: the header text of each column, rows of a header joined by `/`.
        features: the features of each column.
    """
    words = [header_word_of(c) for c in columns]
    names = [
        _confirm_by_content(ColumnRole(w.role), f) if w.role else None for w, f in zip(words, features, strict=True)
    ]
    unknown, has_points = [], ColumnRole.POINTS in names
    for c, (word, f) in enumerate(zip(words, features, strict=True)):
        # A settled word wins: a 备注 column may hold nothing but a star.
        if f.filled and f.mark > CONTENT.marks and names[c] is not ColumnRole.REMARK:
            names[c] = ColumnRole.METHOD_MARK if _is_method_column(columns[c], word) else ColumnRole.UNIT
        if (
            names[c] is None
            and f.length < CONTENT.max_leading_serial_length
            and c + 1 < len(names)
            and f.serial > CONTENT.leading_serials
        ):
            names[c] = ColumnRole.SERIAL
        if names[c] or word.weights:
            continue
        names[c] = _role_from_content(f, has_points)
        explained = (ColumnRole.UNIT, ColumnRole.METHOD_MARK, ColumnRole.OTHER)
        if normalize_header(columns[c]) and names[c] not in explained and not word.known:
            unknown.append(c)
    _assign_open_columns(names, words, features)
    roles = [name for name in names if name is not None]
    _resolve_score_columns(roles, features)
    return ColumnRoles(tuple(roles), tuple(unknown))


def align_header(columns: Sequence[str], features: Sequence[ColumnFeatures]) -> tuple[str, ...]:
    """Lay a header with fewer cells than the body over the body columns, in order, where they fit best.

    Args:
        columns: the header texts, "" for columns beyond the header.
        features: the features of the body columns.

    Returns:
        One header text per body column; neighbours may share one.
    """
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
            stay, move = best[j - 1][h] - HEADER_FIT.repeat, best[j - 1][h - 1] if h else -1e9
            best[j][h] = max(stay, move) + fits[j][h]
            step[j][h] = int(move >= stay)
    names, h = [named[-1]], width - 1
    for j in range(len(features) - 1, 0, -1):
        h -= step[j][h]
        names.append(named[h])
    return tuple(reversed(names))


def is_roster(columns: Sequence[str]) -> bool:
    """Return whether the header is that of a list of people."""
    words = [normalize_header(part) for c in columns for part in c.split("/")]
    people = sum(is_listed_header(w, "roster") for w in words if w)
    return ("姓名" in words and people >= 2) or people >= 3


def is_form(columns: Sequence[str]) -> bool:
    """Return whether the header is that of a form to fill in."""
    return sum(is_listed_header(c.split("/")[-1], "form") for c in columns) >= 2


@lru_cache(maxsize=4096)
def _columns(names: tuple[ColumnRole, ...], roles: tuple[ColumnRole, ...]) -> tuple[int, ...]:
    return tuple(c for c, name in enumerate(names) if name in roles)


def _confirm_by_content(role: ColumnRole, f: ColumnFeatures) -> ColumnRole | None:
    """Return the role that the header settles, another one or None if the cells plainly hold something else."""
    bounds = CONTENT
    match role:
        case ColumnRole.POINTS:
            if f.filled and f.number < bounds.few_points and f.sentence > bounds.scoring_sentences:
                return ColumnRole.SCORING
        case ColumnRole.METHOD:
            is_text = f.length > bounds.method_length and f.sentence > bounds.method_sentences
            if f.filled and f.method < bounds.few_methods and is_text:
                return ColumnRole.SCORING
        case ColumnRole.PERSON | ColumnRole.LEADER:
            if f.party > bounds.parties_under_person and f.filled:
                return ColumnRole.PARTY
        case ColumnRole.PARTY:
            if f.number > bounds.points_under_party:
                return ColumnRole.POINTS
        case ColumnRole.SERIAL:
            if f.filled and f.serial + f.dotted < bounds.few_serials and f.length > bounds.serial_length:
                return None
        case ColumnRole.SCOREBOX:
            if f.length > bounds.scorebox_length and f.sentence > bounds.scorebox_sentences:
                return None
    return role


def _role_from_content(f: ColumnFeatures, has_points: bool) -> ColumnRole | None:
    """Return the role of a column without a known name if its cells leave no doubt, else None.

    `has_points` is True if another column is headed as the points column.
    """
    bounds = CONTENT
    if not f.filled:
        return ColumnRole.OTHER
    if f.length < bounds.max_serial_length and f.serial > bounds.serials:
        return ColumnRole.SERIAL
    if has_points and f.dotted > bounds.dotted_serials:
        return ColumnRole.SERIAL
    if f.number > bounds.points:
        return ColumnRole.POINTS
    if f.length < bounds.max_party_length and f.party > bounds.parties:
        return ColumnRole.PARTY
    if f.method > bounds.methods:
        return ColumnRole.METHOD
    if f.length < bounds.max_deadline_length and f.date > bounds.dates:
        return ColumnRole.DEADLINE
    return None


def _is_method_column(column: str, word: HeaderWord) -> bool:
    return word.role == ColumnRole.METHOD or method_share(column.rsplit("/", maxsplit=1)[-1]) > CONTENT.method_header


def _requirement_score(word: HeaderWord, f: ColumnFeatures, finest: float) -> float:
    """Return how much a column reads like a requirement, apart from the labels of its items."""
    model = REQUIREMENT
    fine = f.filled / finest if finest else 0.0
    weight = word.weights.get("requirement", model.unknown_word if not word.weights else 0.0)
    return (
        weight
        + model.fineness * fine
        + model.length * min(f.length / model.full_length, 1)
        + model.sentences * f.sentence
        - model.level * word.weights.get("level", 0.0)
    )


def _pick_requirement(columns: Sequence[int], words: Sequence[HeaderWord], features: Sequence[ColumnFeatures]) -> int:
    """Return the column that reads most like the requirement; labels are counted only where they can decide."""
    model = REQUIREMENT
    finest = max(features[c].filled for c in columns)
    scores = {c: _requirement_score(words[c], features[c], finest) for c in columns}
    least = max(scores.values()) - model.labelled - model.coded
    rivals = [c for c in columns if scores[c] >= least]
    if len(rivals) == 1:
        return rivals[0]
    return max(
        rivals, key=lambda c: scores[c] + model.labelled * features[c].labelled - model.coded * features[c].coded
    )


def _role_beside_requirement(
    c: int, requirement: int, word: HeaderWord, f: ColumnFeatures, main: ColumnFeatures
) -> ColumnRole:
    """Return the role of an open column that is not the requirement; `main` are the features of the requirement."""
    model = REQUIREMENT
    is_long = f.length > model.wordy_length or (f.ended > model.ended and f.length > model.ended_length)
    wordy = f.sentence > model.wordy_sentences and is_long
    if c < requirement:
        return ColumnRole.CRITERIA if wordy and not f.coded > model.coded_level else ColumnRole.LEVEL
    if f.evidence > model.evidence or word.weights.get("evidence", 0.0) > model.evidence_word:
        return ColumnRole.EVIDENCE
    if f.filled < model.coarse * main.filled and not wordy:
        return ColumnRole.LEVEL
    return ColumnRole.CRITERIA


def _assign_open_columns(
    names: list[ColumnRole | None], words: Sequence[HeaderWord], features: Sequence[ColumnFeatures]
) -> None:
    """Assign the open columns, in place: one requirement, levels before it, criteria and evidence beside it."""
    open_columns = [c for c, name in enumerate(names) if name is None]
    finest = max((features[c].filled for c in open_columns), default=0.0)
    if not open_columns or (finest < REQUIREMENT.evidence_fineness and ColumnRole.EVIDENCE in names):
        _use_evidence_as_requirement(names, features)
        open_columns = [c for c in open_columns if names[c] is None]
    if ColumnRole.REQUIREMENT not in names and open_columns:
        names[_pick_requirement(open_columns, words, features)] = ColumnRole.REQUIREMENT
    requirement = names.index(ColumnRole.REQUIREMENT) if ColumnRole.REQUIREMENT in names else len(names)
    main = features[requirement] if requirement < len(names) else None
    for c in open_columns:
        if names[c] is None:
            names[c] = _role_beside_requirement(c, requirement, words[c], features[c], main or features[c])


def _use_evidence_as_requirement(names: list[ColumnRole | None], features: Sequence[ColumnFeatures]) -> None:
    """Make the finest evidence column the requirement, in place, if there is no other text column."""
    evidence = [c for c, name in enumerate(names) if name is ColumnRole.EVIDENCE]
    if evidence:
        finest = max(evidence, key=lambda c: (features[c].filled, features[c].length))
        names[finest] = ColumnRole.REQUIREMENT


def _resolve_score_columns(names: list[ColumnRole], features: Sequence[ColumnFeatures]) -> None:
    """Keep the first filled points column, in place; the others are boxes to fill in or kept as text."""
    points = [c for c, name in enumerate(names) if name is ColumnRole.POINTS]
    filled = [c for c in points if features[c].filled]
    for c in points:
        if filled and c != filled[0]:
            names[c] = ColumnRole.OTHER if features[c].filled else ColumnRole.SCOREBOX


def _header_fit(column: str, f: ColumnFeatures) -> float:
    """Return how well a header word agrees with the cells of a column, about -1 to 2."""
    model = HEADER_FIT
    word = header_word_of(column)
    person_share = 1.0 - f.party - f.date - f.number
    shares: dict[str, float] = {
        ColumnRole.PARTY: f.party,
        ColumnRole.LEAD: f.party,
        ColumnRole.SUPPORT: f.party,
        ColumnRole.DEADLINE: f.date,
        ColumnRole.POINTS: f.number,
        ColumnRole.SERIAL: f.serial,
        ColumnRole.METHOD: f.method,
        ColumnRole.EVIDENCE: f.evidence,
        ColumnRole.PERSON: person_share,
        ColumnRole.LEADER: person_share,
    }
    if word.role in (ColumnRole.PERSON, ColumnRole.LEADER) and f.length > model.name_length:
        return model.long_names
    if word.role in shares:
        return model.settled * shares[word.role] + model.settled_offset
    if word.role:
        return 0.0 if f.filled else model.blank_column
    wordy = min(f.length / model.wordy_length, 1.0)
    other = max(f.party if f.length < model.short_party_length else 0.0, f.date, f.number)
    level = word.weights.get("level", 0.0) * (1 - wordy)
    text = max(word.weights.get("requirement", 0.0), word.weights.get("criteria", 0.0)) * wordy
    return model.open_header * max(level, text) - other
