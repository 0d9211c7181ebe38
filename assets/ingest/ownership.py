"""Whose notices they are: `归属.csv` in the folder of corrections, with what people decided about notices and issuers.

The decisions are published as `ops.ownership`; what follows from them is computed there (`mart.notice_scope`), so that
no notice is read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from assets.ingest.csv_input import append_decisions, read_lines
from extractors.normalize import strip_whitespace
from schemas.core_files import NOTICE_SCOPES
from warehouse import store

OWNERSHIP_FILE: Final = "归属.csv"
OWNERSHIP_TABLE: Final = "ops.ownership"
OWNERSHIP_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "file": "文件",
        "issuer": "发文机关",
        "scope": "归属",
        "reason": "理由",
        "who": "经办人",
        "when": "日期",
    }
)
"""Column -> its Chinese name; the file may use either."""
_REQUIRED_COLUMNS: Final = ("scope", "reason", "who", "when")
SCOPE_CODES: Final[Mapping[str, str]] = MappingProxyType({label: code for code, label in NOTICE_SCOPES.items()})
"""Chinese name of a scope -> its code; the file may use either."""
OwnershipRow = Mapping[str, Any]
"""One row of `ops.ownership`, by column."""

_NOTICES_SQL: Final = """
SELECT f.source_path, n.issuer FROM core.notices AS n JOIN core.files AS f USING (file_id) WHERE n.kind <> 'other'
"""


def read_ownership(folder: Path) -> tuple[list[OwnershipRow], list[str]]:
    """Return the rows of `ops.ownership`, and messages about unusable lines (Chinese, with remedy)."""
    path = folder / OWNERSHIP_FILE
    if not path.is_file():
        return [], []
    lines, file_fault = read_lines(path, OWNERSHIP_HEADERS, _REQUIRED_COLUMNS)
    rows: list[OwnershipRow] = []
    problems: list[str] = []
    for line in lines:
        if fault := _find_fault(line.values):
            problems.append(f"{OWNERSHIP_FILE} 第 {line.number} 行{fault}，该条认定未生效，请改正")
        else:
            rows.append(_make_row(line.number, line.values))
    if file_fault:
        problems.append(f"{OWNERSHIP_FILE} {file_fault}")
    return rows, problems


def append_ownership_line(folder: Path, line: Mapping[str, str]) -> Path:
    """Append a line to `归属.csv`; the other lines stay as they are.

    Args:
        folder: The folder of corrections.
        line: Values by the columns of `OWNERSHIP_HEADERS`.

    Returns:
        The path of the file.

    Raises:
        NotAppendedError: The file is damaged.
        OSError: The file cannot be written.
    """
    return append_decisions(folder / OWNERSHIP_FILE, OWNERSHIP_HEADERS, _REQUIRED_COLUMNS, [line])


def create_empty_file(folder: Path) -> None:
    """Create `归属.csv` without lines: people were asked and decided nothing. Raises OSError."""
    append_decisions(folder / OWNERSHIP_FILE, OWNERSHIP_HEADERS, _REQUIRED_COLUMNS, [])


def list_ineffective_ownership(warehouse: Path, rows: Sequence[OwnershipRow]) -> list[str]:
    """Return Chinese messages about decisions whose file or issuer is in no published notice."""
    if not rows:
        return []
    with store.reading(warehouse) as connection:
        notices = connection.execute(_NOTICES_SQL).fetchall()
    files = {path for path, _ in notices}
    issuers = {strip_whitespace(issuer) for _, issuer in notices if issuer}
    messages = []
    for row in rows:
        if row["file"] and row["file"] not in files:
            what = f"所指的文件没有通知（{row['file']}），请按 cn.通知目录 的“文件”核对"
        elif not row["file"] and strip_whitespace(row["issuer"]) not in issuers:
            what = f"的发文机关“{row['issuer']}”没有印发过库中的通知，请按 cn.通知目录 的“发文机关”核对"
        else:
            continue
        messages.append(f"{OWNERSHIP_FILE} 第 {row['line']} 行{what}，该条认定没有用上")
    return messages


def describe_row(row: OwnershipRow) -> str:
    """Return a decision as one text: what it is about, what was decided, why, by whom and when."""
    return " ".join(str(row[name] or "") for name in OWNERSHIP_HEADERS).strip()


def _make_row(number: int, values: Mapping[str, str]) -> OwnershipRow:
    texts = {name: values[name] or None for name in OWNERSHIP_HEADERS}
    return {**texts, "line": number, "scope": SCOPE_CODES.get(values["scope"], values["scope"])}


def _find_fault(values: Mapping[str, str]) -> str | None:
    """Return in Chinese what is wrong with a line, None if nothing is."""
    blank = [OWNERSHIP_HEADERS[column] for column in _REQUIRED_COLUMNS if not values[column]]
    if not values["file"] and not values["issuer"]:
        blank.insert(0, "文件或发文机关")
    if blank:
        return f"未填：{'、'.join(blank)}"
    if SCOPE_CODES.get(values["scope"], values["scope"]) not in NOTICE_SCOPES:
        return f"的归属“{values['scope']}”不认识，可填：{'、'.join(SCOPE_CODES)}"
    return None
