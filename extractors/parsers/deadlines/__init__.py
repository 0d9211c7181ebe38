"""The grammar of deadlines: a text and the notice's period in, dated or recurring or event-bound deadlines out."""

from extractors.parsers.deadlines.inline_deadlines import find_deadlines, read_month_heading
from extractors.parsers.deadlines.model import Deadline, Period, Stage
from extractors.parsers.deadlines.parser import read_deadlines
from extractors.parsers.deadlines.recurrence import due_days

__all__ = ["Deadline", "Period", "Stage", "due_days", "find_deadlines", "read_deadlines", "read_month_heading"]
