"""Text that every format of export can hold."""

from __future__ import annotations

import re
from typing import Final

from warehouse.xlsx import REPLACEMENT

_LINE_ENDS: Final = re.compile("\r\n?")
_UNSTORABLE: Final = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 forbids or advises against, which is also what a calendar must not hold."""


def printable(text: str) -> str:
    """`text` with line ends as line feeds and each character that a document cannot store as �."""
    return _UNSTORABLE.sub(REPLACEMENT, _LINE_ENDS.sub("\n", text))
