"""What functions of assets and warehouse answer to short texts, line by line as in the tables of `tests/writings`.

Like `tests/readings` these are no truth, but what is answered today: an answer that changes on purpose changes its
lines. `tests.extractors.keep_readings --under warehouse` adds texts that notice what no other does.
"""

from __future__ import annotations

import pytest

from tests.answers import SUBJECTS, WRITINGS
from tests.extractors.readings import reading, table_of, text_of_table

UPDATE = ".venv/bin/pytest --update-golden tests/warehouse/test_answers.py"
SHOWN = 5


@pytest.mark.parametrize("subject", sorted(SUBJECTS))
def test_every_short_text_is_answered_as_kept(subject: str, update_golden: bool) -> None:
    kept = table_of(subject, WRITINGS)
    now = [(given, reading(subject, given, SUBJECTS)) for given, _ in kept]
    if update_golden:
        (WRITINGS / f"{subject}.jsonl").write_text(text_of_table(now), "utf-8", newline="\n")
        return
    changed = [
        f"{given!r}\n  kept: {was}\n  now:  {found}"
        for (given, was), (_, found) in zip(kept, now, strict=True)
        if was != found
    ]
    assert not changed, "\n".join([f"{len(changed)} lines differ; if this is meant: {UPDATE}", *changed[:SHOWN]])


def test_every_table_has_a_subject_and_says_each_text_once() -> None:
    assert {path.stem for path in WRITINGS.glob("*.jsonl")} == set(SUBJECTS)
    for subject in SUBJECTS:
        given = [text for text, _ in table_of(subject, WRITINGS)]
        assert len(set(given)) == len(given) > 5
