"""Responsible units: a cell → departments and units in order, with role and scope.

A cell is split into runs at explicit separators, with the role and scope written before them; a run of names without
separators is segmented by least cost with the names of the notice and the endings of the vocabulary.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from extractors import vocabulary
from extractors.normalize import HIDDEN, is_placeholder, strip_artefacts, strip_whitespace
from extractors.parsers.misread_units import find_misread
from extractors.parsers.unit_abbreviations import read_abbreviations

_SEPARATORS = "、，,；;/／|。"
_OPENING, _CLOSING = "（(【《", "）)】》"
_SEPARATOR_OR_BRACKET = re.compile(f"[{_SEPARATORS}{_OPENING}{_CLOSING}]")
_BEFORE_SCOPE_MARK = re.compile(r"(?=[①-⑳])|(?=(?:^|(?<=[^\d]))\d[)）])")
_NOTE_MARK = re.compile(rf"(?<=[\u3400-\u9fff）)])[①-⑳]+(?=\s*(?:[{_SEPARATORS}）)]|\d[)）]|$))")
"""The mark of a footnote behind a name (各县（市、区）②); one before a name is a scope."""
DUTY_TAIL: Final = re.compile(
    r"(?:等|等单位|等部门)?\s{0,4}(?:按照|按|根据|依据|依)\s{0,4}(?:各自)?(?:的)?(?:职责|职能|权限|任务)[\u3400-\u9fff]{0,16}$"
)
"""Words behind a name that say how a duty is shared and no part of the name: 按职责分工分别负责."""
_SCOPE_MARK = re.compile(r"^([①-⑳]|\d[)）])\s*")
_COLON = re.compile("[:：]")
_OFFICE = re.compile(rf"[\u4e00-\u9fff]{vocabulary.alternation(vocabulary.load_toml('parties')['offices'])}$")
_OFFICE_SUFFIX = re.compile(r"(?:科|股|办公室)$")
_SUFFIX_CONTINUES = re.compile(r"科[技研学普教室员长协创]")
_SYMBOL = re.compile(r"['\"<>=_^~{}|\\]")
_LETTER = re.compile("[A-Za-z]")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_BRACKET = re.compile("[（(）)]")
_BRACKET_AT_END = re.compile(r"[（(][^（）()]*[）)]$")
_MAX_NAME_LENGTH = 24
_PARTS_OF_ONE = 2
"""党委 + 宣传部: an office named after the body that it belongs to; more parts are a list."""

# Costs of a piece as one name, see `_piece_cost`; only their differences matter.
_COST_OF_NOTICE_NAME = 0.9
_COST_OF_COMMON_NAME = 1.0
_COST_OF_SHORT_FORM = 1.6
_COST_OF_SHORT_FORM_AT_END = 1.2
_COST_OF_SUFFIX, _COST_PER_SUFFIX_CHARACTER = 1.2, 0.1
_COST_PER_BOUNDARY, _COST_PER_INNER_NAME = 1.6, 1.5
_COST_OF_UNKNOWN, _COST_PER_UNKNOWN_CHARACTER = 4.0, 0.2
_COST_OF_EASY_CUT, _COST_OF_CUT = 0.3, 0.9
_COST_PER_BREAK, _COST_PER_UNIT_LINE = 1.0, 1.3
"""A break inside a name, where lines end at the margin and where they end with a unit."""
_WRAPPED_SHARE = 0.8
"""Share of lines that end at the margin of a column that wraps its text: 市局办 | 公室机 | 关各科 | 室."""
_MIN_PIECE_COST = 0.9
_MIN_TWO_PIECE_COST = 2.0
"""Lower bound of the cost of two pieces without a gap between them."""


class NameRun(NamedTuple):
    """A separated part of a cell: one or more names without separators.

    Attributes:
        role: The role stated before it, if any.
        scope: The ①… before it.
        names: The names without whitespace.
        gaps: The indices in `names` of line or blank gaps.
    """

    role: str | None
    scope: str | None
    names: str
    gaps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """A responsible unit.

    Attributes:
        name: The full name as the notice gives it elsewhere.
        raw: The name as written in the cell.
        role: lead or support.
        scope: The ①… before it.
        stated: Whether the role is stated by a column, label or mark rather than implied by the order.
    """

    name: str
    raw: str
    role: str
    scope: str | None = None
    stated: bool = False


@dataclass(slots=True)
class PartyLexicon:
    """The unit names that occur unambiguously (alone or between separators) in one notice, with frequencies."""

    body: str = ""
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    """The short forms that the notice explains itself: “综合”指综合科."""
    has_unit_lines: bool = False
    """Whether the lines of the cells end with units and not at the margin of their column."""
    names: Counter[str] = field(default_factory=Counter, init=False)
    """Changed by `add` and `remove` only."""
    misread: dict[str, str] = field(default_factory=dict, init=False)
    """Misread name → the name it stands for, see `note_misread`."""
    _short: Counter[str] = field(default_factory=Counter, init=False)
    """Short forms of the names (宣传 of 宣传科), with the number of names for each."""
    openings: set[str] = field(default_factory=set, init=False)
    """The first two characters of every known name; those of removed names stay."""
    _segments: dict[tuple[str, tuple[int, ...]], list[str]] = field(default_factory=dict, init=False)

    def canonical(self, raw: str) -> str:
        """Return the full form given by the notice (宣传 → 宣传科, 纪委 → 机关纪委), else `raw`."""
        raw = self._complete_bracket(self.misread.get(raw, raw))
        if raw in self.abbreviations:
            return self.abbreviations[raw]
        if is_collective(raw):
            return raw
        if raw not in self.names or not _has_unit_suffix(raw):
            longer = [raw + s for s in _word_list("short_of") if raw + s in self.names]
            if len(longer) >= 1:
                return max(longer, key=lambda n: self.names[n])
        if len(raw) <= 3 and _has_unit_suffix(raw) and not raw.startswith("机关") and f"机关{raw}" in self.body:
            return f"机关{raw}"
        return raw

    def _complete_bracket(self, raw: str) -> str:
        """Return a name whose bracket was cut off as the body gives it, else without the bracket: 工会(女职工委."""
        if _has_balanced_brackets(raw):
            return raw
        complete = re.search(rf"{re.escape(raw)}[^（）()]{{1,6}}[）)]", self.body)
        if complete:
            return complete.group()
        name = re.split("[（(]", raw)[0]
        return name if _has_unit_suffix(name) else raw

    def note_misread(self, text: str) -> None:
        """Note which names were misread; `text` is the text of the notice but for its names of units."""
        self.misread = find_misread(self.names, _common_names(), text)

    def is_known(self, piece: str) -> bool:
        """Return whether the piece is a full name of this notice or a common name."""
        return piece in self.names or piece in _common_names()

    def segment(self, run: str, gaps: tuple[int, ...]) -> list[str]:
        """Return the names of a run, cached; only call it after the last `add`."""
        key = (run, gaps)
        if key not in self._segments:
            self._segments[key] = _segment(run, gaps, self)
        return self._segments[key]

    def is_known_or_short(self, piece: str) -> bool:
        """Return whether the piece is a full name or a short form of one (宣传 for 宣传科)."""
        return self.is_known(piece) or self._short[piece] > 0

    def add(self, name: str, times: int = 1) -> None:
        """Add `times` occurrences of a name."""
        if name not in self.names:
            self._short.update(_short_forms(name))
            self.openings.add(name[:2])
        self.names[name] += times

    def remove(self, name: str) -> int:
        """Remove a name and return how often it occurred."""
        self._short.subtract(_short_forms(name))
        return self.names.pop(name)


@cache
def unit_words(role: str | None) -> frozenset[str]:
    """Return the words for units of a role (`lead`, `support`, or `party` for either): 牵头单位."""
    data = vocabulary.load_toml("parties")
    return frozenset(verb + unit for verb in data.get(f"{role}_of", ()) for unit in data["units"])


def names_units(header: str) -> bool:
    """Return whether a header ends with a word for units (领衔科室, 分工/搭手部门)."""
    return strip_whitespace(header).endswith(tuple(vocabulary.load_toml("parties")["units"]))


@lru_cache(maxsize=2048)
def split_runs(text: str) -> tuple[NameRun, ...]:
    """Return the separated parts of a cell."""
    runs: list[NameRun] = []
    unmarked = _NOTE_MARK.sub("", strip_artefacts(text.replace(HIDDEN, "、")))
    for role, part in _split_labels(unmarked):
        for section in _BEFORE_SCOPE_MARK.split(part):
            mark = _SCOPE_MARK.match(section.strip())
            rest = section.strip()[mark.end() :] if mark else section.strip()
            scope = mark.group(1) if mark else None
            runs.extend(NameRun(role, scope, names, gaps) for names, gaps in _split_pieces(rest))
    return tuple(runs)


@lru_cache(maxsize=4096)
def looks_like_party(text: str) -> bool:
    """Return whether every piece of the cell ends like the name of a unit."""
    pieces = [p for p in _split_outside_brackets(strip_whitespace(strip_artefacts(text))) if p]
    pieces = [_strip_tail(_SCOPE_MARK.sub("", p)) for p in pieces]
    return bool(pieces) and all(len(p) <= _MAX_NAME_LENGTH and _has_unit_suffix(p) for p in pieces)


@lru_cache(maxsize=4096)
def is_office(text: str) -> bool:
    """Return whether every piece of the cell is the name of an office, which no kind of place is (社区, 学校)."""
    pieces = [p for p in _split_outside_brackets(strip_whitespace(strip_artefacts(text))) if p]
    return bool(pieces) and all(_OFFICE.search(p) for p in map(_strip_tail, pieces))


def _are_wrapped(cells: Iterable[str]) -> bool:
    """Return whether the lines of cells end where the column does: nearly all of them are of the same length."""
    lengths = [len(strip_whitespace(line)) for cell in cells for line in cell.split("\n")[:-1] if line.strip()]
    margin = max(lengths, default=0) - 1
    at_margin = sum(length >= margin for length in lengths)
    return at_margin >= _WRAPPED_SHARE * len(lengths)


def _repeated_names(runs: Sequence[NameRun], lexicon: PartyLexicon) -> frozenset[str]:
    """Return the names that are written again and again without a separator, in a notice that separates its units.

    党委宣传部 is one unit where 图书馆、党委宣传部 shows the separator, unless one of its parts stands alone elsewhere.
    """
    counts = Counter(_split_role(run.names)[0] for run in runs if not run.gaps)
    return frozenset(
        name
        for name, count in counts.items()
        if count > 1
        and len(name) <= _MAX_NAME_LENGTH
        and _has_unit_suffix(name)
        and not _count_boundaries(name, lexicon)
        and len(pieces := _segment(name, (), lexicon)) == _PARTS_OF_ONE
        and counts.keys().isdisjoint(pieces)
    )


def collect_parties(cells: Iterable[str], body: str, notes: Iterable[str] = ()) -> PartyLexicon:
    """Build the lexicon of a notice.

    Names that are alone come first, then the parts of runs without separators.

    Args:
        cells: The party cells of the notice.
        body: The text of the notice.
        notes: The notes inside its tables, which may explain short names as the body does.
    """
    cells = list(cells)
    abbreviations = read_abbreviations([*body.splitlines(), *notes], _has_unit_suffix)
    lexicon = PartyLexicon(strip_whitespace(body), abbreviations, has_unit_lines=not _are_wrapped(cells))
    runs_of_cells = [split_runs(cell) for cell in cells if cell.strip() and not is_placeholder(cell)]
    runs = [run for of_cell in runs_of_cells for run in of_cell]
    are_separated = any(len(of_cell) > 1 for of_cell in runs_of_cells)
    unsegmented: list[tuple[str, tuple[int, ...]]] = []
    repeated = _repeated_names(runs, lexicon) if are_separated else frozenset()
    for run in runs:
        name, gaps = _split_role(run.names)[0], run.gaps
        is_name = len(name) <= _MAX_NAME_LENGTH and _has_unit_suffix(name) and _segment(name, gaps, lexicon) == [name]
        if is_name or name in repeated:
            lexicon.add(name)
        else:
            unsegmented.append((name, gaps))
    for name in [n for n in lexicon.names if n not in _common_names() and n not in repeated]:
        count = lexicon.remove(name)
        if _segment(name, (), lexicon) == [name]:
            lexicon.add(name, count)
        else:
            unsegmented.extend([(name, ())] * count)
    for name, gaps in sorted(unsegmented, key=lambda g: not g[1]):
        for piece in filter(_has_unit_suffix, _segment(name, gaps, lexicon)):
            lexicon.add(piece)
    return lexicon


def split_parties(text: str, lexicon: PartyLexicon, role: str | None = None) -> list[Party]:
    """Return the units of a cell in order, [] for a placeholder.

    Args:
        text: The cell with its line feeds.
        lexicon: The names of the notice.
        role: The role of a lead or support column; None lets the first unit lead.
    """
    if is_placeholder(text) or not text.strip():
        return []
    names = [
        (role or run.role, run.scope, written, *_split_role(written))
        for run in split_runs(text)
        for written in lexicon.segment(run.names, run.gaps)
    ]
    parties: dict[tuple[str, str | None], Party] = {}
    has_lead = any(name_role == "lead" for *_, name_role in names)
    for stated_role, scope, written, name, name_role in names:
        full_name = lexicon.canonical(name)
        if (full_name, scope) in parties or _is_not_a_name(full_name):
            continue
        known_role = stated_role or name_role
        party = Party(
            full_name, written, known_role or ("support" if has_lead else "lead"), scope, stated=known_role is not None
        )
        parties[full_name, scope] = party
        has_lead = has_lead or party.role == "lead"
    return list(parties.values())


@lru_cache(maxsize=4096)
def is_collective(name: str) -> bool:
    """Return whether the name means many units: 各科室（单位）, 局属各单位, 全体党员, 有关部门."""
    return bool(_collective_pattern().search(name))


def matrix_role(mark: str) -> str | None:
    """Return the role of a mark in a matrix of units and tasks: ★ → lead, √ → support, blank → None."""
    compact = strip_whitespace(mark)
    if not compact or is_placeholder(compact):
        return None
    return "lead" if compact in vocabulary.load_toml("parties")["lead_marks"] else "support"


def is_unit_mark(mark: str) -> bool:
    """Return whether the text is blank or a matrix mark of the vocabulary."""
    compact = strip_whitespace(mark)
    words = vocabulary.load_toml("parties")
    return not compact or is_placeholder(compact) or compact in words["lead_marks"] or compact in words["support_marks"]


def _split_outside_brackets(text: str) -> list[str]:
    """Split at separators outside of brackets."""
    parts, depth, start = [], 0, 0
    for mark in _SEPARATOR_OR_BRACKET.finditer(text):
        char = mark.group()
        depth += (char in _OPENING) - (char in _CLOSING)
        if depth <= 0 and char in _SEPARATORS:
            parts.append(text[start : mark.start()])
            start = mark.end()
    return [*parts, text[start:]]


@cache
def _labels() -> list[str]:
    """Return all words that stand before units or persons, longer ones first."""
    data = vocabulary.load_toml("parties")
    leads, supports = (*data["lead_labels"], *unit_words("lead"), *unit_words("party")), _support_labels()
    return sorted({*leads, *supports, *data["person_labels"]}, key=lambda word: (-len(word), word))


@cache
def _label_pattern() -> re.Pattern[str]:
    return re.compile(f"[【（(\\[]?(?P<label>{'|'.join(_labels())})[】\\]]?[:：]")


@cache
def _support_labels() -> frozenset[str]:
    return unit_words("support") | frozenset(vocabulary.load_toml("parties")["support_labels"])


@cache
def labelled_bracket() -> re.Pattern[str]:
    """Return the pattern of a bracket that names units behind a label: 【提供材料部门：团委】."""
    return re.compile(rf"[【（(\[](?:{'|'.join(_labels())})[:：][^【】（()）\[\]]{{1,60}}[】）)\]]")


def _split_labels(text: str) -> list[tuple[str | None, str]]:
    """Return (role or None, text) of each labelled part: 牵头部门：A 配合单位：B、C."""
    matches = list(_label_pattern().finditer(text)) if _COLON.search(text) else []
    if not matches:
        return [(None, text)]
    parts: list[tuple[str | None, str]] = []
    if text[: matches[0].start()].strip():
        parts.append((None, text[: matches[0].start()]))
    data = vocabulary.load_toml("parties")
    has_lead = False
    for match, next_match in zip(matches, [*matches[1:], None], strict=True):
        label, end = match.group("label"), next_match.start() if next_match else len(text)
        if label in data["person_labels"]:
            continue
        # 责任单位 after a 牵头单位 lists the others.
        role = "support" if label in _support_labels() or (has_lead and label.startswith("责任")) else "lead"
        has_lead = has_lead or label.startswith(("牵头", "主办", "主责"))
        parts.append((role, _strip_closing_bracket(text[match.end() : end])))
    return parts


def _strip_closing_bracket(part: str) -> str:
    """Strip the closing bracket that belongs to the label's own bracket."""
    part = part.strip(" \n。；;")
    while part and part[-1] in "】])）" and sum(part.count(c) for c in "（([【") < sum(part.count(c) for c in "）)]】"):
        part = part[:-1].rstrip()
    return part


def _split_pieces(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """Return the separated parts of a cell, each with the positions of line or blank gaps."""
    pieces: list[tuple[str, tuple[int, ...]]] = []
    for part in _split_outside_brackets(text.strip()):
        if words := DUTY_TAIL.sub("", part.rstrip()).split():
            ends = tuple(accumulate(map(len, words)))
            pieces.append(("".join(words), ends[:-1]))
    return pieces


@lru_cache(maxsize=4096)
def _short_forms(name: str) -> tuple[str, ...]:
    return tuple(name.removesuffix(tail) for tail in _word_list("short_of") if name.endswith(tail))


@cache
def _word_list(key: str) -> tuple[str, ...]:
    return tuple(vocabulary.load_toml("parties")[key])


@lru_cache(maxsize=65536)
def _has_unit_suffix(name: str) -> bool:
    """Return whether a name ends like that of a unit; a bracket at its end is ignored."""
    if name.endswith(("）", ")")):
        name = _BRACKET_AT_END.sub("", name)
        return name.endswith(_word_list("suffixes"))
    return len(name) >= 2 and name.endswith(_word_list("suffixes"))


@cache
def _tail_pattern() -> re.Pattern[str]:
    return re.compile(f"{vocabulary.alternation(_word_list('tails'))}$")


def _strip_tail(piece: str) -> str:
    if not piece.endswith(_word_list("tails")):
        return piece
    shorter = _tail_pattern().sub("", piece)
    return shorter if shorter != piece and _has_unit_suffix(shorter) and not _has_unit_suffix(piece) else piece


@cache
def _role_suffix_pattern() -> re.Pattern[str]:
    data = vocabulary.load_toml("parties")
    lead, support = ("|".join(sorted(data[k], key=len, reverse=True)) for k in ("lead_tails", "support_tails"))
    return re.compile(
        f"(?:[（(](?:(?P<lead>{lead})|(?P<support>{support}))[）)]|(?P<lead_verb>{lead})|(?P<support_verb>{support}))$"
    )


@cache
def _lead_mark_characters() -> str:
    return "".join(m for m in vocabulary.load_toml("parties")["lead_marks"] if len(m) == 1)


@lru_cache(maxsize=4096)
def _split_role(raw: str) -> tuple[str, str | None]:
    """Return a name without role marks, and the role they state: 县教育局（牵头）, ★县教育局 → 县教育局, lead."""
    if (name := raw.strip(_lead_mark_characters())) != raw and _has_unit_suffix(name):
        return name, "lead"
    match = _role_suffix_pattern().search(raw)
    if not match or not _has_unit_suffix(raw[: match.start()]):
        return _strip_tail(raw), None
    role = "lead" if match.group("lead") or match.group("lead_verb") else "support"
    return raw[: match.start()], role


@cache
def _inner_openings() -> tuple[str, ...]:
    return tuple(o for o in _word_list("openings") if o != "各")


@cache
def _common_names() -> frozenset[str]:
    return frozenset(vocabulary.load_toml("parties")["common"])


@cache
def _common_openings() -> frozenset[str]:
    return frozenset(name[:2] for name in _common_names())


def _count_inner_names(piece: str, lexicon: PartyLexicon) -> int:
    """Count the complete names inside `piece` before its end: signs that several names are joined."""
    names, common = lexicon.names, _common_names()
    count, start = 0, 0
    while start < len(piece) - 1:
        opening = piece[start : start + 2]
        ends = range(len(piece) - 2, start + 1, -1)
        for end in ends if opening in lexicon.openings or opening in _common_openings() else ():
            if (inner := piece[start:end]) in names or inner in common:
                count += 1
                start = end - 1
                break
        start += 1
    if count == 1:
        tail = next((piece[i:] for i in range(2, len(piece) - 1) if lexicon.is_known(piece[:i])), "")
        return 1 if tail in lexicon.names or (lexicon.is_known(tail) and tail != "办公室") else 0
    return count


def _count_boundaries(piece: str, lexicon: PartyLexicon) -> int:
    """Count the positions where a complete name is followed by the start of another: …局|市…, …科|…科."""
    openings = _inner_openings()
    return sum(
        piece.startswith(openings, i) or bool(_OFFICE_SUFFIX.search(piece, 0, i) and _has_unit_suffix(piece[i:]))
        for i in range(3, len(piece) - 1)
        if _has_unit_suffix(piece[:i]) and (not _SUFFIX_CONTINUES.match(piece, i - 1) or piece[:i] in lexicon.names)
    )


def _piece_cost(piece: str, at_gap: bool, breaks: int, following: str, lexicon: PartyLexicon) -> float:
    """Return the cost of taking `piece` as one name; lower is better."""
    is_known = True
    if lexicon.is_known(piece):
        cost = _COST_OF_NOTICE_NAME if piece in lexicon.names else _COST_OF_COMMON_NAME
    elif is_known := lexicon.is_known_or_short(piece):
        cost = _COST_OF_SHORT_FORM_AT_END if at_gap or not following else _COST_OF_SHORT_FORM
    elif _has_unit_suffix(piece):
        cost = (
            _COST_OF_SUFFIX
            + _COST_PER_SUFFIX_CHARACTER * len(piece)
            + _COST_PER_BOUNDARY * _count_boundaries(piece, lexicon)
            + _COST_PER_INNER_NAME * _count_inner_names(piece, lexicon)
        )
    else:
        cost = _COST_OF_UNKNOWN + _COST_PER_UNKNOWN_CHARACTER * len(piece)
    if following and not at_gap:
        starts_new_name = (
            following.startswith(_word_list("openings"))
            or is_known
            or (bool(_OFFICE_SUFFIX.search(piece)) and not _SUFFIX_CONTINUES.match(piece[-1] + following))
        )
        cost += _COST_OF_EASY_CUT if starts_new_name else _COST_OF_CUT
    return cost + (_COST_PER_UNIT_LINE if lexicon.has_unit_lines else _COST_PER_BREAK) * breaks


def _has_balanced_brackets(piece: str) -> bool:
    """Return whether no bracket is open or closed alone."""
    return piece.count("（") + piece.count("(") == piece.count("）") + piece.count(")")


def _segment(run: str, gaps: Sequence[int], lexicon: PartyLexicon) -> list[str]:
    """Split a run without separators at known names, endings and line breaks, at least cost."""
    if not 2 <= len(run) <= 120:
        return [run]
    if (open_brackets := sum(run.count(c) for c in "（(") - sum(run.count(c) for c in "）)")) > 0:
        closed = _segment(run + "）" * open_brackets, gaps, lexicon)
        return [*closed[:-1], closed[-1][:-open_brackets]]
    has_brackets = _BRACKET.search(run) is not None
    is_single = not gaps and len(run) <= _MAX_NAME_LENGTH and not (has_brackets and not _has_balanced_brackets(run))
    if is_single and _piece_cost(run, False, 0, "", lexicon) < _MIN_TWO_PIECE_COST:
        return [run]
    cheapest, piece_starts = [0.0] + [1e9] * len(run), [0] * (len(run) + 1)
    for end in range(2, len(run) + 1):
        for start in range(max(0, end - _MAX_NAME_LENGTH), end - 1):
            if cheapest[start] + _MIN_PIECE_COST >= cheapest[end]:
                continue
            piece = run[start:end]
            if has_brackets and not _has_balanced_brackets(piece):
                continue
            breaks = sum(_is_name_break(run, start, g, end) for g in gaps if start < g < end) if gaps else 0
            cost = cheapest[start] + _piece_cost(piece, end in gaps, breaks, run[end:], lexicon)
            if cost < cheapest[end]:
                cheapest[end], piece_starts[end] = cost, start
    if cheapest[-1] >= 1e9:
        return [run]
    pieces, end = [], len(run)
    while end:
        pieces.append(run[piece_starts[end] : end])
        end = piece_starts[end]
    return pieces[::-1]


def _is_name_break(run: str, start: int, gap: int, end: int) -> bool:
    """Return whether a gap inside a piece separates two names that are each complete."""
    return _has_unit_suffix(run[start:gap]) and (_has_unit_suffix(run[gap:end]) or len(run[gap:end]) >= 3)


@lru_cache(maxsize=4096)
def _is_not_a_name(name: str) -> bool:
    """Return whether no name looks like it.

    That are `----`, fewer than two ideographs, quotes or symbols inside, letters in what does not end like a unit.
    """
    is_debris = len(_IDEOGRAPH.findall(name)) < 2 or _SYMBOL.search(name) is not None
    return is_placeholder(name) or is_debris or (_LETTER.search(name) is not None and not _has_unit_suffix(name))


@cache
def _collective_pattern() -> re.Pattern[str]:
    data = vocabulary.load_toml("parties")
    inside, ahead = ("|".join(map(re.escape, data[k])) for k in ("collective_inside", "collective_ahead"))
    return re.compile(f"{inside}|^(?:{ahead})")
