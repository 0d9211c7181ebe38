"""Any result list as an Excel workbook."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Awaitable, Callable, Sequence, Sized
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

import schemas
from warehouse.errors import QueryError
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Catalog, catalog
from warehouse.explorer.pages import compare as comparing
from warehouse.explorer.pages import findings as finding
from warehouse.explorer.pages import progress as progressing
from warehouse.explorer.pages import questions as asking
from warehouse.explorer.pages import search as searching
from warehouse.explorer.pages.sql import asked
from warehouse.explorer.pages.table import table_rows
from warehouse.explorer.queries import CAP
from warehouse.explorer.queries_progress import by_party, overdue
from warehouse.explorer.rendering import Site, WrongRequestError, parameter
from warehouse.explorer.search_params import Filter
from warehouse.explorer.sql_runner import run_until_disconnect
from warehouse.explorer.template_filters import code
from warehouse.query import Result
from warehouse.xlsx import write_sheet

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT_ONCE: Final = 2
"""Workbooks that are written at the same time."""
TASK_COLUMNS: Final = (
    "label", "requirement", "criteria", "scoring", "points", "points_rows", "inline_points", "evidence", "methods",
    "deadline", "leader", "persons", "bonus", "remark",
)  # fmt: skip
WHERE: Final = ("通知", "地区", "发文单位", "年度")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is downloaded; `cut` is the number of rows where there are more of them."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    cut: int | None = None


def download(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint: `what` names the result, the other parameters are those of its page."""
    turn = threading.BoundedSemaphore(AT_ONCE)

    def respond(request: Request, what: str) -> Response:
        with turn:
            if what not in SHEETS:
                raise WrongRequestError("不知道要下载什么，请从页面上的“下载 Excel”进入。")
            with site.reader.session(site.reader.limits.download_seconds) as session:
                sheet = SHEETS[what](request, session, catalog(session))
            return _workbook(_bounded(sheet, site.reader.limits.download_rows))

    def written(found: Result) -> Response:
        with turn:
            cut = len(found.rows) if found.truncated else None
            return _workbook(Sheet("查询结果", found.columns, found.rows, cut))

    async def choose(request: Request) -> Response:
        what = parameter(request, "what")
        if what != "sql":
            return await run_in_threadpool(respond, request, what)
        rows = site.reader.limits.download_rows
        return await run_in_threadpool(
            written, await run_until_disconnect(request, lambda: site.sql.ask(asked(request), rows))
        )

    return choose


def _bounded(sheet: Sheet, most: int) -> Sheet:
    if len(sheet.rows) <= most:
        return sheet
    return replace(sheet, rows=sheet.rows[:most], cut=most)


def _workbook(sheet: Sheet) -> Response:
    cut = sheet.cut is not None
    name = f"{sheet.name}（前{sheet.cut}行）" if cut else sheet.name
    note = f"没有取全：这里只有前 {sheet.cut} 行，后面还有。要全部内容，请缩小范围分几次下载，或用 wenming sql 查询。"
    with tempfile.TemporaryDirectory(prefix="wenming-") as folder:
        path = Path(folder) / "sheet.xlsx"
        write_sheet(path, sheet.columns, sheet.rows, note=note if cut else None)
        content = path.read_bytes()
    disposition = f"attachment; filename=\"wenming.xlsx\"; filename*=UTF-8''{quote(f'{name}.xlsx')}"
    return Response(content, media_type=XLSX, headers={"content-disposition": disposition})


def _where(known: Catalog, notice_id: str | None) -> list[Any]:
    found = known.notices.get(notice_id or "")
    return [found.label, found.place, found.unit, found.year] if found else [notice_id, None, None, None]


def _source(known: Catalog, notice_id: str, locator: str | None) -> str:
    found = known.notices.get(notice_id)
    return " ".join(part for part in (found.source_path if found else "", locator) if part)


def _tasks(request: Request, session: Session, known: Catalog) -> Sheet:
    hits = searching.task_hits(session, known, Filter.read(request.query_params))
    specs = schemas.TABLES["core.tasks"].column
    columns = [
        *WHERE,
        "指标",
        *(specs[name].label for name in TASK_COLUMNS),
        "牵头",
        "配合",
        "主题",
        "出处",
        "任务编号",
    ]
    rows = [
        [
            *_where(known, row["notice_id"]),
            " / ".join(step["name"] for step in row["path"]),
            *(row[name] for name in TASK_COLUMNS),
            row["leads"],
            row["supports"],
            known.topic(row["topic"]),
            _source(known, row["notice_id"], row["locator"]),
            row["task_id"],
        ]
        for row in searching.task_rows(session, [hit["task_id"] for hit in hits[:CAP]])
    ]
    return Sheet("任务", columns, rows, _cut(hits))


def _indicators(request: Request, session: Session, known: Catalog) -> Sheet:
    hits = searching.indicator_hits(session, known, Filter.read(request.query_params)) or []
    columns = [
        *WHERE,
        "层级",
        "上级指标",
        "指标代码",
        "指标名称",
        "标明分值",
        "任务数",
        "是否加分",
        "主题",
        "出处",
        "指标编号",
    ]
    rows = [
        [
            *_where(known, row["notice_id"]),
            row["level"],
            " / ".join(step["name"] for step in row["path"]),
            row["code"],
            row["name"],
            row["points"],
            row["tasks"],
            row["bonus"],
            known.topic(row["topic"]),
            _source(known, row["notice_id"], row["locator"]),
            row["indicator_id"],
        ]
        for row in searching.indicator_rows(session, [hit["indicator_id"] for hit in hits[:CAP]])
    ]
    return Sheet("指标", columns, rows, _cut(hits))


def _compare(request: Request, session: Session, known: Catalog) -> Sheet:
    ids = comparing.chosen(request, known)
    if len(ids) < comparing.LEAST:
        raise WrongRequestError("请先选两份以上的通知再下载比较结果。")
    columns = ["主题"]
    for one in ids:
        columns += [f"{known.label(one)} {name}" for name in ("分值", "分值占比", "任务数", "任务占比")]
    rows = []
    for theme in comparing.themes(session, known, ids):
        row: list[Any] = [known.topic(theme.topic)]
        for one in ids:
            weights = theme.weights.get(one, {})
            row += [weights.get(name) for name in ("points", "share", "tasks", "task_share")]
        rows.append(row)
    return Sheet("主题比较", columns, rows)


def _findings(request: Request, session: Session, known: Catalog) -> Sheet:
    found = finding.hits(session, finding.read(request))
    columns = [
        "严重程度",
        "规则",
        "说明",
        "标明数",
        "核算数",
        "通知",
        "文件",
        "位置",
        "处理意见",
        "任务编号",
        "问题编号",
    ]
    rows = [
        [
            code(row["severity"], "severity"),
            row["rule"],
            row["message"],
            row["declared"],
            row["computed"],
            known.label(row["notice_id"]),
            row["source_path"],
            row["locator"],
            row["dismissed"],
            row["task_id"],
            row["finding_id"],
        ]
        for row in found[:CAP]
    ]
    return Sheet("问题", columns, rows, _cut(found))


def _progress(request: Request, session: Session, known: Catalog) -> Sheet:
    found = session.rows(by_party(progressing.scope(session, known, progressing.read(request, known)), CAP + 1))
    states = progressing.STATES
    columns = ["通知", "责任单位", "任务数", *states.values(), "已逾期", "30天内到期", "完成率", "最近填报"]
    rows = [
        [
            known.label(row["notice_id"]),
            row["party"],
            row["tasks"],
            *(row[name] for name in states),
            row["overdue"],
            row["due_soon"],
            row["done_share"],
            row["reported"],
        ]
        for row in found[:CAP]
    ]
    return Sheet("进展", columns, rows, _cut(found))


def _overdue(request: Request, session: Session, known: Catalog) -> Sheet:
    found = session.rows(overdue(progressing.scope(session, known, progressing.read(request, known)), CAP + 1))
    columns = ["逾期天数", "到期日", "漏办次数", "责任单位", "牵头或配合", "状态", "说明", "任务要求", "完成时限"]
    rows = [
        [
            row["days_overdue"],
            row["due_on"],
            row["missed"],
            row["party"],
            code(row["role"], "role"),
            code(row["status"], "progress") or "未填报",
            row["note"],
            row["requirement"],
            row["deadline"],
            known.label(row["notice_id"]),
            _source(known, row["notice_id"], row["locator"]),
            row["task_id"],
        ]
        for row in found[:CAP]
    ]
    return Sheet("逾期任务", [*columns, "通知", "出处", "任务编号"], rows, _cut(found))


def _question(request: Request, session: Session, known: Catalog) -> Sheet:
    one = asking.chosen(parameter(request, "number"))
    found = asking.answer(request, session, one, limit=session.limits.download_rows)
    cut = session.limits.download_rows if found.result.truncated else None
    return Sheet(one.title, found.result.columns, found.result.rows, cut)


def _table(request: Request, session: Session, known: Catalog) -> Sheet:
    title, rows = table_rows(request, session)
    if not rows:
        raise QueryError("这张表没有内容。")
    return Sheet(title, rows[0], rows[1:])


def _cut(hits: Sized) -> int | None:
    return CAP if len(hits) > CAP else None


SHEETS: Final[dict[str, Callable[[Request, Session, Catalog], Sheet]]] = {
    "tasks": _tasks,
    "indicators": _indicators,
    "compare": _compare,
    "findings": _findings,
    "progress": _progress,
    "overdue": _overdue,
    "question": _question,
    "table": _table,
}
