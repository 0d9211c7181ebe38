"""A document's paragraphs as logical lines: page numbers out, hard-wrapped and page-cut lines joined again."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from extractors.body.labels import read_label, strip_bullet
from extractors.document import Document, Paragraph, Table
from extractors.phrases.rowwords import is_page_number
from extractors.phrases.text import clean, strip_artefacts

_RULE_DEBRIS = re.compile(r"(?<=[\u4e00-\u9fff])\s*[|│┃]\s*(?=[\u4e00-\u9fff])")
_CLOSED = re.compile(r"[。；;！!？?：:…][”’\"'》」）)]*$")
_COMMA = re.compile(r"[、，,]$")
_PAIRS = (("《", "》"), ("（", "）"), ("(", ")"), ("“", "”"), ("〔", "〕"), ("[", "]"), ("「", "」"))
_ANNEX = re.compile(
    r"附\s*件\s*(?P<n>\d{1,2}|[一二三四五六七八九十]{1,3})?\s*(?:[-—－]\s*\d{1,2})?\s*(?P<colon>[:：.．、])?\s*(?P<rest>.*)",
    re.DOTALL,
)
_CAPTION = re.compile(
    r"(?:注|备\s*注|附\s*注|说\s*明|填表说明|联\s*系\s*人|抄\s*送|主\s*送|签\s*发\s*人)\s*[:：]|附\s*件|附\s*[:：]"
)
_LONG = 26
_PARAGRAPH = 40
_ENDLESS = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One logical paragraph. `text` is normalized, `raw` keeps the blanks (rosters pad names with them)."""

    text: str
    raw: str
    locator: str
    level: int | None = None
    note: bool = False


@cache
def words() -> dict[str, Any]:
    """The vocabulary of the running text (vocabulary/body.toml)."""
    return tomllib.loads(files("extractors").joinpath("vocabulary/body.toml").read_text("utf-8"))


@cache
def _kind_ending() -> re.Pattern[str]:
    kinds = "|".join(sorted(words()["document_kinds"], key=len, reverse=True))
    return re.compile(rf"(?:{kinds})(?:[（(][^（）()]{{1,20}}[）)])*$")


@cache
def _roster_key() -> re.Pattern[str]:
    """组长：, 综合协调组： and the like at the beginning of a line."""
    keys = [*words()["roles"], *words()["member_roles"], *words()["group_endings"], "阶段"]
    return re.compile(rf"[\u4e00-\u9fff（）()\s]{{0,18}}?(?:{'|'.join(keys)})\s*[:：]")


def _opens_roster(text: str) -> bool:
    return (":" in text or "：" in text) and _roster_key().match(text) is not None


def ends_like_title(text: str) -> bool:
    """True when `text` ends with a kind of document (方案, 通知, 清单 …), brackets such as （试行） allowed."""
    return bool(_kind_ending().search(text)) and not re.search(r"[。；！？]", text)


def unbalanced(text: str) -> bool:
    """True when a bracket or quotation opened in `text` is not closed in it."""
    return any(a in text and text.count(a) > text.count(b) for a, b in _PAIRS)


def annex_mark(text: str) -> re.Match[str] | None:
    """The match of a line that begins with 附件 (groups n, colon, rest), None for running text such as 附件中的…"""
    found = _ANNEX.fullmatch(text)
    if not found or len(text) > 80:
        return None
    if found["n"] or found["colon"]:
        return found
    return found if not found["rest"] else None


def _begins_anew(text: str) -> bool:
    return bool(read_label(text) or _CAPTION.match(text) or _opens_roster(text))


def _wrap_width(paragraphs: Sequence[str]) -> int | None:
    """The line length of a text that was wrapped by hand or by a page, None for one line per paragraph."""
    lengths = sorted(len(t) for t in paragraphs if len(t) > 15 and not _CLOSED.search(t))
    if len(lengths) < 6:
        return None
    width = lengths[int(len(lengths) * 0.9)]
    near = sum(width - 4 <= n <= width + 1 for n in lengths)
    beyond = sum(len(t) > width + 4 for t in paragraphs)
    return width if near >= max(6, len(lengths) * 0.4) and beyond <= len(paragraphs) * 0.02 else None


def _is_open(text: str, width: int | None) -> bool:
    """True when the paragraph plainly goes on in the next line."""
    if unbalanced(text):
        return True
    if _CLOSED.search(text) or ends_like_title(text):
        return False
    if _COMMA.search(text):
        return True
    if width and len(text) >= width - 4:
        return True
    return len(text) >= _PARAGRAPH or (len(text) >= _LONG and re.search(r"[，,；;。]", text) is not None)


def _glue(before: Line, after: Line) -> Line:
    return replace(before, text=clean(before.text + "\n" + after.text), raw=before.raw + after.raw)


def _goes_on(before: Line, after: Line, width: int | None) -> bool:
    if len(before.text) > _ENDLESS:
        return False
    if before.note != after.note or after.level is not None or _begins_anew(after.text):
        # a bracket cut at the edge goes on even where the next line looks like an item (2 / 分); …)
        return unbalanced(before.text) and not read_label(after.text) and not annex_mark(after.text)
    if len(before.text) < _PARAGRAPH and _opens_roster(before.text):
        return False
    return _is_open(before.text, width)


def _line(paragraph: Paragraph) -> Line | None:
    raw = " ".join(strip_bullet(part.strip()) for part in strip_artefacts(paragraph.text).strip().split("\n"))
    raw = _RULE_DEBRIS.sub("", raw)
    text = clean(raw)
    if not text or is_page_number(raw) or not re.search(r"\w", text):
        return None
    return Line(text, raw, paragraph.locator, paragraph.level, paragraph.note)


def read_lines(document: Document) -> list[Line | Table]:
    """The logical lines and the tables of `document` in reading order."""
    width = _wrap_width([clean(p.text) for p in document.paragraphs() if not p.note])
    out: list[Line | Table] = []
    for block in document.blocks:
        if isinstance(block, Table):
            out.append(block)
            continue
        line = _line(block)
        if line is None:
            continue
        last = out[-1] if out else None
        if isinstance(last, Line) and _goes_on(last, line, width):
            out[-1] = _glue(last, line)
        else:
            out.append(line)
    return out


def only_lines(blocks: Sequence[Line | Table]) -> Iterator[Line]:
    """The lines among `blocks`."""
    return (b for b in blocks if isinstance(b, Line))
