"""Draw rows of every table of facts by lot, each with the text of the notice that it was read from."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import schemas
from extractors.document import Document, Paragraph
from extractors.document import Table as Grid
from extractors.records import CellRow, Extraction
from schemas.specs import ColumnSpec
from tests.extractors.golden import notices
from tests.extractors.published import document_of, extraction_of

UNAUDITED = frozenset({"notice", "cells", "attached"})
"""Lists of an extraction that are no tables of facts: cells are the source text itself."""
FACTS = (
    "notices",
    *(one.name for one in fields(Extraction) if one.type.startswith("list") and one.name not in UNAUDITED),
)
FORMATS = ("docx", "xlsx", "html", "text", "pdf")
"""The format in which a notice is audited: the first that it has."""
COUNTING = frozenset({"ordinal", "locator"})
HEAD_PARAGRAPHS = 28
"""Paragraphs that show title, number and addressees of a notice."""
DATE_LENGTH = 20
"""Characters of a line that holds no more than a date: signatures stand anywhere in front of the attachments."""
HEAD_CELLS = 40
"""Cells that show the header and the first rows of a table."""
TEXT_LIMIT = 3000
SEPARATOR = "\n"


@dataclass(frozen=True, slots=True)
class DrawnFact:
    """A fact as it was read, and the text of the page beside it."""

    table: str
    slug: str
    locator: str
    source: str
    cell: str
    """The cell of the source that holds the quoted words; empty where the fact quotes none."""
    fact: str


def published(slugs: Sequence[str] = ()) -> list[Path]:
    """One file for each notice, or for the named ones."""
    found: dict[str, Path] = {}
    for path in sorted(
        notices(), key=lambda path: FORMATS.index(path.parent.name) if path.parent.name in FORMATS else 9
    ):
        if path.parent.name in FORMATS:
            found.setdefault(path.name.split(".", 1)[0], path)
    return [found[slug] for slug in slugs or sorted(found)]


def draw(paths: Sequence[Path], seed: int, count: int) -> list[DrawnFact]:
    """Draw `count` rows of every table of facts, or all if there are fewer; the same arguments draw the same rows."""
    drawn = []
    for table in FACTS:
        pool = [(path, number) for path in paths for number in range(len(_rows(extraction_of(path), table)))]
        chosen = random.Random(f"{seed}/{table}").sample(pool, min(count, len(pool)))
        drawn += [_drawn(table, path, number) for path, number in sorted(chosen)]
    return drawn


def _rows(found: Extraction, table: str) -> Sequence[Any]:
    return [found.notice] if table == "notices" else getattr(found, table)


def _drawn(table: str, path: Path, number: int) -> DrawnFact:
    found, document = extraction_of(path), document_of(path)
    row = _rows(found, table)[number]
    locator, cells = _place(found, row)
    pieces = [cell.text for cell in cells] or _pieces(document, locator, table)
    raw = getattr(row, "raw", None)
    quoting = [piece for piece in pieces if raw and raw in piece]
    return DrawnFact(
        table,
        path.name.split(".", 1)[0],
        locator,
        SEPARATOR.join(piece for piece in pieces if piece)[:TEXT_LIMIT],
        min(quoting, key=len, default=""),
        _fact_text(table, row),
    )


def _place(found: Extraction, row: Any) -> tuple[str, list[CellRow]]:
    """Return the locator of a row and the cells of its line of the table; no cells where it stands in none."""
    task_id = getattr(row, "task_id", None)
    owner = next((task for task in found.tasks if task.task_id == task_id), row) if task_id else row
    locator: str = getattr(owner, "locator", None) or getattr(row, "locator", None) or ""
    if task_id and owner is not row and owner.table_id and owner.row is not None:
        return locator, _line(found, owner.table_id, owner.row)
    if locator == "" and hasattr(row, "columns"):
        return f"表{row.ordinal}", [cell for cell in found.cells if cell.table_id == row.table_id][:HEAD_CELLS]
    named = next((cell for cell in found.cells if locator and cell.locator == locator), None)
    return locator, _line(found, named.table_id, named.row) if named else []


def _line(found: Extraction, table_id: str, row: int) -> list[CellRow]:
    return [cell for cell in found.cells if cell.table_id == table_id and cell.row <= row < cell.row + cell.row_span]


def _pieces(document: Document, locator: str, table: str) -> list[str]:
    """The paragraphs of a place; of a notice its beginning and its date."""
    paragraphs = [block for block in document.blocks if isinstance(block, Paragraph)]
    if table == "notices":
        head, rest = paragraphs[:HEAD_PARAGRAPHS], paragraphs[HEAD_PARAGRAPHS:]
        return [one.text for one in head] + [one.text for one in rest if _is_date(one.text)]
    here = [one.text for one in paragraphs if one.locator == locator]
    if here or not locator:
        return here
    near = max((block for block in document.blocks if locator.startswith(block.locator)), key=_precision, default=None)
    if isinstance(near, Grid):
        return [cell.text for cell in near.cells[:HEAD_CELLS]]
    return [near.text] if near else []


def _is_date(text: str) -> bool:
    return len(text) <= DATE_LENGTH and text.rstrip().endswith("日")


def _precision(block: Paragraph | Grid) -> int:
    return len(block.locator)


def _fact_text(table: str, row: Any) -> str:
    """What the row says, with the names and the values of the dictionary: 类型：图片；最少数量：4。"""
    columns = schemas.TABLES[f"core.{table}"].column
    said = []
    for field in fields(row):
        value = getattr(row, field.name)
        if field.name in COUNTING or field.name.endswith("_id") or value is None or value == [] or value is False:
            continue
        spec = columns[field.name]
        said.append(f"{spec.label}：{_value_text(value, spec)}")
    return "\n".join(said)


def _value_text(value: Any, spec: ColumnSpec) -> str:
    meanings: Mapping[str, str] = spec.values
    if isinstance(value, list):
        return "、".join(_value_text(one, spec) for one in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal | float):
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return meanings.get(str(value), str(value))
