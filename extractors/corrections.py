"""Corrections made by people: a new value for one field, or the dismissal of a finding."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLANK = re.compile(r"\s+")
WHOLE_NOTICE = "整份通知"
"""The locator of corrections of the notice itself."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of a file.

    Attributes:
        locator: the locator of the corrected row (`整份通知` for the notice).
        field: `tasks.deadline`, `indicators.points`, `notices.city` etc., or `findings.<rule>` for a dismissal.
        expected: the old value as text; of a dismissal the message of the finding.
        value: the new value; lists are joined by 、, empty means none.
        reason: why it was corrected.
        who: the person who decided it.
        when: the day of the decision.
    """

    locator: str
    field: str
    expected: str
    value: str
    reason: str
    who: str
    when: str

    @property
    def is_dismissal(self) -> bool:
        """True if it dismisses a finding."""
        return self.field.startswith("findings.")

    @property
    def is_topic(self) -> bool:
        """True if it sets a topic, which is applied only after the texts were corrected."""
        return self.field.endswith(".topic")


def is_same_value(left: str, right: str) -> bool:
    """Return whether two values as people write them say the same: blanks and line breaks do not count."""
    return _BLANK.sub("", left) == _BLANK.sub("", right)
