"""Values that a column of the warehouse cannot hold are left out; those at its bounds are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from extractors.notice import derived_facts
from extractors.parsers.deadlines.parser import read_deadlines
from extractors.parsers.evidence import read_evidence
from extractors.parsers.thresholds import read_thresholds
from tests.extractors.notice.build import drawn, notice

TABLE = drawn(
    ("序号", "任务要求", "材料要求", "完成时限"),
    ("1", "开展志愿服务活动，参与率不低于90%", "活动照片2张", "3月31日前"),
    ("2", "整治市容", "", ""),
)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """What is read of a text is kept by the product, here too."""
    kept = (derived_facts._evidence_of, derived_facts._thresholds_of)
    for one in kept:
        one.cache_clear()
    yield
    for one in kept:
        one.cache_clear()


@pytest.mark.parametrize(
    ("day", "is_kept"),
    [
        (date(1979, 12, 31), False),
        (date(1980, 1, 1), True),
        (date(1980, 1, 2), True),
        (date(2100, 12, 30), True),
        (date(2100, 12, 31), True),
        (date(2101, 1, 1), False),
    ],
)
def test_days_of_two_lifetimes(monkeypatch: pytest.MonkeyPatch, day: date, is_kept: bool) -> None:
    monkeypatch.setattr(
        derived_facts, "read_deadlines", lambda *given: [replace(one, ends_on=day) for one in read_deadlines(*given)]
    )
    (found,) = notice(TABLE).task_deadlines
    assert (found.ends_on, found.kind) == ((day, "by") if is_kept else (None, "unknown"))


@pytest.mark.parametrize(
    ("count", "kept"), [(-1, None), (0, 0), (1, 1), (2**31 - 2, 2**31 - 2), (2**31 - 1, 2**31 - 1), (2**31, None)]
)
def test_counts_of_materials(monkeypatch: pytest.MonkeyPatch, count: int, kept: int | None) -> None:
    monkeypatch.setattr(
        derived_facts, "read_evidence", lambda text, _: [replace(one, min_count=count) for one in read_evidence(text)]
    )
    (found,) = notice(TABLE).task_evidence
    assert (found.min_count, found.min_words) == (kept, None)


@pytest.mark.parametrize(
    ("points", "kept"),
    [
        ("-0.001", None),
        ("0", "0"),
        ("1.25", "1.25"),
        ("1.234", "1.234"),
        ("1.2345", "1.234"),
        ("1.23451", "1.235"),
        ("999998", "999998"),
        ("999999", "999999"),
        ("999999.001", None),
    ],
)
def test_points_of_materials(monkeypatch: pytest.MonkeyPatch, points: str, kept: str | None) -> None:
    value = Decimal(points)
    monkeypatch.setattr(
        derived_facts, "read_evidence", lambda text, _: [replace(one, points=value) for one in read_evidence(text)]
    )
    (found,) = notice(TABLE).task_evidence
    assert (None if found.points is None else str(found.points)) == kept


@pytest.mark.parametrize(
    ("value", "is_kept"), [(10**13 - 1, True), (1 - 10**13, True), (10**13, False), (-(10**13), False)]
)
def test_values_of_thresholds(monkeypatch: pytest.MonkeyPatch, value: int, is_kept: bool) -> None:
    monkeypatch.setattr(
        derived_facts,
        "read_thresholds",
        lambda text, **more: [one._replace(value=Decimal(value)) for one in read_thresholds(text, **more)],
    )
    assert [one.value for one in notice(TABLE).task_thresholds] == ([value] if is_kept else [])
