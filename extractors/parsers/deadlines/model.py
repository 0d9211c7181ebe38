"""What a deadline is, and the period and stages it is read against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    """The days a notice covers (either may be unknown) and its year."""

    start: date | None = None
    end: date | None = None
    year: int | None = None

    def base_year(self) -> int | None:
        """The year of a date that writes none, before the period moves it."""
        day = self.start or self.end
        return self.year or (day.year if day else None)


@dataclass(frozen=True, slots=True)
class Stage:
    """A dated stage of the notice's plan; both days included."""

    name: str
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """One reading of a deadline text.

    `kind`: window (from..to), by (start open), recurring (RRULE), event, ongoing, unknown. Days are inclusive and None
    where the text or the missing year leaves them open. `recurrence` is an RRULE whose occurrences are the due days.
    `anchor` is the event, festival or stage it hangs on. `raw` is an exact piece of the text.
    """

    kind: str
    starts_on: date | None
    ends_on: date | None
    recurrence: str | None
    anchor: str | None
    raw: str
