"""What has to be known of an OpenDocument text before LibreOffice gets it."""

from __future__ import annotations

import re

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers import locked
from extractors.readers.remedies import DOCUMENT
from extractors.readers.zip_guard import Package

_ROW = re.compile(rb"<table:table-row[\s/>]")
_DAMAGED = "OpenDocument 文件损坏或不完整"


def check(data: bytes, limits: Limits) -> int:
    """How many table rows the body holds. Raises `ReadError` when it is locked, damaged or declares entities."""
    with Package(data, limits) as package:
        manifest = package.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in package else b""
        if b"encryption-data" in manifest:
            raise ReadError(locked.LOCKED, locked.UNLOCK)
        if "content.xml" not in package:
            raise ReadError(_DAMAGED, DOCUMENT.again)
        content = package.read("content.xml")
        styles = package.read("styles.xml") if "styles.xml" in package else b""
    if b"<!ENTITY" in content or b"<!ENTITY" in styles:
        raise ReadError("文件内部含有实体定义，不予读取", DOCUMENT.again)
    return len(_ROW.findall(content))
