"""Names of files and of sheets made from names of units, which may hold anything."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import count
from typing import Final

from pathvalidate import sanitize_filename

UNNAMED: Final = "未命名"
LONGEST: Final = 80
"""Characters of a file name, its suffix and its collision mark included."""
MOST_BYTES: Final = 250
"""Bytes of a file name in UTF-8; most file systems hold 255."""
SHEET_UNITS: Final = 31
"""UTF-16 units of the title of an Excel sheet."""
SHEET_RESERVED: Final = "history"
_CONSOLES: Final = ("CONIN$", "CONOUT$")
"""Reserved on Windows, too, and unknown to pathvalidate."""
_NOT_IN_SHEET: Final = re.compile(r"[\[\]:*?/\\]")


def file_name(text: str, suffix: str, taken: set[str]) -> str:
    """A file name of `text` and `suffix` (with its dot) that Windows, macOS and Linux take, never one of `taken`.

    Names that a file system may hold for the same get （2）, （3）… `taken` is added to: pass one set for a folder.
    """
    stem = _stem(text, suffix)
    return _first_free(lambda mark: f"{_cut(stem, mark + suffix)}{mark}{suffix}", taken)


def sheet_name(text: str, taken: set[str]) -> str:
    """A title of `text` that Excel takes for a sheet, never one of `taken`, which is added to."""
    title = _NOT_IN_SHEET.sub("_", visible(text)).strip().strip("'").strip() or UNNAMED
    if title.casefold() == SHEET_RESERVED:
        title += "_"
    return _first_free(lambda mark: _cut_title(title, SHEET_UNITS - len(mark)) + mark, taken)


def _first_free(made: Callable[[str], str], taken: set[str]) -> str:
    """The first of made(""), made("（2）"), … that nothing in `taken` looks like."""
    for number in count(1):
        name = made("" if number == 1 else f"（{number}）")
        # Neither case nor the width or composition of characters keeps two names apart on every system.
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
        if folded not in taken:
            break
    taken.add(folded)
    return name


def visible(text: str) -> str:
    """`text` on one line, without control, format (right-to-left marks) and unassigned characters."""
    solid = unicodedata.normalize("NFC", re.sub(r"\s+", " ", text))
    return "".join(character for character in solid if not unicodedata.category(character).startswith("C"))


def _stem(text: str, suffix: str) -> str:
    solid = ".".join(part.strip() for part in visible(text).split(".")).strip(". ~")
    safe = sanitize_filename(f"{solid or UNNAMED}{suffix}", platform="universal", replacement_text="_")
    stem = safe.removesuffix(suffix)
    device, dot, rest = stem.partition(".")
    return f"{device}_{dot}{rest}" if device.upper() in _CONSOLES else stem


def _cut(stem: str, tail: str) -> str:
    """As much of `stem` as leaves room for `tail`."""
    cut = stem[: LONGEST - len(tail)].encode()[: MOST_BYTES - len(tail.encode())]
    return cut.decode(errors="ignore").rstrip(". ") or UNNAMED


def _cut_title(title: str, units: int) -> str:
    cut = title.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore")
    return cut.rstrip("' ") or UNNAMED
