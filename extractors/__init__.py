"""A published file → what it says. One door: `extract`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.corrections import Correction
from extractors.limits import Limits
from extractors.records import Extraction

if TYPE_CHECKING:
    from extractors.attachments import ReadSibling
    from extractors.document import Document

__all__ = ["Correction", "Extraction", "Limits", "extract", "version"]


def extract(
    data: bytes,
    name: str,
    *,
    limits: Limits | None = None,
    corrections: Sequence[Correction] = (),
    beside: ReadSibling | None = None,
    document: Document | None = None,
) -> Extraction:
    """Read one published file.

    Args:
        data: the bytes of the file.
        name: its file name; the content decides the format, the name only helps.
        limits: bounds on size and expansion; the defaults suit an ordinary machine.
        corrections: what people put right in this file; one that no longer fits becomes a finding.
        beside: gives the files in the folder of a saved page, so that the page is read with what it links to.
        document: what was read of these bytes already, as with a member of an archive; they are not read again.

    Raises:
        ReadError: the file cannot be read; reason and remedy are in Chinese.
    """
    # A second of import, which a build that finds nothing new should not pay for: it asks for the version alone.
    from extractors.attachments import read, with_attachments
    from extractors.body.redaction import check_file_name
    from extractors.notice import build_extraction

    limits = limits or Limits()
    document = check_file_name(document or read(data, name, limits), name)
    if not document.links or beside is None:
        return build_extraction(document, data, corrections)
    whole, attached = with_attachments(document, name, beside, limits)
    return replace(build_extraction(whole, data, corrections), attached=attached)


@cache
def version() -> str:
    """The version of the reading: package version and a fingerprint of the extractor's sources and vocabulary."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(p for p in here.rglob("*") if p.suffix in (".py", ".toml", ".csv", ".tsv")):
        digest.update(path.relative_to(here).as_posix().encode())
        digest.update(path.read_bytes())
    try:
        number = package_version("wenming-warehouse")
    except PackageNotFoundError:
        number = "0"
    return f"{number}+{digest.hexdigest()[:8]}"
