"""What a file really is, told from its content; the extension only separates kinds that look alike inside."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath

from extractors.document import ReadError
from extractors.limits import MIB, Limits
from extractors.readers import ole
from extractors.readers.zip_guard import Package

_SAMPLE = 64 * 1024
_BLANK = b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"
"""Blanks, filler and byte order marks."""


class Carrier(StrEnum):
    """The kinds of file that are told apart; `extractors.readers.FORMATS` says which of them can be read."""

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


_MAGIC: tuple[tuple[bytes, Carrier], ...] = (
    (b"{\\rtf", Carrier.RTF),
    (b"7z\xbc\xaf\x27\x1c", Carrier.SEVEN_ZIP),
    (b"Rar!\x1a\x07", Carrier.RAR),
    (b"\x1f\x8b\x08", Carrier.GZIP),
    (b"BZh", Carrier.BZIP2),
    (b"\xfd7zXZ\x00", Carrier.XZ),
    (b"\x89PNG\r\n\x1a\n", Carrier.PNG),
    (b"\xff\xd8\xff", Carrier.JPEG),
    (b"II*\x00", Carrier.TIFF),
    (b"MM\x00*", Carrier.TIFF),
    (b"GIF87a", Carrier.GIF),
    (b"GIF89a", Carrier.GIF),
)
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

_CONTENT_TYPES: tuple[tuple[bytes, Carrier], ...] = (
    (b"wordprocessingml.document.main+xml", Carrier.DOCX),
    (b"wordprocessingml.template.main+xml", Carrier.DOCX),
    (b"ms-word.document.macroEnabled.main+xml", Carrier.DOCX),
    (b"ms-word.template.macroEnabledTemplate.main+xml", Carrier.DOCX),
    (b"spreadsheetml.sheet.main+xml", Carrier.XLSX),
    (b"spreadsheetml.template.main+xml", Carrier.XLSX),
    (b"ms-excel.sheet.macroEnabled.main+xml", Carrier.XLSX),
    (b"ms-excel.sheet.binary", Carrier.XLSB),
    (b"presentationml.", Carrier.PPTX),
)
"""The main part's content type is the surest sign, since folder names inside a package are free."""
_FOLDERS: tuple[tuple[str, Carrier], ...] = (
    ("word/", Carrier.DOCX),
    ("xl/", Carrier.XLSX),
    ("ppt/", Carrier.PPTX),
    ("ofd.xml", Carrier.OFD),
)
_ZIP_EXTENSIONS = {
    extension: kind
    for kind, extensions in {
        Carrier.DOCX: ("docx", "docm", "dotx", "dotm"),
        Carrier.XLSX: ("xlsx", "xlsm", "xltx", "xltm"),
        Carrier.XLSB: ("xlsb",),
        Carrier.PPTX: ("pptx", "pptm", "ppsx"),
        Carrier.ODT: ("odt", "ott"),
        Carrier.ODS: ("ods", "ots"),
        Carrier.OFD: ("ofd",),
    }.items()
    for extension in extensions
}
"""What a package is by its name, where its content says nothing any more."""
_OPEN_DOCUMENT: tuple[tuple[bytes, Carrier], ...] = (
    (b"application/vnd.oasis.opendocument.text", Carrier.ODT),
    (b"application/vnd.oasis.opendocument.spreadsheet", Carrier.ODS),
)
_OLE_STREAMS: tuple[tuple[str, Carrier], ...] = (
    ("encryptedpackage", Carrier.ENCRYPTED),
    ("worddocument", Carrier.DOC),
    ("workbook", Carrier.XLS),
    ("book", Carrier.XLS),
    ("powerpoint document", Carrier.PPT),
)
"""In small letters: the format compares names without regard to case."""
_HTML_START = re.compile(
    r"(<\?xml[^>]*>\s*)?(?>(?:<!--.*?-->\s*)*)<(!doctype\s+html|html|head|body|meta|title|table|div|style|script)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_PIECE = re.compile(r"<(p|h[1-6]|span|ul|ol|article|section|center|font|br|b|strong|tr|td)\b", re.IGNORECASE)
"""How a page starts that was saved without its head: believed under the extension of a web page only."""
_MHTML_START = re.compile(r"(MIME-Version|From|Date|Subject|Content-Type|Snapshot-Content-Location)\s*:", re.IGNORECASE)
_READABLE = re.compile(
    "[\t\n\r\x0b\x0c\x1a\x20-\x7e\u00a0-\u00ff\u0370-\u03ff\u2000-\u2bff\u3000-\u9fff\uac00-\ud7a3\ue000-\uf8ff\uf900-\ufaff\ufe10-\ufe6f\uff00-\uffef\ufeff]"
    "|[\U00020000-\U0003ffff]"
)
_TEXT_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_READABLE_SHARE = 0.9
_CONTROL = bytes(sorted(set(range(0x20)) - set(b"\t\n\r\x0b\x0c\x1a")))
_CONTROL_SHARE = 0.01


def extension(name: str) -> str:
    """The extension of a file name in small letters, without the dot; empty when there is none."""
    return PurePath(name).suffix.lower().lstrip(".")


def sniff(data: bytes, name: str = "") -> Carrier:
    """The kind of file that `data` is; `name` only tells wps from doc and csv from text, which look alike inside."""
    if not data[:_SAMPLE].strip(_BLANK) and not data.strip(_BLANK):
        return Carrier.EMPTY
    if data.startswith(_ZIP_MAGIC):
        return _sniff_zip(data, name)
    if data.startswith(ole.MAGIC):
        return _sniff_ole(data, name)
    for magic, carrier in _MAGIC:
        if data.startswith(magic):
            return carrier
    if data[257:262] == b"ustar":
        return Carrier.TAR
    if data.startswith(b"BM") and data[6:10] == b"\x00\x00\x00\x00":
        return Carrier.BMP
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Carrier.WEBP
    if b"%PDF-" in data[:1024]:
        return Carrier.PDF
    text = _sample_text(data)
    return Carrier.UNKNOWN if text is None else _sniff_text(text, name)


def _sniff_zip(data: bytes, name: str) -> Carrier:
    limits = Limits(max_part_bytes=4 * MIB, max_expanded_bytes=1 << 62, max_ratio=1e9)
    try:
        with Package(data, limits) as package:
            names = [name.replace("\\", "/").lower() for name in package.names]
            types = package.read("[Content_Types].xml") if "[Content_Types].xml" in package else b""
            mimetype = package.read("mimetype") if "mimetype" in package else b""
    except ReadError:
        # Damaged or contrived: folder names stand in it uncompressed and say, else the extension, what it should be.
        lower = data.lower()
        found = next((carrier for folder, carrier in _FOLDERS if folder.encode() in lower), None)
        return found or _ZIP_EXTENSIONS.get(extension(name), Carrier.ZIP)
    for sign, carrier in _CONTENT_TYPES:
        if sign in types:
            return carrier
    for sign, carrier in _OPEN_DOCUMENT:
        if mimetype.startswith(sign):
            return carrier
    for folder, carrier in _FOLDERS:
        if any(name.startswith(folder) for name in names):
            return carrier
    return Carrier.ZIP


def _sniff_ole(data: bytes, name: str) -> Carrier:
    streams = ole.root_names(data)
    found = next((carrier for stream, carrier in _OLE_STREAMS if stream in streams), None)
    if found is None:
        # A truncated file keeps stream names somewhere even when its directory cannot be followed.
        lower = data.lower()
        signs = ((f"{stream}\0".encode("utf-16-le"), carrier) for stream, carrier in _OLE_STREAMS)
        found = next((carrier for sign, carrier in signs if sign in lower), Carrier.OLE)
    if extension(name) in ("wps", "wpt") and found in (Carrier.DOC, Carrier.OLE):
        return Carrier.WPS
    return found


def _sniff_text(text: str, name: str) -> Carrier:
    start = text.lstrip("\ufeff \t\r\n")
    head = start[:4096]
    if _HTML_START.match(head):
        return Carrier.HTML
    if extension(name) in ("html", "htm", "xhtml") and _HTML_PIECE.match(head):
        return Carrier.HTML
    if head.startswith("<?xml"):
        if "Word.Document" in head or "wordDocument" in head or "schemas.microsoft.com/office/2006/xmlPackage" in head:
            return Carrier.WORD_XML
        return Carrier.XML
    if _MHTML_START.match(head) and re.search(r"multipart/related|quoted-printable|text/html", start, re.IGNORECASE):
        return Carrier.MHTML
    return Carrier.CSV if extension(name) == "csv" else Carrier.TEXT


def _sample_text(data: bytes) -> str | None:
    """The beginning of `data` as text, or None when no usual Chinese encoding makes sense of it."""
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
