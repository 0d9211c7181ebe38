"""Decode a text file: UTF-8 with or without byte order mark, UTF-16 of either order, GB18030."""

from __future__ import annotations

import codecs
import re

from extractors.document import ReadError

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE = 4096
_COMMON_CHARACTER = re.compile(
    r"[\t\n\r -~\u2010-\u203b\u2460-\u257f\u25a0-\u2606\u3000-\u303f\u4e00-\u9fff\uff00-\uff5e]"
)


def _common_share(text: str) -> float:
    """Return the share of characters that are common in Chinese text."""
    return len(_COMMON_CHARACTER.findall(text)) / len(text) if text else 0.0


def _guess_utf16(data: bytes) -> str | None:
    """Return the byte order in which data with zero bytes reads as Chinese text, or None."""
    sample = data[: _SAMPLE - _SAMPLE % 2]
    if len(sample) < 2 or 0 not in sample:
        return None
    shares = {name: _common_share(sample.decode(name, "replace")) for name in ("utf-16-le", "utf-16-be")}
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] > 0.9 else None


def decode_text(data: bytes) -> str:
    """Return the text of the file.

    Raises:
        ReadError: no known encoding fits, or the bytes are not text.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            candidates = [name]
            break
    else:
        utf16 = _guess_utf16(data)
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
