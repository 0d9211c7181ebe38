"""The data of the page a notice was published on: its catalogue, breadcrumbs, counters and controls.

A catalogue is a run of short labels with values that stand outside of the letter (索引号, 发布机构, 文号). It says
who published what and when, mostly as the letter does, but it is no text of the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from itertools import takewhile

from extractors import vocabulary
from extractors.body.letterhead import DOC_NUMBER, is_addressee, looks_like_org
from extractors.body.line_joining import ends_like_title, match_annex_mark, read_label, strip_bullet
from extractors.body.sharing_sites import is_site_line, read_file_name
from extractors.document import Block, Document, Paragraph, ReadNote, Table
from extractors.normalize import clean, collapse_whitespace, strip_artefacts, strip_whitespace
from extractors.parsers.column_headers import header_word
from extractors.parsers.dates import read_date
from extractors.records import Rule
from extractors.vocabulary.models import IdentityWords

_MAX_HEAD = 60
"""Blocks above the letter that may belong to the page: thirty labels, each with its value on a line of its own."""
_MAX_TAIL = 8
_MAX_TITLE_BLOCKS = 3
"""Blocks below a catalogue among which the title of the letter stands."""
_MAX_LABEL = 8
"""Characters of a label that no vocabulary lists: 信息公开责任部门."""
_MAX_VALUE = 80
"""Characters of a value: the title of the notice is the longest."""
_MIN_PAIRS = 3
"""Pairs of a catalogue whose labels nobody listed."""
_MIN_KNOWN = 2
_CJK_LABEL = r"[\u4e00-\u9fff][\u4e00-\u9fff（）()]{1,7}"
_PAIR_LINE = re.compile(
    r"[【\[［]?(?P<label>[\u4e00-\u9fff](?:\s{0,4}[\u4e00-\u9fff]){1,7})\s{0,4}[】\]］]?\s{0,4}[:：](?P<value>.*)"
)
_NEXT_LABEL = re.compile(rf"(?<=[\s|｜])[【\[［]?(?P<label>{_CJK_LABEL})[】\]］]?\s{{0,4}}[:：]")
_SPACED_PAIR = re.compile(rf"(?P<label>{_CJK_LABEL})[ \u3000\t]+(?P<value>\S.*)")
_BARE_LABEL = re.compile(rf"{_CJK_LABEL}")
_QUOTE_MARK = re.compile(r"^[>＞]\s*")
_PADDED_LABEL = re.compile(r"(?<![\u4e00-\u9fff\d])[\u4e00-\u9fff](?:\s{1,4}[\u4e00-\u9fff]){1,3}(?=\s{0,4}[:：])")
"""A label of single characters set apart: 标　　题：, 文 号：."""
_SENTENCE = re.compile(r"[。；！？]")
_TRAIL_SIGN = re.compile(r"[>＞»›→]+")
_TRAIL_START = re.compile(r"(?:您?(?:现在|当前|目前)?(?:所在|所处)?的?位置|网站首页|首页)(?:[:：]|[>＞»›→\s]|是|$)")
_MAX_TRAIL = 120
_CLOCK = re.compile(r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?")
_STAMPED_LINE = re.compile(
    r"(?:[^\s。；：:]{2,24}\s{1,4})?[\[【(（]?(?:19|20)\d\d(?:[-/]\d{1,2}[-/]\d{1,2}|年\d{1,2}月\d{1,2}日(?=\s{0,4}\d))"
    r"(?:\s{0,4}\d{1,2}:\d{2}(?::\d{2})?)?[\]】)）]?"
)
"""A line as a system writes it below a title: who published, and when. 某县人民政府 2022-03-25 10:56."""
_INDEX = re.compile(r"(?=[^/-]*\d)[0-9A-Za-z]{2,}[-/_][0-9A-Za-z/_-]{4,}")
_FULL_DAY = re.compile(r"(?:19|20)\d\d\s*[-年./]\s*\d{1,2}\s*[-月./]\s*\d{1,2}")
_STAMP = re.compile(r"(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?")
"""A day as a system writes it: 2022-03-25 10:56."""
_LEADING_STAMP = re.compile(rf"(?P<day>{_STAMP.pattern})\s{{1,4}}(?=[\u4e00-\u9fff])")
_NONE = re.compile(r"[-—无/\s]*")


@dataclass(frozen=True, slots=True)
class PageData:
    """What the page says of the notice; a field is None if it says nothing of it."""

    title: str | None = None
    doc_number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None


NO_PAGE_DATA = PageData()
_Pair = tuple[str, str]
"""Label and value."""


@dataclass(slots=True)
class _Entry:
    """A block of the page: its pairs, or its text as a whole; `is_known` if a listed label proves it."""

    pairs: list[_Pair] = field(default_factory=list)
    is_known: bool = False
    text: str = ""


def set_aside_page_data(document: Document) -> tuple[PageData, Document]:
    """Return the data of the page, and the document without it; a note says what was set aside."""
    blocks = document.blocks
    entries = _read_head(blocks)
    entries.update(_read_tail(blocks, len(blocks) - 1, stop=max(entries, default=-1)))
    entries.update(_read_late_tables(blocks, entries))
    around = [entry for _, entry in sorted(_read_head(document.page, is_outside=True).items()) if entry.is_known]
    ordered = [*(entries[index] for index in sorted(entries)), *around]
    if not ordered:
        return NO_PAGE_DATA, document
    rest = tuple(block for index, block in enumerate(blocks) if index not in entries)
    locator = blocks[min(entries)].locator if entries else document.page[0].locator
    pairs = [pair for entry in ordered for pair in entry.pairs]
    return _page_data(pairs), replace(document, blocks=rest, notes=(*document.notes, *_notes(ordered, locator)))


def _notes(entries: Sequence[_Entry], locator: str) -> Iterator[ReadNote]:
    """Yield the note of what was set aside; buttons and the names of editors are left out."""
    persons = _words()["page"]["persons"]
    parts = [
        text
        for entry in entries
        for text in (entry.text, *(f"{label} {value}".strip() for label, value in entry.pairs if label not in persons))
        if text.strip()
    ]
    if parts:
        message = f"网页的目录信息：{'；'.join(parts)}（不是通知的文字；通知未写的文号、机关和成文日期据此补充）"
        yield ReadNote(Rule.PUBLICATION, message, locator)


def _page_data(pairs: Sequence[_Pair]) -> PageData:
    """Return the fields by their labels. A day with a clock time is that of the publication, whatever its label."""
    found: dict[str, str] = {}
    for label, value in pairs:
        kind = _kind(label)
        if kind and value and not _NONE.fullmatch(value):
            found.setdefault(kind, value)
    numbers = [strip_whitespace(value) for label, value in pairs if _kind(label) in ("number", None)]
    number = next((match for text in numbers if (match := DOC_NUMBER.fullmatch(text))), None)
    day = found.get("issued", "")
    issuer = strip_whitespace(found.get("issuer", ""))
    return PageData(
        title=found.get("title"),
        doc_number=strip_whitespace(number.group()) if number else None,
        issuer=issuer if looks_like_org(issuer) else None,
        issued_on=None if _CLOCK.search(day) else read_date(day),
    )


def _words() -> IdentityWords:
    return vocabulary.load_toml("identity")


@cache
def _known_label() -> re.Pattern[str]:
    """Return the pattern of a label that is one of the page wherever it stands above the letter."""
    page = _words()["page"]
    acts = vocabulary.alternation([*page["issue"], *page["publish"]])
    named = vocabulary.alternation([*page["bodies"], *page["days"]])
    alone = [word for word in (*page["titles"], *page["numbers"]) if word not in page["weak"]]
    listed = vocabulary.alternation([*page["labels"], *alone])
    numbers = vocabulary.alternation(page["numbers"])
    return re.compile(
        rf"{listed}|(?:信息|文件|公文)?{acts}(?:责任)?{named}|(?:信息|文件|公文|发文|发布|成文|文书){numbers}"
    )


@cache
def _known_opening() -> re.Pattern[str]:
    """Return the pattern of a known label that its value follows without a sign between them."""
    return re.compile(rf"(?P<label>{_known_label().pattern})(?P<value>[^:：的]\S*)")


@cache
def _control_line() -> re.Pattern[str]:
    controls = vocabulary.alternation(_words()["page"]["controls"])
    return re.compile(rf"(?:{controls}|[\s:：\[\]【】（）()|｜、，+\-/T])+")


def _is_known(label: str, value: str) -> bool:
    if _known_label().fullmatch(label):
        return True
    # 时间：2021年11月13日 may be the day of the event that the notice is about.
    return label in _words()["page"]["days"] and _STAMP.fullmatch(value) is not None


def _is_weak(label: str) -> bool:
    return label in _words()["page"]["weak"]


@cache
def _kind(label: str) -> str | None:
    """Return the field that a label names: title, number, issuer, issued; None for any other."""
    page = _words()["page"]
    if label in page["titles"]:
        return "title"
    if label.endswith(tuple(page["numbers"])):
        return "number"
    acts, published = vocabulary.alternation(page["issue"]), vocabulary.alternation(page["publish"])
    bodies, days = vocabulary.alternation(page["bodies"]), vocabulary.alternation(page["days"])
    if re.fullmatch(rf"(?:信息|文件|公文)?(?:{acts}|{published}|制定)(?:责任)?{bodies}", label):
        return "issuer"
    return "issued" if re.fullmatch(rf"(?:文件|公文)?{acts}{days}", label) else None


def _text(block: Block) -> str | None:
    if not isinstance(block, Paragraph) or block.note:
        return None
    text = _QUOTE_MARK.sub("", strip_artefacts(block.text).strip(), count=1)
    return " ".join(strip_bullet(text).split("\n")).strip()


def _read_head(blocks: Sequence[Block], is_outside: bool = False) -> dict[int, _Entry]:
    """Return the blocks of the page above the letter and between its title and its addressees.

    Args:
        blocks: the blocks of the document, or those outside of the article.
        is_outside: whether all of them are outside, so that no letter ends the head.
    """
    entries: dict[int, _Entry] = {}
    index = 0
    is_top = True
    while index < (len(blocks) if is_outside else min(len(blocks), _MAX_HEAD)):
        entry, size = _entry_at(blocks, index)
        if entry is not None:
            entries.update({index + n: entry if n == 0 else _Entry(is_known=True) for n in range(size)})
            index += size
        elif is_top and (run := _unlisted_catalogue(blocks, index)):
            entries.update(run)
            index = max(run) + 1
        elif not is_outside and _begins_body(blocks[index]):
            break
        else:
            is_top = is_top and not _text(blocks[index])
            index += 1
    _add_between(blocks, entries)
    _add_above(blocks, entries)
    return entries


def _begins_body(block: Block) -> bool:
    text = _text(block)
    return (
        text is None
        or ("《" not in text and _SENTENCE.search(text) is not None)
        or read_label(text) is not None
        or match_annex_mark(text) is not None
        or is_addressee(clean(text))
    )


def _entry_at(blocks: Sequence[Block], index: int) -> tuple[_Entry | None, int]:
    """Return the entry that begins at a block and how many blocks it takes; None if a known label is needed."""
    block = blocks[index]
    if isinstance(block, Table):
        pairs = _table_pairs(block)
        known = sum(_is_known(label, value) for label, value in pairs)
        return (_Entry(pairs, True), 1) if known >= _MIN_KNOWN and 2 * known >= len(pairs) else (None, 1)
    text = _text(block)
    if text is None:
        return None, 1
    if _is_trail(text) or _STAMPED_LINE.fullmatch(text):
        return _Entry(text=text), 1
    if text and _control_line().fullmatch(text):
        return _Entry(), 1
    if is_site_line(text):
        return _Entry(text=text), 1
    if (title := read_file_name(text)) and not (match_annex_mark(text) or read_label(text)):
        return _Entry([(_words()["page"]["titles"][0], title)]), 1
    pairs = _line_pairs(text)
    if pairs and any(_is_known(label, value) for label, value in pairs):
        return _Entry(pairs, True), 1 + _empty_last(blocks, index, pairs)
    glued = _known_opening().fullmatch(strip_whitespace(text))
    if glued and (_is_number(glued) or _has_known_neighbour(blocks, index)):
        return _Entry([_split_value(text, glued["label"])], True), 1
    label = strip_whitespace(text).rstrip(":：")
    if _known_label().fullmatch(label) and index + 1 < len(blocks):
        value = _text(blocks[index + 1])
        if value and _is_value_of(label, value):
            return _Entry([(label, value)], True), 2
        return _Entry([(label, "")], True), 1
    return None, 1


def _is_number(glued: re.Match[str]) -> bool:
    return _kind(glued["label"]) == "number" and DOC_NUMBER.fullmatch(glued["value"]) is not None


def _split_value(text: str, label: str) -> _Pair:
    """Return label and value of a line that holds both without a sign between them."""
    pattern = r"\s*".join(map(re.escape, label))
    return label, re.sub(rf"^{pattern}\s*", "", text).strip()


def _empty_last(blocks: Sequence[Block], index: int, pairs: list[_Pair]) -> int:
    """Return 1, and fill the value of the last pair, if it stands on the line below."""
    label, value = pairs[-1]
    below = _text(blocks[index + 1]) if index + 1 < len(blocks) and not value else None
    if below and _is_value_of(label, below):
        pairs[-1] = label, below
        return 1
    return 0


def _is_value_of(label: str, text: str) -> bool:
    """Return whether a line may be the value of the label above it, and is not the next label or the title."""
    if len(text) > _MAX_VALUE or _SENTENCE.search(text) or _line_pairs(text):
        return False
    kind = _kind(label)
    if kind == "title":
        return True
    is_number = DOC_NUMBER.fullmatch(strip_whitespace(text)) is not None
    if kind == "number" or is_number:
        return kind == "number" and is_number
    if label.endswith(tuple(_words()["page"]["days"])):
        return _FULL_DAY.match(text) is not None
    compact = strip_whitespace(text)
    return not (_known_label().fullmatch(compact) or "关于" in text or (len(compact) > 4 and ends_like_title(compact)))


def _is_trail(text: str) -> bool:
    """Return whether a line is a path through the page: 首页 > 政务公开 > 通知公告."""
    if len(text) > _MAX_TRAIL or _SENTENCE.search(text):
        return False
    signs = len(_TRAIL_SIGN.findall(text))
    return signs >= 2 or bool(_TRAIL_START.match(text) and (signs or len(text) <= _MAX_TRAIL // 4))


def _line_pairs(text: str) -> list[_Pair]:
    """Return the pairs of a line that consists of them, [] for any other line."""
    text = _PADDED_LABEL.sub(lambda match: strip_whitespace(match.group()), _bracketed_label().sub(r"\1：", text))
    if stamp := _LEADING_STAMP.match(text):
        behind = _line_pairs(text[stamp.end() :])
        if any(_is_known(label, value) for label, value in behind):
            return [("", stamp["day"]), *behind]
    first = _PAIR_LINE.fullmatch(text)
    if not first:
        label = _leading_known_label(text)
        if not label:
            return []
        first_label, rest = label
    else:
        first_label, rest = strip_whitespace(first["label"]), first["value"]
    pairs: list[_Pair] = []
    label_text = first_label
    position = 0
    for found in _next_labels(rest):
        pairs.append((label_text, _value(rest[position : found.start()])))
        label_text, position = strip_whitespace(found["label"]), found.end()
    pairs.append((label_text, _value(rest[position:])))
    if any(len(value) > _MAX_VALUE or _SENTENCE.search(value) for _, value in pairs):
        return []
    return pairs


def _leading_known_label(text: str) -> _Pair | None:
    """Return a known label and what follows it after a blank: 索引号 113411/2021-00011."""
    spaced = _SPACED_PAIR.fullmatch(text)
    if spaced and _known_label().fullmatch(spaced["label"]):
        return spaced["label"], spaced["value"]
    return None


@cache
def _bracketed_label() -> re.Pattern[str]:
    return re.compile(rf"[【\[［]\s{{0,4}}({_known_label().pattern})\s{{0,4}}[】\]］]\s{{0,4}}[:：]?")


@cache
def _known_inside() -> re.Pattern[str]:
    return re.compile(rf"(?P<label>{_known_label().pattern})\s{{0,4}}[:：]")


def _next_labels(text: str) -> list[re.Match[str]]:
    """Return the further labels of a line in order: known ones anywhere, others after a blank."""
    found = sorted([*_known_inside().finditer(text), *_NEXT_LABEL.finditer(text)], key=lambda m: (m.start(), -m.end()))
    out: list[re.Match[str]] = []
    for match in found:
        if not out or match.start() >= out[-1].end():
            out.append(match)
    return out


def _value(text: str) -> str:
    return collapse_whitespace(text.strip().strip("|｜【】[]").strip())


def _has_known_neighbour(blocks: Sequence[Block], index: int) -> bool:
    """Return whether a line beside this one is a pair with a known label."""
    for beside in (index - 1, index + 1):
        text = _text(blocks[beside]) if 0 <= beside < len(blocks) else None
        compact = strip_whitespace(text or "")
        if text and (
            any(_is_known(label, value) for label, value in _line_pairs(text)) or _known_opening().fullmatch(compact)
        ):
            return True
    return False


def _add_between(blocks: Sequence[Block], entries: dict[int, _Entry]) -> None:
    """Add pairs with labels nobody listed that stand beside known ones: 公文类目 通知 between 索引号 and 文号."""
    before = -1
    while before != len(entries):
        before = len(entries)
        for index in sorted(i for i, entry in entries.items() if entry.is_known):
            for beside in (index - 1, index + 1):
                if beside in entries or not 0 <= beside < len(blocks):
                    continue
                pairs = _unlisted_pairs(blocks[beside])
                is_enclosed = {beside - 1, beside + 1} <= entries.keys()
                if pairs and (is_enclosed or any(_is_weak(label) for label, _ in pairs)):
                    entries[beside] = _Entry(pairs, True)
                elif is_enclosed and (value := _text(blocks[beside])) and _continue_title(entries[beside - 1], value):
                    entries[beside] = _Entry(is_known=True)
            below = index + 1
            if {index, index + 3} <= entries.keys() and below not in entries and index + 2 not in entries:
                label, value = _text(blocks[below]) or "", _text(blocks[index + 2]) or ""
                if _BARE_LABEL.fullmatch(label) and value and _is_value_of(label, value):
                    entries[below], entries[index + 2] = _Entry([(label, value)], True), _Entry(is_known=True)


def _continue_title(entry: _Entry, text: str) -> bool:
    """Append a line to the title that the entry above it gives, if it gives one."""
    if not entry.pairs or _kind(entry.pairs[-1][0]) != "title":
        return False
    label, value = entry.pairs[-1]
    entry.pairs[-1] = label, value + text
    return True


def _add_above(blocks: Sequence[Block], entries: dict[int, _Entry]) -> None:
    """Add what stands above a catalogue, names of the site and its columns, if the title stands below it."""
    catalogue = [i for i, e in entries.items() if any(_kind(label) in ("title", "number") for label, _ in e.pairs)]
    known = [i for i, entry in entries.items() if entry.is_known]
    if not catalogue or len(known) < _MIN_KNOWN:
        return
    if _has_title(blocks[max(known) + 1 :]):
        for index in range(min(known)):
            text = _text(blocks[index])
            if text is not None and index not in entries:
                entries[index] = _Entry([("", text)])


def _has_title(blocks: Sequence[Block]) -> bool:
    """Return whether one of the first blocks is the title of a letter."""
    lines = (_text(block) or "" for block in blocks[:_MAX_TITLE_BLOCKS])
    return any(
        "关于" in line or ends_like_title(line) for line in takewhile(lambda line: not is_addressee(line), lines)
    )


def _unlisted_pairs(block: Block) -> list[_Pair]:
    text = _text(block)
    if not text:
        return []
    pairs = _line_pairs(text)
    if not pairs and (spaced := _SPACED_PAIR.fullmatch(text)) and not ends_like_title(text):
        pairs = [(spaced["label"], spaced["value"])]
    return pairs if all(value and len(label) <= _MAX_LABEL for label, value in pairs) else []


def _unlisted_catalogue(blocks: Sequence[Block], start: int) -> dict[int, _Entry]:
    """Return a catalogue at the top whose labels nobody listed, by the values it holds; empty if there is none.

    Its values are two of an index, a day, a document number and a line that is repeated below (the title), and the
    title follows it. A card of one task (编号, 责任单位, 完成时限) has the labels of columns.
    """
    entries: dict[int, _Entry] = {}
    block = blocks[start]
    if isinstance(block, Table):
        entries = {start: _Entry(_table_pairs(block))}
    else:
        for index in range(start, min(len(blocks), _MAX_HEAD)):
            pairs = _unlisted_pairs(blocks[index])
            if not pairs:
                break
            entries[index] = _Entry(pairs)
    pairs = [pair for entry in entries.values() for pair in entry.pairs]
    if len(pairs) < _MIN_PAIRS:
        return {}
    end = max(entries) + 1
    below = {strip_whitespace(text) for b in blocks[end : end + _MAX_TAIL] if (text := _text(b))}
    kinds = {_value_kind(value, below) for _, value in pairs} - {None}
    is_card = sum(header_word(label).known for label, _ in pairs) >= _MIN_KNOWN
    return entries if len(kinds) >= _MIN_KNOWN and not is_card and _has_title(blocks[end:]) else {}


def _value_kind(value: str, below: set[str]) -> int | None:
    """Return the kind of a value that pages state of a notice: number, full day, index, title; None for others."""
    compact = strip_whitespace(value)
    is_of_kind = (
        DOC_NUMBER.fullmatch(compact),
        _FULL_DAY.match(value) and read_date(value),
        _INDEX.fullmatch(compact),
        len(compact) > _MAX_LABEL and compact in below,
    )
    return next((kind for kind, found in enumerate(is_of_kind) if found), None)


def _table_pairs(table: Table) -> list[_Pair]:
    """Return the pairs of a table of labels and values, side by side or in one cell; [] for any other table."""
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.row_span > 1:
            return []
        rows.setdefault(cell.row, []).append(clean(cell.text))
    pairs: list[_Pair] = []
    for _, texts in sorted(rows.items()):
        row = _row_pairs(texts)
        if row is None:
            return []
        pairs += row
    return pairs


def _row_pairs(texts: Sequence[str]) -> list[_Pair] | None:
    """Return the pairs of a row, None if it does not consist of pairs."""
    while texts and not texts[-1] and len(texts) % 2:
        texts = texts[:-1]
    if all(not text or _PAIR_LINE.fullmatch(text) for text in texts):
        inside = [_line_pairs(text) for text in texts if text]
        is_split = any(len(pairs) == 1 and not pairs[0][1] for pairs in inside)
        if not is_split:
            return [pair for pairs in inside for pair in pairs] if all(inside) or not inside else None
    if len(texts) % 2:
        return None
    pairs: list[_Pair] = []
    for text, value in zip(texts[::2], texts[1::2], strict=True):
        label = strip_whitespace(text).strip("【】[]").rstrip(":：")
        if not label and not value:
            continue
        if not _BARE_LABEL.fullmatch(label) or len(label) > _MAX_LABEL:
            return None
        if _SENTENCE.search(value) and not _known_label().fullmatch(label):
            return None
        pairs.append((label, value))
    return pairs


def _read_tail(blocks: Sequence[Block], last: int, stop: int) -> dict[int, _Entry]:
    """Return the lines of the page below the letter: 责任编辑, 上一篇, the buttons."""
    entries: dict[int, _Entry] = {}
    for index in range(last, max(stop, last - _MAX_TAIL), -1):
        text = _text(blocks[index])
        if text is None:
            break
        pairs = _line_pairs(text)
        is_page = pairs and all(_known_label().fullmatch(label) for label, _ in pairs) and not _is_imprint(pairs)
        if not (is_page or (text and _control_line().fullmatch(text))):
            break
        entries[index] = _Entry(pairs, True)
    return entries


def _is_imprint(pairs: Sequence[_Pair]) -> bool:
    """Return whether a closing line is the letter's own: 主题词：…, 印发机关：…."""
    return any(label == "主题词" or _kind(label) for label, _ in pairs)


def _read_late_tables(blocks: Sequence[Block], entries: dict[int, _Entry]) -> dict[int, _Entry]:
    """Return the tables below the head that hold nothing but listed labels of the page."""
    found: dict[int, _Entry] = {}
    for index, block in enumerate(blocks):
        if isinstance(block, Table) and index not in entries:
            pairs = _table_pairs(block)
            if len(pairs) >= _MIN_PAIRS and all(_is_known(label, value) for label, value in pairs):
                found[index] = _Entry(pairs, True)
    return found
