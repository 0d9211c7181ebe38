"""The generated notices really differ, and are the same each time."""

from __future__ import annotations

import hashlib
import re
import zipfile
from pathlib import Path

import pytest

from tests.bench.generate import NOTICES, generate

NUMBER = 42
SENTENCE = 15
"""Shorter cells are numbers, names and headers, which must stay what they are."""


def text_of(path: Path) -> list[str]:
    """The non-blank lines (text) or text nodes (docx) of a notice."""
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as package:
            return re.findall(r"<w:t(?:\s[^>]*)?>([^<]+)</w:t>", package.read("word/document.xml").decode("utf-8"))
    return [line for line in path.read_text("utf-8").splitlines() if line.strip()]


def seed_of(path: Path) -> Path:
    name = path.name.split("-", 1)[1]
    return NOTICES / ("docx" if path.suffix == ".docx" else "text") / name


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return generate(tmp_path_factory.mktemp("made"), NUMBER)


def test_every_copy_is_another_text(made: list[Path]) -> None:
    checksums = {hashlib.sha256("\n".join(text_of(path)).encode()).digest() for path in made}
    assert len(checksums) == len(made) == NUMBER
    assert {path.suffix for path in made} >= {".txt", ".docx"}


def test_layout_stays_and_wording_changes(made: list[Path]) -> None:
    for path in made:
        before, after = text_of(seed_of(path)), text_of(path)
        assert len(before) == len(after), path.name
        sentences = [(old, new) for old, new in zip(before, after, strict=True) if len(old) >= SENTENCE]
        changed = sum(old != new for old, new in sentences)
        assert changed >= 0.25 * len(sentences), f"{path.name}: {changed} of {len(sentences)} sentences differ"


def test_document_numbers_do_not_repeat(made: list[Path]) -> None:
    numbers = [re.search(r"[\u4e00-\u9fff]+[〔\[]20\d\d[〕\]]\d+号", "\n".join(text_of(path))) for path in made]
    found = [(path.suffix, match[0]) for path, match in zip(made, numbers, strict=True) if match]
    assert len(found) > NUMBER / 2
    assert len(set(found)) == len(found)


def test_same_seed_same_bytes(made: list[Path], tmp_path: Path) -> None:
    again = generate(tmp_path, NUMBER)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in made]
    other = generate(tmp_path / "other", 14, seed=1)
    assert all(path.read_bytes() != twin.read_bytes() for path, twin in zip(other, made, strict=False))
