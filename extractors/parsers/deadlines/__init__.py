"""The grammar of deadlines: a text and the period of its notice → dated, recurring or event-bound deadlines."""

from extractors.parsers.deadlines.headings import read_heading_deadline, says_only_when
from extractors.parsers.deadlines.limits_in_text import begins_with_time, find_deadlines
from extractors.parsers.deadlines.model import Deadline, Period, Stage
from extractors.parsers.deadlines.parser import read_deadlines

__all__ = [
    "Deadline",
    "Period",
    "Stage",
    "begins_with_time",
    "find_deadlines",
    "read_deadlines",
    "read_heading_deadline",
    "says_only_when",
]
