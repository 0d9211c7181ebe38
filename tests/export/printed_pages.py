"""Pages as LibreOffice prints them, measured: size of the text, columns, header, cells whose text is cut off."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pdfplumber
import pytest

from extractors.readers.office import converter

needs_office = pytest.mark.skipif(
    converter.find_soffice() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
)
A4_ACROSS = (842, 595)


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page: its size in points, the smallest text, all text without blanks, and the rows of its first table."""

    size: tuple[int, int]
    smallest: float
    text: str
    rows: list[list[str]]

    @property
    def columns(self) -> int:
        """Columns of the table."""
        return max((len(row) for row in self.rows), default=0)

    def find_row(self, first: str) -> list[str]:
        """The row whose first cell is `first`."""
        return next(row for row in self.rows if row[0] == first)


def print_files(folder: Path, paths: Sequence[Path]) -> list[Path]:
    """Print files as pdf below a folder, all in one run of LibreOffice."""
    office = converter.find_soffice()
    assert office
    command = [str(office), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(folder), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return [folder / f"{path.stem}.pdf" for path in paths]


def measure_pages(path: Path) -> list[PrintedPage]:
    """Measure the pages of a pdf."""
    with pdfplumber.open(path) as document:
        return [_measure(page) for page in document.pages]


def compact(text: object) -> str:
    """Text without blanks and line breaks."""
    return "".join(str(text or "").split())


def _measure(page: pdfplumber.page.Page) -> PrintedPage:
    tables = page.extract_tables()
    rows = [[compact(cell) for cell in row] for row in max(tables, key=len)] if tables else []
    sizes = [char["size"] for char in page.chars if char["text"].strip()]
    size = (round(page.width), round(page.height))
    return PrintedPage(size, min(sizes, default=99.0), compact(page.extract_text()), rows)
