"""Download of any result list as an Excel workbook."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

import schemas
from warehouse.answer_files import write_answer
from warehouse.errors import QueryError
from warehouse.explorer import queries_burden, queries_units
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Lookups, load_lookups
from warehouse.explorer.pages import compare, progress, questions, search
from warehouse.explorer.pages.sql import read_statement
from warehouse.explorer.pages.table import load_table_rows
from warehouse.explorer.queries import MAX_HITS
from warehouse.explorer.queries_progress import ProgressScope, by_party, overdue
from warehouse.explorer.rendering import BadRequestError, Site, code_label, get_parameter
from warehouse.explorer.search_params import SearchFilter
from warehouse.explorer.sql_runner import run_until_disconnect
from warehouse.heading import Heading, read_data_day
from warehouse.query import Result, render
from warehouse.questions import Answer
from warehouse.xlsx import write_sheet

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT_FORMATS: Final = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
"""Further formats of the result of a statement."""
RESULT_NAME: Final = "查询结果"
MAX_CONCURRENT: Final = 2
"""Number of workbooks written at the same time."""
TASK_COLUMNS: Final = (
    "label", "requirement", "criteria", "scoring", "points", "points_rows", "inline_points", "evidence", "methods",
    "deadline", "leader", "persons", "bonus", "remark",
)  # fmt: skip
NOTICE_COLUMNS: Final = ("通知", "地区", "发文单位", "年度")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Content of a download; `row_limit` is set if rows beyond it were cut off, `caveat` is what a reader must know.

    The answer to a question is written with what stands beside its rows, `warnings` among it. `question` says what else
    was asked for.
    """

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    row_limit: int | None = None
    caveat: str | None = None
    answer: Answer | None = None
    warnings: Sequence[str] = ()
    question: str = ""


def download_page(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint; the parameter `what` selects the result, the others are those of its page."""
    semaphore = threading.BoundedSemaphore(MAX_CONCURRENT)

    def respond(request: Request, what: str) -> Response:
        with semaphore:
            if what not in SHEET_BUILDERS:
                raise BadRequestError("不知道要下载什么，请从页面上的“下载 Excel”进入。")
            with site.reader.session(site.reader.limits.download_seconds) as session:
                sheet = SHEET_BUILDERS[what](request, session, load_lookups(session))
                day = session.run(read_data_day)
            return _workbook_response(_limit_rows(sheet, site.reader.limits.download_rows), day)

    def write_result(result: Result, statement: str, form: str) -> Response:
        if form in TEXT_FORMATS:
            return _text_response(result, form)
        with semaphore:
            with site.reader.session() as session:
                day = session.run(read_data_day)
            cut = len(result.rows) if result.truncated else None
            sheet = Sheet(RESULT_NAME, result.columns, result.rows, cut, question=f"查询：{statement}")
            return _workbook_response(sheet, day)

    async def choose(request: Request) -> Response:
        what = get_parameter(request, "what")
        if what != "sql":
            return await run_in_threadpool(respond, request, what)
        rows = site.reader.limits.download_rows
        statement = read_statement(request)
        result = await run_until_disconnect(request, lambda: site.sql.run(statement, rows))
        return await run_in_threadpool(write_result, result, statement, get_parameter(request, "format"))

    return choose


def _limit_rows(sheet: Sheet, limit: int) -> Sheet:
    if len(sheet.rows) <= limit:
        return sheet
    return replace(sheet, rows=sheet.rows[:limit], row_limit=limit)


def _workbook_response(sheet: Sheet, day: date | None) -> Response:
    is_cut = sheet.row_limit is not None
    name = f"{sheet.name}（前{sheet.row_limit}行）" if is_cut else sheet.name
    cut = (
        f"没有取全：这里只有前 {sheet.row_limit} 行，后面还有。"
        "要全部内容，请缩小范围分几次下载，或用 wenming sql 查询。"
    )
    notes = [cut if is_cut else None, f"{sheet.caveat}。" if sheet.caveat else None]
    with tempfile.TemporaryDirectory(prefix="wenming-") as folder:
        path = Path(folder) / "sheet.xlsx"
        if sheet.answer is not None:
            write_answer(path, sheet.answer, warnings=sheet.warnings, cut=cut if is_cut else None)
        else:
            heading = Heading(sheet.name, sheet.question, "".join(filter(None, notes)), day=day)
            write_sheet(path, sheet.columns, sheet.rows, heading)
        content = path.read_bytes()
    return _file_response(content, XLSX, name, "xlsx")


def _text_response(result: Result, form: str) -> Response:
    """Return a result as a file for other programs, as `wenming sql --output` writes it."""
    name = f"{RESULT_NAME}（前{len(result.rows)}行）" if result.truncated else RESULT_NAME
    with tempfile.TemporaryDirectory(prefix="wenming-") as folder:
        path = Path(folder) / f"result.{form}"
        render(result, form, path)
        content = path.read_bytes()
    return _file_response(content, TEXT_FORMATS[form], name, form)


def _file_response(content: bytes, media_type: str, name: str, suffix: str) -> Response:
    disposition = f"attachment; filename=\"wenming.{suffix}\"; filename*=UTF-8''{quote(f'{name}.{suffix}')}"
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})


def _notice_cells(lookups: Lookups, notice_id: str | None) -> list[Any]:
    notice = lookups.notices.get(notice_id or "")
    return [notice.label, notice.place, notice.unit, notice.year] if notice else [notice_id, None, None, None]


def _source_cell(lookups: Lookups, notice_id: str, locator: str | None) -> str:
    notice = lookups.notices.get(notice_id)
    return " ".join(part for part in (notice.source_path if notice else "", locator) if part)


def _task_sheet(request: Request, session: Session, lookups: Lookups) -> Sheet:
    hits = search.find_tasks(session, lookups, SearchFilter.from_parameters(request.query_params))
    specs = schemas.TABLES["core.tasks"].column
    columns = [
        *NOTICE_COLUMNS,
        "指标",
        *(specs[name].label for name in TASK_COLUMNS),
        "牵头",
        "配合",
        "主题",
        "出处",
        "任务编号",
    ]
    tasks = search.load_tasks(session, [hit["task_id"] for hit in hits[:MAX_HITS]])
    rows = [
        [
            *_notice_cells(lookups, row["notice_id"]),
            " / ".join(step["name"] for step in row["path"]),
            *(row[name] for name in TASK_COLUMNS),
            row["leads"],
            row["supports"],
            lookups.topic(row["topic"]),
            _source_cell(lookups, row["notice_id"], row["locator"]),
            row["task_id"],
        ]
        for row in tasks
    ]
    caveat = lookups.caveat_of_tables([row["table_id"] for row in tasks])
    return Sheet("任务", columns, rows, _row_limit(hits), caveat, question=_describe_search(request))


def _indicator_sheet(request: Request, session: Session, lookups: Lookups) -> Sheet:
    hits = search.find_indicators(session, lookups, SearchFilter.from_parameters(request.query_params)) or []
    columns = [
        *NOTICE_COLUMNS,
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
    indicators = search.load_indicators(session, [hit["indicator_id"] for hit in hits[:MAX_HITS]])
    rows = [
        [
            *_notice_cells(lookups, row["notice_id"]),
            row["level"],
            " / ".join(step["name"] for step in row["path"]),
            row["code"],
            row["name"],
            row["points"],
            row["tasks"],
            row["bonus"],
            lookups.topic(row["topic"]),
            _source_cell(lookups, row["notice_id"], row["locator"]),
            row["indicator_id"],
        ]
        for row in indicators
    ]
    caveat = lookups.caveat_of_tables([row["table_id"] for row in indicators])
    return Sheet("指标", columns, rows, _row_limit(hits), caveat, question=_describe_search(request))


def _comparison_sheet(request: Request, session: Session, lookups: Lookups) -> Sheet:
    ids = compare.read_notice_ids(request, lookups)
    if len(ids) < compare.MIN_NOTICES:
        raise BadRequestError("请先选两份以上的通知再下载比较结果。")
    columns = ["主题"]
    for notice_id in ids:
        columns += [f"{lookups.label(notice_id)} {name}" for name in ("分值", "分值占比", "任务数", "任务占比")]
    rows = []
    bonus_only = compare.find_bonus_topics(session, ids)
    for topic in compare.compare_topics(session, lookups, ids):
        row: list[Any] = [lookups.topic(topic.topic)]
        for notice_id in ids:
            if (notice_id, topic.topic) in bonus_only:
                row += ["仅加分项", None, None, None]
                continue
            weights = topic.weights.get(notice_id, {})
            row += [weights.get(name) for name in ("points", "share", "tasks", "task_share")]
        rows.append(row)
    caveats = (lookups.kinds.describe(ids, filters=None), lookups.caveat_of_notices(ids))
    return Sheet("主题比较", columns, rows, caveat="。".join(filter(None, caveats)))


def _finding_sheet(request: Request, session: Session, lookups: Lookups) -> Sheet:
    findings = search.find_findings(session, search.read_finding_filters(request))
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
            code_label(row["severity"], "severity"),
            row["rule"],
            row["message"],
            row["declared"],
            row["computed"],
            lookups.label(row["notice_id"]),
            row["source_path"],
            row["locator"],
            row["dismissed"],
            row["task_id"],
            row["finding_id"],
        ]
        for row in findings[:MAX_HITS]
    ]
    return Sheet("问题", columns, rows, _row_limit(findings))


def _progress_sheet(request: Request, session: Session, lookups: Lookups) -> Sheet:
    scope = progress.build_scope(session, lookups, progress.read_filters(request, lookups))
    matching = session.rows(by_party(scope, MAX_HITS + 1))
    states = progress.STATUS_LABELS
    columns = ["通知", "责任单位", "任务数", *states.values(), "已逾期", "30天内到期", "完成率", "最近填报"]
    rows = [
        [
            lookups.label(row["notice_id"]),
            row["party"],
            row["tasks"],
            *(row[name] for name in states),
            row["overdue"],
            row["due_soon"],
            row["done_share"],
            row["reported"],
        ]
        for row in matching[:MAX_HITS]
    ]
    return Sheet("进展", columns, rows, _row_limit(matching), _progress_caveat(lookups, scope, matching))


def _burden_sheet(request: Request, session: Session, lookups: Lookups) -> Sheet:
    scope = progress.build_scope(session, lookups, progress.read_filters(request, lookups))
    matching = session.rows(queries_burden.hits(scope, get_parameter(request, "rule"), MAX_HITS + 1))
    rows = [
        [
            lookups.label(row["notice_id"]),
            row["party"],
            row["name"],
            row["amount"],
            row["unit"],
            row["wording"],
            row["requirement"],
            row["advice"],
            _source_cell(lookups, row["notice_id"], row["locator"]),
            row["task_id"],
        ]
        for row in matching[:MAX_HITS]
    ]
    columns = ["通知", "责任单位", "要求", "数量", "单位", "原文", "任务要求", "可以怎样减", "出处", "任务编号"]
    caveat = lookups.caveat_of_notices({row["notice_id"] for row in matching})
    return Sheet("减负对照", columns, rows, _row_limit(matching), caveat)


def _units_sheet(request: Request, session: Session, lookups: Lookups) -> Sheet:
    unit_id = get_parameter(request, "unit")
    matching = session.rows(queries_units.obligations(unit_id, MAX_HITS + 1))
    rows = [
        [
            row["unit"],
            row["place"],
            row["requirement"],
            code_label(row["role"], "role"),
            row["tasks"],
            row["notices"],
            row["due_on"],
            "；".join(row["deadlines"] or ()),
            "\n".join(row["thresholds"]),
            row["items_asked"],
            row["items_needed"],
            row["covered"],
            "\n".join(row["sources"]),
            "\n".join(row["suspect_sources"]),
            row["obligation_id"],
        ]
        for row in matching[:MAX_HITS]
    ]
    columns = ["单位", "所属", "要求", "角色", "任务数", "通知数", "最早到期", "各处时限", "最严的数量", "要求的件数"]
    columns += ["合并后件数", "已办结任务数", "各处出处", "疑似相同，请核对", "任务编号"]
    notices = {row["notice_id"] for row in session.rows(queries_units.notices_of(unit_id))}
    return Sheet("合并清单", columns, rows, _row_limit(matching), lookups.caveat_of_notices(notices))


def _overdue_sheet(request: Request, session: Session, lookups: Lookups) -> Sheet:
    scope = progress.build_scope(session, lookups, progress.read_filters(request, lookups))
    matching = session.rows(overdue(scope, MAX_HITS + 1))
    columns = ["逾期天数", "到期日", "未完成次数", "责任单位", "牵头或配合", "状态", "说明", "任务要求", "完成时限"]
    rows = [
        [
            row["days_overdue"],
            row["due_on"],
            row["missed"],
            row["party"],
            code_label(row["role"], "role"),
            code_label(row["status"], "progress") or "未填报",
            row["note"],
            row["requirement"],
            row["deadline"],
            lookups.label(row["notice_id"]),
            _source_cell(lookups, row["notice_id"], row["locator"]),
            row["task_id"],
        ]
        for row in matching[:MAX_HITS]
    ]
    caveat = _progress_caveat(lookups, scope, matching)
    return Sheet("逾期任务", [*columns, "通知", "出处", "任务编号"], rows, _row_limit(matching), caveat)


def _progress_caveat(lookups: Lookups, scope: ProgressScope, matching: Sequence[Mapping[str, Any]]) -> str:
    """Return which notices the rows count, and what is doubtful about them."""
    caveat = lookups.caveat_of_notices({row["notice_id"] for row in matching})
    return "。".join(filter(None, (progress.describe_counted(lookups, scope), caveat)))


def _question_sheet(request: Request, session: Session, lookups: Lookups) -> Sheet:
    question = questions.find_question(get_parameter(request, "number"))
    answer = questions.answer_question(request, session, lookups, question, limit=session.limits.download_rows)
    cut = session.limits.download_rows if answer.result.truncated else None
    return Sheet(
        question.title,
        answer.result.columns,
        answer.result.rows,
        cut,
        answer=answer,
        warnings=questions.describe_notices(lookups, answer),
    )


def _table_sheet(request: Request, session: Session, lookups: Lookups) -> Sheet:
    title, rows = load_table_rows(request, session)
    if not rows:
        raise QueryError("这张表没有内容。")
    return Sheet(title, rows[0], rows[1:])


def _describe_search(request: Request) -> str:
    words = get_parameter(request, "q")
    return f"查找：{words}" if words else ""


def _row_limit(hits: Sized) -> int | None:
    return MAX_HITS if len(hits) > MAX_HITS else None


SHEET_BUILDERS: Final[dict[str, Callable[[Request, Session, Lookups], Sheet]]] = {
    "tasks": _task_sheet,
    "indicators": _indicator_sheet,
    "compare": _comparison_sheet,
    "findings": _finding_sheet,
    "progress": _progress_sheet,
    "overdue": _overdue_sheet,
    "burden": _burden_sheet,
    "units": _units_sheet,
    "question": _question_sheet,
    "table": _table_sheet,
}
