"""The bytes of the pictures in a docx, fetched one at a time when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.docx.xml_names import R_EMBED, R_ID, Element, w
from extractors.readers.zip_guard import Package


class Media:
    """Pictures of one docx by the element that shows them; `members` says which member a relation stands for."""

    def __init__(self, data: bytes, members: Mapping[str, str], limits: Limits) -> None:
        self._data = data
        self._members = members
        self._limits = limits

    def of(self, picture: Element) -> bytes | None:
        """The bytes behind an a:blip or v:imagedata; None where they are not in the file or cannot be had."""
        if picture.getroottree().getroot().tag != w("document"):
            return None  # notes have relations of their own
        member = self._members.get(picture.get(R_EMBED) or picture.get(R_ID) or "")
        if member is None:
            return None
        try:
            with Package(self._data, self._limits) as package:
                return package.read(member)
        except ReadError:
            return None
