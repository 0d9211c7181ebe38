"""Departments and units: a cell → who is responsible, in order, with role and scope."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from extractors import vocabulary
from extractors.normalize import says_nobody, squeeze, strip_artefacts
from extractors.parsers.unit_cells import SCOPE_MARK, runs, split_outside

_EXPLAINED = re.compile(r"[“\"「]([\u4e00-\u9fff]{2,6})[”\"」](?:是?指|即|系|为)([\u4e00-\u9fff]{3,14})")
_FINISHED = re.compile(r"(?:科|股|办公室)$")
_GOES_ON = re.compile(r"科[技研学普教室员长协创]")
_SYMBOL = re.compile(r"['\"<>=_^~{}|\\]")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_BRACKET = re.compile("[（(）)]")
_BRACKET_BEHIND = re.compile(r"[（(][^（）()]*[）)]$")
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Party:
    """`name` in full as the notice gives it elsewhere, `raw` as this cell writes it, `scope` the ①… before it.

    `stated` tells that the notice itself gives the role (a column, a label, a mark) and not the order of naming.
    """

    name: str
    raw: str
    role: str
    scope: str | None = None
    stated: bool = False


@dataclass(slots=True)
class PartyLexicon:
    """The names that stand unmistakably (alone or between separators) in one notice, with how often."""

    body: str = ""
    names: Counter[str] = field(default_factory=Counter, init=False)
    """Filled by `learn` alone."""
    _explained: dict[str, str] | None = field(default=None, init=False)
    _short: Counter[str] = field(default_factory=Counter, init=False)
    """The short forms of the names (宣传 of 宣传科), with how many names each stands for."""
    _cut: dict[tuple[str, tuple[int, ...]], list[str]] = field(default_factory=dict, init=False)

    def explained(self) -> dict[str, str]:
        """Short forms that the notice explains itself: “综合”指综合科."""
        if self._explained is None:
            self._explained = {m.group(1): m.group(2) for m in _EXPLAINED.finditer(self.body)}
        return self._explained

    def canonical(self, raw: str) -> str:
        """The full form the notice itself gives: 宣传 → 宣传科, 纪委 → 机关纪委; else `raw`."""
        if raw in self.explained():
            return self.explained()[raw]
        if raw not in self.names or not _suffix(raw):
            longer = [raw + s for s in _words("short_of") if raw + s in self.names]
            if len(longer) >= 1:
                return max(longer, key=lambda n: self.names[n])
        if len(raw) <= 3 and _suffix(raw) and not raw.startswith("机关") and f"机关{raw}" in self.body:
            return f"机关{raw}"
        return raw

    def settled(self, piece: str) -> bool:
        """True for a full name of this notice or one that every unit knows."""
        return piece in self.names or piece in _common()

    def cut(self, solid: str, gaps: tuple[int, ...]) -> list[str]:
        """The names of a run, once this lexicon learns no more: most cells of a notice name the same departments."""
        key = (solid, gaps)
        if key not in self._cut:
            self._cut[key] = _segment(solid, gaps, self)
        return self._cut[key]

    def knows(self, piece: str) -> bool:
        """True for a full name or a short form of one (宣传 where 宣传科 is known)."""
        return self.settled(piece) or self._short[piece] > 0

    def learn(self, name: str, times: int = 1) -> None:
        """Take a name in that stands unmistakably so often."""
        if name not in self.names:
            self._short.update(_short_forms(name))
        self.names[name] += times

    def forget(self, name: str) -> int:
        """Take a name out again; how often it stood."""
        self._short.subtract(_short_forms(name))
        return self.names.pop(name)


@lru_cache(maxsize=4096)
def _short_forms(name: str) -> tuple[str, ...]:
    return tuple(name.removesuffix(tail) for tail in _words("short_of") if name.endswith(tail))


@cache
def _words(key: str) -> tuple[str, ...]:
    return tuple(vocabulary.toml("parties")[key])


@lru_cache(maxsize=65536)
def _suffix(name: str) -> bool:
    """True where a name without blanks ends like that of a department or unit, a bracket behind it left out."""
    if name.endswith(("）", ")")):
        name = _BRACKET_BEHIND.sub("", name)
        return name.endswith(_words("suffixes"))
    return len(name) >= 2 and name.endswith(_words("suffixes"))


def looks_like_party(text: str) -> bool:
    """True when every piece of the cell ends like the name of a department or unit."""
    pieces = [p for p in split_outside(squeeze(strip_artefacts(text))) if p]
    pieces = [_strip_tail(SCOPE_MARK.sub("", p)) for p in pieces]
    return bool(pieces) and all(len(p) <= _LONGEST and _suffix(p) for p in pieces)


@cache
def _tails() -> re.Pattern[str]:
    words = sorted(_words("tails"), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(words)})$")


def _strip_tail(piece: str) -> str:
    if not piece.endswith(_words("tails")):
        return piece
    shorter = _tails().sub("", piece)
    return shorter if shorter != piece and _suffix(shorter) and not _suffix(piece) else piece


@cache
def _told_behind() -> re.Pattern[str]:
    data = vocabulary.toml("parties")
    lead, support = ("|".join(sorted(data[k], key=len, reverse=True)) for k in ("lead_tails", "support_tails"))
    return re.compile(
        f"(?:[（(](?:(?P<lead>{lead})|(?P<support>{support}))[）)]|(?P<lead_verb>{lead})|(?P<support_verb>{support}))$"
    )


@cache
def _lead_marks() -> str:
    return "".join(m for m in vocabulary.toml("parties")["lead_marks"] if len(m) == 1)


@lru_cache(maxsize=4096)
def _told(raw: str) -> tuple[str, str | None]:
    """A name without what stands around it, and the role that tells: 县教育局（牵头）, ★县教育局 → 县教育局, lead."""
    if (bare := raw.strip(_lead_marks())) != raw and _suffix(bare):
        return bare, "lead"
    found = _told_behind().search(raw)
    if not found or not _suffix(raw[: found.start()]):
        return _strip_tail(raw), None
    role = "lead" if found.group("lead") or found.group("lead_verb") else "support"
    return raw[: found.start()], role


@cache
def _inner_openings() -> tuple[str, ...]:
    return tuple(o for o in _words("openings") if o != "各")


@cache
def _common() -> frozenset[str]:
    return frozenset(vocabulary.toml("parties")["common"])


def _inner_names(piece: str, lexicon: PartyLexicon) -> int:
    """How many complete names stand inside `piece` before its end: signs that it is several names glued."""
    names, common = lexicon.names, _common()
    count, at = 0, 0
    while at < len(piece) - 1:
        for end in range(len(piece) - 2, at + 1, -1):
            if (inner := piece[at:end]) in names or inner in common:
                count += 1
                at = end - 1
                break
        at += 1
    if count == 1:
        tail = next((piece[i:] for i in range(2, len(piece) - 1) if lexicon.settled(piece[:i])), "")
        return 1 if tail in lexicon.names or (lexicon.settled(tail) and tail != "办公室") else 0
    return count


def _seams(piece: str, lexicon: PartyLexicon) -> int:
    """Places where a finished name is followed by what begins another one: …局|市…, …科|…科."""
    starts = _inner_openings()
    return sum(
        piece.startswith(starts, i) or bool(_FINISHED.search(piece, 0, i) and _suffix(piece[i:]))
        for i in range(3, len(piece) - 1)
        if _suffix(piece[:i]) and (not _GOES_ON.match(piece, i - 1) or piece[:i] in lexicon.names)
    )


def _piece_cost(piece: str, at_gap: bool, crosses: int, following: str, lexicon: PartyLexicon) -> float:
    """Cost of taking `piece` as one name; lower is better."""
    known = True
    if lexicon.settled(piece):
        cost = 0.9 if piece in lexicon.names else 1.0
    elif known := lexicon.knows(piece):
        cost = 1.2 if at_gap or not following else 1.6
    elif _suffix(piece):
        cost = 1.2 + 0.1 * len(piece) + 1.6 * _seams(piece, lexicon) + 1.5 * _inner_names(piece, lexicon)
    else:
        cost = 4.0 + 0.2 * len(piece)
    if following and not at_gap:
        easy = (
            following.startswith(_words("openings"))
            or known
            or (bool(_FINISHED.search(piece)) and not _GOES_ON.match(piece[-1] + following))
        )
        cost += 0.3 if easy else 0.9
    return cost + 1.0 * crosses


_LEAST = 0.9
"""What `_piece_cost` asks for any piece at least."""
_LEAST_TWO = 2.0
"""Less than what two pieces cost together where no gap lies between them."""


def _whole(piece: str) -> bool:
    """False for one half of a bracket."""
    return piece.count("（") + piece.count("(") == piece.count("）") + piece.count(")")


def _segment(solid: str, gaps: Sequence[int], lexicon: PartyLexicon) -> list[str]:
    """Cut a run of names without separators where known names, endings and line breaks say so."""
    if not 2 <= len(solid) <= 120:
        return [solid]
    bracketed = _BRACKET.search(solid) is not None
    alone = not gaps and len(solid) <= _LONGEST and not (bracketed and not _whole(solid))
    if alone and _piece_cost(solid, False, 0, "", lexicon) < _LEAST_TWO:
        return [solid]
    least, begins = [0.0] + [1e9] * len(solid), [0] * (len(solid) + 1)
    for end in range(2, len(solid) + 1):
        for start in range(max(0, end - _LONGEST), end - 1):
            if least[start] + _LEAST >= least[end]:
                continue
            piece = solid[start:end]
            if bracketed and not _whole(piece):
                continue
            crosses = sum(_real_break(solid, start, g, end) for g in gaps if start < g < end) if gaps else 0
            cost = least[start] + _piece_cost(piece, end in gaps, crosses, solid[end:], lexicon)
            if cost < least[end]:
                least[end], begins[end] = cost, start
    if least[-1] >= 1e9:
        return [solid]
    cuts, end = [], len(solid)
    while end:
        cuts.append(solid[begins[end] : end])
        end = begins[end]
    return cuts[::-1]


def _real_break(solid: str, start: int, gap: int, end: int) -> bool:
    """True when a gap inside a piece leaves two names that could each stand alone."""
    return _suffix(solid[start:gap]) and (_suffix(solid[gap:end]) or len(solid[gap:end]) >= 3)


def collect(cells: Iterable[str], body: str) -> PartyLexicon:
    """The lexicon of a notice from its party cells: first the names that stand alone, then the parts of glued runs."""
    lexicon = PartyLexicon(body=squeeze(body))
    found = [run for cell in cells if cell.strip() and not says_nobody(cell) for run in runs(cell)]
    glued: list[tuple[str, tuple[int, ...]]] = []
    for _, _, solid, gaps in found:
        name = _told(solid)[0]
        if len(name) <= _LONGEST and _suffix(name) and _segment(name, gaps, lexicon) == [name]:
            lexicon.learn(name)
        else:
            glued.append((name, gaps))
    for name in [n for n in lexicon.names if n not in _common()]:
        count = lexicon.forget(name)
        if _segment(name, (), lexicon) == [name]:
            lexicon.learn(name, count)
        else:
            glued.extend([(name, ())] * count)
    for name, gaps in sorted(glued, key=lambda g: not g[1]):
        for piece in filter(_suffix, _segment(name, gaps, lexicon)):
            lexicon.learn(piece)
    return lexicon


@lru_cache(maxsize=4096)
def _is_no_name(name: str) -> bool:
    """True for what no name looks like: `----`, fewer than two ideographs, quotation marks or symbols inside."""
    return says_nobody(name) or len(_IDEOGRAPH.findall(name)) < 2 or bool(_SYMBOL.search(name))


def split_parties(text: str, lexicon: PartyLexicon, role: str | None = None) -> list[Party]:
    """The parties of a cell. `role` is given by a lead or support column; None = the first named leads.

    `text` keeps its line feeds. `----` and the like give an empty list.
    """
    if says_nobody(text) or not text.strip():
        return []
    found = [
        (role or told, scope, raw, *_told(raw))
        for told, scope, solid, gaps in runs(text)
        for raw in lexicon.cut(solid, gaps)
    ]
    parties: dict[tuple[str, str | None], Party] = {}
    led = any(behind == "lead" for *_, behind in found)
    for told, scope, raw, bare, behind in found:
        name = lexicon.canonical(bare)
        if (name, scope) in parties or _is_no_name(name):
            continue
        said = told or behind
        party = Party(name, raw, said or ("support" if led else "lead"), scope, stated=said is not None)
        parties[name, scope] = party
        led = led or party.role == "lead"
    return list(parties.values())


@cache
def _collective() -> re.Pattern[str]:
    data = vocabulary.toml("parties")
    inside, ahead = ("|".join(map(re.escape, data[k])) for k in ("collective_inside", "collective_ahead"))
    return re.compile(f"{inside}|^(?:{ahead})")


@lru_cache(maxsize=4096)
def is_collective(name: str) -> bool:
    """True for one name that means many: 各科室（单位）, 局属各单位, 全体党员, 有关部门."""
    return bool(_collective().search(name))


def matrix_role(mark: str) -> str | None:
    """What a mark in a unit-by-task matrix says: ★ → lead, √ → support, blank → None."""
    solid = squeeze(mark)
    if not solid or says_nobody(solid):
        return None
    return "lead" if solid in vocabulary.toml("parties")["lead_marks"] else "support"


def is_unit_mark(mark: str) -> bool:
    """True for a blank and for the marks of a matrix that the vocabulary knows."""
    solid = squeeze(mark)
    words = vocabulary.toml("parties")
    return not solid or says_nobody(solid) or solid in words["lead_marks"] or solid in words["support_marks"]
