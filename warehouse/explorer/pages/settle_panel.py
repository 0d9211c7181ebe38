"""What an editor finds beside the highlighted cell: its findings, fields and units, the layout of its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from extractors.corrections import WHOLE_NOTICE
from extractors.layouts import list_names, show_name
from warehouse.explorer import queries_editing
from warehouse.explorer.connections import Session
from warehouse.explorer.editing import Editing, RowPlace
from warehouse.explorer.field_labels import label_field
from warehouse.explorer.lookups import Lookups

MAX_FINDINGS: Final = 20
LONG_TEXT: Final = 30
"""Characters above which a value is edited in several lines."""
YES_NO: Final = frozenset({"tasks.bonus", "indicators.bonus"})
TOPICS: Final = frozenset({"tasks.topic", "indicators.topic"})


@dataclass(frozen=True, slots=True)
class EditableField:
    """A field with its value; `choices` are its only values (value -> label), none for free text."""

    name: str
    label: str
    value: str
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_long(self) -> bool:
        """Whether it is edited in several lines."""
        return len(self.value) > LONG_TEXT or "\n" in self.value


@dataclass(frozen=True, slots=True)
class EditableRow:
    """A task, an indicator or the notice, with its fields."""

    title: str
    notice_id: str
    locator: str
    task_id: str | None
    fields: Sequence[EditableField]

    @property
    def filled(self) -> list[EditableField]:
        """The fields that have a value."""
        return [one for one in self.fields if one.value]

    @property
    def empty(self) -> list[EditableField]:
        """The fields without a value."""
        return [one for one in self.fields if not one.value]


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything that can be settled at a place of a table.

    Attributes:
        findings: Open findings of the place.
        rows: The task and the indicator there.
        others: Further tasks of the same row.
        units: Printed forms of units, with the name and the number of tasks each stands for.
        names: Names of units of this notice.
        column: Number of the highlighted column from 1, its text and the name of its role; None for none.
        row: Number of the highlighted row below the header from 1; None for none.
        roles: Names of the roles of columns.
        classes: Names of the classes of rows.
        alternative: `第2列=任务要求` for each column that the other reading reads otherwise; empty for none.
        readings: Column, its role, and its role in the other reading.
        is_doubtful: Whether the layout of the table is in doubt.
    """

    findings: Sequence[Mapping[str, Any]]
    rows: Sequence[EditableRow] = ()
    others: Sequence[str] = ()
    units: Sequence[Mapping[str, Any]] = ()
    names: Sequence[str] = ()
    column: tuple[int, str, str] | None = None
    row: int | None = None
    roles: Sequence[str] = ()
    classes: Sequence[str] = ()
    alternative: Sequence[str] = ()
    readings: Sequence[tuple[str, str, str]] = ()
    is_doubtful: bool = False


def read_table_panel(
    session: Session,
    lookups: Lookups,
    editing: Editing,
    table: Mapping[str, Any],
    *,
    cells: Sequence[tuple[int, int]],
    row: int | None,
    locators: Sequence[str],
    task_ids: Sequence[str],
    chosen_task: str,
) -> Panel:
    """Return what can be settled at the highlighted cells of a table.

    Args:
        session: The session.
        lookups: The lookups.
        editing: Whoever writes.
        table: The row of core.tables.
        cells: Highlighted cells as (row, col).
        row: Highlighted row.
        locators: Their locators.
        task_ids: Tasks of the highlighted row.
        chosen_task: The task that the address names; "" for none.
    """
    notice_id, table_id = table["notice_id"], table["table_id"]
    task_id = chosen_task if chosen_task in task_ids else next(iter(task_ids), None)
    found = session.rows(queries_editing.findings_at(notice_id, table_id, locators, task_ids))
    rows = _read_rows(session, lookups, editing, notice_id=notice_id, task_id=task_id, locators=locators)
    column = cells[0][1] if cells else None
    readings, alternative = _compare_readings(table)
    return Panel(
        findings=found[:MAX_FINDINGS],
        rows=rows,
        others=[one for one in task_ids if one != task_id],
        units=session.rows(queries_editing.units_of_task(task_id)) if task_id else [],
        names=[one["name"] for one in session.rows(queries_editing.unit_names(notice_id))] if task_id else [],
        column=_describe_column(table, column),
        row=None if row is None or row < 0 else row + 1,
        roles=list_names("columns").split("、"),
        classes=list_names("rows").split("、"),
        alternative=alternative,
        readings=readings,
        is_doubtful=any(finding["rule"] in ("layout_doubt", "form_text") for finding in found),
    )


def read_notice_panel(session: Session, lookups: Lookups, editing: Editing, notice_id: str, locator: str) -> Panel:
    """Return what can be settled about a notice itself, and at a place of its running text ("" for none)."""
    findings = session.rows(queries_editing.findings_of_text(notice_id, locator))
    own_place = RowPlace(notice_id, WHOLE_NOTICE)
    rows = [_make_row(lookups, "通知", own_place, editing.read_row(own_place), "notices")]
    if locator:
        place = RowPlace(notice_id, locator)
        values = editing.read_row(place)
        rows += [
            _make_row(lookups, "任务", place, values, "tasks"),
            _make_row(lookups, "指标", place, values, "indicators"),
        ]
    return Panel(findings=findings[:MAX_FINDINGS], rows=[row for row in rows if row.fields])


def _read_rows(
    session: Session,
    lookups: Lookups,
    editing: Editing,
    *,
    notice_id: str,
    task_id: str | None,
    locators: Sequence[str],
) -> list[EditableRow]:
    rows = []
    if task_id is not None:
        task = session.row(queries_editing.task_place(task_id)) or {}
        place = RowPlace(notice_id, task.get("locator", ""), task_id)
        rows.append(_make_row(lookups, "任务", place, editing.read_row(place), "tasks"))
    for locator in locators[:1]:
        place = RowPlace(notice_id, locator)
        rows.append(_make_row(lookups, "指标", place, editing.read_row(place), "indicators"))
    return [row for row in rows if row.fields]


def _make_row(lookups: Lookups, title: str, place: RowPlace, values: Mapping[str, str], level: str) -> EditableRow:
    fields = [
        EditableField(name, label_field(name), value, _choices(lookups, name, value))
        for name, value in values.items()
        if name.startswith(f"{level}.")
    ]
    return EditableRow(title, place.notice_id, place.locator, place.task_id, fields)


def _choices(lookups: Lookups, name: str, value: str) -> Mapping[str, str]:
    if name in YES_NO:
        return {"是": "是", "否": "否"}
    if name in TOPICS and value:
        return lookups.topics
    return {}


def _describe_column(table: Mapping[str, Any], column: int | None) -> tuple[int, str, str] | None:
    if column is None or column >= len(table["roles"]):
        return None
    return column + 1, table["columns"][column], show_name("columns", table["roles"][column])


def _compare_readings(table: Mapping[str, Any]) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Return each column with its role in both readings, and the choices that make the other reading."""
    others = table["alternative_roles"] or []
    if len(others) != len(table["roles"]):
        return [], []
    readings, choices = [], []
    for number, (text, role, other) in enumerate(zip(table["columns"], table["roles"], others, strict=True), 1):
        readings.append((text or f"第{number}列", show_name("columns", role), show_name("columns", other)))
        choices.append(f"第{number}列={show_name('columns', other)}")
    return readings, choices if list(table["roles"]) != list(others) else []
