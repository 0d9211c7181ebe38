"""How much of the former file the new one begins with."""

from __future__ import annotations

import enum


class Carry(enum.Enum):
    """What a file that is being built takes over of what was derived in the former one, attached as `old`."""

    NOTHING = "nothing"
    """All is computed: there is no former file, or another version of the program computed it."""
    ROWS = "rows"
    """The new file is empty; what is dear to compute is copied from `old`."""
    IN_PLACE = "in place"
    """The new file is a copy of `old`; rows that no longer hold are deleted, others added."""
