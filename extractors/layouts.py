"""Layouts of tables that people confirmed: what a column means, what a row is, or that a reading is right.

A line of 版式.csv settles one column or one row of a table, or accepts its reading. The table is named by its header,
within one file, for all notices of one issuer, or for all notices. A line may also settle what a file is as a whole: a
notice, a rubric, or no notice at all. Reading the file is left to the caller, who passes
its lines; here they are checked and put together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

from extractors import vocabulary

LAYOUTS_FILE: Final = "版式.csv"
HEADER_SEPARATOR: Final = "｜"
LAYOUT_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "file": "文件",
        "issuer": "发文机关",
        "header": "表头",
        "ordinal": "表序",
        "column": "列",
        "role": "列含义",
        "row": "行",
        "row_class": "行类别",
        "reason": "理由",
        "who": "填写人",
        "when": "日期",
        "document_kind": "文件类别",
    }
)
"""Column of the file -> its Chinese name; the file may use either."""
REQUIRED_COLUMNS: Final = ("header", "column", "role", "row", "row_class", "reason", "who", "when")
_NUMBER = re.compile(r"第?(?P<number>[1-9]\d{0,2})(?P<kind>[列行])?")
_ORDINAL = re.compile(r"[1-9][0-9]{0,3}")
Kind = Literal["columns", "rows", "documents"]
_SETTLED: Final[tuple[tuple[str, str, Kind], ...]] = (("column", "role", "columns"), ("row", "row_class", "rows"))
"""What a line may settle: the column that names it, the column that says what it is, and the kind of that code."""


@dataclass(frozen=True, slots=True)
class ConfirmedLayout:
    """What people confirmed about the tables with one header.

    Attributes:
        file: the source path of the notice; None for other notices too.
        issuer: the issuer whose notices it holds for; with neither file nor issuer it holds for all notices.
        header: the header texts from left to right; empty for a table without a header, named by file and ordinal.
        ordinal: which table of the file (1-based); None for every table with this header.
        columns: header text, or number such as 第2列, → role.
        rows: first text of a row, or number below the header such as 第2行, → row class.
        accepted: whether the reading of everything else was accepted.
        document_kind: what the file is as a whole; such a layout settles nothing about its tables.
    """

    file: str | None
    issuer: str | None
    header: tuple[str, ...]
    ordinal: int | None
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, str] = field(default_factory=dict)
    accepted: bool = False
    document_kind: str | None = None

    @property
    def has_requirement(self) -> bool:
        """Whether a column was confirmed to hold the tasks."""
        return "requirement" in self.columns.values()

    def is_of_file(self, file: str) -> bool:
        """Return whether it was made for this file."""
        return self.file is not None and self.file == file

    def concerns(self, file: str, issuer: str | None) -> bool:
        """Return whether it holds for a notice: its file or its issuer is the same, or neither is given."""
        if self.is_of_file(file):
            return True
        if not self.header:
            return False
        if self.issuer is not None:
            return issuer is not None and _compact(self.issuer) == _compact(issuer)
        return self.file is None

    def fits(self, header: Sequence[str], ordinal: int) -> bool:
        """Return whether it holds for a table of a notice that it concerns."""
        if self.document_kind is not None or (self.ordinal is not None and self.ordinal != ordinal):
            return False
        if not self.header:
            return True
        return len(self.header) == len(header) and _header_key(self.header) == _header_key(header)

    def column_roles(self, header: Sequence[str]) -> dict[int, str]:
        """Return the confirmed role of each column, by its position in `header`."""
        found = {}
        for name, role in self.columns.items():
            if (column := find_column(header, name)) is not None:
                found[column] = role
        return found

    def row_class(self, texts: Sequence[str], row: int) -> str | None:
        """Return the confirmed class of a row of the body, None if there is none.

        Args:
            texts: the texts of the cells that begin in the row.
            row: the row, 0 for the first below the header.
        """
        return next((row_class for name, row_class in self.rows.items() if is_row(name, texts, row)), None)


def select_layouts(layouts: Iterable[ConfirmedLayout], file: str, issuer: str | None) -> list[ConfirmedLayout]:
    """Return the layouts that concern a notice: those of its file first, then those of its issuer, then the others.

    The ordinal counts the tables of one file; for another notice the header alone names the table.
    """
    own: list[ConfirmedLayout] = []
    same_issuer: list[ConfirmedLayout] = []
    general: list[ConfirmedLayout] = []
    for layout in layouts:
        if layout.is_of_file(file):
            own.append(layout)
        elif layout.concerns(file, issuer):
            (general if layout.issuer is None else same_issuer).append(replace(layout, ordinal=None))
    return [*own, *same_issuer, *general]


def settle_document_kind(layouts: Iterable[ConfirmedLayout]) -> str | None:
    """Return what people decided that a file is as a whole, None if they did not.

    Args:
        layouts: the layouts that concern the file, as `select_layouts` orders them.
    """
    return next((layout.document_kind for layout in layouts if layout.document_kind), None)


def settle_layout(layouts: Sequence[ConfirmedLayout], header: Sequence[str], ordinal: int) -> ConfirmedLayout | None:
    """Return what is confirmed about one table, the first of the layouts counting most; None if nothing is.

    Args:
        layouts: the layouts that concern the notice, as `select_layouts` orders them.
        header: the header texts of the table.
        ordinal: its number in the notice, 1-based.
    """
    fitting = [layout for layout in layouts if layout.fits(header, ordinal)]
    if not fitting:
        return None
    columns: dict[str, str] = {}
    settled: set[int | None] = set()
    rows: dict[str, str] = {}
    for layout in fitting:
        for name, role in layout.columns.items():
            column = find_column(header, name)
            if column not in settled:
                columns[name] = role
        settled.update(find_column(header, name) for name in layout.columns)
        rows = {**layout.rows, **rows}
    accepted = any(layout.accepted for layout in fitting)
    return replace(fitting[0], columns=columns, rows=rows, accepted=accepted)


def find_column(header: Sequence[str], name: str) -> int | None:
    """Return the position of a column by its header text or its number (2, 第2列); None if there is none."""
    wanted = _compact(name)
    texts = [_compact(text) for text in header]
    if wanted and wanted in texts:
        return texts.index(wanted)
    number = _numbered(name, "列")
    return number if number is not None and number < len(header) else None


def is_row(name: str, texts: Sequence[str], row: int) -> bool:
    """Return whether a row of the body has this name: its first text, or its number below the header (第2行)."""
    first = next((text for text in map(_compact, texts) if text), None)
    return first == _compact(name) or _numbered(name, "行") == row


def _numbered(name: str, kind: str) -> int | None:
    """Return the position that a number names (第2行 → 1), None if it is none of this kind."""
    match = _NUMBER.fullmatch(_compact(name))
    if match is None or match["kind"] not in (kind, None) or (kind == "行" and match["kind"] is None):
        return None
    return int(match["number"]) - 1


def _compact(text: str) -> str:
    return "".join(text.split())


def _header_key(header: Sequence[str]) -> tuple[str, ...]:
    # Parsers are heavy; a build that reads nothing compares no header.
    from extractors.parsers.column_headers import normalize_header

    return tuple(normalize_header(text) for text in header)


@cache
def _names(kind: Kind) -> Mapping[str, str]:
    """Return name or code → code of column roles or row classes."""
    words = vocabulary.load_toml("layouts")[kind]
    return {code: code for code in words} | {name: code for code, names in words.items() for name in names}


def find_code(kind: Kind, name: str) -> str | None:
    """Return the code of a column role or row class that is given as a code or by a Chinese name."""
    return _names(kind).get(_compact(name))


def show_name(kind: Kind, code: str) -> str:
    """Return the Chinese name of a column role or row class; the code itself if it has none."""
    return vocabulary.load_toml("layouts")[kind].get(code, [code])[0]


def list_names(kind: Kind) -> str:
    """Return the Chinese names of all column roles or row classes, for a message."""
    return "、".join(names[0] for names in vocabulary.load_toml("layouts")[kind].values())


@dataclass(frozen=True, slots=True)
class LayoutDecision:
    """A confirmed layout, and the numbers of its lines in the file."""

    layout: ConfirmedLayout
    lines: tuple[int, ...]

    @property
    def keys(self) -> list[str]:
        """One text for each decision in it, to notice when one is lost."""
        layout = self.layout
        if layout.document_kind is not None:
            return [f"{layout.file} 文件类别"]
        table = " ".join(filter(None, (layout.file, layout.issuer, HEADER_SEPARATOR.join(layout.header))))
        place = f"{table} 表{layout.ordinal}" if layout.ordinal else table
        settled = [*layout.columns, *layout.rows, *(["整张表"] if layout.accepted else [])]
        return [f"{place} {name}" for name in settled]


def combine_lines(lines: Iterable[tuple[int, Mapping[str, str]]]) -> tuple[list[LayoutDecision], list[str]]:
    """Put the lines about one table together.

    Args:
        lines: number and values of each line, by the columns of `LAYOUT_HEADERS`, "" where a cell is empty.

    Returns:
        The layouts in the order of their first lines, a later line counting more than an earlier one about the same;
        and Chinese messages about the lines that cannot be used.
    """
    decisions: dict[tuple[str, str, tuple[str, ...], str, bool], LayoutDecision] = {}
    problems = []
    for number, values in lines:
        header = _split_header(values["header"])
        if fault := _find_fault(values, header):
            problems.append(f"{LAYOUTS_FILE} 第 {number} 行{fault}，该条认定未生效，请改正")
            continue
        key = (values["file"], values["issuer"], header, values["ordinal"], bool(values["document_kind"]))
        ordinal = int(values["ordinal"]) if values["ordinal"] else None
        empty = LayoutDecision(ConfirmedLayout(values["file"] or None, values["issuer"] or None, header, ordinal), ())
        before = decisions.get(key, empty)
        decisions[key] = LayoutDecision(_with_line(before.layout, values), (*before.lines, number))
    return list(decisions.values()), problems


def _split_header(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("|", HEADER_SEPARATOR).split(HEADER_SEPARATOR)) if text else ()


def _with_line(layout: ConfirmedLayout, values: Mapping[str, str]) -> ConfirmedLayout:
    if values["document_kind"]:
        return replace(layout, document_kind=find_code("documents", values["document_kind"]))
    if values["column"]:
        return replace(layout, columns={**layout.columns, values["column"]: find_code("columns", values["role"]) or ""})
    if values["row"]:
        return replace(layout, rows={**layout.rows, values["row"]: find_code("rows", values["row_class"]) or ""})
    return replace(layout, accepted=True)


def _find_fault(values: Mapping[str, str], header: Sequence[str]) -> str | None:
    """Return in Chinese what is wrong with a line, None if nothing is."""
    blank = [LAYOUT_HEADERS[name] for name in ("reason", "who", "when") if not values[name]]
    if blank:
        return f"未填：{'、'.join(blank)}"
    if values["document_kind"]:
        return _find_fault_of_kind(values)
    if not any(header) and not (values["file"] and values["ordinal"]):
        return "没有指明是哪张表：须填表头，没有表头的表须填文件和表序"
    if values["ordinal"] and not _ORDINAL.fullmatch(values["ordinal"]):
        return f"的表序“{values['ordinal']}”不是从 1 起的序号"
    if values["ordinal"] and not values["file"]:
        return "填了表序，须同时填文件"
    if values["column"] and values["row"]:
        return "同时填了列和行，一行只认定一列或一行"
    for name, code, kind in _SETTLED:
        if bool(values[name]) != bool(values[code]):
            return f"的{LAYOUT_HEADERS[name]}和{LAYOUT_HEADERS[code]}须同时填写"
        if values[code] and find_code(kind, values[code]) is None:
            return f"的{LAYOUT_HEADERS[code]}“{values[code]}”不认识，可填：{list_names(kind)}"
    if values["column"] and header and find_column(header, values["column"]) is None:
        return f"的列“{values['column']}”不在所填的表头中，表头各列为：{'、'.join(header)}"
    return None


def _find_fault_of_kind(values: Mapping[str, str]) -> str | None:
    """Return in Chinese what is wrong with a line that says what a file is as a whole, None if nothing is."""
    if find_code("documents", values["document_kind"]) is None:
        return f"的文件类别“{values['document_kind']}”不认识，可填：{list_names('documents')}"
    if not values["file"]:
        return "填了文件类别，须同时填文件"
    if any(values[name] for name in ("header", "ordinal", "column", "role", "row", "row_class")):
        return "填了文件类别，表头、表序、列和行须留空；表的版式另写一行"
    return None
