"""What may become of a damaged file: a document, or a refusal that a person can act on."""

from __future__ import annotations

import re
from collections.abc import Callable

from extractors.document import Document, ReadError

_CHINESE = re.compile("[一-龥]")


def is_sound(read: Callable[[], Document]) -> bool:
    """True for a document, and for a refusal that says in Chinese why and what to do.

    Any other exception goes through: it is an error of ours.
    """
    try:
        return isinstance(read(), Document)
    except ReadError as refusal:
        return all(_CHINESE.search(said) for said in (refusal.reason, refusal.remedy))
