"""Who is told how far a batch has come."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told how far the reading of a batch has come."""

    def __call__(self, done: int, total: int, source_path: str) -> None: ...


def silent(done: int, total: int, source_path: str) -> None:
    """Progress that nobody watches."""
