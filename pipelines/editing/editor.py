"""The one who writes for the browser: checks a change, appends it to the files of decisions, logs it, orders a build.

The files are those of `wenming review`. One change is made at a time, so that each sees what the others have written,
also what no build has read yet.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from assets.ingest.change_log import CHANGES_FILE, Change, append_change, list_keys, read_changes, remove_change
from assets.ingest.csv_input import NotRemovedError, append_decisions, remove_decisions
from assets.ingest.decisions import CORRECTION_HEADERS, REGISTER_FILE, make_correction_line, read_register
from assets.ingest.decisions import REQUIRED_COLUMNS as CORRECTION_COLUMNS
from extractors.corrections import Correction, is_same_value
from extractors.layouts import LAYOUT_HEADERS, LAYOUTS_FILE
from extractors.layouts import REQUIRED_COLUMNS as LAYOUT_COLUMNS
from extractors.notice.apply_corrections import InvalidValueError, check_value
from extractors.unit_decisions import REQUIRED_COLUMNS as UNIT_COLUMNS
from extractors.unit_decisions import UNIT_HEADERS, UNITS_FILE
from pipelines.cli_common import format_china_time
from pipelines.commands.review import (
    OpenFinding,
    list_open_findings,
    make_dismissal,
    read_fields,
    require_correctable,
    require_possible,
)
from pipelines.commands.review_common import ReviewError, explain_unwritten
from pipelines.commands.review_layout import LayoutChoice, TablePlace, make_layout_lines, read_table_place
from pipelines.commands.review_unit import prepare_unit
from pipelines.editing import uploads
from pipelines.editing.child_process import ChildRunner
from pipelines.editing.job_queue import JobFailedError, JobQueue, Order, Work
from pipelines.settings import Settings
from warehouse import store
from warehouse.clock import CHINA
from warehouse.explorer.editing import (
    ChangeEntry,
    EditError,
    JobReport,
    LayoutRequest,
    Preview,
    RowPlace,
    UploadedFile,
    Why,
)
from warehouse.explorer.field_labels import label_field
from warehouse.saved_queries import SavedQuery, SavedQueryError, list_queries, remove_query, save_query

MAX_NAME: Final = 40
MAX_REASON: Final = 500
MAX_ENTRIES: Final = 500
"""Entries of the log that are shown."""
FILES: Final[Mapping[str, tuple[Mapping[str, str], Sequence[str]]]] = {
    REGISTER_FILE: (CORRECTION_HEADERS, CORRECTION_COLUMNS),
    LAYOUTS_FILE: (LAYOUT_HEADERS, LAYOUT_COLUMNS),
    UNITS_FILE: (UNIT_HEADERS, UNIT_COLUMNS),
}
"""The files of decisions that the browser writes: their columns, and those of them that are required."""
SOURCE_SQL: Final = """
SELECT f.source_path, f.container FROM core.notices AS n JOIN core.files AS f USING (file_id) WHERE n.notice_id = ?
"""
SAME_PLACE_SQL: Final[Mapping[str, str]] = {
    "tasks": "SELECT count(*) FROM core.tasks WHERE notice_id = ? AND locator = ?",
    "indicators": "SELECT count(*) FROM core.indicators WHERE notice_id = ? AND locator = ?",
}
"""Level of a field -> the number of its rows at a place."""
DIGESTS_SQL: Final = """
SELECT sha256, min(source_path) FROM core.files WHERE sha256 IS NOT NULL AND container IS NULL GROUP BY sha256
"""
SAVED_REASON: Final = "供今后查询"
REMOVED_REASON: Final = "不再使用"


@dataclass(frozen=True, slots=True)
class _Note:
    """What the log says of a change, and the files that are read again because of it."""

    action: str
    what: str
    why: Why
    source_paths: Sequence[str] = ()
    undoes: int | None = None
    added: Sequence[str] = ()


@dataclass(slots=True)
class Editor:
    """An `Editing` over the folders of the settings."""

    settings: Settings
    work: Work | None = None
    """Does the jobs; by default in processes of their own."""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _runner: ChildRunner = field(init=False)
    _queue: JobQueue = field(init=False)

    def __post_init__(self) -> None:
        self._runner = ChildRunner(self.settings)
        self._queue = JobQueue(self.work or self._runner.do)

    @property
    def max_upload_bytes(self) -> int:
        """Size of everything that one upload may hold."""
        return self.settings.max_bytes

    def settle_findings(self, finding_ids: Sequence[str], opinion: str, why: Why) -> int:
        """Record an opinion about findings."""
        with self._changing(why) as now:
            known = {finding.finding_id: finding for finding in list_open_findings(self.settings.warehouse)}
            findings = [known[finding_id] for finding_id in finding_ids if finding_id in known]
            if not findings:
                raise EditError("这条问题已经处理过，或已随仓库更新；请刷新页面核对")
            lines = [self._dismissal_line(finding, opinion, why, now.date()) for finding in findings]
            more = f" 等 {len(findings)} 条" if len(findings) > 1 else ""
            what = f"{findings[0].source_path} {findings[0].locator}：{findings[0].message}{more}"
            note = _Note(opinion, what, why, [one.source_path for one in findings])
            return self._record(REGISTER_FILE, lines, note)

    def correct(self, place: RowPlace, values: Mapping[str, tuple[str, str]], why: Why) -> int:
        """Correct fields of a row."""
        with self._changing(why) as now:
            source_path = self._find_source(place.notice_id)
            fields = read_fields(self.settings.warehouse, place.notice_id, place.locator, place.task_id).fields
            lines, texts = [], []
            for name, (seen, value) in values.items():
                if name not in fields:
                    raise EditError("这一行已随仓库更新，没有这一栏了；请刷新页面核对")
                locator, published = fields[name]
                self._require_single(place.notice_id, name, locator)
                current = self._pending_value(source_path, locator, name, published)
                _require_seen(name, seen, current)
                if not is_same_value(value, current):
                    require_possible(name, value, label_field(name))
                    new = value.strip()
                    day = now.date().isoformat()
                    correction = Correction(locator, name, current, new, why.reason, why.who, day)
                    lines.append(make_correction_line(self.settings.corrections, source_path, correction))
                    texts.append(f"{label_field(name)} {current or '（空）'} → {new or '（空）'}")
            if not lines:
                raise EditError("各栏都与现在的值相同，没有要更正的")
            what = f"{source_path} {place.locator}：{'；'.join(texts)}"
            return self._record(REGISTER_FILE, lines, _Note("更正", what, why, [source_path]))

    def settle_unit(self, printed: str, name: str, function: str, why: Why) -> int:
        """Record what a printed form of a unit stands for."""
        with self._changing(why) as now:
            if not printed.strip() or not name.strip():
                raise EditError("请写明规范名；不是单位的，请勾选“不是单位”")
            change = prepare_unit(
                self.settings.warehouse,
                printed,
                name,
                function=function,
                reason=why.reason,
                who=why.who,
                today=now.date(),
            )
            what = f"{change.line['printed']} → {change.line['name']}"
            return self._record(UNITS_FILE, [change.line], _Note("认定单位", what, why, change.files))

    def settle_layout(self, request: LayoutRequest, why: Why) -> int:
        """Record a decision about a table."""
        with self._changing(why) as now:
            place, lines = self._make_layout_lines(request, why, now.date())
            what = f"{place.source_path} 表{place.ordinal}：{_describe_layout(lines)}"
            return self._record(LAYOUTS_FILE, lines, _Note("认定版式", what, why, [place.source_path]))

    def preview_layout(self, request: LayoutRequest) -> Preview:
        """Return what a decision about a table would change."""
        try:
            # The reason is not asked for before there is something to give a reason for.
            place, lines = self._make_layout_lines(request, Why("预览", "预览"), date.today())
            found = self._runner.preview(request.table_id, lines)
        except (ReviewError, JobFailedError) as error:
            raise EditError(str(error)) from error
        notes = []
        if place.issuer and place.has_usable_header:
            notes.append(f"“{place.issuer}”今后印发的同样表头的表也照此读取")
        return Preview(
            {name: (now, then) for name, (now, then) in found["counts"].items()},
            [(locator, now, then) for locator, now, then in found["differences"]],
            found["more"],
            notes,
        )

    def undo(self, number: int, why: Why) -> int:
        """Withdraw the decision of an entry of the log."""
        with self._changing(why):
            changes = read_changes(self.settings.corrections)
            change = next((change for change in changes if change.number == number), None)
            if change is None or change.undoes is not None or change.file not in FILES:
                raise EditError("没有这样一条可以撤销的操作")
            if (by := _undone_by(changes).get(number)) is not None:
                raise EditError(f"第 {number} 条操作已由第 {by} 条撤销")
            if later := _later_changes(changes, change):
                raise EditError(f"此后又改过同一处，请先撤销第 {'、'.join(map(str, later))} 条")
            headers, needed = FILES[change.file]
            path = self.settings.corrections / change.file
            what = f"第 {number} 条：{change.what}"
            note = _Note("撤销", what, why, _source_paths(change), undoes=number)
            with self._logged(note, change.file, change.lines), explain_unwritten(path):
                remove_decisions(path, headers, needed, change.lines)
            return self._build(note)

    def add_notices(self, files: Sequence[UploadedFile], folder: str, why: Why, *, replace: bool) -> int:
        """Take files as notices into a folder of the source files."""
        with self._changing(why):
            rules = uploads.UploadRules(self.settings.max_bytes, replace, self._list_digests())
            placement = uploads.plan_notices(self.settings.raw, files, folder, rules)
            added = placement.names
            note = _Note("上传通知", "、".join(added), why, added, added=added)
            with self._logged(note):
                uploads.move_notices(placement)
            return self._build(note)

    def import_progress(self, files: Sequence[UploadedFile], why: Why) -> int:
        """Import filled task lists."""
        with self._changing(why):
            folder, books = uploads.hold_books(files)
            try:
                with self._logged(_Note("导入填报", "、".join(book.name for book in books), why)):
                    return self._queue.submit(Order(f"导入填报 {len(books)} 份", books=books, finish=folder.cleanup))
            except BaseException:
                folder.cleanup()
                raise

    def save_query(self, name: str, statement: str, why: Why, *, replace: bool) -> None:
        """Keep a query for all visitors."""
        given = Why(why.who, why.reason or SAVED_REASON)
        with self._changing(given) as now:
            query = SavedQuery(name, statement, why.reason, why.who, now.date().isoformat())
            with self._logged(_Note("保存查询", name, given)):
                save_query(self.settings.queries, query, replace=replace)

    def remove_query(self, name: str, why: Why) -> None:
        """Remove a kept query; the log keeps its statement."""
        given = Why(why.who, why.reason or REMOVED_REASON)
        with self._changing(given):
            statement = next((q.statement for q in list_queries(self.settings.queries) if q.name == name), "")
            with self._logged(_Note("删除查询", f"{name}：{statement}", given)):
                remove_query(self.settings.queries, name)

    def read_row(self, place: RowPlace) -> Mapping[str, str]:
        """Return the fields of a row that a person may correct."""
        found = read_fields(self.settings.warehouse, place.notice_id, place.locator, place.task_id)
        return {name: value for name, (_, value) in found.fields.items()}

    def list_folders(self) -> list[str]:
        """Return the folders of source files."""
        return uploads.list_folders(self.settings.raw)

    def list_changes(self) -> list[ChangeEntry]:
        """Return the log of changes, the newest entry first."""
        changes = read_changes(self.settings.corrections)
        undone = _undone_by(changes)
        return [
            ChangeEntry(
                change.number,
                change.when,
                change.who,
                change.action,
                change.what,
                change.reason,
                change.undoes,
                undone.get(change.number),
                change.undoes is None and change.file in FILES and change.number not in undone,
            )
            for change in reversed(changes[-MAX_ENTRIES:])
        ]

    def find_job(self, job_id: int) -> JobReport | None:
        """Return the state of a job."""
        return self._queue.find(job_id)

    def list_jobs(self) -> list[JobReport]:
        """Return the jobs of this server, the newest first."""
        return self._queue.list()

    def close(self) -> None:
        """Stop."""
        self._runner.close()
        self._queue.close()

    @contextmanager
    def _changing(self, why: Why) -> Iterator[datetime]:
        """Let one person change something at a time; yields the time in China."""
        if not why.who.strip() or not why.reason.strip():
            raise EditError("请写明理由和经办人，以便日后核对")
        if len(why.who) > MAX_NAME or len(why.reason) > MAX_REASON:
            raise EditError(f"经办人不超过 {MAX_NAME} 字，理由不超过 {MAX_REASON} 字")
        with self._lock:
            try:
                yield datetime.now(UTC).astimezone(CHINA)
            except (ReviewError, SavedQueryError, uploads.UploadError) as error:
                raise EditError(str(error)) from error

    def _record(self, name: str, lines: Sequence[Mapping[str, str]], note: _Note) -> int:
        headers, needed = FILES[name]
        path = self.settings.corrections / name
        with self._logged(note, name, lines), explain_unwritten(path):
            append_decisions(path, headers, needed, lines)
        return self._build(note)

    @contextmanager
    def _logged(self, note: _Note, name: str = "", lines: Sequence[Mapping[str, str]] = ()) -> Iterator[None]:
        """Log a change before it is made, and take the entry back where it cannot be made.

        A server that is killed in between leaves an entry of a change that was not made. The other way round, a
        withdrawal that is not logged would keep every later build from publishing (see `decision_guard`).
        """
        folder = self.settings.corrections
        when = format_china_time(datetime.now(UTC))
        change = Change(0, when, note.why.who, note.action, note.what, note.why.reason, name, tuple(lines), note.undoes)
        with explain_unwritten(folder / CHANGES_FILE):
            logged = append_change(folder, change)
        try:
            yield
        except BaseException:
            with suppress(NotRemovedError, OSError):
                remove_change(folder, logged)
            raise

    def _build(self, note: _Note) -> int:
        return self._queue.submit(Order(note.action, tuple(note.source_paths), tuple(note.added)))

    def _list_digests(self) -> dict[str, str]:
        """Return the digests of the files in the warehouse with their paths; none where there is no warehouse yet."""
        if store.check_condition(self.settings.warehouse) is not store.Condition.CURRENT:
            return {}
        with store.reading(self.settings.warehouse) as connection:
            return dict(connection.execute(DIGESTS_SQL).fetchall())

    def _find_source(self, notice_id: str) -> str:
        """Return the file of a notice, in which a correction can name a place."""
        with store.reading(self.settings.warehouse) as connection:
            found = connection.execute(SOURCE_SQL, [notice_id]).fetchone()
        if found is None:
            raise EditError("这份通知已不在仓库中，请刷新页面核对")
        source_path, container = found
        require_correctable(source_path, container)
        return str(source_path)

    def _require_single(self, notice_id: str, name: str, locator: str) -> None:
        """Refuse a correction of a row that has its place in common with another: its line could mean either."""
        level = name.partition(".")[0]
        if level not in SAME_PLACE_SQL:
            return
        with store.reading(self.settings.warehouse) as connection:
            ((same,),) = connection.execute(SAME_PLACE_SQL[level], [notice_id, locator]).fetchall()
        if same > 1:
            raise EditError(f"“{locator}”处有 {same} 项，无法确定更正哪一项；请改为认定这张表的版式，或更正原件")

    def _dismissal_line(self, finding: OpenFinding, opinion: str, why: Why, today: date) -> dict[str, str]:
        require_correctable(finding.source_path, finding.container)
        decision = make_dismissal(finding, why.reason, why.who, today, opinion)
        return make_correction_line(self.settings.corrections, finding.source_path, decision)

    def _pending_value(self, source_path: str, locator: str, name: str, published: str) -> str:
        """Return the value of a field with the corrections that no build has read yet."""
        value = published
        for correction in read_register(self.settings.corrections).for_file(source_path):
            is_here = (correction.locator, correction.field) == (locator, name)
            if is_here and is_same_value(correction.expected, value) and _is_possible(name, correction.value):
                value = correction.value
        return value

    def _make_layout_lines(
        self, request: LayoutRequest, why: Why, today: date
    ) -> tuple[TablePlace, list[dict[str, str]]]:
        choice = LayoutChoice(request.columns, request.rows, request.accept)
        if not choice.is_given:
            raise EditError("请选定一列的含义或一行的类别，或认定现在读得对")
        try:
            place = read_table_place(self.settings.warehouse, request.table_id)
        except ValueError as error:
            raise EditError("这张表格已随仓库更新，请刷新页面核对") from error
        return place, make_layout_lines(place, choice, reason=why.reason, who=why.who, today=today)


def _require_seen(name: str, seen: str, current: str) -> None:
    """Refuse a correction by a person who saw another value than the one that would be replaced."""
    if not is_same_value(seen, current):
        raise EditError(f"“{label_field(name)}”现在的值是“{current}”（可能刚由他人改过，正在生效），请刷新页面后再改")


def _is_possible(name: str, value: str) -> bool:
    try:
        check_value(name, value)
    except InvalidValueError:
        return False
    return True


def _describe_layout(lines: Sequence[Mapping[str, str]]) -> str:
    texts = [f"{line['column']}={line['role']}" for line in lines if line.get("column")]
    texts += [f"{line['row']}={line['row_class']}" for line in lines if line.get("row")]
    is_accepted = any(not line.get("column") and not line.get("row") for line in lines)
    return "读得对" if is_accepted else "；".join(texts)


def _undone_by(changes: Sequence[Change]) -> dict[int, int]:
    return {change.undoes: change.number for change in changes if change.undoes is not None}


def _later_changes(changes: Sequence[Change], change: Change) -> list[int]:
    """Return the later entries about the same that were not undone; they may rest on this one."""
    undone = _undone_by(changes)
    keys = set(list_keys(change.file, change.lines))
    return [
        later.number
        for later in changes
        if later.number > change.number
        and later.undoes is None
        and later.number not in undone
        and later.file == change.file
        and keys & set(list_keys(later.file, later.lines))
    ]


def _source_paths(change: Change) -> list[str]:
    return sorted({line["file"] for line in change.lines if line.get("file")})
