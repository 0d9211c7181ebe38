"""Saving Office files so that the same content gives the same bytes on every machine and day."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl.writer.excel import ExcelWriter

if TYPE_CHECKING:
    from openpyxl import Workbook

STAMP: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest moment that a zip entry can carry."""
CORE: Final = "docProps/core.xml"
UNSTAMPED: Final = "1980-01-01T00:00:00Z"
_STAMPED: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


class StableZip(ZipFile):
    """A zip that is written without the clock: entries bear one fixed moment, and so do the document's properties."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        """Add `data`; an Office file's moments of creation and change are overwritten."""
        name = zinfo_or_arcname.filename if isinstance(zinfo_or_arcname, ZipInfo) else zinfo_or_arcname
        content = data.encode() if isinstance(data, str) else data
        if name == CORE:
            content = unstamped(content)
        super().writestr(_entry(name), content, ZIP_DEFLATED)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """Add a file that openpyxl wrote aside."""
        with Path(filename).open("rb") as source, self.open(_entry(str(arcname or filename)), "w") as target:
            while block := source.read(1 << 20):
                target.write(block)


def unstamped(core: bytes) -> bytes:
    """`docProps/core.xml` with fixed moments of creation and change."""
    return _STAMPED.sub(rb"\g<1>" + UNSTAMPED.encode() + rb"\g<2>", core)


def save(book: Workbook, target: Path | BinaryIO) -> None:
    """Write a workbook, write-only or not; the same content gives the same bytes. Raises OSError."""
    with StableZip(target, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()


def restamp(source: BinaryIO, target: BinaryIO) -> None:
    """Copy an Office file that another library wrote, its moments fixed and its parts as they were."""
    with ZipFile(source) as made, StableZip(target, "w", ZIP_DEFLATED) as archive:
        for name in made.namelist():
            archive.writestr(name, made.read(name))


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, STAMP)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    # Else the entry tells on which kind of machine it was made.
    entry.create_system = 3
    return entry
