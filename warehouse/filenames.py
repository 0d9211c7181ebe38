"""Make safe names of files and of Excel sheets from arbitrary text, such as names of units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import count
from typing import Final

from pathvalidate import sanitize_filename

UNNAMED: Final = "未命名"
MAX_LENGTH: Final = 80
"""Maximum characters of a file name, including suffix and collision mark."""
MAX_BYTES: Final = 250
"""Maximum bytes of a file name in UTF-8; most file systems allow 255."""
MAX_SHEET_UNITS: Final = 31
"""Maximum UTF-16 code units of the title of an Excel sheet."""
SHEET_RESERVED: Final = "history"
_CONSOLES: Final = ("CONIN$", "CONOUT$")
"""Device names of Windows that pathvalidate does not know."""
_NOT_IN_SHEET: Final = re.compile(r"[\[\]:*?/\\]")


def file_name(text: str, suffix: str, used: set[str]) -> str:
    """Return a file name that is valid on Windows, macOS and Linux.

    Names that a file system may treat as equal get the marks （2）, （3）…

    Args:
        text: Any text.
        suffix: Suffix with its dot.
        used: Names used so far in the folder; the new name is added.
    """
    stem = _stem(text, suffix)
    return _first_free(lambda mark: f"{_cut(stem, mark + suffix)}{mark}{suffix}", used)


def sheet_name(text: str, used: set[str]) -> str:
    """Return a sheet title that Excel accepts and that is not in `used`; the title is added to `used`."""
    title = _NOT_IN_SHEET.sub("_", visible(text)).strip().strip("'").strip() or UNNAMED
    if title.casefold() == SHEET_RESERVED:
        title += "_"
    return _first_free(lambda mark: _cut_title(title, MAX_SHEET_UNITS - len(mark)) + mark, used)


def _first_free(make_name: Callable[[str], str], used: set[str]) -> str:
    """Return the first of make_name(""), make_name("（2）"), … that is not equivalent to a name in `used`."""
    for number in count(1):
        name = make_name("" if number == 1 else f"（{number}）")
        # Some systems ignore case, width or composition of characters.
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
        if folded not in used:
            break
    used.add(folded)
    return name


def visible(text: str) -> str:
    """Return `text` on one line, without control, format (right-to-left marks) and unassigned characters."""
    line = unicodedata.normalize("NFC", re.sub(r"\s+", " ", text))
    return "".join(character for character in line if not unicodedata.category(character).startswith("C"))


def _stem(text: str, suffix: str) -> str:
    trimmed = ".".join(part.strip() for part in visible(text).split(".")).strip(". ~")
    safe = sanitize_filename(f"{trimmed or UNNAMED}{suffix}", platform="universal", replacement_text="_")
    stem = safe.removesuffix(suffix)
    device, dot, rest = stem.partition(".")
    return f"{device}_{dot}{rest}" if device.upper() in _CONSOLES else stem


def _cut(stem: str, tail: str) -> str:
    """Shorten `stem` to leave room for `tail`."""
    cut = stem[: MAX_LENGTH - len(tail)].encode()[: MAX_BYTES - len(tail.encode())]
    return cut.decode(errors="ignore").rstrip(". ") or UNNAMED


def _cut_title(title: str, units: int) -> str:
    cut = title.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore")
    return cut.rstrip("' ") or UNNAMED
