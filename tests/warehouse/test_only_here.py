"""What is said to be asked by one city only, or to be lacking in a notice, is so: read by hand on the five notices."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.match_model.truth import read_rows
from tests.warehouse.conftest import Ask
from warehouse import store
from warehouse.questions import QuestionFilters, ask, get_question
from warehouse.transform.match_model import ANSWER_CONFIDENCE, CANDIDATE_CONFIDENCE

ONLY_HERE = 2
GAPS = """
SELECT a.place, b.place, g.requirement
FROM mart.coverage_gaps AS g JOIN mart.notice_labels AS a USING (notice_id)
JOIN mart.notice_labels AS b ON b.notice_id = g.other_notice_id WHERE g.kind = 'task'
"""


def judged(claim: str) -> list[tuple[str, str, str, bool]]:
    rows = [row for row in read_rows("claims.csv") if row["claim"] == claim]
    return [(row["place"], row["other"], row["text"], row["right"] == "1") for row in rows]


def test_what_is_asked_by_one_city_only_was_read(five: Path) -> None:
    with closing(store.connect(five)) as connection:
        answer = ask(connection, get_question(ONLY_HERE), QuestionFilters(), today=date(2024, 1, 1))
    names = [*answer.result.columns]
    claims = [(row[names.index("城市")], str(row[names.index("首条要求")])) for row in answer.result.rows]
    verdicts = [
        right
        for place, text in claims
        for at, _, head, right in judged("only")
        if at == place and text.startswith(head)
    ]
    assert len(verdicts) == len(claims) > 0
    assert verdicts.count(False) * 20 <= len(verdicts)


def test_gaps_are_gaps(five_rows: Ask) -> None:
    claims = five_rows(GAPS)
    made = [
        right
        for place, other, head, right in judged("gap")
        if any((a, b) == (place, other) and text.startswith(head) for a, b, text in claims)
    ]
    assert made.count(True) >= 30
    assert made.count(False) * 20 <= len(made)


def test_whoever_has_a_candidate_or_speaks_of_the_same_subject_lacks_nothing(five_rows: Ask) -> None:
    assert five_rows(
        "SELECT count(*) FROM mart.coverage_gaps AS g JOIN mart.match_candidates AS c "
        "ON c.task_a = g.task_id AND c.notice_b = g.notice_id"
    ) == [(0,)]
    assert five_rows(
        "SELECT count(*) FROM mart.coverage_gaps AS g JOIN mart.task_subjects AS s USING (task_id) "
        "JOIN core.tasks AS t ON t.notice_id = g.notice_id "
        "JOIN mart.task_subjects AS o ON o.task_id = t.task_id AND o.subject = s.subject AND o.is_specific"
    ) == [(0,)]


def test_candidates_are_no_answers(five_rows: Ask) -> None:
    assert five_rows("SELECT count(*) FROM mart.topic_crosswalk JOIN mart.match_candidates USING (task_a, task_b)") == [
        (0,)
    ]
    assert five_rows(f"SELECT min(confidence) >= {ANSWER_CONFIDENCE} FROM mart.topic_crosswalk") == [(True,)]
    ((least, most),) = five_rows("SELECT min(confidence), max(confidence) FROM mart.match_candidates")
    assert CANDIDATE_CONFIDENCE <= float(str(least)) < float(str(most)) < ANSWER_CONFIDENCE


def test_an_answer_says_why(five_rows: Ask) -> None:
    rows = five_rows("SELECT reason, basis, similarity FROM mart.topic_crosswalk WHERE basis <> 'review'")
    assert all("文字" in str(reason) for reason, *_ in rows)
    assert {basis for _, basis, _ in rows} == {"wording", "meaning"}
    assert all((float(str(similarity)) >= 0.2) == (basis == "wording") for _, basis, similarity in rows)


@pytest.fixture(scope="module")
def five_rows(five: Path) -> Ask:
    def rows(sql: str, *values: object) -> list[tuple[object, ...]]:
        with closing(store.connect(five)) as connection:
            return connection.execute(sql, list(values)).fetchall()

    return rows
