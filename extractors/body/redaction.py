"""Redact personal contact data in texts and documents, so that it never reaches the warehouse.

Patterns run over normalized text (widths folded, whitespace collapsed) with a map back to the original offsets.
Adjacent groups of digits form numbers, which are classified by their length and structure.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from enum import Enum
from functools import cache, lru_cache
from typing import Final, NamedTuple

from extractors import vocabulary
from extractors.document import Block, Cell, Document, Paragraph, ReadNote, Table
from extractors.normalize import HIDDEN, INVISIBLE, strip_whitespace
from extractors.parsers.column_headers import has_listed_start, is_listed_header
from extractors.records import Rule

__all__ = ["HIDDEN", "check_file_name", "redact", "redact_document", "redact_numbers", "redact_path"]
_MAX_GROUPS = 18
"""Groups of one number: the digits of an identity number may be separated one by one."""
_SUM_LOOKBEHIND = 24
"""Characters before a number that are searched for the word for a sum: 投入金额（人民币元）为："""
_MIN_LABELLED = 6
_MAX_LABELLED = 16
_MIN_ACCOUNT = 5
_MAX_NAME_BEFORE_AT = 4
"""Ideographs before @ that are taken for a name; in a longer run its beginning is unknown."""
_PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
"""The first two digits of an identity number (GB/T 2260)."""
_DROPPED = re.compile(f"[{INVISIBLE}]")
_MAYBE_NUMBER = re.compile(r"[\d*＊][\s\d*＊xX×（）()+\-—–－]{2}|[@＠]")
_NUMBER_SIGN = re.compile(r"[\d*＊@＠]")
_GROUP = re.compile(r"[\d*][\d*xX×]*")
_JOIN = re.compile(r" ?[-()]? ?")
_LIST_JOIN = re.compile(r" ?(?:[-()、/,;]|转)? ?")
_EXTENSION = re.compile(r" ?(?:-|转) ?\d{1,5}(?!\d)")
_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9]\d[\d*x×]{8}", re.IGNORECASE)
_MOBILE_LENGTH = 11
_MOBILE_GROUPS = frozenset({(11,), (3, 8), (3, 4, 4), (4, 7), (4, 4, 3), (5, 6), (7, 4), (1,) * _MOBILE_LENGTH})
"""Without the code of the country, which stands before them or begins the first: 86 139 1234 5678, 86139 1234 5678."""
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d\d)[\d*][\d*x×]{6,7}", re.IGNORECASE)
_IDENTITY = re.compile(r"[1-9]\d{5}(?P<y>[\d*]{4})(?P<m>[\d*]{2})(?P<d>[\d*]{2})[\d*]{3}[\dx*]", re.IGNORECASE)
_OLD_IDENTITY = re.compile(r"[1-9]\d{5}(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)\d{3}")
_SERVICE = re.compile(r"[48]00\d{7}")
_LOCAL_ADDRESS = "A-Za-z0-9_.+*-"
_BEFORE_AT = re.compile(f"[{_LOCAL_ADDRESS}]{{1,64}}+")
_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fff·]{1,40}+")
_DOMAIN = re.compile(r" ?[A-Za-z0-9-]{1,63}+(?: ?[.。] ?[A-Za-z0-9-]{1,63}+){1,6}")
_ACCOUNT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_*-]{5,19}+(?![\w\u4e00-\u9fff])")
_MAIL_VALUE = re.compile(rf"[{_LOCAL_ADDRESS}@]{{4,80}}+")
Span = tuple[int, int]
_MAX_HEADER = 18
_HEADER_PARTS = re.compile(r"[（(）)、/和及与,，]")
_NOT_HEADER = re.compile(r"[。；;:：]|\d{3}")
_HAS_CONTACT = re.compile(r"[\d@＠*＊]{2}|[A-Za-z][\w-]{4}")
_SUFFIX: Final = re.compile(r"\.[A-Za-z0-9]{1,8}|")


class _FoldedText(NamedTuple):
    """Normalized text; `offsets` maps each character to its offset in the original."""

    text: str
    offsets: Sequence[int]


class _ContactColumn(Enum):
    """The meaning of a header for the numbers below it."""

    CONTACT = "contact"
    MIXED = "mixed"
    """Contact data beside something else: 责任人（联系电话）."""
    SUMS = "sums"


@lru_cache(maxsize=2048)
def redact(text: str, *, sums: bool = False) -> str:
    """Return `text` with phone numbers, mail addresses, identity numbers and chat accounts replaced by 〔已隐去〕.

    Masked numbers (156********) are redacted too. Dates, document numbers, percentages, sums and years stay.

    Args:
        text: the text.
        sums: True in a column of sums, where an unlabelled number is no phone number.
    """
    has_number = _NUMBER_SIGN.search(text) and _MAYBE_NUMBER.search(text)
    has_word = _contact_start("account", "mail").search(text) and _contact_words("account", "mail").search(text)
    if not has_number and not has_word:
        return text
    folded = _fold(text)
    spans = [*_find_mails(folded.text), *_find_labelled(folded.text)]
    if not sums:
        spans += _find_numbers(folded.text)
    return _replace_spans(text, folded, spans)


def redact_path(path: str) -> str:
    """Return `path` with contact data redacted in each part; suffixes such as .docx stay."""
    return "/".join(map(_redact_name, path.split("/")))


def redact_numbers(text: str) -> str:
    """Return `text` with every longer number redacted, for a cell whose header names contact data beside other data."""
    folded = _fold(text)
    spans = [*_find_mails(folded.text), *_find_labelled(folded.text), *_find_numbers(folded.text)]
    groups = _digit_groups(folded.text)
    end = 0
    for n, (start, _) in enumerate(groups):
        if start >= end and (span := _labelled_number(folded.text, groups, n, start, _MIN_LABELLED)):
            spans.append(span)
            end = span[1]
    return _replace_spans(text, folded, spans)


def redact_document(document: Document) -> Document:
    """Return the document with contact data redacted everywhere.

    Covers paragraphs, cells, whole columns whose header names contact data, locators and reader notes.
    """
    notes = tuple(replace(n, message=redact(n.message), locator=redact(n.locator)) for n in document.notes)
    blocks, page = (tuple(map(_redact_block, of)) for of in (document.blocks, document.page))
    return replace(document, blocks=blocks, notes=notes, page=page)


def check_file_name(document: Document, name: str) -> Document:
    """Return the document with a note if its file name holds contact data.

    The file name itself stays, because people find the file by it.
    """
    if redact_path(name) == name:
        return document
    message = "文件名（或所在文件夹名）中有电话号码等联系方式，名称会原样列入文件清单；请在 raw 文件夹中改名后重新构建"
    return replace(document, notes=(*document.notes, ReadNote(Rule.CONTACT_IN_NAME, message, "文件名")))


def _redact_name(name: str) -> str:
    # The suffix is split off: 13800000000.7z is no number with decimals, 通知@临江.docx no mailbox.
    stem, suffix = posixpath.splitext(name)
    if not _SUFFIX.fullmatch(suffix):
        # 1.通知（群号12345） has none.
        return redact(name)
    redacted = redact(stem)
    if redacted == stem and (redacted_name := redact(name)) != name:
        return redacted_name if redacted_name.endswith(suffix) else redacted_name + suffix
    return redacted + suffix


def _fold(text: str) -> _FoldedText:
    folded = text.translate(_FOLDED)
    if len(folded) == len(text) and "  " not in folded:
        return _FoldedText(folded, range(len(text)))
    chars: list[str] = []
    offsets: list[int] = []
    for offset, char in enumerate(text):
        new = _FOLDED[ord(char)]
        if new and not (new == " " and chars and chars[-1] == " "):
            chars.append(new)
            offsets.append(offset)
    return _FoldedText("".join(chars), offsets)


class _FoldTable(dict[int, str]):
    """What each character is folded to, filled as characters come; empty for those that are dropped."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded_char(chr(code))
        return folded


_FOLDED: Final = _FoldTable()


def _folded_char(char: str) -> str:
    if char.isspace():
        return " "
    if _DROPPED.match(char):
        return ""
    if char in "—–－‐‑‒―−":
        return "-"
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char


def _replace_spans(text: str, folded: _FoldedText, spans: Collection[Span]) -> str:
    """Replace the spans by the placeholder; overlapping ones are merged."""
    parts: list[str] = []
    last = 0
    end = -1
    for start, stop in sorted(spans):
        if start < end:
            if stop > end:
                last, end = folded.offsets[stop - 1] + 1, stop
            continue
        parts += [text[last : folded.offsets[start]], HIDDEN]
        last, end = folded.offsets[stop - 1] + 1, stop
    return "".join([*parts, text[last:]]) if parts else text


def _find_mails(text: str) -> Iterator[Span]:
    position = text.find("@")
    while position >= 0:
        if domain := _DOMAIN.match(text, position + 1):
            local_end = position - (text[position - 1 : position] == " ")
            start = local_end
            min_start = max(0, local_end - 64)
            while start > min_start and (text[start - 1].isascii() and _BEFORE_AT.match(text[start - 1])):
                start -= 1
            if start == local_end:
                while start > min_start and _IDEOGRAPHS.match(text[start - 1]):
                    start -= 1
                start = start if local_end - start <= _MAX_NAME_BEFORE_AT else position
            yield start, domain.end()
        position = text.find("@", position + 1)


def _digit_groups(text: str) -> list[Span]:
    return [match.span() for match in _GROUP.finditer(text)]


def _find_numbers(text: str) -> Iterator[Span]:
    """Yield the spans of numbers that are contact data without a label."""
    groups = _digit_groups(text)
    n = 0
    while n < len(groups):
        number = _match_number(text, groups, n)
        if number is None:
            n += 1
            continue
        span, last = number
        yield span
        n = last + 1


def _match_number(text: str, groups: Sequence[Span], first: int) -> tuple[Span, int] | None:
    """Return the longest contact number that starts at group `first`, with the index of its last group."""
    start, stop = groups[first]
    # Digits behind a point are decimals, three behind a comma are thousands.
    thousands = stop - start == 3 and text[start - 2 : start - 1].isdigit() and text[start - 1 : start] == ","
    if text[start - 1 : start] == "." or thousands:
        return None
    digits, sizes, best = "", [], None
    for last in range(first, min(first + _MAX_GROUPS, len(groups))):
        begin, end = groups[last]
        if last > first and not _JOIN.fullmatch(text, groups[last - 1][1], begin):
            break
        digits += text[begin:end]
        sizes.append(end - begin)
        if len(digits) > 18:
            break
        if _is_contact(digits, tuple(sizes)) and not _has_decimals(text, end) and not _is_sum(text, start, end):
            best = last
    if best is None:
        return None
    return _widen(text, start, groups[best][1]), best


def _has_decimals(text: str, end: int) -> bool:
    """Return whether decimals follow."""
    return text[end : end + 1] == "." and text[end + 1 : end + 2].isdigit()


def _is_sum(text: str, start: int, end: int) -> bool:
    """Return whether adjacent words mark the number as a sum, a count or a code."""
    before = text[max(0, start - _SUM_LOOKBEHIND) : start]
    return _sum_before().search(before) is not None or (
        text[start] != "0" and _unit_after().match(text, end) is not None
    )


@cache
def _sum_before() -> re.Pattern[str]:
    words = vocabulary.load_toml("contacts")
    ends = "|".join(sorted(map(re.escape, words["sums_before"]), key=len, reverse=True))
    return re.compile(rf"(?:{ends})(?:\([^()]{{0,8}}\))?[ :为是约达共的]{{0,4}}$")


@cache
def _unit_after() -> re.Pattern[str]:
    words = vocabulary.load_toml("contacts")
    money, units = (
        "|".join(sorted(map(re.escape, words[kind]), key=len, reverse=True))
        for kind in ("money_behind", "units_behind")
    )
    long = "|".join(sorted((re.escape(unit) for unit in words["units_behind"] if len(unit) > 1), key=len, reverse=True))
    return re.compile(rf" ?(?:{money})|(?:{long})|(?:{units})(?![\u4e00-\u9fff])")


def _is_contact(digits: str, sizes: tuple[int, ...]) -> bool:
    if digits.startswith("0") and _LANDLINE.fullmatch(digits):
        return True
    if _MOBILE.fullmatch(digits):
        country = len(digits) - _MOBILE_LENGTH
        first = () if sizes[0] == country else (sizes[0] - country,)
        return (*first, *sizes[1:]) in _MOBILE_GROUPS
    if len(digits) == 10 and len(sizes) > 1 and _SERVICE.fullmatch(digits):
        return True
    return _is_identity(digits)


def _is_identity(digits: str) -> bool:
    """Return whether the digits form an identity number (18 or 15 digits, province code, birth date)."""
    match = _IDENTITY.fullmatch(digits) or _OLD_IDENTITY.fullmatch(digits)
    if match is None or not _PROVINCES.match(digits):
        return False
    year, month, day = match["y"], match["m"], match["d"]
    if "*" in year + month + day:
        return True
    with_century = int(year) if len(year) == 4 else 1900 + int(year)
    try:
        return 1900 <= date(with_century, int(month), int(day)).year < 2100
    except ValueError:
        return False


def _widen(text: str, start: int, end: int) -> Span:
    """Extend a span by a bracket, country code or extension that belongs to the number."""
    inside = text[start:end]
    if inside.count(")") > inside.count("(") and text[start - 1 : start] == "(":
        start -= 1
    if text[start - 1 : start] == "+":
        start -= 1
    if match := _EXTENSION.match(text, end):
        end = match.end()
    return start, end


@cache
def _contact_words(*kinds: str) -> re.Pattern[str]:
    """Return the pattern of the words of these kinds, with optional blanks between characters."""
    words = sorted(
        {word for kind in kinds for word in vocabulary.load_toml("contacts")[kind]}, key=lambda w: (-len(w), w)
    )
    return re.compile("|".join(r"\s{0,4}".join(map(re.escape, word)) for word in words), re.IGNORECASE)


@cache
def _contact_start(*kinds: str) -> re.Pattern[str]:
    """Return the pattern of the first characters of the words of these kinds: most texts have none."""
    starts = {word[0] for kind in kinds for word in vocabulary.load_toml("contacts")[kind]}
    # Three times faster than one that ignores case.
    both_cases = {*map(str.lower, starts), *map(str.upper, starts)}
    return re.compile(f"[{''.join(sorted(map(re.escape, both_cases)))}]")


@cache
def _label(kind: str) -> re.Pattern[str]:
    """Return the pattern of a label and its joint to the value: 电话（办）：, QQ群号是, 微信号码为."""
    words = vocabulary.load_toml("contacts")
    tails = "|".join(sorted(map(re.escape, words.get(f"{kind}_tails", ())), key=len, reverse=True))
    tail = f"(?: ?(?:{tails})){{0,3}}+" if tails else ""
    bracket = r"(?: ?\([^()\d]{0,8}\))?"
    joint = f"(?P<joint> ?(?:[{''.join(words['joints'])}] ?){{0,2}})"
    return re.compile(f"(?:{_contact_words(kind).pattern}){tail}{bracket}{joint} ?", re.IGNORECASE)


def _find_labelled(text: str) -> Iterator[Span]:
    groups = _digit_groups(text)
    at_group = {start: n for n, (start, _) in enumerate(groups)}
    for kind, shortest in (("phone", _MIN_LABELLED), ("account", _MIN_ACCOUNT), ("identity", 15)):
        for label in _label(kind).finditer(text) if _contact_start(kind).search(text) else ():
            start = label.end()
            opened = start + (text[start : start + 1] in ("(", "+"))
            if opened in at_group:
                span = _labelled_number(text, groups, at_group[opened], opened, shortest)
                if span is not None:
                    closed = ")" in text[opened : span[1]]
                    yield (start if closed or text[start] == "+" else opened), span[1]
            elif kind == "account" and (name := _ACCOUNT_NAME.match(text, opened)):
                yield name.span()
    for label in _label("mail").finditer(text) if _contact_start("mail").search(text) else ():
        if label["joint"].strip() and (value := _MAIL_VALUE.match(text, label.end())):
            yield value.span()


def _labelled_number(text: str, groups: Sequence[Span], first: int, start: int, shortest: int) -> Span | None:
    """Return the span of the number that starts here, with further numbers of its list: 2345678、7654321."""
    end = start
    size = 0
    last_end: int | None = None
    for n in range(first, len(groups)):
        begin, stop = groups[n]
        if n > first:
            if begin - end > 3 or not _LIST_JOIN.fullmatch(text, end, begin):
                break
            if not _JOIN.fullmatch(text, end, begin) and text[end:begin].strip(" ") != "转":
                if size < shortest:
                    break
                size = 0
        size += stop - begin
        end = stop
        if size >= shortest and not _has_decimals(text, stop) and not _has_unit(text, stop):
            last_end = stop
        if size > _MAX_LABELLED + 2:
            break
    if last_end is None:
        return None
    match = _EXTENSION.match(text, last_end)
    return start, match.end() if match else last_end


def _has_unit(text: str, end: int) -> bool:
    return text[end : end + 1] in vocabulary.load_toml("contacts")["units_behind"]


def _redact_block(block: Block) -> Block:
    if isinstance(block, Paragraph):
        text, locator = redact(block.text), redact(block.locator)
        return block if (text, locator) == (block.text, block.locator) else replace(block, text=text, locator=locator)
    columns = _contact_columns(block)
    cells = tuple(_redact_printed(c, _redact_cell(c, columns)) for c in block.cells)
    locator = redact(block.locator)
    if locator != block.locator:
        # Locators contain the names of sheets and of archive members.
        cells = tuple(replace(cell, locator=redact(cell.locator)) for cell in cells)
    return replace(block, cells=cells, locator=locator)


def _contact_columns(table: Table) -> dict[int, tuple[int, _ContactColumn]]:
    """Return column → the row of the header that describes its numbers, and their kind."""
    columns: dict[int, tuple[int, _ContactColumn]] = {}
    for cell in table.cells:
        kind = _column_kind(cell.text) if cell.text else None
        if kind is not None:
            columns |= dict.fromkeys(range(cell.col, cell.col + cell.col_span), (cell.row, kind))
    return columns


@lru_cache(maxsize=1024)
def _column_kind(text: str) -> _ContactColumn | None:
    may_be_contact = has_listed_start(text, "contact")
    if may_be_contact and is_listed_header(text, "contact"):
        return _ContactColumn.CONTACT
    compact = strip_whitespace(text)
    is_sum = compact.endswith(_sum_headers())
    if not (may_be_contact or is_sum) or len(compact) > _MAX_HEADER or _NOT_HEADER.search(compact):
        return None
    if may_be_contact and any(is_listed_header(part, "contact") for part in _HEADER_PARTS.split(compact)):
        return _ContactColumn.MIXED
    return _ContactColumn.SUMS if is_sum else None


@cache
def _sum_headers() -> tuple[str, ...]:
    return tuple(vocabulary.load_toml("contacts")["sum_headers"])


def _redact_printed(cell: Cell, redacted: Cell) -> Cell:
    """Return the redacted cell without its text as printed, if that holds contact data."""
    if cell.printed is None or (redacted.text == cell.text and redact(cell.printed) == cell.printed):
        return redacted
    return replace(redacted, printed=None)


def _redact_cell(cell: Cell, columns: dict[int, tuple[int, _ContactColumn]]) -> Cell:
    if not cell.text:
        return cell
    header, kind = columns.get(cell.col, (cell.row, None))
    kind = kind if cell.row > header else None
    if kind is _ContactColumn.CONTACT and _HAS_CONTACT.search(cell.text):
        return replace(cell, text=HIDDEN)
    if kind is _ContactColumn.MIXED:
        text = redact_numbers(cell.text)
        return cell if text == cell.text else replace(cell, text=text)
    if kind is _ContactColumn.SUMS:
        text = redact(cell.text, sums=True)
        return cell if text == cell.text else replace(cell, text=text)
    text = redact(cell.text)
    if "\n" in cell.text:
        # A narrow column may break a number over two lines.
        joined = redact(cell.text.replace("\n", ""))
        text = joined if joined.count(HIDDEN) > text.count(HIDDEN) else text
    return cell if text == cell.text else replace(cell, text=text)
