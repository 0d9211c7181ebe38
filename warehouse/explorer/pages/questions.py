"""The analyst's questions: the list, and the answer to one of them narrowed by a form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from starlette.requests import Request

from warehouse.errors import QueryError
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Catalog
from warehouse.explorer.rendering import NotFoundError, Page, WrongRequestError, parameter
from warehouse.explorer.search_params import number
from warehouse.questions import DEFAULT_DAYS, Answer, Question, QuestionFilters, ask, list_questions

FIELDS: Final[Mapping[str, str]] = {
    "notice": "通知",
    "other": "与哪些通知比",
    "topic": "主题",
    "party": "责任单位",
    "date": "起算日期",
    "days": "天数",
}
"""What a parameter of a question is called in the form."""
LISTED: Final = 8
"""Notices that are named below an answer."""
ASK_FIRST: Final = 300
"""Notices above which a question is not answered before the form was sent."""
LONGEST_PERIOD: Final = 3_660
_OPTION: Final = re.compile(r"(?<!\s)\s*--(" + "|".join(FIELDS) + r")(?![\w-])\s*")


def listed(request: Request, session: Session, known: Catalog) -> Page:
    """All questions."""
    return Page("questions.html", {"questions": list_questions()})


def question(request: Request, session: Session, known: Catalog) -> Page:
    """One question with its form and its answer; what is wrong with the form is said above it."""
    asked = chosen(str(request.path_params["number"]))
    given = {name: parameter(request, name) for name in asked.parameters}
    context: dict[str, object] = {"error": "", "answer": None, "words": ""}
    status = 200
    if len(known.notices) > ASK_FIRST and not request.query_params:
        context["error"] = f"仓库中有 {len(known.notices)} 份通知，全部算完较慢，请先选通知，或直接点“回答”。"
    else:
        try:
            found = answer(request, session, asked, limit=session.limits.rows)
            context |= {"answer": found, "words": for_a_form(found.message)}
        except (QueryError, WrongRequestError) as error:
            context["error"], status = for_a_form(str(error)), 400
    return Page(
        "question.html",
        {
            "question": asked,
            "meanings": {name: for_a_form(meaning) for name, meaning in asked.parameters.items()},
            "fields": FIELDS,
            "given": given,
            "days": DEFAULT_DAYS,
            "listed": LISTED,
            "ids": session.once("ids by label", lambda _: {one.label: one.notice_id for one in known.notices.values()}),
            "parameters": {name: value for name, value in given.items() if value},
            **context,
        },
        status,
    )


def chosen(text: str) -> Question:
    """The question of this number. Raises NotFoundError."""
    wanted = number(text, default=0, least=0, most=999)
    for one in list_questions():
        if one.number == wanted:
            return one
    raise NotFoundError(f"没有这一题，题号为 1 到 {len(list_questions())}。")


def answer(request: Request, session: Session, asked: Question, *, limit: int) -> Answer:
    """The answer as the form narrows it. Raises QueryError, TooSlowError, WrongRequestError for a date that is none."""
    given = {name: parameter(request, name) for name in asked.parameters}
    wishes = QuestionFilters(
        notice=names(given.get("notice", "")),
        other=names(given.get("other", "")),
        topic=given.get("topic") or None,
        party=given.get("party") or None,
        date=_day(given.get("date", "")),
        days=number(given.get("days"), default=DEFAULT_DAYS, least=0, most=LONGEST_PERIOD),
    )
    return session.use(lambda cursor: ask(cursor, asked, wishes, today=date.today(), limit=limit))


def for_a_form(words: str) -> str:
    """Words that name an option of the command line, naming the field of the form instead."""
    return _OPTION.sub(lambda found: f"“{FIELDS[found[1]]}”", words)


def names(text: str) -> tuple[str, ...]:
    """Several notices are parted by 、 or a comma; a blank is part of a name."""
    return tuple(part for one in re.split(r"[、，,；;]", text) if (part := one.strip()))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise WrongRequestError(f"“{text}”不是日期，请写成 2023-08-01 的样子。") from error
