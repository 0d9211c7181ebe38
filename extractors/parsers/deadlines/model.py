"""The result of the deadline grammar, and the period and stages it is resolved against."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from extractors.normalize import OffsetText

FIRST_YEAR: Final = 1980
LAST_YEAR: Final = 2100
"""Years that a notice can mean; 2101年1月1日前 in one of 2022 is a slip of the pen."""
DeadlineKind = Literal["window", "by", "recurring", "event", "ongoing", "unknown"]
"""A window has both ends, `by` an open start, `recurring` an RRULE; `ongoing` leaves the time open."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a notice covers (either may be unknown) and its year."""

    start: date | None = None
    end: date | None = None
    year: int | None = None

    def base_year(self) -> int | None:
        """Return the year for dates that write none, before the period moves them."""
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
    """One deadline of a text.

    Days are inclusive, and None if the text or a missing year leaves them open.

    Attributes:
        kind: See `DeadlineKind`.
        starts_on: The first day.
        ends_on: The last day.
        recurrence: An RRULE whose occurrences are the due days.
        anchor: The event, holiday or stage it depends on.
        raw: The exact piece of the text.
        is_unread: Whether words beside a date limit it in a way that no rule reads, or it is in no calendar (6月31日);
            the days are then None.
    """

    kind: DeadlineKind
    starts_on: date | None
    ends_on: date | None
    recurrence: str | None
    anchor: str | None
    raw: str
    is_unread: bool = False


@dataclass(slots=True)
class DeadlineMatch:
    """One deadline with its position in the normalized text.

    Attributes:
        anchors: Events, holidays or stages it depends on.
        origin: The rule that found it: window, every, holiday, event.
        is_explicit: Whether a recurrence names its day.
        is_unread: Whether words after it limit it in a way that no rule reads, or it is in no calendar.
        is_summary: Whether a word for several holidays (传统节日) stands for it.
    """

    kind: DeadlineKind
    starts_on: date | None
    ends_on: date | None
    start: int
    end: int
    recurrence: str | None = None
    anchors: list[str] = field(default_factory=list)
    origin: str = "window"
    is_explicit: bool = True
    is_unread: bool = False
    is_summary: bool = False

    def to_deadline(self, normalized: OffsetText) -> Deadline:
        """Return the deadline with its piece of the source."""
        anchor = "、".join(dict.fromkeys(self.anchors)) or None
        return Deadline(
            self.kind,
            self.starts_on,
            self.ends_on,
            self.recurrence,
            anchor,
            normalized.source_of(self.start, self.end),
            self.is_unread,
        )
