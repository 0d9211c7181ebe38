"""The body of a notice as a tree of sections and items, and the words that stand around its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from extractors.body.letterhead import Annex, Letterhead, LineRole, is_version_suffix, looks_like_org, read_letterhead
from extractors.body.line_joining import (
    Label,
    Line,
    body_words,
    ends_like_title,
    iter_lines,
    match_annex_mark,
    read_label,
    read_lines,
)
from extractors.document import Document, Table
from extractors.normalize import squeeze

_TOP_STYLES = ("section", "chapter", "bare")
_SENTENCE = re.compile(r"[^。：:；]{1,40}[。：:]")
_SUMMING_UP = re.compile(r"除?(?:上述|以上)|综上|[（(](?:以上|上述|考评|具体|详)")
_STOP = re.compile(r"[。；;！？!?：:，,、]$")
_UNIT_LINE = re.compile(
    r"[（(]?(?:计量)?单位(?:名称)?[（(]?(?:盖章|公章)?[）)]?[:：]|填报|填表|日期[:：]|(?:19|20)\d\d年\s*月"
)
_NOT_TITLE_ROLES = (
    LineRole.BANNER,
    LineRole.NUMBER,
    LineRole.DATE,
    LineRole.SIGNATURE,
    LineRole.ATTACHMENT,
    LineRole.ANNEX,
)
_NOTE_MARK = re.compile(r"[①-⑳*＊※★▲#]|\[\d{1,2}\]|〔注")


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """A section or numbered item of the body.

    `heading` is its title or lead sentence without closing punctuation, `text` everything it says itself (without
    its label, later paragraphs after a line feed, children excluded), `path` the labels and headings above it.
    """

    label: str | None
    style: str
    number: int | None
    heading: str
    text: str
    locator: str
    path: tuple[str, ...]
    children: tuple[OutlineItem, ...]
    annex: str | None
    """Title of the printed attachment it stands in, None for the letter or the plan itself."""

    @property
    def full_heading(self) -> str:
        """Label and heading as one text (四、实施步骤)."""
        return (self.label or "") + self.heading

    @property
    def titled_only(self) -> bool:
        """True when the item says nothing but its heading."""
        return self.text.rstrip("。：:；;") == self.heading

    def walk(self) -> Iterator[OutlineItem]:
        """The item and everything below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class TableContext:
    """What stands around one table: its title as written (without 附件N), its notes, its attachment's number."""

    title: str | None
    notes: tuple[Line, ...]
    annex: int | None


@dataclass(frozen=True, slots=True)
class Outline:
    """The frame, the tree of the body, and the surroundings of each table in order."""

    frame: Letterhead
    items: tuple[OutlineItem, ...]
    tables: tuple[TableContext, ...]
    lines: tuple[Line, ...]
    """All logical lines with the frame's, in reading order."""
    body: tuple[tuple[Line, str | None], ...]
    """The lines outside frame and table notes, each with the title of the attachment it stands in."""

    def walk(self) -> Iterator[OutlineItem]:
        """Every item of the tree in reading order."""
        for item in self.items:
            yield from item.walk()

    def text(self) -> str:
        """All running text, one line per paragraph."""
        return "\n".join(line.text for line in self.lines)


@cache
def _bare_heading() -> re.Pattern[str]:
    return re.compile(rf".{{0,6}}(?:{'|'.join(body_words()['heading_endings'])})")


@cache
def _note_opening() -> re.Pattern[str]:
    parts = "|".join(r"\s*".join(w) for w in sorted(body_words()["note_openings"], key=len, reverse=True))
    return re.compile(rf"(?:{parts})\s*[:：]|(?:{parts})\s*[1１]?[.、]|(?:{parts})$")


@dataclass(slots=True)
class _ItemBuilder:
    label: Label | None
    style: str
    heading: str
    texts: list[str]
    locator: str
    annex: str | None
    part: int
    children: list[_ItemBuilder] = field(default_factory=list)

    def freeze(self, path: tuple[str, ...]) -> OutlineItem:
        mark = self.label.mark if self.label else None
        below = (*path, (mark or "") + self.heading)
        return OutlineItem(
            label=mark,
            style=self.style,
            number=self.label.number if self.label else None,
            heading=self.heading,
            text="\n".join(t for t in self.texts if t),
            locator=self.locator,
            path=path,
            children=tuple(c.freeze(below) for c in self.children),
            annex=self.annex,
        )


def _lead_sentence(text: str) -> str:
    """The heading in front of an item's text: its whole if it is short and unpunctuated, else its lead sentence."""
    sentence = _SENTENCE.match(text)
    if sentence:
        return sentence.group().rstrip("。：:")
    return text if len(text) <= 40 and not _STOP.search(text) else ""


def _is_bare_heading(line: Line, below: Line | Table | None) -> bool:
    """A section heading whose automatic number was lost: 指导思想 on a line of its own above its text."""
    if not isinstance(below, Line) or len(line.text) > 14 or re.search(r"[。；：:，,、《》\d]", line.text):
        return False
    return _bare_heading().fullmatch(line.text) is not None


def _build_tree(
    body: Sequence[tuple[Line, str | None]], following: Sequence[tuple[Line | Table | None, int]]
) -> tuple[OutlineItem, ...]:
    """Nest the lines by their marks: a style already open closes what lies below it, a new one goes one deeper."""
    roots: list[_ItemBuilder] = []
    stack: list[_ItemBuilder] = []
    for (line, annex), (below, part) in zip(body, following, strict=True):
        if stack and (stack[0].annex, stack[0].part) != (annex, part):
            stack = []
        label = read_label(line.text)
        bare = label is None and _is_bare_heading(line, below)
        if label is None and not bare:
            if stack:
                # a closing remark about all items of a section belongs to the section, not to its last item
                owner = stack[0] if _SUMMING_UP.match(line.text) else stack[-1]
                owner.texts.append(line.text)
            continue
        style = "bare" if label is None else label.style
        rest = line.text if label is None else label.rest
        draft = _ItemBuilder(label, style, _lead_sentence(rest), [rest], line.locator, annex, part)
        if style in _TOP_STYLES:
            stack = []
        else:
            at = next((i for i, d in enumerate(stack) if d.style == style), len(stack))
            stack = stack[:at]
        (stack[-1].children if stack else roots).append(draft)
        stack.append(draft)
    return tuple(d.freeze(()) for d in roots)


def _notes_after(blocks: Sequence[Line | Table], roles: Sequence[LineRole], at: int) -> list[int]:
    """Indices of the note lines that follow the table at `at`."""
    found: list[int] = []
    for i in range(at + 1, len(blocks)):
        block = blocks[i]
        if not isinstance(block, Line) or roles[i] is not LineRole.TEXT or match_annex_mark(block.text) or block.note:
            break
        opens = _note_opening().match(block.text) or _NOTE_MARK.match(block.text)
        label = read_label(block.text)
        goes_on = found and label is not None and label.style in ("number", "half", "paren", "circle")
        if not opens and not goes_on:
            break
        found.append(i)
    return found


def _title_before(blocks: Sequence[Line | Table], roles: Sequence[LineRole], at: int, taken: set[int]) -> list[int]:
    """Indices of the title lines directly above the table at `at`."""
    above = at - 1
    found: list[int] = []
    while above >= 0 and len(found) < 3:
        block = blocks[above]
        if not isinstance(block, Line) or above in taken or roles[above] in _NOT_TITLE_ROLES:
            break
        text = block.text
        if _UNIT_LINE.match(text) and not found:
            above -= 1
            continue
        if len(text) > 60 or re.search(r"[。；：:]", text) or (read_label(text) and not ends_like_title(text)):
            break
        if (
            found
            and not all(is_version_suffix(_text(blocks[i])) for i in found)
            and (ends_like_title(text) or not (looks_like_org(text) or len(text) <= 30))
        ):
            break
        found.insert(0, above)
        above -= 1
    if (
        found
        and not ends_like_title("".join(_text(blocks[i]) for i in found))
        and roles[found[-1]] is LineRole.TEXT
        and len(found) > 1
    ):
        found = found[-1:]
    return found


def _text(block: Line | Table) -> str:
    return block.text if isinstance(block, Line) else ""


def _table_contexts(blocks: Sequence[Line | Table], frame: Letterhead) -> tuple[tuple[TableContext, ...], set[int]]:
    """The surroundings of every table, and the indices of the lines they use up."""
    used: set[int] = set()
    out: list[TableContext] = []
    annex: Annex | None = None
    begins = {a.at: a for a in frame.annexes}
    for at, block in enumerate(blocks):
        annex = begins.get(at, annex)
        if not isinstance(block, Table):
            continue
        lines = _title_before(blocks, frame.roles, at, used)
        own = annex is not None and all(isinstance(b, Line) for b in blocks[annex.at : at])
        title: str | None = strip_title_label("".join(_text(blocks[i]) for i in lines)) or None
        if annex and own and annex.title and (title is None or title in annex.title):
            title = annex.title
        notes = _notes_after(blocks, frame.roles, at)
        used.update(lines, notes)
        out.append(TableContext(title, tuple(iter_lines([blocks[i] for i in notes])), annex.number if annex else None))
    return _titles_from_attachments(out, blocks, frame), used


def strip_title_label(text: str) -> str:
    """A table's title without the attachment mark or list number glued in front of it."""
    mark = match_annex_mark(text)
    if mark and mark["rest"]:
        text = mark["rest"]
    label = read_label(text)
    return label.rest if label and label.style in ("number", "half", "section") and label.rest else text


def _titles_from_attachments(
    around: list[TableContext], blocks: Sequence[Line | Table], frame: Letterhead
) -> tuple[TableContext, ...]:
    """Give a table printed without a title the name that the list of attachments has for its place."""
    names = [squeeze(n) for n in frame.attachments]
    places = [i for i, b in enumerate(blocks) if isinstance(b, Table)]
    out = list(around)
    for k, here in enumerate(around):
        follows = k > 0 and places[k] == places[k - 1] + 1
        if here.title or follows or not names:
            continue
        if here.annex is not None and here.annex <= len(names):
            out[k] = TableContext(frame.attachments[here.annex - 1], here.notes, here.annex)
            continue
        known = [names.index(squeeze(a.title)) if a.title and squeeze(a.title) in names else None for a in out]
        before = max((n for n in known[:k] if n is not None), default=-1)
        after = min((n for n in known[k + 1 :] if n is not None), default=len(names))
        untitled = [i for i, a in enumerate(out) if a.title is None and not (i and places[i] == places[i - 1] + 1)]
        if after - before - 1 >= 1 and (after - before - 1 == 1 or len(untitled) == after - before - 1):
            out[k] = TableContext(frame.attachments[before + 1], here.notes, before + 2)
    return tuple(out)


def read_outline(document: Document) -> Outline:
    """Read the frame, the sections and the table surroundings of `document`."""
    blocks = read_lines(document)
    frame = read_letterhead(blocks)
    around, used = _table_contexts(blocks, frame)
    body: list[tuple[Line, str | None]] = []
    following: list[tuple[Line | Table | None, int]] = []
    part = 0
    annex: Annex | None = None
    begins = {a.at: a for a in frame.annexes}
    for i, block in enumerate(blocks):
        # what follows the signature or a title is no longer part of the item above it
        part += frame.roles[i] is not LineRole.TEXT
        annex = begins.get(i, annex)
        if not isinstance(block, Line) or i in used or frame.roles[i] is not LineRole.TEXT or block.note:
            continue
        body.append((block, annex.title if annex else None))
        following.append((blocks[i + 1] if i + 1 < len(blocks) else None, part))
    return Outline(frame, _build_tree(body, following), around, tuple(iter_lines(blocks)), tuple(body))


def table_titles(source: Outline) -> list[str | None]:
    """One title per table in order, as written, without 附件N; None where the notice gives none."""
    return [a.title for a in source.tables]


def table_notes(source: Outline) -> list[list[str]]:
    """The note paragraphs below each table, in order."""
    return [[line.text for line in a.notes] for a in source.tables]
