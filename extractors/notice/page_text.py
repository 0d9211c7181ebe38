"""Account for the whole text of a file: what no other record holds is kept as a passage, or told as lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import fields
from functools import cache
from typing import Any, Final

from extractors.document import Document
from extractors.normalize import cjk_share, clean, strip_whitespace
from extractors.notice.findings import Findings
from extractors.records import Extraction, PassageRow, Rule, Severity

_UNQUOTED: Final = frozenset({"cells", "tables", "indicators", "task_parties", "task_thresholds", "scoring_rules"})
"""Records that only tables and tasks have; the texts of tables are accounted for cell by cell."""
_MAX_KEPT: Final = 30_000
"""Characters of passages that are kept of one notice, as a long plan has. A novel is lost, and told to be."""
_NO_TEXT: Final = re.compile(r"[\W_]+")
_SEPARATOR: Final = "\x00"


def account_for_text(
    document: Document, extraction: Extraction, findings: Findings
) -> tuple[list[PassageRow], int, int]:
    """Collect the running text that no other record holds, and count the text of the file.

    Args:
        document: the document without the data of its page.
        extraction: the records made of it.
        findings: receives a warning if text came into no block of the document, or is more than is kept.

    Returns:
        The passages, the number of non-blank characters of the file, and of those accounted for.
    """
    paragraphs = list(document.paragraphs())
    by_place, everywhere = _texts_of(extraction, {block.locator for block in paragraphs})
    exact = {*everywhere, *(text for texts in by_place.values() for text in texts)}
    n_total, n_accounted = extraction.chars_total + document.lost_chars, extraction.chars_accounted
    n_kept = 0
    near: list[str] = []
    passages: list[PassageRow] = []
    for block in paragraphs:
        text = clean(block.text)
        compact = strip_whitespace(text)
        n_total += len(compact)
        near = by_place.get(block.locator, near)
        is_held = compact in exact or _is_part(compact, near) or not _rest(compact, (*near, *everywhere))
        if not is_held and n_kept + len(compact) > _MAX_KEPT:
            continue
        n_accounted += len(compact)
        if not is_held:
            n_kept += len(compact)
            passages.append(PassageRow(findings.notice_id, len(passages) + 1, text, block.locator))
    if n_accounted < n_total:
        findings.add(
            Rule.LOST_TEXT, Severity.WARNING,
            f"全文 {n_total} 字中有 {n_total - n_accounted} 字没有落入任何单元格、字段、条款或问题，请对照原件核对",
        )  # fmt: skip
    return passages, n_total, n_accounted


def _is_part(text: str, known: Sequence[str]) -> bool:
    """Return whether a record holds a paragraph, with or without its label, among the others that it was read from."""
    bodies = [text, *(text[len(label) :] for label in known if len(label) < len(text) and text.startswith(label))]
    return any(body in part for body in bodies for part in known)


def _rest(text: str, known: Iterable[str]) -> str:
    """Return what of a paragraph no known text holds, marks left aside."""
    for part in sorted({part for part in known if part and part in text}, key=len, reverse=True):
        text = text.replace(part, _SEPARATOR)
    return _NO_TEXT.sub("", text)


def _texts_of(extraction: Extraction, places: Set[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Return the texts of records by the place they were read at, of these, and those of the notice as a whole."""
    by_place: dict[str, list[str]] = {}
    everywhere = [text for text in _strings(extraction.notice) if len(text) > 1]
    everywhere += [strip_whitespace(table.title) for table in extraction.tables if table.title]
    for item in fields(extraction):
        rows = getattr(extraction, item.name)
        if item.name in _UNQUOTED or not isinstance(rows, list):
            continue
        for row in rows:
            locator = getattr(row, "locator", None)
            if isinstance(locator, str) and locator in places:
                by_place.setdefault(locator, []).extend(_strings(row))
    return by_place, [text for text in everywhere if cjk_share(text) > 0]


@cache
def _names_of_texts(record: type) -> tuple[str, ...]:
    """Return the fields of a kind of record that may hold texts of the file."""
    names = (item.name for item in fields(record))
    return tuple(name for name in names if name != "locator" and not name.endswith("_id"))


def _strings(row: Any) -> Iterator[str]:
    """Yield the texts of a record without blanks, ids and places left out."""
    for name in _names_of_texts(row.__class__):
        value = getattr(row, name)
        for text in value if isinstance(value, list) else (value,):
            if isinstance(text, str) and text:
                yield strip_whitespace(text)
