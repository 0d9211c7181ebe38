"""The clock of the project: what day it is where the notices apply, whatever the time zone of the machine."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

ZONE_NAME: Final = "Asia/Shanghai"
CHINA: Final = ZoneInfo(ZONE_NAME)


def today() -> date:
    """Return the date in China; `current_date` is the same day on every connection of `warehouse.store`."""
    return datetime.now(CHINA).date()
