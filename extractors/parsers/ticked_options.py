"""Cells of options with boxes, of which some are ticked: ☑实地考察 □材料审核."""

from __future__ import annotations

import re
from typing import Final

_TICKED: Final = "☑☒√✓✔"
_BLANK: Final = "□☐×"
_OPTION: Final = re.compile(rf"(?P<box>[{_TICKED}{_BLANK}])\s*(?P<text>[^{_TICKED}{_BLANK}\s.][^{_TICKED}{_BLANK}]*)")


def keep_ticked(text: str) -> str:
    """Return the options of a cell that are ticked, an option a line; all of them if they are bullets, all alike.

    A text that does not begin with a box, and a box alone, stay as they are.
    """
    stripped = text.strip()
    if not stripped or stripped[0] not in _TICKED + _BLANK:
        return text
    options = [(match["box"] in _TICKED, match["text"]) for match in _OPTION.finditer(stripped)]
    has_ticks = any(is_ticked for is_ticked, _ in options)
    remaining = [option.rstrip() for is_ticked, option in options if is_ticked or not has_ticks]
    return "\n".join(remaining) if remaining else text
