"""Notices whose fields are not all read right yet: never worse than they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.extractors.golden import notices
from tests.extractors.notice.measured import least
from tests.extractors.notice.scoring import f1
from tests.extractors.notice.test_gold import LEAST
from tests.extractors.published import extraction_of
from tests.extractors.test_golden import MARKS


@pytest.mark.parametrize(
    "notice",
    [
        pytest.param(path, id=path.name, marks=MARKS.get(path.parent.name, []))
        for path in notices()
        if path.name.split(".", 1)[0] in least()
    ],
)
def test_no_notice_is_read_worse(notice: Path, gold: Path) -> None:
    slug = notice.name.split(".", 1)[0]
    assert f1(extraction_of(notice), gold / slug) >= least()[slug][notice.parent.name]


def test_every_truth_has_its_measure(gold: Path) -> None:
    slugs = {path.parent.name for path in gold.glob("*/tasks.jsonl")}
    assert slugs == least().keys() | LEAST.keys()
    assert not least().keys() & LEAST.keys()


def test_every_measured_format_is_there() -> None:
    there = {(path.name.split(".", 1)[0], path.parent.name) for path in notices()}
    assert {(slug, file_format) for slug, formats in least().items() for file_format in formats} <= there
