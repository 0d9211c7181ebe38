"""A person's word about one place of one file: a value put right, or a finding that needs nothing done."""

from __future__ import annotations

from dataclasses import dataclass

WHOLE_NOTICE = "整份通知"
"""Locator of what belongs to the notice itself."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of a file.

    `locator` is that of the corrected row (`整份通知` for the notice). `field` is `tasks.deadline`,
    `indicators.points`, `notices.city` and the like, or `findings.<rule>` for a dismissal. `expected` is the value
    before as text (of a dismissal the message), `value` the one after; lists are joined by 、, empty means none.
    """

    locator: str
    field: str
    expected: str
    value: str
    reason: str
    who: str
    when: str

    @property
    def dismisses(self) -> bool:
        """True where it says that a finding needs nothing done."""
        return self.field.startswith("findings.")

    @property
    def of_topic(self) -> bool:
        """True where it sets a theme, which is read only after the texts were put right."""
        return self.field.endswith(".topic")
