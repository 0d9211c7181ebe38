"""The pictures of a page: those that were saved with it (data addresses, parts of an mhtml file) are read."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes, urljoin

from extractors.document import ReadNote
from extractors.limits import Limits
from extractors.readers.html.block_iterator import Line
from extractors.readers.html.dom import Element
from extractors.readers.html.mhtml import Parts
from extractors.readers.scan.embedded import EmbeddedPictures, Said
from extractors.table_words import TableWords

_WHOLE = "整个文件"


class Pictures:
    """Reads the pictures of one page; what is told of them is collected in `notes`."""

    def __init__(self, parts: Parts, limits: Limits, words: TableWords) -> None:
        self._parts = parts
        self._embedded = EmbeddedPictures(limits, words)
        self._absent = 0
        self._notes: list[ReadNote] = []

    def said(self, line: Line, place: str) -> Said:
        """What the pictures of a line say."""
        found = []
        for picture in line.pictures:
            data = _bytes(picture, self._parts)
            if data is None:
                self._absent += 1
                continue
            found.append(self._embedded.read(data, place))
        self._notes += [note for one in found for note in one.notes]
        return Said(tuple(block for one in found for block in one.blocks))

    def notes(self) -> list[ReadNote]:
        """A note for every picture read, and one for all those that were not saved with the page."""
        if not self._absent:
            return self._notes
        told = (
            f"正文中有 {self._absent} 张图片没有存入网页文件，其中的文字未读取；"
            "其中确有文字的，请用浏览器另存为单个文件（mhtml）后重新放入"
        )
        return [*self._notes, ReadNote("picture", told, _WHOLE)]


def _bytes(picture: Element, parts: Parts) -> bytes | None:
    source = (picture.get("src") or "").strip()
    if source[:5].lower() == "data:":
        return _inline(source)
    return _part(source, parts.base, parts.pictures)


def _part(source: str, base: str, pictures: Mapping[str, bytes]) -> bytes | None:
    if not source or not pictures:
        return None
    try:
        whole = urljoin(base, source)
    except ValueError:
        whole = source
    return pictures.get(source, pictures.get(whole))


def _inline(source: str) -> bytes | None:
    """What a data address holds; None where it is broken."""
    head, comma, body = source.partition(",")
    if not comma:
        return None
    raw = unquote_to_bytes(body)
    if not head.lower().rstrip().endswith(";base64"):
        return raw
    try:
        return base64.b64decode(b"".join(raw.split()) + b"==")
    except (binascii.Error, ValueError):
        return None
