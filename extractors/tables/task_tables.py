"""Whether a table lists tasks at all, or people, sums, results or blanks to fill in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from extractors import vocabulary
from extractors.parsers.column_headers import is_listed_header
from extractors.parsers.demands import LIMIT
from extractors.tables.column_features import ColumnFeatures
from extractors.tables.column_roles import ColumnRole, header_word_of
from extractors.tables.linear_model import load_model

TASKS, OTHER = "tasks", "other"
TASK_HEADER: Final = 8.0
"""工作任务 over 道德讲堂, 志愿服务: a header that asks for something makes names of things tasks."""
LEAST_TASK_LOG_ODDS: Final = -1.5
"""主次干道公益广告更新，占比不低于30% | 责任科室: a table of tasks without verbs reads like others, and tasks that
are lost cost more than a table that a person has to dismiss."""
_FULL_LENGTH: Final = 20.0
"""Mean length of short duties: 开展文明餐桌行动，制作公益广告."""
_CODE: Final = re.compile(r"[A-Za-z]{0,3}\d{2,18}")
_CODED: Final = 0.8
"""A501000, 7100, 02: so many cells of a column of account numbers are one."""
TABLE_NAMES: Final = (
    "requirement", "length", "sentence", "ended", "labelled", "number", "short", "distinct",
    "date", "party", "person", "verb", "columns", "numeric",
    "blank", "roster_words", "form_words", "person_columns", "date_columns", "party_columns", "points", "method",
    "evidence", "level", "longest", "most_verbs", "filled", "requirement_filled", "scoring", "demand", "adds_up",
    "codes",
)  # fmt: skip
"""The observed values of a table in the order of `table_values`."""


def table_values(
    columns: Sequence[str], features: Sequence[ColumnFeatures], roles: Sequence[ColumnRole], *, adds_up: bool
) -> list[float]:
    """Return what is observed of a table whose columns have roles: the values of `TABLE_NAMES`.

    Args:
        columns: the header text of each column.
        features: the features of each column.
        roles: the role of each column.
        adds_up: whether sections or a total state the sums of its points.
    """
    requirement = roles.index(ColumnRole.REQUIREMENT) if ColumnRole.REQUIREMENT in roles else None
    f = features[requirement] if requirement is not None else ColumnFeatures(0.0, 0.0, type(features[0].texts)())
    words = [part for column in columns for part in column.split("/")]
    filled = [g for c, g in enumerate(features) if g.texts and roles[c] is not ColumnRole.SERIAL]
    n = max(len(filled), 1)
    verbs = [_verbs(g) for g in features]
    return [
        float(requirement is not None),
        min(f.length / _FULL_LENGTH, 4.0),
        f.sentence,
        f.ended,
        f.labelled,
        f.number,
        f.short,
        f.distinct,
        f.date,
        f.party,
        f.person,
        verbs[requirement] if requirement is not None else 0.0,
        min(len(columns), 12) / 12,
        sum(g.number > 0.5 or g.serial > 0.5 for g in filled) / n,
        sum(not g.texts for g in features) / max(len(features), 1),
        min(sum(is_listed_header(w, "roster") for w in words), 4) / 4,
        min(sum(is_listed_header(w, "form") for w in words), 4) / 4,
        sum(g.person > 0.5 for g in filled) / n,
        sum(g.date > 0.5 for g in filled) / n,
        sum(g.party > 0.5 for g in filled) / n,
        float(ColumnRole.POINTS in roles),
        float(ColumnRole.METHOD in roles),
        float(ColumnRole.EVIDENCE in roles),
        float(ColumnRole.LEVEL in roles),
        min(max((g.length for g in features), default=0.0) / _FULL_LENGTH, 4.0),
        max(verbs, default=0.0),
        sum(g.filled for g in features if g.texts) / max(sum(bool(g.texts) for g in features), 1),
        f.filled,
        float(ColumnRole.SCORING in roles),
        f.share(LIMIT.search),
        float(adds_up),
        sum(g.share(_CODE.fullmatch) > _CODED for g in filled) / n,
    ]


def task_log_odds(values: Sequence[float], columns: Sequence[str], roles: Sequence[ColumnRole]) -> float:
    """Return the log-odds that a table lists tasks.

    Args:
        values: what is observed of it.
        columns: the header text of each column.
        roles: the role of each column.
    """
    scores = load_model("tables").log_probabilities(values)
    found = scores[TASKS] - scores[OTHER]
    if ColumnRole.REQUIREMENT in roles:
        word = header_word_of(columns[roles.index(ColumnRole.REQUIREMENT)])
        found += TASK_HEADER * word.weights.get("requirement", 0.0)
    return found


def _verbs(f: ColumnFeatures) -> float:
    """Return the share of texts that begin with the verb of a duty (开展, 1.建立)."""
    return sum(n for text, n in f.texts.items() if _duty_pattern().match(text)) / max(f.texts.total(), 1)


@cache
def _duty_pattern() -> re.Pattern[str]:
    return re.compile(
        r"\A[\d.．、（()）①-⑳一二三四五六七八九十]*"
        + vocabulary.alternation(vocabulary.load_toml("rows")["duty_verbs"])
    )
