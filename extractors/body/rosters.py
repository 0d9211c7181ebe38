"""Members of leading groups and offices, from rosters, running text and roster tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from extractors.body.line_joining import body_words
from extractors.body.outline import Outline
from extractors.normalize import clean, squeeze
from extractors.parsers.persons import has_surname

_HAN = r"\u3400-\u9fff"
_NAME = re.compile(rf"[{_HAN}]{{2,4}}|[{_HAN}]{{1,8}}(?:[·•・][{_HAN}]{{1,8}}){{1,3}}")
_BRACKET = re.compile(r"[（(][^（）()]*[）)]")
_SEPARATOR = re.compile(r"[、，,；;/]")
_COMRADE = re.compile(r"(?:等)?(?:\d{1,4}[人名])?(?:同志|等)$")


@cache
def _not_names() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(w) for w in body_words()["not_names"]))


@cache
def _posts() -> re.Pattern[str]:
    return re.compile("|".join(sorted(body_words()["post_words"], key=len, reverse=True)))


def is_name(text: str, *, surname: bool = False) -> bool:
    """True when `text` can be a person's name: two to four ideographs (or a dotted name), no word of an office.

    `surname` asks for a known family name as well, for places where any word could stand.
    """
    if not _NAME.fullmatch(text) or _not_names().search(text):
        return False
    if text[-1] in body_words()["unit_endings"]:
        return False
    if text[-1] in body_words()["doubtful_endings"] and (len(text) > 3 or not has_surname(text)):
        return False
    if len(text) == 4 and "·" not in text and not (text[:2] in body_words()["compound_surnames"] or has_surname(text)):
        return False
    return has_surname(text) if surname else True


def _strip_titles(piece: str) -> str:
    return _COMRADE.sub("", squeeze(_BRACKET.sub("", piece)))


def _merge_padded(tokens: list[str]) -> list[str]:
    """Put names together again whose two characters were padded apart: 甲  乙 丙丁戊 -> 甲乙 丙丁戊."""
    out: list[str] = []
    i = 0
    while i < len(tokens):
        pair = i + 1 < len(tokens) and len(tokens[i]) == 1 and len(tokens[i + 1]) == 1
        out.append(tokens[i] + tokens[i + 1] if pair else tokens[i])
        i += 2 if pair else 1
    return out


def _name_before_post(tokens: list[str]) -> list[str] | None:
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
    single = _name_before_post(tokens)
    if single:
        return single
    if _SEPARATOR.search(bare):
        pieces = [_strip_titles(p) for p in _SEPARATOR.split(bare)]
        names = [p for p in pieces if is_name(p)]
        return names if names and len(names) * 2 > len([p for p in pieces if p]) else []
    names = [_COMRADE.sub("", t) for t in tokens]
    return names if names and all(is_name(n) for n in names) and (named or _mostly_surnames(names)) else []


def _mostly_surnames(names: list[str]) -> bool:
    """At least half of the words begin with a family name: a list of persons, not of other things."""
    return sum(has_surname(n) for n in names) * 2 >= len(names)


def name_before(text: str) -> str | None:
    """The person's name that closes `text` (…党组书记、局长某某), judged by family name and by what stands before."""
    flat = _COMRADE.sub("", squeeze(text))
    for size in (3, 2, 4):
        name, before = flat[-size:], flat[:-size]
        if len(flat) < size or not is_name(name, surname=True):
            continue
        if size == 4 and name[:2] not in body_words()["compound_surnames"]:
            continue
        if (
            not before
            or re.search(rf"[^{_HAN}]$|由$|以$|及$|和$", before)
            or re.search(rf"(?:{_posts().pattern})$", before)
        ):
            return name
    return None


# The people of leading groups and offices: from rosters, from running text, from roster tables.


_HAN_RANGE = r"\u3400-\u9fff"
_ROSTER_WORDS = re.compile(
    r"(?:组成)?(?:人员|成员|组成人员)?(?:及(?:职责|分工)[\u4e00-\u9fff]*)?(?:名单|花名册|情况表|一览表|表)$"
)
_ENTRY = re.compile(rf"(?P<key>[{_HAN_RANGE}（）()\s]{{1,24}})[:：](?P<value>.*)", re.DOTALL)
_FOUNDED = re.compile(
    rf"(?:成立|组建|设立|建立|调整)(?:了)?(?P<group>[{_HAN_RANGE}（）()]{{2,40}}(?:领导小组|工作小组|小组|专班|指挥部|委员会))"
)
_SUBGROUP = re.compile(
    rf"(?P<parent>[{_HAN_RANGE}]{{0,20}}?(?:领导小组|小组|专班|指挥部|委员会))(?:下设|内设|设)(?P<group>[{_HAN_RANGE}]{{2,24}}?(?:办公室|工作小组|小组|工作组|专班|组))"
)
_SUBGROUP_HINT = re.compile(r"(?:小组|专班|指挥部|委员会)(?:下设|内设|设)")
"""What `_BELOW` always holds, and is found sooner by."""
_HEADING_GROUP = re.compile(
    rf"(?P<group>[{_HAN_RANGE}]{{2,30}}(?:领导小组|工作小组|小组|专班|指挥部|委员会|办公室|工作组|组))[:：]?"
)
_SUBCLAUSE = re.compile(r"[^。；;，,]+")
_MAX_LOOKBEHIND = 200
_MAX_HEADING = 40
_GENERIC = re.compile(r"工作小组|工作组|办公室|工作专班|专班|小组")


@dataclass(frozen=True, slots=True)
class Member:
    """One person in one office of one group, as the notice writes them."""

    group: str | None
    role: str | None
    person: str
    locator: str


@cache
def _role() -> re.Pattern[str]:
    chiefs = "|".join(sorted(body_words()["roles"], key=len, reverse=True))
    members = "|".join(sorted(body_words()["member_roles"], key=len, reverse=True))
    return re.compile(rf"(?:第一|常务|执行|办公室)?副?(?:{chiefs})|(?:{members})")


@cache
def _appointed() -> re.Pattern[str]:
    return re.compile(rf"(?:同志)?(?P<verb>兼任|担任|任|为)(?P<role>(?:{_role().pattern}))(?![{_HAN_RANGE}])")


@cache
def _group_end() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(sorted(body_words()['group_endings'], key=len, reverse=True))})$")


def _without_issuer(group: str, outline: Outline) -> str:
    """The group's own name without the name of the body that set it up."""
    frame = outline.frame
    for name in sorted({*frame.banner, *frame.signatures}, key=len, reverse=True):
        # 某市某区某局 is often written without the higher names: 某区某局文明创建领导小组
        for cut in range(max(1, len(name) - 3)):
            if group.startswith(name[cut:]) and len(group) > len(name) - cut + 2:
                return group[len(name) - cut :]
    return group


def group_of_title(title: str) -> str | None:
    """The group that a roster's title names (…工作专班组成人员名单 -> …工作专班), None for any other title."""
    bare = _ROSTER_WORDS.sub("", squeeze(title))
    return bare if bare != squeeze(title) and _group_end().search(bare) else None


class _RosterReader:
    """Reads paragraphs in order and keeps the open group and office."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.found: list[Member] = []
        self.group: str | None = None
        self.role: str | None = None
        self.annex: str | None = None

    def enter(self, annex: str | None) -> None:
        """Begin another attachment: its title may name the group."""
        if annex == self.annex:
            return
        self.annex, self.role = annex, None
        named = group_of_title(annex) if annex else None
        if named:
            self.group = _without_issuer(named, self.outline)

    def entry(self, raw: str, locator: str) -> bool:
        """组长：… or 协调联络小组：… ; True when the line was a roster entry."""
        found = _ENTRY.fullmatch(raw.strip())
        if not found:
            return False
        key, value = squeeze(found["key"]), found["value"]
        key = re.sub(r"[（(].*?[）)]", "", key)
        role = _role().fullmatch(key)
        if role:
            self.role = key
        elif _group_end().search(key) and split_names(value):
            self.group, self.role = key, body_words()["member_roles"][0]
        elif (sub := _role().search(key)) and sub.end() == len(key) and _group_end().search(key[: sub.start()]):
            self.group, self.role = key[: sub.start()], sub.group()
        else:
            return False
        self._add(split_names(value), locator)
        return True

    def continuation(self, raw: str, locator: str) -> bool:
        """A line of nothing but names below an entry."""
        if self.role is None or re.search(r"[。：:；]", raw):
            return False
        names = split_names(raw)
        self._add(names, locator)
        return bool(names)

    def prose(self, text: str, locator: str) -> None:
        """Running text: 成立…领导小组，由甲任组长，乙、丙为成员."""
        if _FOUNDED.search(text) or _SUBGROUP_HINT.search(text) or _appointed().search(text):
            self._sentences(text, locator)
        if len(text) > _MAX_HEADING:
            return
        heading = _HEADING_GROUP.fullmatch(squeeze(text).removeprefix("成立"))
        if heading and not _SUBGROUP.search(text):
            self.group, self.role = _without_issuer(heading["group"], self.outline), None

    def _sentences(self, text: str, locator: str) -> None:
        for sentence in re.split(r"[。；;\n]", text):
            founded = list(_FOUNDED.finditer(sentence))
            for part in _SUBCLAUSE.finditer(sentence):
                self._group_in(part.group(), founded, part.start(), part.end())
                self._appointments(part.group(), locator)

    def _group_in(self, text: str, founded: Sequence[re.Match[str]], start: int, end: int) -> None:
        below = _SUBGROUP.search(text) if _SUBGROUP_HINT.search(text) else None
        if below:
            self.group, self.role = self._child(below["group"]), None
            return
        here = next((f for f in founded if start <= f.start() < end), None)
        if here:
            self.group, self.role = _without_issuer(here["group"], self.outline), None

    def _child(self, name: str) -> str:
        """An office below the group: a bare 工作小组 takes over what its parent is for."""
        stem = re.sub(r"(?:工作)?领导小组$", "", self.group or "")
        return stem + name if _GENERIC.fullmatch(name) and name != "办公室" and stem != self.group else name

    def _appointments(self, text: str, locator: str) -> None:
        done = 0
        for found in _appointed().finditer(text):
            who = text[max(done, found.start() - _MAX_LOOKBEHIND) : found.start()]
            done = found.end()
            listed = [p for p in who.split("、") if p]
            last = name_before(listed[-1]) if listed else None
            if last is None:
                continue
            names = [last]
            for piece in reversed(listed[:-1]):
                if not is_name(squeeze(piece), surname=True) and not (name := name_before(piece)):
                    break
                names.insert(0, squeeze(piece) if is_name(squeeze(piece), surname=True) else str(name))
            known = {m.person for m in self.found}
            # 兼任 gives a further office to someone already named; only a new person is a new entry
            self._add([n for n in names if found["verb"] != "兼任" or n not in known], locator, found["role"])

    def _add(self, names: Sequence[str], locator: str, role: str | None = None) -> None:
        self.found += [Member(self.group, role or self.role, name, locator) for name in names]


def read_members(outline: Outline) -> list[Member]:
    """The people named in rosters and appointments of the text, in reading order. Tables are `read_member_table`."""
    walker = _RosterReader(outline)
    for line, annex in outline.body:
        walker.enter(annex)
        if walker.entry(line.raw, line.locator) or walker.continuation(line.raw, line.locator):
            continue
        walker.role = None
        walker.prose(line.text, line.locator)
    return walker.found


_GROUP_HEADER = re.compile(r"组别|小组|专班|机构|工作组|组名|类别")
_NAME_HEADER = re.compile(r"姓\s*名|人员|^成员$|^名单$")


def read_member_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], title: str | None = None, locator: str = ""
) -> list[Member]:
    """The people of a roster table; [] when no column holds names.

    `rows` are the body rows with merged cells filled down; `title` names the whole group, which a short cell such as
    专班 stands for. `locator` names the table.
    """
    heads = [squeeze(h) for h in header]
    name_at = next((i for i, h in enumerate(heads) if _NAME_HEADER.search(h)), None)
    if name_at is None:
        return []
    role_at = _role_column(rows, name_at)
    group_at = next((i for i, h in enumerate(heads) if i not in (name_at, role_at) and _GROUP_HEADER.search(h)), None)
    whole = group_of_title(title) if title else None
    found: list[Member] = []
    for nth, row in enumerate(rows, start=1):
        role = squeeze(row[role_at]) if role_at is not None and role_at < len(row) else ""
        group = clean(row[group_at]) if group_at is not None and group_at < len(row) else ""
        if role and not _role().fullmatch(role):
            # one column holds both: 组长, 副组长, then the names of the working groups
            group, role = group or clean(role), ""
        if whole and (not group or (len(group) <= 6 and whole.endswith(group))):
            group = whole
        names = split_names(row[name_at], named=True) if name_at < len(row) else []
        place = f"{locator}第{nth}行" if locator else f"第{nth}行"
        found += [Member(group or None, role or None, name, place) for name in names]
    return found


def _role_column(rows: Sequence[Sequence[str]], name_at: int) -> int | None:
    """The column whose cells are parts in a group (组长, 成员), whatever its header; posts in an office are none."""
    width = max((len(r) for r in rows), default=0)
    counts = {
        c: sum(bool(c < len(r) and _role().fullmatch(squeeze(r[c]))) for r in rows)
        for c in range(width)
        if c != name_at
    }
    best = max(counts, key=lambda c: counts[c], default=None)
    return best if best is not None and counts[best] else None
