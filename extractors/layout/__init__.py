"""Words and ruling lines of pages → paragraphs and tables, the same for pdf, ofd and scans.

A reader hands `Page`s (points, origin at the upper left, upright) to `lay_out`; nothing here knows the format.
"""

from __future__ import annotations

from extractors.layout.document_layout import lay_out
from extractors.layout.model import Layout, Page, Rule, Word

__all__ = ["Layout", "Page", "Rule", "Word", "lay_out"]
