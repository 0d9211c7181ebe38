"""The log of what people changed in the browser: `操作记录.csv` in the folder of corrections.

Each entry names the decision that was written or withdrawn, with its lines, so that it can be undone; a build that
misses a withdrawn decision is told so (see `decision_guard`). The log itself decides nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from assets.ingest.csv_input import append_decisions, read_lines, remove_decisions
from extractors import layouts, unit_decisions

CHANGES_FILE: Final = "操作记录.csv"
CHANGE_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "number": "编号",
        "when": "时间",
        "who": "经办人",
        "action": "操作",
        "what": "内容",
        "reason": "理由",
        "undoes": "撤销编号",
        "file": "记入文件",
        "lines": "记入各行",
    }
)
"""Column -> its Chinese name; the file may use either."""
_PLACE: Final = ("file", "locator", "field")
"""The columns of a correction that tell what it is about."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the log.

    Attributes:
        number: Its number, from 1; 0 for one that is not logged yet.
        when: Day and time in China.
        who: The person.
        action: What was done, in Chinese, such as 更正.
        what: To what, in Chinese.
        reason: Why.
        file: The file of decisions that was changed; "" for none.
        lines: The lines that were added to it, or removed if `undoes` is set.
        undoes: The number of the entry that this one undoes; None for any other.
    """

    number: int
    when: str
    who: str
    action: str
    what: str
    reason: str
    file: str = ""
    lines: Sequence[Mapping[str, str]] = ()
    undoes: int | None = None


def read_changes(folder: Path) -> list[Change]:
    """Return the log of a folder, the oldest entry first; lines that people made unreadable are left out."""
    path = folder / CHANGES_FILE
    if not path.is_file():
        return []
    lines, _ = read_lines(path, CHANGE_HEADERS, CHANGE_HEADERS)
    return [change for line in lines if (change := _parse_change(line.values)) is not None]


def append_change(folder: Path, change: Change) -> Change:
    """Append an entry to the log and return it with its number.

    The caller makes sure that nobody else does so at the same time.

    Raises:
        NotAppendedError: The file is damaged.
        OSError: The file cannot be written.
    """
    number = max((known.number for known in read_changes(folder)), default=0) + 1
    logged = replace(change, number=number)
    append_decisions(folder / CHANGES_FILE, CHANGE_HEADERS, CHANGE_HEADERS, [_format_change(logged)])
    return logged


def remove_change(folder: Path, logged: Change) -> None:
    """Remove an entry from the log again, because what it tells did not happen.

    Raises:
        NotRemovedError: The entry is no longer there.
        OSError: The file cannot be written.
    """
    remove_decisions(folder / CHANGES_FILE, CHANGE_HEADERS, CHANGE_HEADERS, [_format_change(logged)])


def count_withdrawn(folder: Path) -> Counter[str]:
    """Return the keys of the decisions that were withdrawn and not made again, as `decision_guard` names them."""
    withdrawn: Counter[str] = Counter()
    for change in read_changes(folder):
        keys = Counter(list_keys(change.file, change.lines))
        withdrawn = withdrawn + keys if change.undoes is not None else withdrawn - keys
    return withdrawn


def list_keys(file: str, lines: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the keys of the decisions in lines of a file of decisions."""
    if file == layouts.LAYOUTS_FILE:
        decisions, _ = layouts.combine_lines(enumerate(_fill(lines, layouts.LAYOUT_HEADERS)))
        return [key for decision in decisions for key in decision.keys]
    if file == unit_decisions.UNITS_FILE:
        return [unit_decisions.make_decision(line).printed for line in _fill(lines, unit_decisions.UNIT_HEADERS)]
    return [" ".join(line.values()).strip() for line in _fill(lines, _PLACE)]


def _fill(lines: Sequence[Mapping[str, str]], columns: Iterable[str]) -> list[dict[str, str]]:
    """Return the lines with these columns alone; a missing value is empty."""
    return [{name: line.get(name, "") for name in columns} for line in lines]


def _format_change(change: Change) -> dict[str, str]:
    return asdict(change) | {
        "number": str(change.number),
        "undoes": "" if change.undoes is None else str(change.undoes),
        "lines": json.dumps([dict(line) for line in change.lines], ensure_ascii=False) if change.lines else "",
    }


def _parse_change(values: Mapping[str, str]) -> Change | None:
    try:
        lines = json.loads(values["lines"]) if values["lines"] else []
        if not _is_lines(lines):
            return None
        undoes = int(values["undoes"]) if values["undoes"] else None
        texts = {name: values[name] for name in ("when", "who", "action", "what", "reason", "file")}
        return Change(int(values["number"]), **texts, lines=tuple(lines), undoes=undoes)
    except (ValueError, RecursionError):
        return None


def _is_lines(found: object) -> bool:
    """Return whether JSON that people may have changed holds lines of a file of decisions."""
    return isinstance(found, list) and all(
        isinstance(line, dict) and all(isinstance(value, str) for value in line.values()) for line in found
    )
