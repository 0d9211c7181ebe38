"""The body of a notice as a tree of sections and items, and the text around its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import pairwise

from extractors.body.joined_items import part_joined_items
from extractors.body.letterhead import Annex, Letterhead, LineRole, is_version_suffix, looks_like_org, read_letterhead
from extractors.body.line_joining import (
    LIST_STYLES,
    Label,
    LabelStyle,
    Line,
    body_words,
    ends_like_title,
    iter_lines,
    match_annex_mark,
    read_label,
    read_lines,
)
from extractors.body.unnumbered_items import (
    find_group_headings,
    find_labelled_paragraphs,
    find_months,
    find_paragraph_items,
    find_sums,
    is_bare_heading,
    is_scored_heading,
)
from extractors.document import Document, Table
from extractors.normalize import strip_whitespace
from extractors.parsers.column_headers import header_word
from extractors.parsers.item_points import read_scored_heading, stated_points
from extractors.parsers.labelled_lines import INNER_LABEL, LABEL
from extractors.parsers.lead_rules import read_title_fields
from extractors.parsers.persons import is_person_list
from extractors.tables.column_roles import PARTY_ROLES, ColumnRole

_TOP_STYLES = (LabelStyle.SECTION, LabelStyle.STEM, LabelStyle.CHAPTER, LabelStyle.BARE)
_POINTS_BRACKET = r"[（(][^（）()]{0,12}\d分?[）)]"
_SENTENCE = re.compile(rf"(?:[^。：:；（(]|{_POINTS_BRACKET}|(?!{_POINTS_BRACKET})[（(]){{1,40}}[。：:]")
"""The first sentence; a colon in a bracket of points (创建工作部署（分值：6分）) does not end it."""
_LAST_PROVISION = re.compile(
    r"(?:本|此|以上)[\u4e00-\u9fff]{1,10}(?:由[^。]{2,30}负责解释|自[^。]{2,20}起(?:施行|实施|执行|生效))"
)
"""本细则由市文明办负责解释, below the last item of rules."""
_SUMMING_UP = re.compile(
    r"除?(?:上述|以上)|综上|[（(](?:以上|上述|考评|具体|详)|(?:合计|总计|共计|小计|总分)[^。；]{0,4}\d+(?:\.\d+)?分"
)
_DUTY_ROLES = (*PARTY_ROLES, ColumnRole.LEADER)
_LEAST_CARDS = 2
_LEAST_LINES = 2
"""任务名称：…, 责任单位：…: so many lines in so many groups are a list of cards."""
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
_PADDED_NAME = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])\s+([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
"""孙 丽, a name of two characters that is as wide as one of three."""
_NOTE_MARK = re.compile(r"[①-⑳*＊※★▲#]|\[\d{1,2}\]|〔注")


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """A section or numbered item of the body.

    `heading` is its title or lead sentence without closing punctuation. `text` is everything it says itself: without
    its label and children, later paragraphs after a line feed. `path` are the labels and headings above it.
    """

    label: str | None
    style: LabelStyle
    number: int | None
    heading: str
    text: str
    locator: str
    path: tuple[str, ...]
    children: tuple[OutlineItem, ...]
    annex: str | None
    """Title of the printed attachment that contains it, None for the letter or the plan itself."""

    @property
    def is_listed(self) -> bool:
        """Whether it is an item of a list, with a number or known without one by its form."""
        return self.label is not None

    @property
    def full_heading(self) -> str:
        """Label and heading as one text (四、实施步骤)."""
        return (self.label or "") + self.heading

    @property
    def is_heading_only(self) -> bool:
        """True if the item has no text but its heading."""
        return self.text.rstrip("。：:；;") == self.heading

    def parts(self) -> list[str]:
        """Return the texts of everything below it with their labels, in reading order."""
        return [(node.label or "") + node.text for child in self.children for node in child.walk()]

    def walk(self) -> Iterator[OutlineItem]:
        """Yield the item and everything below it, in reading order."""
        rest = [self]
        while rest:
            item = rest.pop()
            yield item
            rest += reversed(item.children)


@dataclass(frozen=True, slots=True)
class TableContext:
    """The text around one table.

    Attributes:
        title: Its title as written, without 附件N.
        notes: The notes below it.
        annex: The number of its attachment.
        labelled: The lines of labelled fields between title and table that say whose tasks these are.
    """

    title: str | None
    notes: tuple[Line, ...]
    annex: int | None
    labelled: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """The letterhead, the tree of the body, and the context of each table in order."""

    letterhead: Letterhead
    items: tuple[OutlineItem, ...]
    tables: tuple[TableContext, ...]
    lines: tuple[Line, ...]
    """All logical lines, those of the letterhead included, in reading order."""
    body: tuple[tuple[Line, str | None], ...]
    """The lines outside letterhead and table notes, each with the title of the attachment that contains it."""

    def walk(self) -> Iterator[OutlineItem]:
        """Yield every item of the tree in reading order."""
        for item in self.items:
            yield from item.walk()

    def text(self) -> str:
        """Return all running text, one line per paragraph."""
        return "\n".join(line.text for line in self.lines)


@dataclass(slots=True)
class _ItemBuilder:
    label: Label | None
    style: LabelStyle
    heading: str
    texts: list[str]
    locator: str
    annex: str | None
    part: int
    children: list[_ItemBuilder] = field(default_factory=list)
    locators: list[str] = field(default_factory=list)
    """The places of all texts but the first."""

    @property
    def rank(self) -> tuple[LabelStyle, int]:
        """What items of one depth have in common, see `Label.rank`."""
        return self.label.rank if self.label else (self.style, 1)

    def append(self, line: Line) -> None:
        """Append a line; one of nothing but names goes on the labelled line above it: 成员：李强 王刚."""
        names = _PADDED_NAME.sub(r"\1\2", line.raw.strip())
        if " " in names and LABEL.match(self.texts[-1]) and is_person_list(names):
            self.texts[-1] += "、" + "、".join(names.split())
            return
        self.texts.append(line.text)
        self.locators.append(line.locator)

    @property
    def is_last_of_list(self) -> bool:
        """Whether this is an item of a list, so far the last, behind others."""
        return (
            self.style in LIST_STYLES and not self.children and self.label is not None and (self.label.number or 0) > 1
        )

    def _lists_scored_lines(self) -> bool:
        """Return whether the lines below a heading are items without numbers, whose points add up to its own."""
        points = [stated_points(text) for text in self.texts[1:]]
        known = [p for p in points if p is not None]
        total = read_scored_heading(self.texts[0]).points if len(known) > 1 else None
        return total is not None and len(known) == len(points) and sum(known) == total

    def _take_back_lines(self) -> None:
        """Take labelled lines below the last of several items back that say who answers for all of them: 责任单位：….

        None of the others has such a line, and they name nobody if the last one does not: it would lack a unit.
        """
        *others, last = self.children
        start = next((i for i, text in enumerate(last.texts) if i and _names_duty(text)), 0)
        if not start or not others or any(_names_duty(text) for item in others for text in item.texts):
            return
        is_complete = any(map(_has_duty, last.texts[:start]))
        if not is_complete and any(_has_duty(text) for item in others for text in item.texts):
            return
        while start > 1 and _says_when(last.texts[start - 1]):
            start -= 1
        self.texts += last.texts[start:]
        self.locators += last.locators[start - 1 :]
        del last.texts[start:], last.locators[start - 1 :]

    def split_cards(self) -> list[_ItemBuilder]:
        """Return the groups of labelled lines below a heading, each begun by the same label: 任务名称：…."""
        lines = list(zip(self.texts[1:], self.locators, strict=True))
        labels = [match.group() if (match := LABEL.match(text)) else None for text, _ in lines]
        starts = [i for i, label in enumerate(labels) if label and label == labels[0]]
        if len(starts) < _LEAST_CARDS or min(b - a for a, b in pairwise([*starts, len(lines)])) < _LEAST_LINES:
            return []
        cards = [lines[a:b] for a, b in pairwise([*starts, len(lines)])]
        return [
            _ItemBuilder(
                None,
                LabelStyle.BARE,
                "",
                [text for text, _ in card],
                card[0][1],
                self.annex,
                self.part,
                locators=[locator for _, locator in card[1:]],
            )
            for card in cards
        ]

    def build(self, path: tuple[str, ...]) -> OutlineItem:
        mark = self.label.mark if self.label else None
        child_path = (*path, (mark or "") + self.heading)
        if self.children:
            self._take_back_lines()
            _cut_closing(self.children)
        elif cards := self.split_cards():
            self.children = cards
            del self.texts[1:]
        if not self.children and self._lists_scored_lines():
            self.children = [
                _ItemBuilder(None, LabelStyle.BARE, lead_sentence(text), [text], locator, self.annex, self.part)
                for text, locator in zip(map(_strip_dash, self.texts[1:]), self.locators, strict=True)
            ]
            del self.texts[1:]
        return OutlineItem(
            label=mark,
            style=self.style,
            number=self.label.number if self.label else None,
            heading=self.heading,
            text="\n".join(t for t in self.texts if t),
            locator=self.locator,
            path=path,
            children=tuple(c.build(child_path) for c in self.children),
            annex=self.annex,
        )


def _cut_closing(siblings: Sequence[_ItemBuilder]) -> None:
    """Take off what closes a list below its last item: 注：…, 总分：100分, or what follows the units of that item.

    Notes and totals close it where no other item has a line below its own; any line does below 责任单位：… where that
    is the last line of all other items.
    """
    if not siblings:
        return
    last, others = siblings[-1], siblings[:-1]
    start = 0
    if len(siblings) >= _LEAST_LINES and not any(len(item.texts) > 1 for item in others):
        patterns = (_note_opening(), _LAST_PROVISION, _SUMMING_UP)
        start = next((i for i, text in enumerate(last.texts) if i and any(one.match(text) for one in patterns)), 0)
    elif others and all(len(item.texts) > 1 and _names_duty(item.texts[-1]) for item in others):
        fields = (i for i, text in enumerate(last.texts) if i and (_names_duty(text) or _says_when(text)))
        start = max(fields, default=-1) + 1
    if 0 < start < len(last.texts):
        del last.texts[start:], last.locators[start - 1 :]


def _has_duty(text: str) -> bool:
    """Return whether a text holds a label of units or of who leads them: 完成自查。（责任单位：县城管局）."""
    return any(_role_of(match["label"]) in _DUTY_ROLES for match in INNER_LABEL.finditer(text))


def _names_duty(line: str) -> bool:
    """Return whether a line begins with a label of units or of who leads them: 责任单位：…."""
    label = LABEL.match(line)
    return label is not None and _role_of(label.group()) in _DUTY_ROLES


def _says_when(line: str) -> bool:
    """Return whether a line begins with a label of a time limit: 完成时限：…."""
    label = LABEL.match(line)
    return label is not None and _role_of(label.group()) == ColumnRole.DEADLINE


def _role_of(label: str) -> str | None:
    return header_word(label.rstrip(":：")).role


def strip_title_label(text: str) -> str:
    """Return a table's title without the attachment mark or list number in front of it."""
    mark = match_annex_mark(text)
    if mark and mark["rest"]:
        text = mark["rest"]
    label = read_label(text)
    return (
        label.rest
        if label and label.style in (LabelStyle.NUMBER, LabelStyle.HALF, LabelStyle.SECTION) and label.rest
        else text
    )


def read_outline(document: Document) -> Outline:
    """Return the outline of `document`."""
    blocks = [part for block in read_lines(document) for part in _part(block)]
    letterhead = read_letterhead(blocks)
    contexts, used = _table_contexts(blocks, letterhead)
    body: list[tuple[Line, str | None]] = []
    following: list[tuple[Line | Table | None, int]] = []
    section = 0
    annex: Annex | None = None
    annex_starts = {a.index: a for a in letterhead.annexes}
    for i, block in enumerate(blocks):
        # Text after the signature or a title does not belong to the item above it.
        section += letterhead.roles[i] is not LineRole.TEXT
        annex = annex_starts.get(i, annex)
        if not isinstance(block, Line) or i in used or letterhead.roles[i] is not LineRole.TEXT or block.note:
            continue
        body.append((block, annex.title if annex else None))
        following.append((blocks[i + 1] if i + 1 < len(blocks) else None, section))
    # 2024年工作回顾 ends like no document, but says as much.
    title = letterhead.title or next((line.text for line in iter_lines(blocks)), None)
    tree = _build_tree(body, following, title if title and not _STOP.search(title) else None)
    return Outline(letterhead, tree, contexts, tuple(iter_lines(blocks)), tuple(body))


def _part(block: Line | Table) -> Sequence[Line | Table]:
    return part_joined_items(block) if isinstance(block, Line) else [block]


def table_titles(outline: Outline) -> list[str | None]:
    """Return one title per table in order, as written without 附件N; None where there is none."""
    return [a.title for a in outline.tables]


@cache
def note_opening_words() -> str:
    """Return the alternation of the words that open a note (注, 备注, 说明), whitespace between characters allowed."""
    return "|".join(r"\s*".join(w) for w in sorted(body_words()["note_openings"], key=len, reverse=True))


@cache
def _note_opening() -> re.Pattern[str]:
    parts = note_opening_words()
    return re.compile(rf"(?:{parts})\s*[:：]|(?:{parts})\s*[1１]?[.、]|(?:{parts})$")


def _split_note(text: str) -> tuple[str, str]:
    """Return a note before its first numbered line, and that line if it begins with it: 注：1.…."""
    start = re.match(rf"(?:{note_opening_words()})\s*[:：]?\s*(?=[1１])", text)
    return (text[: start.end()].strip(), text[start.end() :]) if start else (text, "")


def _strip_dash(text: str) -> str:
    return text.lstrip("—―－–- ")


def lead_sentence(text: str) -> str:
    """Return the heading at the beginning of an item: a short text without punctuation, else its first sentence."""
    sentence = _SENTENCE.match(text)
    if sentence:
        return sentence.group().rstrip("。：:")
    return text if len(text) <= 40 and not _STOP.search(text) else ""


def _is_plain_heading(line: Line, below: Line | Table | None) -> bool:
    return is_bare_heading(line, below) or is_scored_heading(line, below)


def _build_tree(
    body: Sequence[tuple[Line, str | None]],
    following: Sequence[tuple[Line | Table | None, int]],
    title: str | None,
) -> tuple[OutlineItem, ...]:
    """Nest the lines by the style of their labels.

    A style that is open closes everything below it; a new style is one level deeper.
    """
    roots: list[_ItemBuilder] = []
    stack: list[_ItemBuilder] = []
    cards_of: list[_ItemBuilder] = []
    sums, groups = find_sums(body), find_group_headings(body)
    unnumbered = find_paragraph_items(body) | find_labelled_paragraphs(body) | find_months(body, title)
    for place, ((line, annex), (below, part)) in enumerate(zip(body, following, strict=True)):
        if stack and (stack[0].annex, stack[0].part) != (annex, part):
            stack = []
        label = unnumbered.get(place) or read_label(line.text)
        if stack and stack[0] in cards_of and label is not None:
            stack = []
        is_outer = place in sums or _is_plain_heading(line, below)
        is_bare = label is None and (is_outer or place in groups)
        depth = None if label or is_bare else _depth_of_note(line.text, below, stack)
        if depth is not None:
            head, first = _split_note(line.text)
            note = _ItemBuilder(None, LabelStyle.BARE, lead_sentence(head), [head], line.locator, annex, part)
            (stack[depth - 1].children if depth else roots).append(note)
            stack = [*stack[:depth], note]
            label = read_label(first)
        elif label is None and not is_bare and stack:
            # A closing remark about all items of a section belongs to the section, not to its last item.
            is_closing = _SUMMING_UP.match(line.text) is not None
            owner = stack[0] if is_closing else stack[-1]
            if not (is_closing and owner.is_last_of_list):
                owner.append(line)
        elif label is None and not is_bare and LABEL.match(line.text):
            cards = _ItemBuilder(None, LabelStyle.BARE, "", ["", line.text], line.locator, annex, part)
            cards.locators.append(line.locator)
            cards_of.append(cards)
            roots.append(cards)
            stack = [cards]
        if label is None and not is_bare:
            continue
        style = label.style if label else LabelStyle.BARE if is_outer else LabelStyle.GROUP
        rest = sums.get(place, groups.get(place, line.text)) if label is None else label.rest
        builder = _ItemBuilder(label, style, lead_sentence(rest), [rest], line.locator, annex, part)
        if style in _TOP_STYLES:
            stack = []
        else:
            ranks = [builder.rank]
            if style is LabelStyle.GROUP and isinstance(below, Line) and (opening := read_label(below.text)):
                ranks.append(opening.rank)
            stack = stack[: next((i for i, one in enumerate(stack) if one.rank in ranks), len(stack))]
        (stack[-1].children if stack else roots).append(builder)
        stack.append(builder)
    roots = [item for root in roots for item in (root.split_cards() if root in cards_of else [root])]
    _cut_closing(roots)
    return tuple(d.build(()) for d in roots)


def _depth_of_note(text: str, below: Line | Table | None, stack: Sequence[_ItemBuilder]) -> int | None:
    """Return the depth of the list that a note with numbered lines closes: 注： above 1.…, 注：1.… above 2.….

    They would else be items of the list above it, since their numbers are written alike.
    """
    label = read_label(below.text) if isinstance(below, Line) and _note_opening().match(text) else None
    if label is None or label.number != (2 if _split_note(text)[1] else 1):
        return None
    return next((depth for depth, item in enumerate(stack) if item.label and item.rank == label.rank), None)


def is_note_item(item: OutlineItem) -> bool:
    """Return whether an item is a numbered line of a note."""
    return _is_of_note(item.path)


@lru_cache(maxsize=256)
def _is_of_note(path: tuple[str, ...]) -> bool:
    """Return whether one of these headings opens a note; cached, because the items of a list share them."""
    return any(_note_opening().match(part) for part in path)


def _notes_after(blocks: Sequence[Line | Table], roles: Sequence[LineRole], index: int) -> list[int]:
    """Return the indices of the note lines after the table at `index`."""
    notes: list[int] = []
    for i in range(index + 1, len(blocks)):
        block = blocks[i]
        if not isinstance(block, Line) or roles[i] is not LineRole.TEXT or match_annex_mark(block.text) or block.note:
            break
        opens_note = _note_opening().match(block.text) or _NOTE_MARK.match(block.text)
        label = read_label(block.text)
        continues_list = notes and label is not None and label.style in (*LIST_STYLES, LabelStyle.CIRCLE)
        if not opens_note and not continues_list:
            break
        notes.append(i)
    return notes


def _title_before(blocks: Sequence[Line | Table], roles: Sequence[LineRole], index: int, used: set[int]) -> list[int]:
    """Return the indices of the title lines directly above the table at `index`."""
    above = index - 1
    lines: list[int] = []
    while above >= 0 and len(lines) < 3:
        block = blocks[above]
        if not isinstance(block, Line) or above in used or roles[above] in _NOT_TITLE_ROLES:
            break
        if lines and roles[lines[0]] is LineRole.TITLE and roles[above] is not LineRole.TITLE:
            # What stands above the title of the letter belongs to the page.
            break
        text = block.text
        if _UNIT_LINE.match(text) and not lines:
            above -= 1
            continue
        if len(text) > 60 or re.search(r"[。；：:]", text) or (read_label(text) and not ends_like_title(text)):
            break
        if (
            lines
            and not all(is_version_suffix(_text(blocks[i])) for i in lines)
            and (ends_like_title(text) or not (looks_like_org(text) or len(text) <= 30))
        ):
            break
        lines.insert(0, above)
        above -= 1
    if lines and not ends_like_title("".join(_text(blocks[i]) for i in lines)) and roles[lines[-1]] is LineRole.TEXT:
        lines = lines[-1:]
    return lines


def _labelled_lines_before(
    blocks: Sequence[Line | Table], roles: Sequence[LineRole], index: int, used: set[int]
) -> list[int]:
    """Return the indices of the lines right above a table that give its tasks units or persons: 责任科室：办公室."""
    above = index - 1
    while above >= 0 and above not in used and roles[above] not in _NOT_TITLE_ROLES:
        block = blocks[above]
        if not isinstance(block, Line) or not read_title_fields(block.raw):
            break
        above -= 1
    return list(range(above + 1, index))


def _text(block: Line | Table) -> str:
    return block.text if isinstance(block, Line) else ""


def _table_contexts(
    blocks: Sequence[Line | Table], letterhead: Letterhead
) -> tuple[tuple[TableContext, ...], set[int]]:
    """Return the context of every table, and the indices of the lines it consists of."""
    used: set[int] = set()
    contexts: list[TableContext] = []
    annex: Annex | None = None
    annex_starts = {a.index: a for a in letterhead.annexes}
    for index, block in enumerate(blocks):
        annex = annex_starts.get(index, annex)
        if not isinstance(block, Table):
            continue
        labelled = _labelled_lines_before(blocks, letterhead.roles, index, used)
        title_lines = _title_before(blocks, letterhead.roles, index - len(labelled), used)
        is_first_table = annex is not None and all(isinstance(b, Line) for b in blocks[annex.index : index])
        title: str | None = strip_title_label("".join(_text(blocks[i]) for i in title_lines)) or None
        if annex and is_first_table and annex.title and (title is None or title in annex.title):
            title = annex.title
        notes = _notes_after(blocks, letterhead.roles, index)
        used.update(labelled, title_lines, notes)
        note_lines, label_lines = (tuple(iter_lines([blocks[i] for i in part])) for part in (notes, labelled))
        contexts.append(TableContext(title, note_lines, annex.number if annex else None, label_lines))
    return _titles_from_attachments(contexts, blocks, letterhead), used


def _titles_from_attachments(
    contexts: list[TableContext], blocks: Sequence[Line | Table], letterhead: Letterhead
) -> tuple[TableContext, ...]:
    """Give tables without a title the name at their place in the attachment list."""
    names = [strip_whitespace(n) for n in letterhead.attachments]
    places = [i for i, b in enumerate(blocks) if isinstance(b, Table)]
    out = list(contexts)
    for k, context in enumerate(contexts):
        is_adjacent = places[k] - 1 in places
        if context.title or is_adjacent or not names:
            continue
        if context.annex is not None and context.annex <= len(names):
            out[k] = replace(context, title=letterhead.attachments[context.annex - 1])
            continue
        positions = [
            names.index(strip_whitespace(a.title)) if a.title and strip_whitespace(a.title) in names else None
            for a in out
        ]
        before = max((n for n in positions[:k] if n is not None), default=-1)
        after = min((n for n in positions[k + 1 :] if n is not None), default=len(names))
        untitled = [i for i, a in enumerate(out) if a.title is None and not (i and places[i] == places[i - 1] + 1)]
        if after - before - 1 in (1, len(untitled)):
            out[k] = replace(context, title=letterhead.attachments[before + 1], annex=before + 2)
    return tuple(out)
