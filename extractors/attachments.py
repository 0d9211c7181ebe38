"""Several files that are one notice: a letter and its attachments, in an archive or beside a saved page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote

from extractors.body.outline import outline
from extractors.body.redaction import redact, redact_path
from extractors.document import Block, Document, Link, Paragraph, ReadError, ReadNote, Table
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.normalize import squeeze
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers import read as read_file
from extractors.readers.archive import Member, distinct_names, natural_key
from extractors.readers.archive import read_members as stored_members
from extractors.readers.sniff import file_extension
from extractors.table_words import TableWords

_NUMBER = re.compile(r"附件\s*(?:[:：]\s*)?(\d{1,2}|[一二三四五六七八九十]{1,2})")
_LAST = 99
_CHINESE = {c: n for n, c in enumerate("一二三四五六七八九十", 1)}
_LETTER = re.compile(r"(?:通知|通告|公告|意见|函|通报|方案)(?:[（(][^（）()]*[）)])?$")


Beside = Callable[[str], bytes | None]
"""The bytes of a file by its path from the folder of the file that is read; None where there is none."""


@dataclass(frozen=True, slots=True)
class Part:
    """A member and what was read of it: a document, or why there is none. Equal members share one document."""

    member: Member
    document: Document | None
    error: ReadError | None = None


class SeveralNoticesError(ReadError):
    """An archive that holds several notices: `parts` are its members as they were read."""

    def __init__(self, parts: Sequence[Part]) -> None:
        count = sum(part.document is not None for part in parts)
        super().__init__(f"压缩包内有 {count} 份独立的文件", "请解压后把其中的通知逐个放入")
        self.parts = tuple(parts)


def read(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Read one published file of any format, an archive too, with the vocabulary's knowledge of table words.

    Raises:
        SeveralNoticesError: an archive holds several notices.
        ReadError: the file cannot be read.
    """
    return read_file(data, name, limits, VOCABULARY_WORDS, read_archive)


def read_archive(data: bytes, name: str, limits: Limits, words: TableWords) -> Document:
    """The one notice of an archive: the letter's blocks, then those of its attachments in the order it lists them.

    Raises `SeveralNoticesError` when it holds several notices, another `ReadError` when it cannot be opened or nothing
    in it can be read.
    """
    parts = _parts(_members(data, name, limits), limits, words)
    letter = _letter(parts)
    readable = [part for part in parts if part.document is not None]
    if not readable:
        why = parts[0].error
        raise ReadError(f"压缩包内 {len(parts)} 个文件都无法读取（{parts[0].member.name}：{why}）", "请解压后逐个处理")
    if letter is None and len(readable) > 1:
        raise SeveralNoticesError(parts)
    first = letter or readable[0]
    rest = [part for part in parts if part is not first]
    return replace(combine(first, rest), format="zip")


def combine(letter: Part, attachments: Sequence[Part]) -> Document:
    """One document of a letter and its attachments, in the order of the letter's list, else of their names.

    Places of an attachment begin with its file name; an attachment that cannot be read becomes a note.
    """
    first = letter.document
    if first is None:
        raise ValueError("a letter that was not read")
    listed = [squeeze(title) for title in outline(first).frame.attachments]
    ordered = sorted(attachments, key=lambda part: _place(part.member.name, listed))
    blocks: list[Block] = list(first.blocks)
    notes = list(first.notes)
    for part in ordered:
        where = PurePosixPath(part.member.name).name
        if part.document is None:
            why = f"{part.error.reason}；{part.error.remedy}" if part.error else "无法读取"
            notes.append(ReadNote("lost_part", f"附件“{where}”未读取：{why}", where))
            continue
        number = _place(part.member.name, listed)[0]
        if number < _LAST and not _opens_annex(part.document):
            blocks.append(Paragraph(f"附件{number}", where))
        blocks += [_placed(block, where) for block in part.document.blocks]
        notes += [replace(note, locator=f"{where}：{note.locator}") for note in part.document.notes]
    return Document(first.format, tuple(blocks), tuple(notes), first.links)


def with_attachments(page: Document, name: str, beside: Beside, limits: Limits) -> tuple[Document, list[str]]:
    """A page with the files it links to, where they lie beside it, and the paths of those that were read.

    `beside` gives the bytes of a file by its path from the page's folder. A saved page keeps its files in that folder
    or in one named after itself; they bear the name in the address or the text of the link.
    """
    stem = PurePosixPath(name).stem
    parts: list[Part] = []
    read_links: set[str] = set()
    for link in page.links:
        for path in _places(link, stem):
            data = beside(path)
            if data is not None and all(part.member.name != path for part in parts):
                parts += _parts([Member(path, data)], limits, VOCABULARY_WORDS)
                read_links.add(link.locator)
                break
    if not parts:
        return page, []
    whole = combine(Part(Member(name, b""), page), parts)
    notes = tuple(note for note in whole.notes if note.locator not in read_links)
    return replace(whole, notes=notes), [part.member.name for part in parts]


def _members(data: bytes, name: str, limits: Limits) -> list[Member]:
    """The files of an archive, contact data in their names hidden; names that are one then get a number each."""
    return list(distinct_names(map(_without_contacts, stored_members(data, name, limits))))


def _without_contacts(member: Member) -> Member:
    error = member.error and ReadError(redact(member.error.reason), member.error.remedy)
    return replace(member, name=redact_path(member.name), error=error)


def _places(link: Link, stem: str) -> list[str]:
    """Where a linked file may lie, as paths from the page's folder."""
    path = unquote(re.split(r"[?#]", link.href, maxsplit=1)[0]).replace("\\", "/")
    in_address, ending = path.rpartition("/")[2], PurePosixPath(path).suffix
    names = [in_address, link.name, f"{link.name}{ending}"]
    fitting = [
        n for n in dict.fromkeys(names) if "." in n and not re.search(r"[/\\:*?\"<>|\x00-\x1f]", n) and n[0] != "."
    ]
    return [f"{folder}{n}" for n in fitting for folder in ("", f"{stem}_files/", f"{stem}.files/")]


def _parts(found: Sequence[Member], limits: Limits, words: TableWords) -> list[Part]:
    """What is read of each member; bytes that come again under a name with the same ending are read once."""
    read: dict[tuple[str, bytes], Part] = {}
    parts = []
    for member in found:
        if member.error is not None:
            parts.append(Part(member, None, member.error))
            continue
        key = (file_extension(member.name), member.data)
        if key not in read:
            read[key] = _part(member, limits, words)
        parts.append(replace(read[key], member=member))
    return parts


def _part(member: Member, limits: Limits, words: TableWords) -> Part:
    try:
        return Part(member, read_file(member.data, member.name, limits, words))
    except ReadError as error:
        return Part(member, None, error)


def _letter(parts: Sequence[Part]) -> Part | None:
    """The one member that is a letter with attachments; None where there is none or more than one."""
    documents = {id(part.document): part.document for part in parts if part.document is not None}
    sent = {key for key, document in documents.items() if is_letter(document)}
    letters = [part for part in parts if id(part.document) in sent]
    return letters[0] if len(letters) == 1 and len(parts) > 1 else None


def is_letter(document: Document) -> bool:
    """True for a document that is sent: a title like 关于…的通知 with an addressee, a number, a signature or a list of
    attachments."""
    frame = outline(document).frame
    sent = bool(frame.addressees or frame.doc_number or frame.signatures or frame.attachments)
    return bool(frame.title and _LETTER.search(squeeze(frame.title))) and sent


def _place(name: str, listed: Sequence[str]) -> tuple[int, tuple[tuple[int, int | str], ...]]:
    """Where an attachment stands: by the title in the list, by the number in its name, else behind all of these."""
    stem = squeeze(PurePosixPath(name).stem)
    bare = _NUMBER.sub("", stem).strip(".．、：: -_")
    for n, title in enumerate(listed, 1):
        if bare and len(bare) >= 4 and (bare in title or title in bare):
            return n, natural_key(name)
    number = _NUMBER.search(stem)
    if number:
        return int(number[1]) if number[1].isdecimal() else _CHINESE.get(number[1], _LAST), natural_key(name)
    return _LAST, natural_key(name)


def _opens_annex(document: Document) -> bool:
    """True where the attachment itself begins with its mark (附件1)."""
    first = next((p.text for p in document.paragraphs() if p.text.strip()), "")
    return squeeze(first).startswith("附件")


def _placed(block: Block, where: str) -> Block:
    if isinstance(block, Table):
        cells = tuple(replace(cell, locator=f"{where}：{cell.locator}") for cell in block.cells)
        return replace(block, cells=cells, locator=f"{where}：{block.locator}")
    return replace(block, locator=f"{where}：{block.locator}")
