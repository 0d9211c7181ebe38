"""What a site for sharing documents writes around one: its file name, its pages, who shared it, whose rights it is.

The name of the file is the title of the document: 某某细则.docx, 某某细则_第1页, 《某某细则.docx》由会员分享.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from extractors import vocabulary
from extractors.normalize import clean
from extractors.parsers.numerals import CALENDAR_NUMBER

_PAGES: Final = rf"\s*[（(]共?{CALENDAR_NUMBER}页(?:珍藏版)?[）)]"
_FILE_NAME: Final = re.compile(
    rf"(?P<title>[^。；;！？]{{4,80}}?)(?:{_PAGES})?\.(?:docx?|wps|pdf|xlsx?|pptx?|rtf)(?:VIP)?(?:_第\d{{1,4}}页)?",
    re.IGNORECASE,
)
_NUMBERED_PAGE: Final = re.compile(r"(?P<title>[^。；;！？]{4,80}?)_第\d{1,4}页")
_IMAGE: Final = re.compile(r"(?:!\[[^\[\]\n]*\]\([^()\s]*\)\s*)+")


def read_file_name(text: str) -> str | None:
    """Return the title in a line that holds the name of a file, alone, with a page number, or with who shared it."""
    shared = _shared_line().fullmatch(text)
    line = shared["name"] if shared else text
    named = _FILE_NAME.fullmatch(line) or (None if shared else _NUMBERED_PAGE.fullmatch(line))
    return clean(named["title"]) if named else clean(line) if shared else None


def is_site_line(text: str) -> bool:
    """Return whether a line is of the site: a greeting, a notice of rights, how much of the document it shows."""
    return _IMAGE.fullmatch(text) is not None or _site_line().fullmatch(text) is not None


@cache
def _shared_line() -> re.Pattern[str]:
    page = vocabulary.load_toml("identity")["page"]
    persons, acts = vocabulary.alternation(page["sharers"]), vocabulary.alternation(page["sharing"])
    return re.compile(rf"《(?P<name>[^《》]{{4,90}})》\s*由.{{0,8}}?{persons}.{{0,6}}?{acts}.{{0,160}}")


@cache
def _site_line() -> re.Pattern[str]:
    """Return the pattern of a line that begins as those of a site do; a long one is of the text."""
    openings = vocabulary.load_toml("identity")["page"]["site_lines"]
    return re.compile(rf"(?:{'|'.join(openings)})[^\n]{{0,120}}")
