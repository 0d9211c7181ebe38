"""Pages of the predefined questions: the list by groups, and a question with its form and answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from starlette.requests import Request

from warehouse.clock import today
from warehouse.comparability import BY_FIELD, COMPARING_QUESTIONS
from warehouse.doubtful_tables import SEE_ORIGINAL
from warehouse.errors import QueryError
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Lookups, NoticeLabel
from warehouse.explorer.rendering import MAX_ID_LENGTH, BadRequestError, NotFoundError, Page, get_parameter
from warehouse.explorer.search_params import clean_text, parse_number
from warehouse.own_duties import SEE_FILTER
from warehouse.questions import (
    DEFAULT_DAYS,
    GROUPS,
    PARAMETERS,
    Answer,
    Question,
    QuestionFilters,
    ask,
    find_notices,
    find_questions,
    list_questions,
    suggest_questions,
)

KIND_LABELS: Final[Mapping[str, str]] = MappingProxyType({"campaign": "创建类别", "level": "荣誉级别"})
"""The fields by which the notices of a comparison are restricted to one kind, with their labels."""
MAX_LISTED: Final = 8
"""Maximum number of notices named below an answer."""
MAX_LEFT_OUT: Final = 100
"""Maximum number of notices left out that the page lists."""
MAX_CHOICES: Final = 60
"""With more notices than this, their names are typed instead of picked from a list."""
FORM_FIRST_NOTICES: Final = 300
"""With more notices than this, a question is answered only after the form was submitted."""
MAX_DAYS: Final = 3_660
MAX_PARTS: Final = 100
"""Maximum number of notices that a parameter names."""


def question_list(request: Request, session: Session, lookups: Lookups) -> Page:
    """Show all questions by group, or those that hold the words searched for."""
    words = get_parameter(request, "q")
    found = find_questions(words) if words else list_questions()
    groups = {group: [one for one in found if one.group == group] for group in GROUPS}
    return Page(
        "questions.html",
        {
            "words": words,
            "groups": {group: listed for group, listed in groups.items() if listed},
            "count": len(list_questions()),
            "near": [] if found else suggest_questions(words),
        },
    )


def question(request: Request, session: Session, lookups: Lookups) -> Page:
    """Show a question with its form and its answer or an error message."""
    question = find_question(str(request.path_params["number"]))
    values = read_values(request, question)
    context: dict[str, object] = {"error": "", "answer": None, "warnings": []}
    status = 200
    if len(lookups.notices) > FORM_FIRST_NOTICES and not request.query_params:
        context["error"] = f"仓库中有 {len(lookups.notices)} 份通知，全部算完较慢，请先选通知，或直接点“回答”。"
    else:
        try:
            answer = answer_question(request, session, lookups, question, limit=session.limits.rows)
            context |= {"answer": answer, "warnings": describe_notices(lookups, answer)}
        except (QueryError, BadRequestError) as error:
            context["error"], status = str(error), 400
    return Page(
        "question.html",
        {
            "question": question,
            "fields": [PARAMETERS[name] for name in question.parameters],
            "kind_choices": {
                name: (KIND_LABELS[name], choices)
                for name, choices in (("campaign", lookups.campaigns), ("level", lookups.award_levels))
                if name in kind_filters(question)
            },
            "values": values,
            "chosen": {
                name: _find_chosen(lookups, parts) for name, parts in values.items() if isinstance(parts, tuple)
            },
            "choices": list(lookups.notices.values()) if len(lookups.notices) <= MAX_CHOICES else [],
            "days": DEFAULT_DAYS,
            "listed": MAX_LISTED,
            "most": MAX_LEFT_OUT,
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


def read_values(request: Request, question: Question) -> dict[str, str | tuple[str, ...]]:
    """Return the values of the form by field: of notices the names and ids given, of others a text."""
    return {
        name: _read_notices(request, name)
        if name in PARAMETERS and PARAMETERS[name].picker == "notices"
        else get_parameter(request, name)
        for name in (*question.parameters, *kind_filters(question))
    }


def describe_notices(lookups: Lookups, answer: Answer) -> list[str]:
    """Return in Chinese which notices an answer counts, and how those it compares differ in kind."""
    counted = lookups.scopes.describe_question(answer.parameters, SEE_FILTER)
    mixture = lookups.kinds.describe_question(answer.question.number, answer.parameters, BY_FIELD)
    return [text for text in (counted, mixture) if text]


def kind_filters(question: Question) -> tuple[str, ...]:
    """Return the fields by which the notices of a question are restricted to one kind; a comparison has them."""
    return tuple(KIND_LABELS) if question.number in COMPARING_QUESTIONS else ()


def answer_question(request: Request, session: Session, lookups: Lookups, question: Question, *, limit: int) -> Answer:
    """Answer a question with the values of the form.

    Raises:
        BadRequestError: The date is invalid.
        QueryError: The values match nothing, or the query exceeds the time limit.
    """
    values: Mapping[str, Any] = read_values(request, question)
    campaign, level = (values.get(name) or None for name in KIND_LABELS)

    def of_kind(names: tuple[str, ...]) -> tuple[str, ...]:
        if campaign is None and level is None:
            return names
        return tuple(lookups.kinds.select(session.run(lambda cursor: find_notices(cursor, names)), campaign, level))

    filters = QuestionFilters(
        notice=of_kind(values["notice"]) if "notice" in values else (),
        other=of_kind(values["other"]) if "other" in values else (),
        topic=values.get("topic") or None,
        party=values.get("party") or None,
        date=_parse_date(values.get("date", "")),
        days=parse_number(values.get("days"), default=DEFAULT_DAYS, minimum=0, maximum=MAX_DAYS),
        everything=bool(values.get("everything")),
    )
    return session.run(lambda cursor: ask(cursor, question, filters, today=today(), limit=limit, remedy=SEE_ORIGINAL))


def split_names(text: str) -> tuple[str, ...]:
    """Split names at 、, commas and semicolons; spaces are part of a name."""
    return tuple(stripped for name in re.split(r"[、，,；;]", text) if (stripped := name.strip()))


def _read_notices(request: Request, name: str) -> tuple[str, ...]:
    """Return the parts of names and the ids of a parameter that may be given several times."""
    texts = [clean_text(text)[:MAX_ID_LENGTH] for text in request.query_params.getlist(name)[:MAX_PARTS]]
    return tuple(dict.fromkeys(part for text in texts for part in split_names(text)))


def _find_chosen(lookups: Lookups, parts: Sequence[str]) -> frozenset[str]:
    """Return the ids of the notices that the parts name."""
    return frozenset(notice.notice_id for notice in lookups.notices.values() if _is_named(notice, parts))


def _is_named(notice: NoticeLabel, parts: Sequence[str]) -> bool:
    names = " ".join(filter(None, (notice.label, notice.place, notice.unit, notice.title, notice.source_path)))
    return any(part == notice.notice_id or part in names for part in parts)


def _parse_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadRequestError(f"“{text}”不是日期，请写成 2023-08-01 的样子。") from error
