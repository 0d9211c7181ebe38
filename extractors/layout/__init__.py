"""Page layout analysis: words and ruling lines of pages → paragraphs and tables, shared by pdf, ofd and scans.

A reader passes `Page`s (points, origin at the upper left corner, upright) to `lay_out`; nothing here knows the format.
"""

from __future__ import annotations

from extractors.layout.document_layout import lay_out
from extractors.layout.model import Layout, Page, Ruling, Word

__all__ = ["Layout", "Page", "Ruling", "Word", "lay_out"]
