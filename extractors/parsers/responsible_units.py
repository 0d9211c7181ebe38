"""Responsible units: a cell → departments and units in order, with role and scope.

A cell is split into runs at explicit separators, with the role and scope written before them; a run of names without
separators is segmented by least cost with the names of the notice and the endings of the vocabulary.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from extractors import vocabulary
from extractors.normalize import HIDDEN, clean, is_placeholder, strip_artefacts, strip_whitespace
from extractors.parsers.illegible_units import (
    DECIDED,
    MIXED,
    NO_UNIT_BEFORE_NAME,
    RUN_TOGETHER,
    Illegible,
    JumblePart,
    find_debris,
)
from extractors.parsers.misread_units import find_misread
from extractors.parsers.ticked_options import keep_ticked
from extractors.parsers.unit_abbreviations import DEFINITION_BRACKET
from extractors.parsers.unit_joints import separate_joined, separate_lines
from extractors.parsers.unit_names import (
    MAX_NAME_LENGTH,
    common_names,
    has_balanced_brackets,
    has_unit_suffix,
    short_forms,
    split_shared_office,
    strip_tail,
    word_list,
)
from extractors.parsers.unit_roles import DUTY_TAIL, leads_by_duty, split_role, split_verb, verb_role
from extractors.parsers.unit_segmentation import segment_run

_SEPARATORS = "、，,；;/／|。"
_CLAUSE_ENDS = "；;。"
_OPENING, _CLOSING = "（(【《", "）)】》"
_SEPARATOR_OR_BRACKET = re.compile(f"[{_SEPARATORS}{_OPENING}{_CLOSING}]")
_LINE_NUMBER = r"\d{1,2}[.．、](?!\d)"
"""1.办公室 / 2.工会: one line for each numbered part of the duty."""
_BODIES = ("政府", "人大", "政协")
"""县政府 is not short for 县政府办公室."""
_COUNTED_FROM_ONE = re.compile(r"\s*1[、.．](?!\d)")
_NEXT_NUMBER = re.compile(r"(?<=[\u4e00-\u9fff）)])\s*(?=[2-9][、.．][\u4e00-\u9fff])")
"""1、区公安分局 2、区城管局 in one line."""
_BEFORE_SCOPE_MARK = re.compile(rf"(?=[①-⑳])|(?=(?:^|(?<=[^\d]))\d[)）])|(?=(?:^|(?<=[\n；;])){_LINE_NUMBER})")
_NOTE_MARK = re.compile(rf"(?<=[\u3400-\u9fff）)])[①-⑳]+(?=\s*(?:[{_SEPARATORS}）)]|\d[)）]|$))")
"""The mark of a footnote behind a name (各县（市、区）②); one before a name is a scope."""
_SCOPE_MARK = re.compile(rf"^([①-⑳]|\d[)）]|{_LINE_NUMBER})\s*")
_MANY = "各"
_SHORT_BRACKET = r"(?:[（(][^（()）]{1,6}[)）])?"
_KINDS_OF_MANY = re.compile(
    rf"{_MANY}(?:[大高初中小]、){{1,2}}[\u4e00-\u9fff]{{0,3}}[学校]"
    rf"|{_MANY}(?:区{_SHORT_BRACKET}、县|县{_SHORT_BRACKET}、区|市{_SHORT_BRACKET}、[县区])(?![级直属城域])"
    rf"{_SHORT_BRACKET}[\u4e00-\u9fff]*"
    rf"|{_MANY}(?:乡、镇|镇、乡)(?![级直属])(?:、街道)?[\u4e00-\u9fff]*"
    rf"|{_MANY}(?:[\u4e00-\u9fff]、){{1,3}}[\u4e00-\u9fff](?=$|[\s{_SEPARATORS}])"
)
"""各科、室, 各中、小学校, 各区、县（市）文明办: kinds of units that share a head or what stands behind them."""
_COLON = re.compile("[:：]")
_WHITESPACE = re.compile(r"\s+")
_OFFICE = re.compile(rf"[\u4e00-\u9fff]{vocabulary.alternation(vocabulary.load_toml('parties')['offices'])}$")


class NameRun(NamedTuple):
    """A separated part of a cell: one or more names without separators.

    Attributes:
        role: The role stated before it, if any.
        scope: The ①… before it.
        names: The names without whitespace.
        gaps: The indices in `names` of line or blank gaps.
        blanks: Those of them that are blanks within a line.
    """

    role: str | None
    scope: str | None
    names: str
    gaps: tuple[int, ...]
    blanks: tuple[int, ...] = ()


class Source(StrEnum):
    """What gives the full form of a name."""

    DECISION = "decision"
    DEFINITION = "definition"
    BODY = "body"
    CELL = "cell"
    REPAIR = "repair"


class Resolution(NamedTuple):
    """The full form of a name, and what gives it; None where it is as written."""

    name: str
    source: Source | None


@dataclass(frozen=True, slots=True)
class Party:
    """A responsible unit.

    Attributes:
        name: The full name as the notice gives it elsewhere.
        raw: The name as written in the cell.
        role: lead or support.
        scope: The ①… before it.
        stated: Whether the role is stated by a column, label or mark rather than implied by the order.
        source: What states the role if the cell does not: a header or heading, a rule of the notice.
    """

    name: str
    raw: str
    role: str
    scope: str | None = None
    stated: bool = False
    source: str | None = None

    @property
    def basis(self) -> str:
        """What the role rests on: cell, header, rule or order."""
        return self.source or ("cell" if self.stated else "order")


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
    full_names: dict[str, str] = field(default_factory=dict, init=False)
    """Short name → the full one that the text lists: 市旅文局."""
    others: Counter[str] = field(default_factory=Counter, init=False)
    """Texts between separators that end like no unit."""
    jumbles: dict[NameRun, list[JumblePart]] = field(default_factory=dict, init=False)
    """Runs in which several rows ran into one another, with their parts."""
    has_debris: bool = False
    """Whether a cell holds nothing but debris of text recognition, so that others may hold some beside a name."""
    decided: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Printed form → the names that people decided it stands for, none where it is no unit."""
    _short: Counter[str] = field(default_factory=Counter, init=False)
    """Short forms of the names (宣传 of 宣传科), with the number of names for each."""
    openings: set[str] = field(default_factory=set, init=False)
    """The first two characters of every known name; those of removed names stay."""
    _segments: dict[tuple[str, tuple[int, ...], tuple[int, ...]], list[str]] = field(default_factory=dict, init=False)

    def resolve(self, raw: str) -> tuple[Resolution, ...]:
        """Return what a name stands for: what people decided, else the full form that the notice gives, else itself."""
        if raw in self.decided:
            return tuple(Resolution(name, Source.DECISION) for name in self.decided[raw])
        found = self._resolve_by_notice(raw)
        if found.name in self.decided:
            return tuple(Resolution(name, Source.DECISION) for name in self.decided[found.name])
        return (found,)

    def decided_form(self, raw: str) -> str:
        """Return the form of a name that people decided about: itself, or what the notice makes of it."""
        return raw if raw in self.decided else self._resolve_by_notice(raw).name

    def _resolve_by_notice(self, raw: str) -> Resolution:
        """Return the full form given by the notice (宣传 → 宣传科, 纪委 → 机关纪委), else `raw`."""
        right = self.misread.get(raw, raw)
        name = self._complete_bracket(right)
        source = Source.REPAIR if right != raw else Source.BODY if len(name) > len(raw) else None
        if name in self.abbreviations:
            return Resolution(self.abbreviations[name], Source.DEFINITION)
        if is_collective(name):
            return Resolution(name, source)
        if name in self.full_names:
            return Resolution(self.full_names[name], Source.BODY)
        if not name.endswith(_BODIES) and (name not in self.names or not has_unit_suffix(name)):
            longer = [name + s for s in word_list("short_of") if name + s in self.names]
            # Two that fit (宣传 for 宣传科 and 宣传办) leave it open which of them is meant.
            if len(longer) == 1:
                return Resolution(longer[0], Source.CELL)
        if len(name) <= 3 and has_unit_suffix(name) and not name.startswith("机关") and f"机关{name}" in self.body:
            return Resolution(f"机关{name}", Source.BODY)
        return Resolution(name, source)

    def _complete_bracket(self, raw: str) -> str:
        """Return a name whose bracket was cut off as the body gives it, else without the bracket: 工会(女职工委."""
        if has_balanced_brackets(raw):
            return raw
        complete = re.search(rf"{re.escape(raw)}[^（）()]{{1,6}}[）)]", self.body)
        if complete:
            return complete.group()
        name = re.split("[（(]", raw)[0]
        return name if has_unit_suffix(name) else raw

    def note_misread(self, text: str) -> None:
        """Note which names were misread; `text` is the text of the notice but for its names of units."""
        self.misread |= find_misread(self.names, common_names(), text, self.others)

    def is_known(self, piece: str) -> bool:
        """Return whether the piece is a name of this notice, a common one, explained or decided about by people."""
        return piece in self.names or piece in common_names() or piece in self.abbreviations or piece in self.decided

    def segment(self, run: str, gaps: tuple[int, ...], blanks: tuple[int, ...] = ()) -> list[str]:
        """Return the names of a run, cached; only call it after the last `add`."""
        key = (run, gaps, blanks)
        if key not in self._segments:
            self._segments[key] = segment_run(run, gaps, self, blanks)
        return self._segments[key]

    def is_known_or_short(self, piece: str) -> bool:
        """Return whether the piece is a full name or a short form of one (宣传 for 宣传科)."""
        return self.is_known(piece) or self._short[piece] > 0

    def is_short_for_another(self, piece: str, name: str) -> bool:
        """Return whether the piece is a short form of another name than this one."""
        return self._short[piece] > (name in self.names and piece in short_forms(name))

    def add(self, name: str, times: int = 1) -> None:
        """Add `times` occurrences of a name."""
        if name not in self.names:
            self._short.update(short_forms(name))
            self.openings.add(name[:2])
        self.names[name] += times

    def remove(self, name: str) -> int:
        """Remove a name and return how often it occurred."""
        self._short.subtract(short_forms(name))
        return self.names.pop(name)


@cache
def unit_words(role: str | None) -> frozenset[str]:
    """Return the words for units of a role (`lead`, `support`, or `party` for either): 牵头单位."""
    data = vocabulary.load_toml("parties")
    return frozenset(verb + unit for verb in data.get(f"{role}_of", ()) for unit in data["units"])


def names_units(header: str) -> bool:
    """Return whether a header ends with a word for units (领衔科室, 分工/搭手部门)."""
    return strip_whitespace(header).endswith(tuple(vocabulary.load_toml("parties")["units"]))


def heads_units(text: str) -> bool:
    """Return whether a text is a heading that says whose its tasks are: 公共环境责任单位：区城管局."""
    label = _unit_label().search(text)
    return label is not None and label.start() > 1 and not looks_like_party(text[: label.start()])


@cache
def _unit_label() -> re.Pattern[str]:
    words = unit_words("party") | unit_words("lead") | unit_words("support")
    return re.compile(f"(?:{vocabulary.alternation(sorted(words))})[:：]")


def names_single_office(name: str) -> bool:
    """Return whether a name is that of one office (县教育局, 办公室); 社区, 医院 and 各科室 may be places or many."""
    return not is_collective(name) and (is_office(name) or PartyLexicon().is_known(name))


@lru_cache(maxsize=2048)
def split_runs(text: str) -> tuple[NameRun, ...]:
    """Return the separated parts of a cell."""
    runs: list[NameRun] = []
    text = _NEXT_NUMBER.sub("\n", text) if _COUNTED_FROM_ONE.match(text) else text
    text = _supporters_in_bracket().sub(_open_bracket, text)
    ticked = keep_ticked(separate_joined(separate_lines(text.replace(HIDDEN, "、"))))
    unmarked = _NOTE_MARK.sub("", DEFINITION_BRACKET.sub("", strip_artefacts(ticked)))
    for role, part in _split_labels(unmarked):
        for section in _BEFORE_SCOPE_MARK.split(part):
            mark = _SCOPE_MARK.match(section.strip())
            rest = section.strip()[mark.end() :] if mark else section.strip()
            scope = mark.group(1) if mark else None
            for clause in _split_outside_brackets(rest, _CLAUSE_ENDS):
                named = [NameRun(role, scope, *piece) for piece in _split_pieces(clause)]
                runs += _share_verbs(named, leads_before=any(map(_leads, runs)))
    return tuple(runs)


@cache
def _supporters_in_bracket() -> re.Pattern[str]:
    """Return the pattern of a bracket that says who helps the unit before it: 县商务局（县公安局、县城管局配合）."""
    verbs = vocabulary.alternation(vocabulary.load_toml("parties")["support_tails"])
    return re.compile(rf"[（(](?P<units>[^（）()：:]{{2,40}}?)(?P<verb>{verbs})[)）]")


def _open_bracket(match: re.Match[str]) -> str:
    return f"，{match['units']}{match['verb']}" if looks_like_party(match["units"]) else match.group()


def _share_verbs(runs: Sequence[NameRun], *, leads_before: bool) -> list[NameRun]:
    """Return the runs of a clause with the role of the verb behind the last of several: 县公安局、县城管局牵头.

    A verb says more than a label: of 牵头单位：团县委，县妇联、各镇配合 the first leads. What is said of one of them
    again, 县公安局、团县委，团县委牵头, is said of it alone.

    Args:
        runs: The runs of the clause.
        leads_before: Whether a unit before them leads; without one the first of 县公安局、县城管局配合 may.
    """
    out = list(runs)
    names = [split_role(run.names)[0] for run in runs]
    role: str | None = None
    for place in range(len(runs) - 1, -1, -1):
        run, verb = runs[place], verb_role(runs[place].names)
        has_lead = leads_before or any(map(_leads, runs[:place]))
        if verb is not None and names[place] in names[:place]:
            first = names.index(names[place])
            out[first], role = runs[first]._replace(role=verb), None
        elif verb is not None:
            # 各镇具体负责 behind who leads.
            does = has_lead and leads_by_duty(run.names)
            out[place], role = (run._replace(role=run.role or "support"), None) if does else (run, verb)
        if verb == "support" and run.role == "lead":
            out[place] = run._replace(role=verb)
        elif role == "lead" or (role == "support" and (place > 0 or leads_before)):
            is_open = run.role is None or (run.role == "lead" and role == "support")
            out[place] = run._replace(role=role) if is_open and split_role(run.names)[1] is None else out[place]
    return out


def _leads(run: NameRun) -> bool:
    return "lead" in (run.role, split_role(run.names)[1])


@lru_cache(maxsize=4096)
def looks_like_party(text: str) -> bool:
    """Return whether every piece of the cell ends like the name of a unit."""
    pieces = [p for p in _split_outside_brackets(strip_whitespace(strip_artefacts(text))) if p]
    pieces = [strip_tail(_SCOPE_MARK.sub("", p)) for p in pieces]
    return bool(pieces) and all(len(p) <= MAX_NAME_LENGTH and has_unit_suffix(p) for p in pieces)


def is_office(text: str) -> bool:
    """Return whether every piece of the cell is the name of an office, which no kind of place is (社区, 学校)."""
    pieces = [p for p in _split_outside_brackets(strip_whitespace(strip_artefacts(text))) if p]
    return bool(pieces) and all(_OFFICE.search(p) for p in map(strip_tail, pieces))


class UnitsRead(NamedTuple):
    """The units of a cell in order, and the texts in it that are none."""

    parties: list[Party]
    illegible: list[Illegible]


def split_parties(text: str, lexicon: PartyLexicon, role: str | None = None) -> list[Party]:
    """Return the units of a cell in order, [] for a placeholder; see `read_units`."""
    return read_units(text, lexicon, role).parties


def read_units(text: str, lexicon: PartyLexicon, role: str | None = None) -> UnitsRead:
    """Return the units of a cell in order, and what in it is no unit; nothing for a placeholder.

    Args:
        text: The cell with its line feeds.
        lexicon: The names of the notice.
        role: The role of a lead or support column; None lets the first unit lead.
    """
    illegible: list[Illegible] = []
    names: list[tuple[str | None, str | None, str, str, str | None]] = []
    if (compact := strip_whitespace(text)) in lexicon.decided:
        names.append((role, None, compact, compact, None))
    elif compact and not is_placeholder(text) and compact not in word_list("undecided"):
        runs = split_runs(text)
        reasons = [find_debris(word) for word in words_of(runs)]
        if reasons and all(reasons):
            return UnitsRead([], [Illegible(clean(text), reasons[0] or MIXED)])
        for run in runs:
            written_names, others = _names_of_run(run, lexicon)
            illegible += others
            # 县妇联配合 in a column of leaders.
            own = run.role if (role, run.role) == ("lead", "support") else role or run.role
            names += [(own, run.scope, written, *split_role(written)) for written in written_names]
    parties: dict[tuple[str, str | None], Party] = {}
    has_lead = any(name_role == "lead" for *_, name_role in names)
    for stated_role, scope, written, name, name_role in names:
        resolutions = lexicon.resolve(name)
        if not resolutions:
            illegible.append(Illegible(lexicon.decided_form(name), DECIDED))
        for full_name, _ in resolutions:
            if (full_name, scope) in parties or is_placeholder(full_name):
                continue
            if (reason := find_debris(full_name)) is not None:
                illegible.append(Illegible(written, reason))
                continue
            known_role = name_role if (stated_role, name_role) == ("lead", "support") else stated_role or name_role
            party = Party(
                full_name,
                written,
                known_role or ("support" if has_lead else "lead"),
                scope,
                stated=known_role is not None,
            )
            parties[full_name, scope] = party
            has_lead = has_lead or party.role == "lead"
    return UnitsRead(list(parties.values()), illegible)


def words_of(runs: Iterable[NameRun]) -> list[str]:
    """Return what stands between the separators and gaps of a cell."""
    return [run.names[start:end] for run in runs for start, end in pairwise((0, *run.gaps, len(run.names)))]


def _names_of_run(run: NameRun, lexicon: PartyLexicon) -> tuple[list[str], list[Illegible]]:
    """Return the names of a run as written, and the texts between them that are none."""
    if run in lexicon.jumbles:
        parts = lexicon.jumbles[run]
        names = [part.text for part in parts if part.is_name or part.text in lexicon.misread]
        others = [part.text for part in parts if not part.is_name and part.text not in lexicon.misread]
        return names, [Illegible(text, RUN_TOGETHER) for text in dict.fromkeys(others)]
    names, illegible, start = [], [], 0
    # 市退役军人事务局牵头: the verb belongs to the last name and is none.
    own, verb = split_verb(run.names)
    *others, last = lexicon.segment(own, run.gaps, run.blanks)
    for written in (*others, last + verb):
        cut = next((gap - start for gap in run.gaps if start < gap < start + len(written)), 0)
        start += len(written)
        if lexicon.has_debris and _is_name_behind_debris(written, cut, lexicon):
            illegible.append(Illegible(written[:cut], NO_UNIT_BEFORE_NAME))
            names.append(written[cut:])
        elif (bodies := split_shared_office(written)) and not lexicon.names.keys().isdisjoint(bodies):
            names += bodies
        else:
            names.append(written)
    return names, illegible


def _is_name_behind_debris(written: str, cut: int, lexicon: PartyLexicon) -> bool:
    """Return whether a text with a gap is a usual name behind something else: 季度 办公室; 县 教育局 is one name."""
    before, name = written[:cut], written[cut:]
    return (
        len(before) > 1
        and lexicon.is_known(name)
        and not has_unit_suffix(before)
        and lexicon.names[written] <= 1
        and written not in lexicon.body
        and written not in lexicon.decided
        and not any(name != written and name.startswith(before) for name in lexicon.names)
    )


@lru_cache(maxsize=4096)
def is_collective(name: str) -> bool:
    """Return whether the name means many units: 各科室（单位）, 局属各单位, 全体党员, 有关部门."""
    return bool(_collective_pattern().search(name))


def _split_outside_brackets(text: str, separators: str = _SEPARATORS) -> list[str]:
    """Split at separators outside of brackets, and of names of many units of several kinds."""
    parts, depth, start = [], 0, 0
    spans = [kinds.span() for kinds in _KINDS_OF_MANY.finditer(text)] if _MANY in text else []
    for mark in _SEPARATOR_OR_BRACKET.finditer(text):
        char = mark.group()
        depth += (char in _OPENING) - (char in _CLOSING)
        is_inside = any(first <= mark.start() < end for first, end in spans)
        if depth <= 0 and char in separators and not is_inside:
            parts.append(text[start : mark.start()])
            start = mark.end()
    return [*parts, text[start:]]


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


def role_of_label(label: str) -> str | None:
    """Return the role of a word before units that names no units itself: 牵头, 配合; None for another word."""
    if label in _support_labels():
        return "support"
    return "lead" if label in word_list("lead_tails") else None


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


def _split_pieces(text: str) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    """Return the separated parts of a cell, each with the positions of its gaps and of its blanks within a line."""
    pieces: list[tuple[str, tuple[int, ...], tuple[int, ...]]] = []
    for part in _split_outside_brackets(text.strip()):
        if words := (rest := DUTY_TAIL.sub("", part.rstrip()).strip()).split():
            gaps = tuple(accumulate(map(len, words)))[:-1]
            spaces = _WHITESPACE.findall(rest)
            blanks = tuple(gap for gap, space in zip(gaps, spaces, strict=True) if "\n" not in space)
            pieces.append(("".join(words), gaps, blanks))
    return pieces


@cache
def _collective_pattern() -> re.Pattern[str]:
    data = vocabulary.load_toml("parties")
    inside, ahead = ("|".join(map(re.escape, data[k])) for k in ("collective_inside", "collective_ahead"))
    return re.compile(f"{inside}|^(?:{ahead})")
