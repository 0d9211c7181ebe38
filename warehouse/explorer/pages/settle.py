"""What forms send: every request that changes something, from the right of the visitor to the way back to the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from extractors.corrections import is_same_value
from warehouse.explorer.access import SEAL_FIELD, may_edit
from warehouse.explorer.editing import EditError, Editing, LayoutRequest, Preview, RowPlace, Why
from warehouse.explorer.rendering import WHO_COOKIE, BadRequestError, NotFoundError, Page, Site
from warehouse.explorer.search_params import parse_serial
from warehouse.explorer.security import to_local_path
from warehouse.explorer.submitted import Submitted, read_submitted

WHO_SECONDS: Final = 365 * 24 * 3600
OPINIONS: Final = {"dismiss": "无需处理", "confirm": "核对无误"}
"""What a person may say of a finding."""
CONFIRMED_REASON: Final = "与原件核对无误"
"""The reason of a confirmation for which none was written."""
NO_UNIT: Final = "----"
FIELD_PREFIX: Final = "field."
SEEN_PREFIX: Final = "seen."
OUTDATED_FORM: Final = "这个页面打开得太久，或服务已重新启动，没有保存。请返回上一页刷新后重新提交。"
Change = Callable[[Editing, Submitted, Why], int | Page]
"""Makes a change and returns the number of its job, or a page to show instead."""


def change_endpoint(site: Site, change: Change) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of a form: only editors, only forms of this server, one answer for all errors."""

    async def respond(request: Request) -> Response:
        editing = site.editing
        if editing is None or not may_edit(request):
            return site.render(request, make_refusal(site))
        async with read_submitted(request, editing.max_upload_bytes) as form:
            if not site.seal.is_valid(request, form.value(SEAL_FIELD)):
                raise BadRequestError(OUTDATED_FORM)
            try:
                done = await run_in_threadpool(change, editing, form, _read_why(form))
            except EditError as error:
                page = {"title": "没有保存", "message": str(error), "remedy": "请返回上一页修改后重新提交。"}
                return site.render(request, Page("error.html", page, 422))
        if isinstance(done, Page):
            return site.render(request, done)
        response = RedirectResponse(_address_with_job(form.value("next"), done), 303)
        response.set_cookie(
            WHO_COOKIE,
            quote(form.value("who")),
            max_age=WHO_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    return respond


def job_state(editing: Editing) -> Callable[[Request], Response]:
    """Return the endpoint that tells the state of a job as JSON, for the script of the page."""

    def respond(request: Request) -> Response:
        number = parse_serial(request.path_params["job_id"])
        job = editing.find_job(number) if may_edit(request) else None
        if job is None:
            raise NotFoundError("没有这项处理。")
        return JSONResponse(
            {
                "state": job.state,
                "over": job.is_over,
                "done": job.done,
                "total": job.total,
                "title": job.title,
                "lines": list(job.lines),
            }
        )

    return respond


def settle_findings(editing: Editing, form: Submitted, why: Why) -> int:
    """Dismiss or confirm findings."""
    opinion = form.value("opinion")
    if opinion not in OPINIONS:
        raise BadRequestError("请选择“核对无误”或“无需处理”。")
    if opinion == "confirm" and not why.reason:
        why = Why(why.who, CONFIRMED_REASON)
    return editing.settle_findings(form.fields.get("finding", []), OPINIONS[opinion], why)


def correct_row(editing: Editing, form: Submitted, why: Why) -> int:
    """Correct the fields of a row that were changed in the form."""
    place = RowPlace(form.value("notice"), form.value("locator"), form.value("task") or None)
    values = {}
    for name in form.fields:
        if name.startswith(FIELD_PREFIX):
            field = name.removeprefix(FIELD_PREFIX)
            seen, value = form.text(SEEN_PREFIX + field), form.text(name)
            if not is_same_value(seen, value):
                values[field] = (seen, value)
    return editing.correct(place, values, why)


def settle_unit(editing: Editing, form: Submitted, why: Why) -> int:
    """Record what a printed form of a unit stands for."""
    name = NO_UNIT if form.value("no_unit") else form.value("name")
    return editing.settle_unit(form.value("printed"), name, form.value("function"), why)


def settle_layout(editing: Editing, form: Submitted, why: Why) -> int | Page:
    """Record a decision about a table, or show first what it would change."""
    request = LayoutRequest(
        form.value("table"), _read_choices(form, "column", "role"), _read_choices(form, "row", "row_class"),
        accept=bool(form.value("accept")),
    )  # fmt: skip
    if not form.value("preview"):
        return editing.settle_layout(request, why)
    preview = editing.preview_layout(request)
    return _preview_page(request, preview, form)


def undo(editing: Editing, form: Submitted, why: Why) -> int:
    """Withdraw an earlier change."""
    return editing.undo(parse_serial(form.value("number")), why)


def _preview_page(request: LayoutRequest, preview: Preview, form: Submitted) -> Page:
    return Page(
        "preview.html",
        {
            "request": request,
            "preview": preview,
            "choices": [*request.columns, *request.rows, *(["现在读得对"] if request.accept else [])],
            "next": to_local_path(form.value("next") or "/"),
            "reason": form.value("reason"),
        },
    )


def _read_choices(form: Submitted, name: str, value: str) -> list[str]:
    """Return `name=value` for each pair of fields, and for each field that holds a whole choice."""
    pairs = zip(form.fields.get(name, []), form.fields.get(value, []), strict=False)
    chosen = [f"{one}={other}" for one, other in pairs if one and other]
    return [*chosen, *(choice for choice in form.fields.get(f"{name}_choice", []) if choice)]


def _read_why(form: Submitted) -> Why:
    return Why(form.value("who"), form.value("reason"))


def make_refusal(site: Site) -> Page:
    """Return the page for a visitor who may not change anything."""
    remedy = "请先用编辑口令登录。" if site.has_editors else "要在网页上更正，请用编辑口令启动资料库。"
    return Page("error.html", {"title": "不能修改", "message": "这里只供查看。", "remedy": remedy}, 403)


def _address_with_job(target: str, job: int) -> str:
    """Return the page to go back to, with the job whose result it waits for."""
    parts = urlsplit(to_local_path(target or "/"))
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "job"]
    address = f"{parts.path}?{urlencode([*query, ('job', str(job))])}"
    return f"{address}#{parts.fragment}" if parts.fragment else address
