"""What a fetch did, line by line, and the log of all fetches."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from assets.fetch.fetch_state import FOLDER
from assets.fetch.http_client import Trouble
from warehouse.formatting import escape_formula

LOG: Final = "log.csv"
HEADERS: Final = ("时间", "来源", "结果", "标题", "网址", "文件", "说明")


class Outcome(StrEnum):
    """What became of a page or file, besides the troubles."""

    NEW = "新增"
    CHANGED = "新版"
    SAME = "未变化"
    REPEATED = "已有相同文件"
    MOVED = "已迁移"
    PLANNED = "将下载"
    LATER = "留待下次"
    PASSED = "标题不符"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the report. `failed` makes the exit status 1; `path` is below raw/."""

    source: str
    outcome: Outcome | Trouble
    title: str = ""
    url: str = ""
    path: str = ""
    text: str = ""
    failed: bool = False
    stopped: bool = False
    """The whole source could not be read, or not to its end."""


QUIET: Final = frozenset({Outcome.SAME, Outcome.PASSED})
"""Told as numbers only."""


@dataclass(frozen=True, slots=True)
class Report:
    """All events of a run, in the order of the sources, and entries of the sources file that cannot be used."""

    events: tuple[Event, ...]
    problems: tuple[str, ...]
    sources: tuple[str, ...]
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether anything could not be done."""
        return bool(self.problems) or any(event.failed for event in self.events)

    @property
    def stopped(self) -> set[str]:
        """The sources that could not be read."""
        return {event.source for event in self.events if event.stopped}

    @property
    def told(self) -> list[Event]:
        """The events worth a line."""
        return [event for event in self.events if event.outcome not in QUIET]

    def counts(self, source: str | None = None) -> Counter[str]:
        """Number of events by outcome, of one source or of all."""
        return Counter(str(one.outcome) for one in self.events if source in (None, one.source))


def log(raw: Path, events: Sequence[Event], now: datetime) -> None:
    """Add events to the log. Raises OSError."""
    path = raw / FOLDER / LOG
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = not path.exists()
    with path.open("a", encoding="utf-8-sig" if fresh else "utf-8", newline="") as stream:
        writer = csv.writer(stream)
        if fresh:
            writer.writerow(HEADERS)
        for one in events:
            cells = (now.isoformat(" ", "seconds"), one.source, one.outcome, one.title, one.url, one.path, one.text)
            writer.writerow([escape_formula(str(cell)) for cell in cells])
