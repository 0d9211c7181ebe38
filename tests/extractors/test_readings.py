"""What is read of short texts, compared line by line with the tables of `tests/readings`.

Like the golden files these are no truth, but what is read today: a reading that changes on purpose changes its lines.
"""

from __future__ import annotations

import pytest

from tests.extractors.readings import READINGS, SUBJECTS, UPDATE, reading, table_of, text_of_table

SHOWN = 5


@pytest.mark.parametrize("subject", sorted(SUBJECTS))
def test_every_short_text_is_read_as_kept(subject: str, update_golden: bool) -> None:
    kept = table_of(subject)
    now = [(given, reading(subject, given)) for given, _ in kept]
    if update_golden:
        (READINGS / f"{subject}.jsonl").write_text(text_of_table(now), "utf-8", newline="\n")
        return
    changed = [
        f"{given!r}\n  kept: {was}\n  now:  {found}"
        for (given, was), (_, found) in zip(kept, now, strict=True)
        if was != found
    ]
    assert not changed, "\n".join([f"{len(changed)} lines differ; if this is meant: {UPDATE}", *changed[:SHOWN]])


def test_every_table_has_a_subject_and_says_each_text_once() -> None:
    assert {path.stem for path in READINGS.glob("*.jsonl")} == set(SUBJECTS)
    for subject in SUBJECTS:
        given = [text for text, _ in table_of(subject)]
        assert len(set(given)) == len(given) > 20
