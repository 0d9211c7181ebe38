"""Clean tables and running text → the records of one notice."""

from extractors.notice.pipeline import assemble

__all__ = ["assemble"]
