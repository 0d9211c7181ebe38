"""Today is the day in China, on every connection and cursor, whatever the time zone of the machine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.warehouse.progress_frames import Duty, frames, notice_rows
from warehouse import clock, store

FAR_ZONES = ("Pacific/Kiritimati", "Etc/GMT+12")
"""26 hours apart: at any time at least one of them has another day than China."""


@pytest.mark.parametrize("zone", FAR_ZONES)
def test_the_database_has_the_day_in_china(
    tmp_path: Path, few_views: Callable[..., None], monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    few_views()
    monkeypatch.setenv("TZ", zone)
    path = tmp_path / "w.duckdb"
    store.publish(path, add=frames(notice_rows(1, (Duty("报送总结"),))))
    with closing(store.connect(path)) as connection:
        for session in (connection, connection.cursor()):
            before = clock.today()
            ((day, used),) = session.execute("SELECT current_date, current_setting('TimeZone')").fetchall()
            assert (used, before <= day <= clock.today()) == ("Asia/Shanghai", True)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 29, 15, 59, tzinfo=ZoneInfo("UTC")), date(2026, 11, 29)),
        (datetime(2026, 11, 29, 16, 0, tzinfo=ZoneInfo("UTC")), date(2026, 11, 30)),
    ],
)
def test_the_day_begins_at_midnight_in_china(monkeypatch: pytest.MonkeyPatch, moment: datetime, day: date) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            assert tz is clock.CHINA
            return moment.astimezone(clock.CHINA)

    monkeypatch.setattr(clock, "datetime", Clock)
    assert clock.today() == day
