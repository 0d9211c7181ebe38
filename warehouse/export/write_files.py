"""Write task lists to files: one file per list, a single file, or a folder that is refreshed every month."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from warehouse.errors import ExportError, QueryError
from warehouse.export import ExportFormat
from warehouse.export.task_lists import TaskList
from warehouse.filenames import file_name

STATE_FILE: Final = ".state.json"
"""Hidden file of a refreshed folder: digests of each list and of the file written for it."""


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How to write task lists.

    Attributes:
        format: File format.
        overwrite: Whether to replace an existing file with other content.
        template: An office's own docx template; None for the default one.
    """

    format: ExportFormat
    overwrite: bool = False
    template: Path | None = None


@dataclass(slots=True)
class RefreshResult:
    """Result of `refresh_folder`, as paths relative to the folder.

    Attributes:
        written: New or replaced files.
        unchanged: Lists with the same content as at the last refresh.
        written_beside: Lists whose file was edited by a person; the new list is written under another name.
        obsolete: Lists that no longer exist; their files are not deleted.
    """

    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    written_beside: list[str] = field(default_factory=list)
    obsolete: list[str] = field(default_factory=list)


def write_list_files(lists: Iterable[TaskList], folder: Path, options: WriteOptions) -> Iterator[Path]:
    """Write each list to `folder/<notice>/<unit>.<format>` and yield the path.

    A list without any due day gets no calendar.

    Raises:
        ExportError: A file cannot be written, or exists with other content.
        QueryError: A list has too many rows.
    """
    taken_names: dict[str, set[str]] = {}
    folders: dict[str, Path] = {}
    for task_list in lists:
        if options.format is ExportFormat.ICS and len(find_undated_tasks(task_list)) == len(task_list.rows):
            # Some programs refuse a calendar without an event.
            continue
        notice_id = task_list.notice.notice_id
        if notice_id not in folders:
            folders[notice_id] = folder / file_name(task_list.notice.label, "", taken_names.setdefault("", set()))
        name = file_name(task_list.unit, f".{options.format}", taken_names.setdefault(notice_id, set()))
        target = folders[notice_id] / name
        _write_file([task_list], target, options)
        yield target


def find_undated_tasks(task_list: TaskList) -> set[str]:
    """Return the ids of the tasks that have no due day and therefore no calendar event."""
    from warehouse.export.ics import build_spans

    return {row.task.task_id for row in task_list.rows if not build_spans(row.task)}


def write_single_file(lists: Sequence[TaskList], target: Path, options: WriteOptions) -> Path:
    """Write all lists to the file `target`.

    Raises:
        ExportError: The file cannot be written, or exists with other content.
        QueryError: The format holds one list only, or a list has too many rows.
    """
    if options.format is ExportFormat.DOCX and len(lists) > 1:
        raise QueryError("docx 一份只写一个责任单位。请不要加 --single，或用 --party、--notice 缩小到一个单位。")
    _write_file(lists, target, options)
    return target


def replace_file(target: Path, write: Callable[[Path], object], *, overwrite: bool) -> None:
    """Write a file atomically: `write` creates a temporary file, which then replaces `target`.

    Raises:
        ExportError: `target` cannot be written, or exists with other content and `overwrite` is false.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".wenming-", dir=target.parent) as folder:
            new_file = Path(folder) / target.name
            write(new_file)
            if target.exists() and not overwrite and target.read_bytes() != new_file.read_bytes():
                raise ExportError(
                    f"文件已存在且内容不同，可能有人填写过：{target}。"
                    "请用 --output 另指一处；确要替换，请加 --overwrite。"
                )
            new_file.replace(target)
    except OSError as error:
        raise ExportError(f"无法写入 {target}（{error.strerror}）。请检查路径、权限和磁盘空间。") from error


def refresh_folder(lists: Iterable[TaskList], folder: Path) -> RefreshResult:
    """Update `folder/<notice>/<unit>.xlsx` for every list; never overwrite a file that somebody edited.

    The digests in `STATE_FILE` show which lists changed; unchanged ones are not rewritten.

    Raises:
        ExportError: A file cannot be written.
    """
    state = _read_state(folder)
    result = RefreshResult()
    new_state: dict[str, tuple[str, str]] = {}
    folders: dict[str, str] = {}
    taken_names: dict[str, set[str]] = {}
    for task_list in lists:
        notice_id = task_list.notice.notice_id
        if notice_id not in folders:
            folders[notice_id] = file_name(task_list.notice.label, "", taken_names.setdefault("", set()))
        name = f"{folders[notice_id]}/{file_name(task_list.unit, '.xlsx', taken_names.setdefault(notice_id, set()))}"
        list_digest, (old_list_digest, old_file_digest) = _list_digest(task_list), state.get(name, ("", ""))
        target = folder / name
        if old_list_digest == list_digest and target.exists():
            new_state[name] = (old_list_digest, old_file_digest)
            result.unchanged.append(name)
            continue
        if target.exists() and _file_digest(target) != old_file_digest:
            target = _free_path(target)
            result.written_beside.append(name)
        else:
            result.written.append(name)
        write_single_file([task_list], target, WriteOptions(ExportFormat.XLSX, overwrite=True))
        new_state[name] = (list_digest, old_file_digest if name in result.written_beside else _file_digest(target))
    result.obsolete = sorted(state.keys() - new_state.keys())
    _write_state(folder, new_state)
    return result


def _write_file(lists: Sequence[TaskList], target: Path, options: WriteOptions) -> None:
    replace_file(target, lambda path: _write_format(lists, path, options), overwrite=options.overwrite)


def _write_format(lists: Sequence[TaskList], target: Path, options: WriteOptions) -> None:
    match options.format:
        case ExportFormat.XLSX:
            from warehouse.export.xlsx import write_workbook

            write_workbook(lists, target)
        case ExportFormat.DOCX:
            from warehouse.export.docx import write_docx

            write_docx(lists[0], target, options.template)
        case ExportFormat.ICS:
            from warehouse.export.ics import write_ics

            write_ics(lists, target)
        case ExportFormat.CSV:
            from warehouse.export.csv_json import write_csv

            write_csv(lists, target)
        case ExportFormat.JSON:
            from warehouse.export.csv_json import write_json

            write_json(lists, target)


def _free_path(target: Path) -> Path:
    """Return a path beside `target` that does not exist."""
    number = 1
    while (path := target.with_stem(f"{target.stem}（更新{number}）")).exists():
        number += 1
    return path


def _list_digest(task_list: TaskList) -> str:
    """Return a digest of everything that the list shows."""
    digest = hashlib.sha256(
        f"{task_list.title}\0{task_list.unit}\0{task_list.notice.title}\0{task_list.merges}".encode()
    )
    for row in task_list.rows:
        digest.update(f"{row.key}\0{row.cells}\0".encode())
    return digest.hexdigest()


def _file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_state(folder: Path) -> dict[str, tuple[str, str]]:
    """Return name -> (digest of the list, digest of the file); empty without a usable state file."""
    try:
        state = json.loads((folder / STATE_FILE).read_text("utf-8"))
        return {str(name): (str(content), str(file)) for name, (content, file) in state.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        # Every list is then written again, beside the existing files.
        return {}


def _write_state(folder: Path, state: dict[str, tuple[str, str]]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        new_file = folder / f"{STATE_FILE}.new"
        new_file.write_text(json.dumps(state, ensure_ascii=False, indent=1), "utf-8")
        new_file.replace(folder / STATE_FILE)
    except OSError as error:
        raise ExportError(f"无法写入 {folder}（{error.strerror}）。请检查权限和磁盘空间。") from error
