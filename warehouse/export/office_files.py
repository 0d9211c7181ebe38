"""Helpers for Office files: characters that they can store, and identical bytes for identical content."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl.writer.excel import ExcelWriter

from warehouse.xlsx import REPLACEMENT

if TYPE_CHECKING:
    from openpyxl import Workbook

ENTRY_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""Earliest timestamp that a zip entry can have."""
CORE_PROPERTIES: Final = "docProps/core.xml"
PROPERTIES_TIME: Final = "1980-01-01T00:00:00Z"
_TIMESTAMP: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_LINE_ENDS: Final = re.compile("\r\n?")
_UNSTORABLE: Final = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 forbids or discourages; iCalendar forbids the same ones."""


class DeterministicZip(ZipFile):
    """Zip writer without clock: all entries and the document properties have one fixed timestamp."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        """Add `data`; the creation and modification times in an Office file's properties are overwritten."""
        name = zinfo_or_arcname.filename if isinstance(zinfo_or_arcname, ZipInfo) else zinfo_or_arcname
        content = data.encode() if isinstance(data, str) else data
        if name == CORE_PROPERTIES:
            content = strip_timestamps(content)
        super().writestr(_zip_entry(name), content, ZIP_DEFLATED)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """Add a temporary file that openpyxl wrote."""
        with Path(filename).open("rb") as source, self.open(_zip_entry(str(arcname or filename)), "w") as target:
            while block := source.read(1 << 20):
                target.write(block)


def strip_timestamps(core: bytes) -> bytes:
    """Return `docProps/core.xml` with fixed creation and modification times."""
    return _TIMESTAMP.sub(rb"\g<1>" + PROPERTIES_TIME.encode() + rb"\g<2>", core)


def save_workbook(book: Workbook, target: Path | BinaryIO) -> None:
    """Write a workbook, write-only or not; identical content gives identical bytes.

    Raises:
        OSError: `target` cannot be written.
    """
    with DeterministicZip(target, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()


def copy_without_timestamps(source: BinaryIO, target: BinaryIO) -> None:
    """Copy an Office file with fixed timestamps and otherwise unchanged parts."""
    with ZipFile(source) as original, DeterministicZip(target, "w", ZIP_DEFLATED) as archive:
        for name in original.namelist():
            archive.writestr(name, original.read(name))


def make_printable(text: str) -> str:
    """Return `text` with line feeds as line ends and � for each character that a document cannot store."""
    return _UNSTORABLE.sub(REPLACEMENT, _LINE_ENDS.sub("\n", text))


def _zip_entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, ENTRY_TIME)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    # The default depends on the operating system.
    entry.create_system = 3
    return entry
