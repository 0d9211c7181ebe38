"""Clean tables and running text → the records of one notice."""

from extractors.notice.pipeline import build_extraction

__all__ = ["build_extraction"]
