"""Valid outcomes of reading a damaged file: a document, or a refusal with a remedy."""

from __future__ import annotations

import re
from collections.abc import Callable

from extractors.document import Document, ReadError

_CHINESE = re.compile("[一-龥]")


def is_sound(read: Callable[[], Document]) -> bool:
    """Return whether `read` gives a document, or a `ReadError` with reason and remedy in Chinese.

    Any other exception is passed through: it is a bug.
    """
    try:
        return isinstance(read(), Document)
    except ReadError as refusal:
        return all(_CHINESE.search(texts) for texts in (refusal.reason, refusal.remedy))
