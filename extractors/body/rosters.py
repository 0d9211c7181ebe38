"""Members of leading groups and offices, from rosters, running text and roster tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from extractors.body.line_joining import body_words, read_label
from extractors.body.outline import Outline
from extractors.normalize import clean, strip_whitespace
from extractors.parsers.persons import has_surname

_HAN = r"\u3400-\u9fff"
_NAME = re.compile(rf"[{_HAN}]{{2,4}}|[{_HAN}]{{1,8}}(?:[·•・][{_HAN}]{{1,8}}){{1,3}}")
_BRACKET = re.compile(r"[（(][^（）()]*[）)]")
_SEPARATOR = re.compile(r"[、，,；;/]")
_COMRADE = re.compile(r"(?:等)?(?:\d{1,4}[人名])?(?:同志|等)$")
_ROSTER_WORDS = re.compile(
    r"(?:组成)?(?:人员|成员|组成人员)?(?:及(?:职责|分工)[\u4e00-\u9fff]*)?(?:名单|花名册|情况表|一览表|表)$"
)
_ENTRY = re.compile(rf"(?P<key>[{_HAN}（）()\s]{{1,24}})[:：](?P<value>.*)", re.DOTALL)
_FOUNDED = re.compile(
    rf"(?:成立|组建|设立|建立|调整)(?:了)?(?P<group>[{_HAN}（）()]{{2,40}}(?:领导小组|工作小组|小组|专班|指挥部|委员会))"
)
_SUBGROUP = re.compile(
    rf"(?P<parent>[{_HAN}]{{0,20}}?(?:领导小组|小组|专班|指挥部|委员会))(?:下设|内设|设)(?P<group>[{_HAN}]{{2,24}}?(?:办公室|工作小组|小组|工作组|专班|组))"
)
_SUBGROUP_HINT = re.compile(r"(?:小组|专班|指挥部|委员会)(?:下设|内设|设)")
"""Necessary part of `_SUBGROUP`, checked first because it is faster."""
_HEADING_GROUP = re.compile(
    rf"(?P<group>[{_HAN}]{{2,30}}(?:领导小组|工作小组|小组|专班|指挥部|委员会|办公室|工作组|组))[:：]?"
)
_SUBCLAUSE = re.compile(r"[^。；;，,]+")
_MAX_LOOKBEHIND = 200
_GENERIC = re.compile(r"工作小组|工作组|办公室|工作专班|专班|小组")
_GROUP_HEADER = re.compile(r"组别|小组|专班|机构|工作组|组名|类别")
_NAME_HEADER = re.compile(r"姓\s*名|人员|^成员$|^名单$")


@dataclass(frozen=True, slots=True)
class Member:
    """A person with a role in a group, as written in the notice."""

    group: str | None
    role: str | None
    person: str
    locator: str


class _RosterReader:
    """Reads paragraphs in order and keeps track of the current group and role."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.members: list[Member] = []
        self.group: str | None = None
        self.role: str | None = None
        self.annex: str | None = None

    def enter_annex(self, annex: str | None) -> None:
        """Enter another attachment, whose title may name the group."""
        if annex == self.annex:
            return
        self.annex, self.role = annex, None
        group = group_of_title(annex) if annex else None
        if group:
            self.group = _without_issuer(group, self.outline)

    def read_entry(self, raw: str, locator: str) -> bool:
        """Read 组长：… or 协调联络小组：…; return whether the line was a roster entry."""
        match = _ENTRY.fullmatch(raw.strip())
        if not match:
            return False
        key, value = strip_whitespace(match["key"]), match["value"]
        key = re.sub(r"[（(].*?[）)]", "", key)
        role = _role().fullmatch(key)
        if role:
            self.role = key
        elif _group_end().search(key) and split_names(value):
            self.group, self.role = key, body_words()["member_roles"][0]
        elif (
            (role_at_end := _role().search(key))
            and role_at_end.end() == len(key)
            and _group_end().search(key[: role_at_end.start()])
        ):
            self.group, self.role = key[: role_at_end.start()], role_at_end.group()
        else:
            return False
        self._add(split_names(value), locator)
        return True

    def read_continuation(self, raw: str, locator: str) -> bool:
        """Read a line of only names below an entry; return whether it was one."""
        if self.role is None or re.search(r"[。：:；]", raw):
            return False
        if read_label(clean(raw)):
            # （二）文明服务 is the heading of what follows.
            self.role = None
            return False
        names = split_names(raw)
        self._add(names, locator)
        return bool(names)

    def read_prose(self, text: str, locator: str) -> None:
        """Read running text: 成立…领导小组，由甲任组长，乙、丙为成员."""
        if _FOUNDED.search(text) or _SUBGROUP_HINT.search(text) or _appointed().search(text):
            self._read_sentences(text, locator)
        heading = _HEADING_GROUP.fullmatch(strip_whitespace(text).removeprefix("成立"))
        if heading and not _SUBGROUP.search(text):
            self.group, self.role = _without_issuer(heading["group"], self.outline), None

    def _read_sentences(self, text: str, locator: str) -> None:
        for sentence in re.split(r"[。；;\n]", text):
            founded = list(_FOUNDED.finditer(sentence))
            for part in _SUBCLAUSE.finditer(sentence):
                self._update_group(part.group(), founded, part.start(), part.end())
                self._read_appointments(part.group(), locator)

    def _update_group(self, text: str, founded: Sequence[re.Match[str]], start: int, end: int) -> None:
        subgroup = _SUBGROUP.search(text) if _SUBGROUP_HINT.search(text) else None
        if subgroup:
            self.group, self.role = self._subgroup_name(subgroup["group"]), None
            return
        founding = next((f for f in founded if start <= f.start() < end), None)
        if founding:
            self.group, self.role = _without_issuer(founding["group"], self.outline), None

    def _subgroup_name(self, name: str) -> str:
        """Return the name of an office below the group; a bare 工作小组 takes over the subject of its parent."""
        stem = re.sub(r"(?:工作)?领导小组$", "", self.group or "")
        return stem + name if _GENERIC.fullmatch(name) and name != "办公室" and stem != self.group else name

    def _read_appointments(self, text: str, locator: str) -> None:
        end = 0
        for match in _appointed().finditer(text):
            subject = text[max(end, match.start() - _MAX_LOOKBEHIND) : match.start()]
            end = match.end()
            pieces = [p for p in subject.split("、") if p]
            last = name_before(pieces[-1]) if pieces else None
            if last is None:
                continue
            names = [last]
            for piece in reversed(pieces[:-1]):
                if not is_name(strip_whitespace(piece), require_surname=True) and not (name := name_before(piece)):
                    break
                names.insert(
                    0, strip_whitespace(piece) if is_name(strip_whitespace(piece), require_surname=True) else str(name)
                )
            known = {m.person for m in self.members}
            # 兼任 gives a further role to a person already named; only a new person is a new entry.
            self._add([n for n in names if match["verb"] != "兼任" or n not in known], locator, match["role"])

    def _add(self, names: Sequence[str], locator: str, role: str | None = None) -> None:
        self.members += [Member(self.group, role or self.role, name, locator) for name in names]


def is_name(text: str, *, require_surname: bool = False) -> bool:
    """Return whether `text` can be a person's name: two to four ideographs (or a dotted name), no word of an office.

    Args:
        text: the text without whitespace.
        require_surname: require a known surname, for places where any word can occur.
    """
    if not _NAME.fullmatch(text) or _not_names().search(text):
        return False
    if text[-1] in body_words()["unit_endings"]:
        return False
    if text[-1] in body_words()["doubtful_endings"] and (len(text) > 3 or not has_surname(text)):
        return False
    if len(text) == 4 and "·" not in text and not (text[:2] in body_words()["compound_surnames"] or has_surname(text)):
        return False
    return has_surname(text) if require_surname else True


def split_names(text: str, *, is_name_column: bool = False) -> list[str]:
    """Return the persons in the value of a roster line, in order; [] if it names none.

    Names may be separated by 、 or by whitespace (two-character names padded), with posts in brackets or after them.
    `各部门负责人` and sentences give [].

    Args:
        text: the value of the line.
        is_name_column: True if the place holds names (a column 姓名): then names with rare surnames are accepted too.

    >>> split_names("王  甲  李乙丙  赵  丁")
    ['王甲', '李乙丙', '赵丁']
    """
    bare = _BRACKET.sub("", text).strip().rstrip("。.;；")
    if re.search(r"[。：:！？]", bare):
        return []
    tokens = _merge_padded(bare.split())
    holder = _name_before_post(tokens)
    if holder:
        return holder
    if _SEPARATOR.search(bare):
        pieces = [_strip_titles(p) for p in _SEPARATOR.split(bare)]
        names = [p for p in pieces if is_name(p)]
        return names if names and len(names) * 2 > len([p for p in pieces if p]) else []
    names = [_COMRADE.sub("", t) for t in tokens]
    return names if names and all(is_name(n) for n in names) and (is_name_column or _mostly_surnames(names)) else []


def name_before(text: str) -> str | None:
    """Return the person's name at the end of `text` (…党组书记、局长某某), found by surname and the text before."""
    compact = _COMRADE.sub("", strip_whitespace(text))
    for size in (3, 2, 4):
        name, before = compact[-size:], compact[:-size]
        if len(compact) < size or not is_name(name, require_surname=True):
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


def group_of_title(title: str) -> str | None:
    """Return the group in the title of a roster (…工作专班组成人员名单 -> …工作专班), None for any other title."""
    bare = _ROSTER_WORDS.sub("", strip_whitespace(title))
    return bare if bare != strip_whitespace(title) and _group_end().search(bare) else None


def read_members(outline: Outline) -> list[Member]:
    """Return the people in rosters and appointments of the text, in reading order, tables excluded."""
    reader = _RosterReader(outline)
    for line, annex in outline.body:
        reader.enter_annex(annex)
        if reader.read_entry(line.raw, line.locator) or reader.read_continuation(line.raw, line.locator):
            continue
        reader.role = None
        reader.read_prose(line.text, line.locator)
    return reader.members


def read_member_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], title: str | None = None, locator: str = ""
) -> list[Member]:
    """Return the people of a roster table; [] if no column holds names.

    Args:
        header: the header texts.
        rows: the body rows, merged cells filled down.
        title: the title of the table; it names the whole group, which a short cell such as 专班 refers to.
        locator: the locator of the table.
    """
    headers = [strip_whitespace(h) for h in header]
    name_col = next((i for i, h in enumerate(headers) if _NAME_HEADER.search(h)), None)
    if name_col is None:
        return []
    role_col = _role_column(rows, name_col)
    group_col = next(
        (i for i, h in enumerate(headers) if i not in (name_col, role_col) and _GROUP_HEADER.search(h)), None
    )
    title_group = group_of_title(title) if title else None
    members: list[Member] = []
    for n, row in enumerate(rows, start=1):
        role = strip_whitespace(row[role_col]) if role_col is not None and role_col < len(row) else ""
        group = clean(row[group_col]) if group_col is not None and group_col < len(row) else ""
        if role and not _role().fullmatch(role):
            # One column holds both: 组长, 副组长, then the names of the working groups.
            group, role = group or clean(role), ""
        if title_group and (not group or (len(group) <= 6 and title_group.endswith(group))):
            group = title_group
        names = split_names(row[name_col], is_name_column=True) if name_col < len(row) else []
        row_locator = f"{locator}第{n}行" if locator else f"第{n}行"
        members += [Member(group or None, role or None, name, row_locator) for name in names]
    return members


@cache
def _not_names() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(w) for w in body_words()["not_names"]))


@cache
def _posts() -> re.Pattern[str]:
    return re.compile("|".join(sorted(body_words()["post_words"], key=len, reverse=True)))


def _strip_titles(piece: str) -> str:
    return _COMRADE.sub("", strip_whitespace(_BRACKET.sub("", piece)))


def _merge_padded(tokens: list[str]) -> list[str]:
    """Join names whose two characters are padded apart: 甲  乙 丙丁戊 -> 甲乙 丙丁戊."""
    out: list[str] = []
    i = 0
    while i < len(tokens):
        pair = i + 1 < len(tokens) and len(tokens[i]) == 1 and len(tokens[i + 1]) == 1
        out.append(tokens[i] + tokens[i + 1] if pair else tokens[i])
        i += 2 if pair else 1
    return out


def _name_before_post(tokens: list[str]) -> list[str] | None:
    """Return the person of `张三 县教育局局长` (a name followed by a post), else None."""
    if len(tokens) < 2 or not is_name(tokens[0]):
        return None
    rest = tokens[1:]
    post_tokens = [t for t in rest if len(t) > 4 or not is_name(t, require_surname=True)]
    return (
        [tokens[0]]
        if post_tokens and len(post_tokens) == len(rest) and any(_posts().search(t) for t in post_tokens)
        else None
    )


def _mostly_surnames(names: list[str]) -> bool:
    """Return whether at least half of the words begin with a surname."""
    return sum(has_surname(n) for n in names) * 2 >= len(names)


@cache
def _role() -> re.Pattern[str]:
    chiefs = "|".join(sorted(body_words()["roles"], key=len, reverse=True))
    members = "|".join(sorted(body_words()["member_roles"], key=len, reverse=True))
    return re.compile(rf"(?:第一|常务|执行|办公室)?副?(?:{chiefs})|(?:{members})")


@cache
def _appointed() -> re.Pattern[str]:
    return re.compile(rf"(?:同志)?(?P<verb>兼任|担任|任|为)(?P<role>(?:{_role().pattern}))(?![{_HAN}])")


@cache
def _group_end() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(sorted(body_words()['group_endings'], key=len, reverse=True))})$")


def _without_issuer(group: str, outline: Outline) -> str:
    """Return the name of a group without the name of the organization that founded it."""
    letterhead = outline.letterhead
    for name in sorted({*letterhead.banner, *letterhead.signatures}, key=len, reverse=True):
        # 某市某区某局 is often written without the names above: 某区某局文明创建领导小组.
        for cut in range(max(1, len(name) - 3)):
            if group.startswith(name[cut:]) and len(group) > len(name) - cut + 2:
                return group[len(name) - cut :]
    return group


def _role_column(rows: Sequence[Sequence[str]], name_col: int) -> int | None:
    """Return the column of roles in a group (组长, 成员), whatever its header; posts in an office do not count."""
    width = max((len(r) for r in rows), default=0)
    counts = {
        c: sum(bool(c < len(r) and _role().fullmatch(strip_whitespace(r[c]))) for r in rows)
        for c in range(width)
        if c != name_col
    }
    best = max(counts, key=lambda c: counts[c], default=None)
    return best if best is not None and counts[best] else None
