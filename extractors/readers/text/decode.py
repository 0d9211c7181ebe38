"""Bytes of a text file → str: UTF-8 with or without mark, UTF-16 of either order, GB18030."""

from __future__ import annotations

import codecs

from extractors.document import ReadError

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE = 4096


def _utf16_without_mark(data: bytes) -> str | None:
    """The byte order when line feeds or Latin characters leave zero bytes on one side only."""
    sample = data[:_SAMPLE]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) // 100 + 1:
        return None
    return "utf-16-be" if even > odd * 4 else "utf-16-le" if odd > even * 4 else None


def decode(data: bytes) -> str:
    """The text of the file.

    Raises:
        ReadError: no known encoding fits, or the bytes are not text at all.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            candidates = [name]
            break
    else:
        utf16 = _utf16_without_mark(data)
        candidates = [utf16] if utf16 else ["utf-8", "gb18030"]
    for name in candidates:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if text.count("\x00") * 50 > len(text):
            break
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    raise ReadError("文字编码无法识别（不是 UTF-8、UTF-16 或 GB18030）", "请用记事本打开后另存为 UTF-8 编码的文本文件")
