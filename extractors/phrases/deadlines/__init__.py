"""The grammar of deadlines: a text and the notice's period in, dated or recurring or event-bound deadlines out."""

from extractors.phrases.deadlines.hidden import find_deadlines, read_month_heading
from extractors.phrases.deadlines.model import Deadline, Period, Stage
from extractors.phrases.deadlines.reading import read_deadlines
from extractors.phrases.deadlines.recurring import due_days

__all__ = ["Deadline", "Period", "Stage", "due_days", "find_deadlines", "read_deadlines", "read_month_heading"]
