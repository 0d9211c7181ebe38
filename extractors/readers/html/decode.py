"""Bytes of a web page → str: byte order mark, then what the page declares, then what fits."""

from __future__ import annotations

import codecs
import re

from extractors.document import ReadError

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(
    rb"""<(?:meta\b[^<>]{0,300}?charset|\?xml\b[^<>]{0,200}?encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I
)
_HEAD = 16_384
_KNOWN = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030",
    "chinese": "gb18030", "csgb2312": "gb18030", "cp936": "gb18030", "windows-936": "gb18030", "hz-gb-2312": "hz",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "cp950": "big5hkscs", "utf-8": "utf-8", "utf8": "utf-8",
    "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "unicode": "utf-16-le",
    "iso-8859-1": "cp1252", "windows-1252": "cp1252", "us-ascii": "cp1252",
}  # fmt: skip
"""Encodings that pages name, and what is meant by them. A name not in this list is not looked up anywhere."""
_LOST_SHARE = 0.05


def decode(data: bytes, declared: str | None = None) -> tuple[str, int]:
    """The text of the page and the number of characters that could not be read.

    `declared` is an encoding told by the carrier (mhtml). Raises `ReadError` when nothing makes sense of the bytes.
    """
    best: tuple[int, str] | None = None
    for name in _candidates(data, declared):
        text = data.decode(name, "replace")
        lost = text.count("\ufffd")
        if not lost:
            return _tidy(text), 0
        if best is None or lost < best[0]:
            best = lost, text
    if best is None or best[0] > _LOST_SHARE * len(best[1]) + 1:
        raise ReadError("网页的文字编码无法识别", "请用浏览器打开后另存为 UTF-8 编码的网页，再放入")
    return _tidy(best[1]), best[0]


def _candidates(data: bytes, declared: str | None) -> list[str]:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return [name]
    head = data[:_HEAD]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 100:
        return ["utf-16-be" if even > odd else "utf-16-le"]
    found = _DECLARED.search(head)
    said = _KNOWN.get((declared or (found[1].decode("ascii", "replace") if found else "")).strip().lower())
    # Text in another encoding is never valid UTF-8 by chance, while pages often declare what they no longer are.
    names = ["utf-8", *([said] if said and not said.startswith(("utf-16", "cp1252")) else []), "gb18030", "big5hkscs"]
    return list(dict.fromkeys(names)) + (["cp1252"] if said == "cp1252" else [])


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
