"""Task lists into files: one per list below a folder, or all of them in one file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import ExportError, QueryError
from warehouse.export.formats import Form
from warehouse.export.task_lists import TaskList
from warehouse.filenames import file_name


@dataclass(frozen=True, slots=True)
class Way:
    """How to write. `overwrite` replaces a file that differs; `template` is an office's own docx."""

    form: Form
    overwrite: bool = False
    template: Path | None = None


def write_each(lists: Iterable[TaskList], folder: Path, way: Way) -> Iterator[Path]:
    """Write every list as `folder/notice/unit.form` as it comes; yields the paths. Raises ExportError, QueryError.

    A list without any day has no calendar.
    """
    taken: dict[str, set[str]] = {}
    folders: dict[str, Path] = {}
    for one in lists:
        if way.form is Form.ICS and len(without_day(one)) == len(one.rows):
            # Some programs refuse a calendar without an event.
            continue
        notice = one.notice.notice_id
        if notice not in folders:
            folders[notice] = folder / file_name(one.notice.label, "", taken.setdefault("", set()))
        name = file_name(one.unit, f".{way.form}", taken.setdefault(notice, set()))
        target = folders[notice] / name
        _put([one], target, way)
        yield target


def without_day(one: TaskList) -> set[str]:
    """The ids of the tasks of a list that have no day, and so no place in a calendar."""
    from warehouse.export.ics import spans

    return {row.task.task_id for row in one.rows if not spans(row.task)}


def write_one(lists: Sequence[TaskList], target: Path, way: Way) -> Path:
    """Write all lists into the one file `target`. Raises ExportError, QueryError."""
    if way.form is Form.DOCX and len(lists) > 1:
        raise QueryError("docx 一份只写一个责任单位。请不要加 --single，或用 --party、--notice 缩小到一个单位。")
    _put(lists, target, way)
    return target


def _put(lists: Sequence[TaskList], target: Path, way: Way) -> None:
    put_file(target, lambda path: _write(lists, path, way), overwrite=way.overwrite)


def put_file(target: Path, write: Callable[[Path], object], *, overwrite: bool) -> None:
    """Have `write` make a file aside and put it at `target`, which is replaced whole or not at all.

    A file that is there and differs is only replaced with `overwrite`. Raises ExportError.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".wenming-", dir=target.parent) as folder:
            made = Path(folder) / target.name
            write(made)
            if target.exists() and not overwrite and target.read_bytes() != made.read_bytes():
                raise ExportError(
                    f"文件已存在且内容不同，可能有人填写过：{target}。"
                    "请用 --output 另指一处；确要替换，请加 --overwrite。"
                )
            made.replace(target)
    except OSError as error:
        raise ExportError(f"无法写入 {target}（{error.strerror}）。请检查路径、权限和磁盘空间。") from error


def _write(lists: Sequence[TaskList], target: Path, way: Way) -> None:
    match way.form:
        case Form.XLSX:
            from warehouse.export.xlsx import write_workbook

            write_workbook(lists, target)
        case Form.DOCX:
            from warehouse.export.docx import write_docx

            write_docx(lists[0], target, way.template)
        case Form.ICS:
            from warehouse.export.ics import write_ics

            write_ics(lists, target)
        case Form.CSV:
            from warehouse.export.csv_json import write_csv

            write_csv(lists, target)
        case Form.JSON:
            from warehouse.export.csv_json import write_json

            write_json(lists, target)
