"""Extract the content of published notices. The public interface is `extract`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.collector import paused_collector
from extractors.corrections import Correction
from extractors.layouts import ConfirmedLayout
from extractors.limits import Limits
from extractors.records import Extraction
from extractors.unit_decisions import UnitDecision

if TYPE_CHECKING:
    from extractors.attachments import ReadSibling
    from extractors.document import Document

__all__ = ["ConfirmedLayout", "Correction", "Extraction", "Limits", "UnitDecision", "extract", "version"]


def extract(
    data: bytes,
    name: str,
    *,
    limits: Limits | None = None,
    corrections: Sequence[Correction] = (),
    layouts: Sequence[ConfirmedLayout] = (),
    units: Sequence[UnitDecision] = (),
    read_sibling: ReadSibling | None = None,
    document: Document | None = None,
) -> Extraction:
    """Read one published file.

    Args:
        data: the bytes of the file.
        name: its file name or source path; the content decides the format, the name only helps.
        limits: bounds on size and expansion; the defaults suit an ordinary machine.
        corrections: corrections of this file; one that no longer fits becomes a finding.
        layouts: the layouts that people confirmed; those whose file is `name`, whose issuer is that of the notice, or
            that hold for all notices are used. One of this file that no longer fits becomes a finding.
        units: what people decided about units; it holds in every notice that prints them.
        read_sibling: returns files in the folder of a saved page, so that linked files are read with the page.
        document: the document, if these bytes were read already (as a member of an archive).

    Raises:
        ReadError: the file cannot be read; reason and remedy are in Chinese.
    """
    # These imports take a second; a build without new files needs only `version()`.
    from extractors.attachments import read, with_attachments
    from extractors.body.redaction import check_file_name
    from extractors.notice import build_extraction

    limits = limits or Limits()
    with paused_collector():
        document = check_file_name(document or read(data, name, limits), name)
        if not document.links or read_sibling is None:
            return build_extraction(document, data, corrections, layouts, name, units=units)
        combined, attached = with_attachments(document, name, read_sibling, limits)
        return replace(build_extraction(combined, data, corrections, layouts, name, units=units), attached=attached)


@cache
def version() -> str:
    """Return the version of the extraction: the package version and a fingerprint of all sources and vocabulary."""
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
