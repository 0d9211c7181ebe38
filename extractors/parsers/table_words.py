"""The vocabulary's answers to what readers and layout ask about words in tables."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.characters import fold_characters
from extractors.parsers.column_headers import exact_header_words, header_word, is_header
from extractors.parsers.points import cell_points
from extractors.parsers.row_patterns import is_note, is_total
from extractors.table_words import TableWords


class _VocabularyWords:
    """Readers ask about texts as stored, whose characters are not folded yet."""

    def is_header(self, texts: Sequence[str]) -> bool:
        return is_header([fold_characters(text) for text in texts])

    def is_header_word(self, text: str) -> bool:
        return header_word(fold_characters(text)).known

    def find_header_words(self, text: str) -> Sequence[tuple[int, int]]:
        return [match.span() for match in exact_header_words().finditer(text)]

    def is_serial_header(self, text: str) -> bool:
        return header_word(fold_characters(text)).role == "serial"

    def is_score_header(self, text: str) -> bool:
        return header_word(fold_characters(text)).role == "points"

    def is_total(self, text: str) -> bool:
        return is_total(fold_characters(text))

    def is_note(self, text: str) -> bool:
        return is_note(fold_characters(text))

    def is_score(self, text: str) -> bool:
        return cell_points(fold_characters(text)) is not None


VOCABULARY_WORDS: TableWords = _VocabularyWords()
"""Answers from the vocabulary of this package."""
