"""Detect the format of a file from its content; the extension only separates formats that look alike inside."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath

from extractors.document import ReadError
from extractors.limits import MIB, Limits
from extractors.readers import ole
from extractors.readers.zip_guard import Package

_SAMPLE = 64 * 1024
_BLANK_BYTES = b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"
"""Whitespace, filler and byte order marks."""


class FileFormat(StrEnum):
    """The formats that are distinguished; `extractors.readers.FORMATS` lists which of them can be read."""

    DOCX = "docx"
    XLSX = "xlsx"
    XLSB = "xlsb"
    PPTX = "pptx"
    ODT = "odt"
    ODS = "ods"
    OFD = "ofd"
    ZIP = "zip"
    DOC = "doc"
    XLS = "xls"
    PPT = "ppt"
    WPS = "wps"
    OLE = "ole"
    ENCRYPTED = "encrypted"
    PDF = "pdf"
    RTF = "rtf"
    HTML = "html"
    MHTML = "mhtml"
    WORD_XML = "word_xml"
    XML = "xml"
    SEVEN_ZIP = "7z"
    RAR = "rar"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    TAR = "tar"
    PNG = "png"
    JPEG = "jpg"
    TIFF = "tiff"
    BMP = "bmp"
    GIF = "gif"
    WEBP = "webp"
    CSV = "csv"
    TEXT = "text"
    EMPTY = "empty"
    UNKNOWN = "unknown"


_MAGIC_BYTES: tuple[tuple[bytes, FileFormat], ...] = (
    (b"{\\rtf", FileFormat.RTF),
    (b"7z\xbc\xaf\x27\x1c", FileFormat.SEVEN_ZIP),
    (b"Rar!\x1a\x07", FileFormat.RAR),
    (b"\x1f\x8b\x08", FileFormat.GZIP),
    (b"BZh", FileFormat.BZIP2),
    (b"\xfd7zXZ\x00", FileFormat.XZ),
    (b"\x89PNG\r\n\x1a\n", FileFormat.PNG),
    (b"\xff\xd8\xff", FileFormat.JPEG),
    (b"II*\x00", FileFormat.TIFF),
    (b"MM\x00*", FileFormat.TIFF),
    (b"GIF87a", FileFormat.GIF),
    (b"GIF89a", FileFormat.GIF),
)
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

_CONTENT_TYPES: tuple[tuple[bytes, FileFormat], ...] = (
    (b"wordprocessingml.document.main+xml", FileFormat.DOCX),
    (b"wordprocessingml.template.main+xml", FileFormat.DOCX),
    (b"ms-word.document.macroEnabled.main+xml", FileFormat.DOCX),
    (b"ms-word.template.macroEnabledTemplate.main+xml", FileFormat.DOCX),
    (b"spreadsheetml.sheet.main+xml", FileFormat.XLSX),
    (b"spreadsheetml.template.main+xml", FileFormat.XLSX),
    (b"ms-excel.sheet.macroEnabled.main+xml", FileFormat.XLSX),
    (b"ms-excel.sheet.binary", FileFormat.XLSB),
    (b"presentationml.", FileFormat.PPTX),
)
"""The content type of the main part is the most reliable sign, since folder names in a package are arbitrary."""
_FOLDERS: tuple[tuple[str, FileFormat], ...] = (
    ("word/", FileFormat.DOCX),
    ("xl/", FileFormat.XLSX),
    ("ppt/", FileFormat.PPTX),
    ("ofd.xml", FileFormat.OFD),
)
_ZIP_EXTENSIONS = {
    extension: file_format
    for file_format, extensions in {
        FileFormat.DOCX: ("docx", "docm", "dotx", "dotm"),
        FileFormat.XLSX: ("xlsx", "xlsm", "xltx", "xltm"),
        FileFormat.XLSB: ("xlsb",),
        FileFormat.PPTX: ("pptx", "pptm", "ppsx"),
        FileFormat.ODT: ("odt", "ott"),
        FileFormat.ODS: ("ods", "ots"),
        FileFormat.OFD: ("ofd",),
    }.items()
    for extension in extensions
}
"""Format of a package by its extension, for packages whose content cannot be read."""
_OPEN_DOCUMENT: tuple[tuple[bytes, FileFormat], ...] = (
    (b"application/vnd.oasis.opendocument.text", FileFormat.ODT),
    (b"application/vnd.oasis.opendocument.spreadsheet", FileFormat.ODS),
)
_OLE_STREAMS: tuple[tuple[str, FileFormat], ...] = (
    ("encryptedpackage", FileFormat.ENCRYPTED),
    ("worddocument", FileFormat.DOC),
    ("workbook", FileFormat.XLS),
    ("book", FileFormat.XLS),
    ("powerpoint document", FileFormat.PPT),
)
"""In lower case: the format compares names without regard to case."""
_HTML_START = re.compile(
    r"(<\?xml[^>]*>\s*)?(?>(?:<!--.*?-->\s*)*)<(!doctype\s+html|html|head|body|meta|title|table|div|style|script)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_PIECE = re.compile(r"<(p|h[1-6]|span|ul|ol|article|section|center|font|br|b|strong|tr|td)\b", re.IGNORECASE)
"""Start of a page saved without its head; accepted only with the extension of a web page."""
_MHTML_START = re.compile(r"(MIME-Version|From|Date|Subject|Content-Type|Snapshot-Content-Location)\s*:", re.IGNORECASE)
_READABLE = re.compile(
    "[\t\n\r\x0b\x0c\x1a\x20-\x7e\u00a0-\u00ff\u0370-\u03ff\u2000-\u2bff\u3000-\u9fff\uac00-\ud7a3\ue000-\uf8ff\uf900-\ufaff\ufe10-\ufe6f\uff00-\uffef\ufeff]"
    "|[\U00020000-\U0003ffff]"
)
_TEXT_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_READABLE_SHARE = 0.9
_CONTROL = bytes(sorted(set(range(0x20)) - set(b"\t\n\r\x0b\x0c\x1a")))
_CONTROL_SHARE = 0.01


def file_extension(name: str) -> str:
    """Return the lower-case extension of a file name without the dot; empty if there is none."""
    return PurePath(name).suffix.lower().lstrip(".")


def detect_format(data: bytes, name: str = "") -> FileFormat:
    """Return the format of `data`; `name` only separates wps from doc and csv from text."""
    if not data[:_SAMPLE].strip(_BLANK_BYTES) and not data.strip(_BLANK_BYTES):
        return FileFormat.EMPTY
    if data.startswith(_ZIP_MAGIC):
        return _detect_zip(data, name)
    if data.startswith(ole.MAGIC):
        return _detect_ole(data, name)
    for magic, file_format in _MAGIC_BYTES:
        if data.startswith(magic):
            return file_format
    if data[257:262] == b"ustar":
        return FileFormat.TAR
    if data.startswith(b"BM") and data[6:10] == b"\x00\x00\x00\x00":
        return FileFormat.BMP
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return FileFormat.WEBP
    if b"%PDF-" in data[:1024]:
        return FileFormat.PDF
    text = _decode_sample(data)
    return FileFormat.UNKNOWN if text is None else _detect_text(text, name)


def _detect_zip(data: bytes, name: str) -> FileFormat:
    limits = Limits(max_part_bytes=4 * MIB, max_expanded_bytes=1 << 62, max_ratio=1e9)
    try:
        with Package(data, limits) as package:
            names = [name.replace("\\", "/").lower() for name in package.names]
            content_types = package.read("[Content_Types].xml") if "[Content_Types].xml" in package else b""
            mimetype = package.read("mimetype") if "mimetype" in package else b""
    except ReadError:
        # Damaged or hostile: folder names are stored uncompressed and show the format, else the extension does.
        lower = data.lower()
        by_folder = next((file_format for folder, file_format in _FOLDERS if folder.encode() in lower), None)
        return by_folder or _ZIP_EXTENSIONS.get(file_extension(name), FileFormat.ZIP)
    for sign, file_format in _CONTENT_TYPES:
        if sign in content_types:
            return file_format
    for sign, file_format in _OPEN_DOCUMENT:
        if mimetype.startswith(sign):
            return file_format
    for folder, file_format in _FOLDERS:
        if any(name.startswith(folder) for name in names):
            return file_format
    return FileFormat.ZIP


def _detect_ole(data: bytes, name: str) -> FileFormat:
    streams = ole.read_root_names(data)
    detected = next((file_format for stream, file_format in _OLE_STREAMS if stream in streams), None)
    if detected is None:
        # A truncated file still contains stream names even if its directory cannot be followed.
        lower = data.lower()
        signs = ((f"{stream}\0".encode("utf-16-le"), file_format) for stream, file_format in _OLE_STREAMS)
        detected = next((file_format for sign, file_format in signs if sign in lower), FileFormat.OLE)
    if file_extension(name) in ("wps", "wpt") and detected in (FileFormat.DOC, FileFormat.OLE):
        return FileFormat.WPS
    return detected


def _detect_text(text: str, name: str) -> FileFormat:
    start = text.lstrip("\ufeff \t\r\n")
    head = start[:4096]
    if _HTML_START.match(head):
        return FileFormat.HTML
    if file_extension(name) in ("html", "htm", "xhtml") and _HTML_PIECE.match(head):
        return FileFormat.HTML
    if head.startswith("<?xml"):
        if "Word.Document" in head or "wordDocument" in head or "schemas.microsoft.com/office/2006/xmlPackage" in head:
            return FileFormat.WORD_XML
        return FileFormat.XML
    if _MHTML_START.match(head) and re.search(r"multipart/related|quoted-printable|text/html", start, re.IGNORECASE):
        return FileFormat.MHTML
    return FileFormat.CSV if file_extension(name) == "csv" else FileFormat.TEXT


def _decode_sample(data: bytes) -> str | None:
    """Return the beginning of `data` as text, or None if no common Chinese encoding fits."""
    sample = data[:_SAMPLE]
    if sample.startswith(_TEXT_BOMS):
        encodings = ["utf-8"] if sample.startswith(_TEXT_BOMS[0]) else ["utf-16"]
    elif b"\x00" in sample:
        encodings = ["utf-16-le", "utf-16-be"]
    elif len(sample) - len(sample.translate(None, _CONTROL)) > _CONTROL_SHARE * len(sample):
        return None
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        text = sample.decode(encoding, "replace")
        if len(_READABLE.findall(text)) >= _READABLE_SHARE * len(text):
            return text
    return None
