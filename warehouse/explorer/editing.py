"""What the pages need of whoever writes: decisions, uploads and imports, one after another, each with who and why.

The explorer itself writes nothing. `create_app` is given an `Editing`, which knows the folders and the build; without
one, no page offers to change anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

JobState = Literal["waiting", "running", "done", "failed"]


class EditError(Exception):
    """A change was refused and nothing was written; the text is Chinese and names the cause."""


@dataclass(frozen=True, slots=True)
class Why:
    """Who decides, and why."""

    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class JobReport:
    """The state of work in the background.

    Attributes:
        job_id: Its number.
        title: What is done, in Chinese.
        state: Where it stands.
        done: Number of files that were read so far.
        total: Number of files to read; 0 while it is unknown.
        lines: The result, or why there is none, in Chinese.
    """

    job_id: int
    title: str
    state: JobState = "waiting"
    done: int = 0
    total: int = 0
    lines: Sequence[str] = ()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed")


@dataclass(frozen=True, slots=True)
class RowPlace:
    """The row whose fields are corrected: a task, an indicator, or the notice itself."""

    notice_id: str
    locator: str
    task_id: str | None = None


@dataclass(frozen=True, slots=True)
class LayoutRequest:
    """What a person decides about a table: `列=含义`, `行=类别`, or that the reading is right."""

    table_id: str
    columns: Sequence[str] = ()
    rows: Sequence[str] = ()
    accept: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a decision about a table would change.

    Attributes:
        counts: Name of a number -> (now, then).
        differences: Locator, what it says now, and what it would say.
        more: Number of further differences.
        notes: What else to know, in Chinese.
    """

    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    differences: Sequence[tuple[str, str, str]] = ()
    more: int = 0
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """One entry of the log of changes; `undone_by` is the number of the entry that undid it."""

    number: int
    when: str
    who: str
    action: str
    what: str
    reason: str
    undoes: int | None
    undone_by: int | None
    can_undo: bool


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that was sent: its name as sent, and where its content is for now."""

    name: str
    path: Path


class Editing(Protocol):
    """Whoever writes. Methods that change something raise EditError; they return the number of the job that follows."""

    @property
    def max_upload_bytes(self) -> int:
        """Size of everything that one upload may hold."""

    def settle_findings(self, finding_ids: Sequence[str], opinion: str, why: Why) -> int:
        """Record an opinion (无需处理, 核对无误) about findings."""

    def correct(self, place: RowPlace, values: Mapping[str, tuple[str, str]], why: Why) -> int:
        """Correct fields of a row: field -> the value that the person saw, and the new one."""

    def settle_unit(self, printed: str, name: str, function: str, why: Why) -> int:
        """Record what a printed form of a unit stands for; the name ---- says that it is no unit."""

    def settle_layout(self, request: LayoutRequest, why: Why) -> int:
        """Record a decision about a table."""

    def preview_layout(self, request: LayoutRequest) -> Preview:
        """Return what a decision about a table would change, without recording it."""

    def undo(self, number: int, why: Why) -> int:
        """Withdraw the decision of an entry of the log."""

    def add_notices(self, files: Sequence[UploadedFile], folder: str, why: Why, *, replace: bool) -> int:
        """Take files as notices into a folder of the source files."""

    def import_progress(self, files: Sequence[UploadedFile], why: Why) -> int:
        """Import filled task lists."""

    def save_query(self, name: str, statement: str, why: Why, *, replace: bool) -> None:
        """Keep a query for all visitors; the reason is its note. No job follows."""

    def remove_query(self, name: str, why: Why) -> None:
        """Remove a kept query. No job follows."""

    def read_row(self, place: RowPlace) -> Mapping[str, str]:
        """Return the fields of a row that a person may correct, with their values."""

    def list_folders(self) -> list[str]:
        """Return the folders of source files."""

    def list_changes(self) -> list[ChangeEntry]:
        """Return the log of changes, the newest entry first."""

    def find_job(self, job_id: int) -> JobReport | None:
        """Return the state of a job, None if it is unknown."""

    def list_jobs(self) -> list[JobReport]:
        """Return the jobs of this server, the newest first."""

    def close(self) -> None:
        """Stop; what was recorded stays, and the next build reads it."""
