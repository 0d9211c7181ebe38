"""What the title of a table and the lines above it say of all its tasks: units, persons, that they are a bonus."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from extractors.body.outline import TableContext
from extractors.notice.prose_fields import take_time_at_end
from extractors.notice.section_fields import SectionFields
from extractors.parsers.lead_rules import SectionUnits, read_office_titles, read_title_fields, read_title_units
from extractors.parsers.row_patterns import names_bonus_list
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_roles import ColumnRole

_BY: Final = re.compile("[前止]$|截止|以内")
"""四月报送任务（4月28日前）; （2024年3月） behind a title is when it was written."""
_FIELDS: Final = (ColumnRole.SUPPORT, ColumnRole.LEADER, ColumnRole.PERSON)


@dataclass(frozen=True, slots=True)
class TableHead:
    """What is said above a table of all its tasks.

    Attributes:
        fields: Who does them.
        lists_bonus: Whether all its points are a bonus.
    """

    fields: SectionFields = field(default_factory=SectionFields)
    lists_bonus: bool = False


def read_table_heads(tables: Sequence[CleanTable], contexts: Sequence[TableContext]) -> list[TableHead]:
    """Return the head of each table.

    Args:
        tables: The tables of a notice.
        contexts: What stands around the tables of the document, of which a table may join several.
    """
    offices = read_office_titles([table.title for table in tables])
    return [_read_head(_texts_above(table, contexts), office) for table, office in zip(tables, offices, strict=True)]


def _texts_above(table: CleanTable, contexts: Sequence[TableContext]) -> list[str]:
    """Return the rows above the header, the lines of labelled fields above the table, and its title."""
    lines = contexts[table.ordinals[0]].labelled if table.ordinals and table.ordinals[0] < len(contexts) else ()
    rows = (cell.raw for cell in table.above.unique_cells() if cell.text)
    return [*rows, *(line.raw for line in lines), table.title or ""]


def _read_head(texts: Iterable[str], office: SectionUnits | None) -> TableHead:
    texts = list(texts)
    written: dict[ColumnRole, str] = {}
    for text in texts:
        for role, value in read_title_fields(text):
            if role in _FIELDS:
                written.setdefault(ColumnRole(role), value)
    time = next(filter(None, map(take_time_at_end, texts)), None)
    if time is not None and _BY.search(time.fields[0][1]):
        written.setdefault(*time.fields[0])
    fields = SectionFields(read_title_units(texts) or office, written)
    return TableHead(fields, lists_bonus=any(map(names_bonus_list, texts)))
