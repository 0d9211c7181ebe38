"""Published notices as they are read, each once in a process of testing: nobody changes what comes out."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from extractors import extract
from extractors.attachments import read
from extractors.document import Document
from extractors.records import Extraction


@cache
def document_of(path: Path) -> Document:
    """What the reader of its format gives."""
    return read(path.read_bytes(), path.name)


@cache
def extraction_of(path: Path) -> Extraction:
    """All that is taken from it."""
    return extract(path.read_bytes(), path.name)
