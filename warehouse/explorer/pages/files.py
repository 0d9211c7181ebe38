"""Files in and out: notices and filled task lists come in, task lists for the units go out."""

from __future__ import annotations

import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from warehouse.explorer import queries_editing
from warehouse.explorer.access import may_edit
from warehouse.explorer.editing import Editing, Why
from warehouse.explorer.lookups import Lookups, load_lookups
from warehouse.explorer.rendering import BadRequestError, NotFoundError, Page, Site, get_parameter
from warehouse.explorer.submitted import Submitted
from warehouse.export import ExportFormat
from warehouse.export.task_lists import TaskList, build_task_lists
from warehouse.export.task_query import TaskFilter, iter_selections
from warehouse.export.write_files import WriteOptions, write_list_files

FORMATS: Final = {
    ExportFormat.XLSX: "任务清单（xlsx，可填写后交回）",
    ExportFormat.DOCX: "任务交办单（docx）",
    ExportFormat.ICS: "日历（ics）",
}
MEDIA_TYPES: Final = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".ics": "text/calendar; charset=utf-8",
    ".zip": "application/zip",
}
MAX_CONCURRENT: Final = 1
"""Sets of lists written at the same time."""
UPLOAD_REASON: Final = "收到新印发的通知"
IMPORT_REASON: Final = "各单位交回"


def files_page(site: Site) -> Callable[[Request], Response]:
    """Return the endpoint of the page; it also serves where there is no warehouse yet."""

    def respond(request: Request) -> Response:
        lookups = site.try_lookups()
        editing = site.editing if may_edit(request) else None
        context = {
            "folders": editing.list_folders() if editing else [],
            "max_mb": editing.max_upload_bytes >> 20 if editing else 0,
            "formats": FORMATS,
            "notices": [one for one in lookups.notices.values() if one.tasks] if lookups else [],
            "chosen": get_parameter(request, "notice"),
        }
        return site.render(request, Page("files.html", context), lookups)

    return respond


def list_files(site: Site) -> Callable[[Request], Response]:
    """Return the endpoint that makes task lists: one file for one unit, else an archive with a file for each."""
    semaphore = threading.BoundedSemaphore(MAX_CONCURRENT)

    def respond(request: Request) -> Response:
        form = get_parameter(request, "format")
        if form not in FORMATS:
            raise BadRequestError("请选择文件的格式。")
        with site.reader.session() as session:
            lookups = load_lookups(session)
            notice_id = get_parameter(request, "notice")
            if notice_id not in lookups.notices:
                raise NotFoundError("仓库中没有这份通知。")
            names = {row["party"] for row in session.rows(queries_editing.parties_of_notice(notice_id))}
        party = get_parameter(request, "party")
        if party and party not in names:
            near = "、".join(sorted(name for name in names if party in name)[:5])
            hint = f"相近的有：{near}。" if near else "请从列表中选择。"
            raise BadRequestError(f"这份通知中没有责任单位“{party}”。{hint}")
        with semaphore, tempfile.TemporaryDirectory(prefix="wenming-") as name:
            lists = _select_lists(site.reader.path, lookups, notice_id, party, not get_parameter(request, "no_persons"))
            written = list(write_list_files(lists, Path(name), WriteOptions(ExportFormat(form))))
            if not written:
                raise BadRequestError("没有可写的任务：没有责任单位，或未明确日期（日历只写有日期的任务）。")
            return _file_response(written, lookups.label(notice_id))

    return respond


def add_notices(editing: Editing, form: Submitted, why: Why) -> int:
    """Take files as notices."""
    why = replace(why, reason=why.reason or UPLOAD_REASON)
    return editing.add_notices(form.files, form.value("folder"), why, replace=bool(form.value("replace")))


def import_progress(editing: Editing, form: Submitted, why: Why) -> int:
    """Import filled task lists."""
    return editing.import_progress(form.files, replace(why, reason=why.reason or IMPORT_REASON))


def _select_lists(path: Path, lookups: Lookups, notice_id: str, party: str, persons: bool) -> Iterator[TaskList]:
    wanted = TaskFilter((lookups.label(notice_id),), party or None)
    for selection in iter_selections(path, wanted):
        for task_list in build_task_lists(selection, part=party or None, persons=persons):
            if task_list.notice.notice_id == notice_id and party in ("", task_list.party):
                yield task_list


def _file_response(written: list[Path], label: str) -> Response:
    if len(written) == 1:
        path, name = written[0], f"{label} {written[0].name}"
    else:
        name = f"{label} 任务清单.zip"
        path = written[0].parent / ".all.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for one in written:
                archive.write(one, one.name)
    disposition = f"attachment; filename=\"wenming{path.suffix}\"; filename*=UTF-8''{quote(name)}"
    media_type = MEDIA_TYPES[path.suffix]
    return Response(path.read_bytes(), media_type=media_type, headers={"content-disposition": disposition})
