"""Questions about words that readers and layout ask, without knowing a vocabulary.

Readers know formats. Where a table begins or continues sometimes depends on what its words mean; the caller passes an
answer (`extractors.parsers.table_words.VOCABULARY_WORDS`), and without one only structure decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class TableWords(Protocol):
    """Knowledge of the words that notices use in tables."""

    def is_header(self, texts: Sequence[str]) -> bool:
        """Return whether a row of cell texts reads as a table header."""
        ...

    def is_header_word(self, text: str) -> bool:
        """Return whether one text is a known header."""
        ...

    def find_header_words(self, text: str) -> Sequence[tuple[int, int]]:
        """Return where a text without blanks has exact words of headers, the longest at each place."""
        ...

    def is_serial_header(self, text: str) -> bool:
        """Return whether a text is a known header of serial numbers."""
        ...

    def is_score_header(self, text: str) -> bool:
        """Return whether a text is a known header of points."""
        ...

    def is_total(self, text: str) -> bool:
        """Return whether a text begins a row of totals."""
        ...

    def is_note(self, text: str) -> bool:
        """Return whether a text begins a note below a table."""
        ...

    def is_score(self, text: str) -> bool:
        """Return whether a text is a single score and nothing else."""
        ...


class _NoWords:
    def is_header(self, texts: Sequence[str]) -> bool:
        return False

    def is_header_word(self, text: str) -> bool:
        return False

    def find_header_words(self, text: str) -> Sequence[tuple[int, int]]:
        return ()

    def is_serial_header(self, text: str) -> bool:
        return False

    def is_score_header(self, text: str) -> bool:
        return False

    def is_total(self, text: str) -> bool:
        return False

    def is_note(self, text: str) -> bool:
        return False

    def is_score(self, text: str) -> bool:
        return False


NO_WORDS: TableWords = _NoWords()
"""Knows no words: every method returns False."""
