"""Names that every system takes: of files, and of the sheets of a workbook."""

from __future__ import annotations

import re
from typing import Final

from pathvalidate import sanitize_filename

LONGEST: Final = 80
LONGEST_SHEET: Final = 31
_NO_SHEET: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def file_name(text: str, suffix: str, taken: set[str]) -> str:
    """A file name made of `text` that Windows, macOS and Linux take; `taken` holds those given, and gets this one."""
    stem = sanitize_filename(text[:LONGEST], replacement_text="_", platform="universal").strip(". ") or "未命名"
    return _free(stem, suffix, taken)


def sheet_name(text: str, taken: set[str]) -> str:
    """A name of a sheet made of `text`; `taken` holds those given, and gets this one."""
    stem = _NO_SHEET.sub("_", text)[: LONGEST_SHEET - 4].strip("' ") or "工作表"
    return _free(stem, "", taken)


def _free(stem: str, suffix: str, taken: set[str]) -> str:
    name, number = f"{stem}{suffix}", 2
    while name.casefold() in taken:
        name, number = f"{stem}（{number}）{suffix}", number + 1
    taken.add(name.casefold())
    return name
