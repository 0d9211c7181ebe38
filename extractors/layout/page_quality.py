"""Whether the text of a page can be taken as it is, or has to be recognised from the picture of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_BAD_SHARE = 0.1
"""Characters without a meaning: a few bullets from symbol fonts are normal, a tenth of the page is not."""
_FEW = 8
_PICTURE = 0.5


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the text layer of one page is worth. `number` counts from 1."""

    number: int
    good: int
    """Characters with a meaning."""
    bad: int
    """Characters whose font does not say what they mean."""
    hidden: int
    """Those of `good` that are invisible: an earlier recognition laid behind the picture."""
    picture: float
    """Share of the page that its pictures cover together, 0 to 1."""
    scanned: bool = False
    """Whether the text on it was only typed onto a picture, which says more."""

    @property
    def needs_ocr(self) -> bool:
        """Whether only the picture of the page can tell what it says."""
        if self.scanned or self.bad > _BAD_SHARE * (self.good + self.bad):
            return True
        seen = self.good - self.hidden
        return self.picture >= _PICTURE and seen <= _FEW

    @property
    def blank(self) -> bool:
        """Whether nothing at all stands on it."""
        return not (self.good or self.bad or self.picture >= _PICTURE)


def needs_ocr(pages: Sequence[PageFacts]) -> bool:
    """Whether most pages that hold anything have no usable text layer, so that the file counts as a scan."""
    filled = [page for page in pages if not page.blank]
    return sum(page.needs_ocr for page in filled) * 2 > len(filled)
