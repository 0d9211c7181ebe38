"""Join several files that form one notice: a letter and its attachments, from an archive or beside a saved page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote

from extractors.body.outline import read_outline
from extractors.body.page_data import set_aside_page_data
from extractors.body.redaction import redact, redact_path
from extractors.document import Block, Document, Link, Paragraph, ReadError, ReadNote, Table
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.normalize import strip_whitespace
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers import read as read_file
from extractors.readers.archive import Member, distinct_names, natural_key
from extractors.readers.archive import read_members as stored_members
from extractors.readers.sniff import file_extension
from extractors.records import Rule
from extractors.table_words import TableWords

_NUMBER = re.compile(r"附件\s*(?:[:：]\s*)?(\d{1,2}|[一二三四五六七八九十]{1,2})")
_UNLISTED = 99
_CHINESE = {c: n for n, c in enumerate("一二三四五六七八九十", 1)}
_LETTER = re.compile(r"(?:通知|通告|公告|意见|函|通报|方案)(?:[（(][^（）()]*[）)])?$")
ReadSibling = Callable[[str], bytes | None]
"""Returns the bytes of a file by its path relative to the folder of the saved page, None if there is none."""


@dataclass(frozen=True, slots=True)
class MemberDocument:
    """A member of an archive and its document, or the error that prevented reading it.

    Members with equal bytes share one document.
    """

    member: Member
    document: Document | None
    error: ReadError | None = None


class SeveralNoticesError(ReadError):
    """An archive that contains several notices; `parts` are its members with their documents."""

    def __init__(self, parts: Sequence[MemberDocument]) -> None:
        count = sum(part.document is not None for part in parts)
        super().__init__(f"压缩包内有 {count} 份独立的文件", "请解压后把其中的通知逐个放入")
        self.parts = tuple(parts)


def read(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Read one published file of any format, an archive too, with the vocabulary's knowledge of table words.

    Args:
        data: the bytes of the file.
        name: its file name.
        limits: bounds on size and expansion.

    Raises:
        SeveralNoticesError: an archive contains several notices.
        ReadError: the file cannot be read.
    """
    return read_file(data, name, limits, VOCABULARY_WORDS, read_archive)


def read_archive(data: bytes, name: str, limits: Limits, words: TableWords) -> Document:
    """Read the one notice of an archive: the letter, then its attachments in the order in which it lists them.

    Args:
        data: the bytes of the archive.
        name: its file name.
        limits: bounds on size and expansion.
        words: what is known of the words in tables.

    Raises:
        SeveralNoticesError: the archive contains several notices.
        ReadError: the archive cannot be opened, or none of its members can be read.
    """
    parts = _read_members(_members(data, name, limits), limits, words)
    letter = _find_letter(parts)
    readable = [part for part in parts if part.document is not None]
    if not readable:
        error = parts[0].error
        raise ReadError(
            f"压缩包内 {len(parts)} 个文件都无法读取（{parts[0].member.name}：{error}）", "请解压后逐个处理"
        )
    if letter is None and len(readable) > 1:
        raise SeveralNoticesError(parts)
    first = letter or readable[0]
    rest = [part for part in parts if part is not first]
    return replace(combine_documents(first, rest), format="zip")


def combine_documents(letter: MemberDocument, attachments: Sequence[MemberDocument]) -> Document:
    """Combine a letter and its attachments into one document.

    Attachments follow the order of the letter's list, else that of their names. Their locators are prefixed with their
    file name; an attachment that cannot be read becomes a note.

    Args:
        letter: the letter.
        attachments: the attachments.
    """
    document = letter.document
    if document is None:
        raise ValueError("the letter has no document")
    titles = [strip_whitespace(title) for title in read_outline(document).letterhead.attachments]
    ordered = sorted(attachments, key=lambda part: _attachment_order(part.member.name, titles))
    blocks: list[Block] = list(document.blocks)
    notes = list(document.notes)
    for part in ordered:
        file_name = PurePosixPath(part.member.name).name
        if part.document is None:
            reason = f"{part.error.reason}；{part.error.remedy}" if part.error else "无法读取"
            notes.append(ReadNote(Rule.LOST_PART, f"附件“{file_name}”未读取：{reason}", file_name))
            continue
        number = _attachment_order(part.member.name, titles)[0]
        if number < _UNLISTED and not _opens_annex(part.document):
            blocks.append(Paragraph(f"附件{number}", file_name))
        blocks += [_prefix_locators(block, file_name) for block in part.document.blocks]
        notes += [replace(note, locator=f"{file_name}：{note.locator}") for note in part.document.notes]
    lost_chars = document.lost_chars + sum(part.document.lost_chars for part in ordered if part.document is not None)
    return Document(document.format, tuple(blocks), tuple(notes), document.links, document.page, lost_chars)


def with_attachments(
    page: Document, name: str, read_sibling: ReadSibling, limits: Limits
) -> tuple[Document, list[str]]:
    """Append the files that a saved page links to and that are stored beside it.

    Browsers store them in the folder of the page or in a folder named after it, under the name in the address or in the
    text of the link.

    Args:
        page: the document of the page.
        name: its file name.
        read_sibling: returns the bytes of a file by its path relative to the folder of the page.
        limits: bounds on size and expansion.

    Returns:
        The combined document, and the paths of the files that were read.
    """
    stem = PurePosixPath(name).stem
    parts: list[MemberDocument] = []
    read_links: set[str] = set()
    for link in page.links:
        for path in _candidate_paths(link, stem):
            data = read_sibling(path)
            if data is not None and all(part.member.name != path for part in parts):
                parts += _read_members([Member(path, data)], limits, VOCABULARY_WORDS)
                read_links.add(link.locator)
                break
    if not parts:
        return page, []
    combined = combine_documents(MemberDocument(Member(name, b""), page), parts)
    notes = tuple(note for note in combined.notes if note.locator not in read_links)
    return replace(combined, notes=notes), [part.member.name for part in parts]


def is_letter(document: Document) -> bool:
    """Return whether a document is an official letter.

    It has a title like 关于…的通知, and an addressee, a number, a signature or a list of attachments.
    """
    letterhead = read_outline(set_aside_page_data(document)[1]).letterhead
    has_letterhead = bool(
        letterhead.addressees or letterhead.doc_number or letterhead.signatures or letterhead.attachments
    )
    return bool(letterhead.title and _LETTER.search(strip_whitespace(letterhead.title))) and has_letterhead


def _members(data: bytes, name: str, limits: Limits) -> list[Member]:
    """Return the files of an archive with contact data in their names redacted; equal names are then numbered."""
    return list(distinct_names(map(_without_contacts, stored_members(data, name, limits))))


def _without_contacts(member: Member) -> Member:
    error = member.error and ReadError(redact(member.error.reason), member.error.remedy)
    return replace(member, name=redact_path(member.name), error=error)


def _candidate_paths(link: Link, stem: str) -> list[str]:
    """Return the paths at which a linked file may be stored, relative to the folder of the page."""
    path = unquote(re.split(r"[?#]", link.href, maxsplit=1)[0]).replace("\\", "/")
    address_name, suffix = path.rpartition("/")[2], PurePosixPath(path).suffix
    names = [address_name, link.name, f"{link.name}{suffix}"]
    valid_names = [
        n for n in dict.fromkeys(names) if "." in n and not re.search(r"[/\\:*?\"<>|\x00-\x1f]", n) and n[0] != "."
    ]
    return [f"{folder}{n}" for n in valid_names for folder in ("", f"{stem}_files/", f"{stem}.files/")]


def _read_members(members: Sequence[Member], limits: Limits, words: TableWords) -> list[MemberDocument]:
    """Read each member; equal bytes with the same suffix are read once."""
    by_content: dict[tuple[str, bytes], MemberDocument] = {}
    parts = []
    for member in members:
        if member.error is not None:
            parts.append(MemberDocument(member, None, member.error))
            continue
        key = (file_extension(member.name), member.data)
        if key not in by_content:
            by_content[key] = _read_member(member, limits, words)
        parts.append(replace(by_content[key], member=member))
    return parts


def _read_member(member: Member, limits: Limits, words: TableWords) -> MemberDocument:
    try:
        return MemberDocument(member, read_file(member.data, member.name, limits, words))
    except ReadError as error:
        return MemberDocument(member, None, error)


def _find_letter(parts: Sequence[MemberDocument]) -> MemberDocument | None:
    """Return the one member that is a letter with attachments, None if there is none or more than one."""
    documents = {id(part.document): part.document for part in parts if part.document is not None}
    letter_keys = {key for key, document in documents.items() if is_letter(document)}
    letters = [part for part in parts if id(part.document) in letter_keys]
    return letters[0] if len(letters) == 1 else None


def _attachment_order(name: str, titles: Sequence[str]) -> tuple[int, tuple[tuple[int, int | str], ...]]:
    """Return the sort key of an attachment: by its title in the list, by the number in its name, else last."""
    stem = strip_whitespace(PurePosixPath(name).stem)
    bare = _NUMBER.sub("", stem).strip(".．、：: -_")
    for n, title in enumerate(titles, 1):
        if len(bare) >= 4 and (bare in title or title in bare):
            return n, natural_key(name)
    number = _NUMBER.search(stem)
    if number:
        return int(number[1]) if number[1].isdecimal() else _CHINESE.get(number[1], _UNLISTED), natural_key(name)
    return _UNLISTED, natural_key(name)


def _opens_annex(document: Document) -> bool:
    """Return whether the attachment itself begins with its mark (附件1)."""
    first = next((p.text for p in document.paragraphs() if p.text.strip()), "")
    return strip_whitespace(first).startswith("附件")


def _prefix_locators(block: Block, file_name: str) -> Block:
    if isinstance(block, Table):
        cells = tuple(replace(cell, locator=f"{file_name}：{cell.locator}") for cell in block.cells)
        return replace(block, cells=cells, locator=f"{file_name}：{block.locator}")
    return replace(block, locator=f"{file_name}：{block.locator}")
