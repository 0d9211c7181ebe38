"""Pages of the predefined questions: the list, and a question with its form and answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from starlette.requests import Request

from warehouse.clock import today
from warehouse.comparability import BY_FIELD, COMPARING_QUESTIONS
from warehouse.doubtful_tables import SEE_ORIGINAL
from warehouse.errors import QueryError
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Lookups
from warehouse.explorer.rendering import BadRequestError, NotFoundError, Page, get_parameter
from warehouse.explorer.search_params import parse_number
from warehouse.own_duties import SEE_FILTER
from warehouse.questions import DEFAULT_DAYS, Answer, Question, QuestionFilters, ask, find_notices, list_questions

FIELD_LABELS: Final[Mapping[str, str]] = {
    "notice": "通知",
    "other": "与哪些通知比",
    "topic": "主题",
    "party": "责任单位",
    "date": "起算日期",
    "days": "天数",
    "everything": "全部通知",
    "campaign": "创建类别",
    "level": "荣誉级别",
}
"""Label of each parameter in the form."""
MAX_LISTED: Final = 8
"""Maximum number of notices named below an answer."""
FORM_FIRST_NOTICES: Final = 300
"""With more notices than this, a question is answered only after the form was submitted."""
MAX_DAYS: Final = 3_660
_OPTION: Final = re.compile(r"(?<!\s)\s*--(" + "|".join(FIELD_LABELS) + r")(?![\w-])\s*")


def question_list(request: Request, session: Session, lookups: Lookups) -> Page:
    """Show all questions."""
    return Page("questions.html", {"questions": list_questions()})


def question(request: Request, session: Session, lookups: Lookups) -> Page:
    """Show a question with its form and its answer or an error message."""
    question = find_question(str(request.path_params["number"]))
    values = {name: get_parameter(request, name) for name in (*question.parameters, *kind_filters(question))}
    context: dict[str, object] = {"error": "", "answer": None, "words": "", "warnings": []}
    status = 200
    if len(lookups.notices) > FORM_FIRST_NOTICES and not request.query_params:
        context["error"] = f"仓库中有 {len(lookups.notices)} 份通知，全部算完较慢，请先选通知，或直接点“回答”。"
    else:
        try:
            answer = answer_question(request, session, lookups, question, limit=session.limits.rows)
            warnings = describe_notices(lookups, answer)
            context |= {"answer": answer, "words": replace_options(answer.message), "warnings": warnings}
        except (QueryError, BadRequestError) as error:
            context["error"], status = replace_options(str(error)), 400
    return Page(
        "question.html",
        {
            "question": question,
            "meanings": {name: replace_options(meaning) for name, meaning in question.parameters.items()},
            "fields": FIELD_LABELS,
            "kind_choices": {
                name: choices
                for name, choices in (("campaign", lookups.campaigns), ("level", lookups.award_levels))
                if name in kind_filters(question)
            },
            "values": values,
            "days": DEFAULT_DAYS,
            "listed": MAX_LISTED,
            "ids": session.cached(
                "ids by label", lambda _: {notice.label: notice.notice_id for notice in lookups.notices.values()}
            ),
            "parameters": {name: value for name, value in values.items() if value},
            **context,
        },
        status,
    )


def find_question(text: str) -> Question:
    """Return the question with this number.

    Raises:
        NotFoundError: There is no such question.
    """
    number = parse_number(text, default=0, minimum=0, maximum=999)
    for question in list_questions():
        if question.number == number:
            return question
    raise NotFoundError(f"没有这一题，题号为 1 到 {len(list_questions())}。")


def describe_notices(lookups: Lookups, answer: Answer) -> list[str]:
    """Return in Chinese which notices an answer counts, and how those it compares differ in kind."""
    counted = lookups.scopes.describe_question(answer.parameters, SEE_FILTER)
    mixture = lookups.kinds.describe_question(answer.question.number, answer.parameters, BY_FIELD)
    return [text for text in (counted, mixture) if text]


def kind_filters(question: Question) -> tuple[str, ...]:
    """Return the fields by which the notices of a question are restricted to one kind; a comparison has them."""
    return ("campaign", "level") if question.number in COMPARING_QUESTIONS else ()


def answer_question(request: Request, session: Session, lookups: Lookups, question: Question, *, limit: int) -> Answer:
    """Answer a question with the values of the form.

    Raises:
        BadRequestError: The date is invalid.
        QueryError: The values match nothing, or the query exceeds the time limit.
    """
    values = {name: get_parameter(request, name) for name in question.parameters}
    campaign, level = (
        (get_parameter(request, name) or None for name in kind_filters(question))
        if kind_filters(question)
        else (None, None)
    )

    def of_kind(names: tuple[str, ...]) -> tuple[str, ...]:
        if campaign is None and level is None:
            return names
        return tuple(lookups.kinds.select(session.run(lambda cursor: find_notices(cursor, names)), campaign, level))

    filters = QuestionFilters(
        notice=of_kind(split_names(values.get("notice", ""))),
        other=of_kind(split_names(values.get("other", ""))) if "other" in values else (),
        topic=values.get("topic") or None,
        party=values.get("party") or None,
        date=_parse_date(values.get("date", "")),
        days=parse_number(values.get("days"), default=DEFAULT_DAYS, minimum=0, maximum=MAX_DAYS),
        everything=bool(values.get("everything")),
    )
    return session.run(lambda cursor: ask(cursor, question, filters, today=today(), limit=limit, remedy=SEE_ORIGINAL))


def replace_options(text: str) -> str:
    """Replace command line options in a text by the labels of form fields."""
    return _OPTION.sub(lambda match: f"“{FIELD_LABELS[match[1]]}”", text)


def split_names(text: str) -> tuple[str, ...]:
    """Split names at 、, commas and semicolons; spaces are part of a name."""
    return tuple(stripped for name in re.split(r"[、，,；;]", text) if (stripped := name.strip()))


def _parse_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadRequestError(f"“{text}”不是日期，请写成 2023-08-01 的样子。") from error
