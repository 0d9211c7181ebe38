"""The prepared questions: one SQL file each in this folder, whose head defines how it is found, asked and shown.

`definitions.py` reads the files, `answers.py` answers, `conclusions/` puts the rows into a sentence, `layouts.py` lays
them out, `context.py` says which notices were left out and where the figures come from. Command line, explorer,
notebooks, workbooks and reports show what is answered here and count nothing themselves.
"""

from __future__ import annotations

from warehouse.questions.answers import Answer, QuestionFilters, answer, ask, find_notices, find_topic, require_taken
from warehouse.questions.context import LeftOut, Source
from warehouse.questions.definitions import (
    DEFAULT_DAYS,
    GROUPS,
    PARAMETERS,
    Parameter,
    Question,
    find_questions,
    get_question,
    list_questions,
    read_question,
    suggest_questions,
)
from warehouse.questions.layouts import Chart, Panel

__all__ = [
    "DEFAULT_DAYS",
    "GROUPS",
    "PARAMETERS",
    "Answer",
    "Chart",
    "LeftOut",
    "Panel",
    "Parameter",
    "Question",
    "QuestionFilters",
    "Source",
    "answer",
    "ask",
    "find_notices",
    "find_questions",
    "find_topic",
    "get_question",
    "list_questions",
    "read_question",
    "require_taken",
    "suggest_questions",
]
