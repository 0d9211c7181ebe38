"""Records of one notice, built from its clean tables and running text."""

from extractors.notice.pipeline import build_extraction

__all__ = ["build_extraction"]
