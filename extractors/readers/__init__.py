"""Bytes in, `Document` out: one table says which reader takes which kind of file.

A later reader is one line of `FORMATS` and one function above it, which imports the reader on first use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from extractors.document import Document, ReadError, ReadNote
from extractors.limits import DEFAULT_LIMITS, MIB, Limits
from extractors.readers import locked
from extractors.readers.remedies import ARCHIVE, DOCUMENT, PICTURE, PRESENTATION, UNKNOWN, WORKBOOK, Remedies
from extractors.readers.sniff import Carrier, extension
from extractors.readers.sniff import sniff as sniff_carrier
from extractors.table_words import NO_WORDS, TableWords

Reader: TypeAlias = Callable[[bytes, str, Limits, TableWords], Document]

_FETCH_AGAIN = "请重新获取该文件后放入"


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: its name for users, its extensions, and its reader or the remedy where there is none."""

    label: str
    extensions: tuple[str, ...]
    reader: Reader | None = None
    """None = refused with the remedy to save it anew."""
    remedies: Remedies = DOCUMENT
    is_archive: bool = False
    """Holds other files; read by what the caller hands in, since a notice in several files is not a format's matter."""


def _read_docx(data: bytes, name: str, limits: Limits, words: TableWords) -> Document:
    from extractors.readers.docx import read

    return read(data, name, limits, words)


def _read_text(data: bytes, name: str, limits: Limits, words: TableWords) -> Document:
    from extractors.readers.text import read

    return read(data, name, limits, words)


def _read_sheet(data: bytes, name: str, limits: Limits, words: TableWords) -> Document:
    from extractors.readers.sheet import read

    return read(data, name, limits, words)


def _read_doc(data: bytes, name: str, limits: Limits, words: TableWords) -> Document:
    from extractors.readers.office import read_doc

    return read_doc(data, name, limits, words)


def _read_wps(data: bytes, name: str, limits: Limits, words: TableWords) -> Document:
    from extractors.readers.office import read_wps

    return read_wps(data, name, limits, words)


def _read_odt(data: bytes, name: str, limits: Limits, words: TableWords) -> Document:
    from extractors.readers.office import read_odt

    return read_odt(data, name, limits, words)


def _read_ofd(data: bytes, name: str, limits: Limits, words: TableWords) -> Document:
    from extractors.readers.ofd import read

    return read(data, name, limits, words)


def _read_pdf(data: bytes, name: str, limits: Limits, words: TableWords) -> Document:
    from extractors.readers.pdf import read

    return read(data, name, limits, words)


def _read_rtf(data: bytes, name: str, limits: Limits, words: TableWords) -> Document:
    from extractors.readers.office import read_rtf

    return read_rtf(data, name, limits, words)


def _read_html(data: bytes, name: str, limits: Limits, words: TableWords) -> Document:
    from extractors.readers.html import read

    return read(data, name, limits, words)


def _read_mhtml(data: bytes, name: str, limits: Limits, words: TableWords) -> Document:
    from extractors.readers.html import read_mhtml

    return read_mhtml(data, name, limits, words)


def _read_scan(data: bytes, name: str, limits: Limits, words: TableWords) -> Document:
    from extractors.readers.scan import read

    return read(data, name, limits, words)


FORMATS: dict[Carrier, Format] = {
    Carrier.DOCX: Format("Word 文档（docx）", ("docx", "docm", "dotx", "dotm"), _read_docx),
    Carrier.TEXT: Format("纯文本", ("txt", "text", "md", "markdown", "tsv"), _read_text),
    Carrier.CSV: Format("CSV 表格", ("csv",), _read_sheet, WORKBOOK),
    Carrier.DOC: Format("旧版 Word 文档（doc）", ("doc", "dot"), _read_doc),
    Carrier.WPS: Format("WPS 文字文档（wps）", ("wps", "wpt"), _read_wps),
    Carrier.XLSX: Format("Excel 工作簿（xlsx）", ("xlsx", "xlsm", "xltx", "xltm"), _read_sheet, WORKBOOK),
    Carrier.XLSB: Format("Excel 二进制工作簿（xlsb）", ("xlsb",), _read_sheet, WORKBOOK),
    Carrier.XLS: Format("旧版 Excel 工作簿（xls）", ("xls", "xlt", "et"), _read_sheet, WORKBOOK),
    Carrier.PPTX: Format("演示文稿（pptx）", ("pptx", "pptm", "ppsx"), remedies=PRESENTATION),
    Carrier.PPT: Format("旧版演示文稿（ppt）", ("ppt", "pps", "dps"), remedies=PRESENTATION),
    Carrier.ODT: Format("OpenDocument 文字（odt）", ("odt", "ott"), _read_odt),
    Carrier.ODS: Format("OpenDocument 表格（ods）", ("ods", "ots"), _read_sheet, WORKBOOK),
    Carrier.OFD: Format("OFD 版式文件", ("ofd",), _read_ofd),
    Carrier.PDF: Format("PDF 文件", ("pdf",), _read_pdf),
    Carrier.RTF: Format("RTF 文档", ("rtf", "doc"), _read_rtf),
    Carrier.HTML: Format("网页（html）", ("html", "htm", "xhtml"), _read_html),
    Carrier.MHTML: Format("单文件网页（mhtml）", ("mht", "mhtml"), _read_mhtml),
    Carrier.WORD_XML: Format("Word XML 文档", ("xml",)),
    Carrier.XML: Format("XML 文件", ("xml",), remedies=UNKNOWN),
    Carrier.OLE: Format("复合文档（内容不明）", (), remedies=UNKNOWN),
    Carrier.ENCRYPTED: Format("设了打开密码的 Office 文件", ()),
    Carrier.ZIP: Format("zip 压缩包", ("zip",), is_archive=True, remedies=ARCHIVE),
    Carrier.SEVEN_ZIP: Format("7z 压缩包", ("7z",), is_archive=True, remedies=ARCHIVE),
    Carrier.RAR: Format("rar 压缩包", ("rar",), remedies=ARCHIVE),
    Carrier.GZIP: Format("gzip 压缩包", ("gz", "tgz"), is_archive=True, remedies=ARCHIVE),
    Carrier.BZIP2: Format("bzip2 压缩包", ("bz2", "tbz", "tbz2"), is_archive=True, remedies=ARCHIVE),
    Carrier.XZ: Format("xz 压缩包", ("xz", "txz"), is_archive=True, remedies=ARCHIVE),
    Carrier.TAR: Format("tar 压缩包", ("tar",), is_archive=True, remedies=ARCHIVE),
    Carrier.PNG: Format("PNG 图片", ("png",), _read_scan, PICTURE),
    Carrier.JPEG: Format("JPEG 图片", ("jpg", "jpeg"), _read_scan, PICTURE),
    Carrier.TIFF: Format("TIFF 图片", ("tif", "tiff"), _read_scan, PICTURE),
    Carrier.BMP: Format("BMP 图片", ("bmp",), _read_scan, PICTURE),
    Carrier.GIF: Format("GIF 图片", ("gif",), remedies=PICTURE),
    Carrier.WEBP: Format("WebP 图片", ("webp",), remedies=PICTURE),
    Carrier.EMPTY: Format("空文件", ()),
    Carrier.UNKNOWN: Format("无法识别的文件", (), remedies=UNKNOWN),
}

_BY_EXTENSION = {ext: entry for entry in reversed(FORMATS.values()) for ext in entry.extensions}


def read(
    data: bytes,
    name: str,
    limits: Limits = DEFAULT_LIMITS,
    words: TableWords = NO_WORDS,
    read_archive: Reader | None = None,
) -> Document:
    """Read one file by its content; an extension that does not fit is noted (rule `extension_mismatch`).

    Args:
        data: the bytes of the file.
        name: its file name; folders before it are ignored.
        limits: bounds on size and expansion.
        words: what is known of the words in tables; without it only structure decides.
        read_archive: reads a file that holds others; without it archives are refused.

    Raises:
        ReadError: the file cannot be read; nothing else is raised.
    """
    if len(data) > limits.max_bytes:
        raise ReadError(
            f"文件大小 {len(data) / MIB:.0f} MB，超过上限 {limits.max_bytes / MIB:.0f} MB",
            "请拆分或压缩其中的图片后放入，或调高文件大小上限",
        )
    carrier = sniff_carrier(data, name)
    if carrier is Carrier.ENCRYPTED:
        data = locked.opened(data)
        carrier = sniff_carrier(data, name)
    entry = FORMATS[carrier]
    suffix = extension(name)
    reader = read_archive if entry.is_archive else entry.reader
    if reader is None:
        raise ReadError(_refusal(carrier, entry, suffix), _remedy(carrier, entry, suffix))
    if carrier is Carrier.TEXT and suffix not in _BY_EXTENSION:
        # Any bytes without a signature may pass for text, so here the name has to vouch for it.
        raise ReadError(f"不认识的扩展名“{_dotted(suffix)}”", "确属文本通知的，请把扩展名改为 .txt 或 .md 后放入")
    if carrier is Carrier.TEXT and suffix not in entry.extensions:
        # An office file that holds bare text is a failed download or an error page far more often than a notice.
        raise ReadError(
            f"扩展名为“{_dotted(suffix)}”，内容却是纯文本", "请重新获取原件；确属文本通知的，请把扩展名改为 .txt 后放入"
        )
    try:
        document = reader(data, name, limits, words)
    except (RecursionError, MemoryError) as error:
        raise ReadError("文件结构过深或过大，读取时耗尽资源", entry.remedies.save) from error
    except ReadError as error:
        if suffix in entry.extensions:
            raise
        # Told in place, so that an archive of several notices still hands over what was read of them.
        error.reason = f"扩展名为“{_dotted(suffix)}”，内容实为{entry.label}；{error.reason}"
        raise
    if suffix in entry.extensions:
        return document
    message = f"扩展名为“{_dotted(suffix)}”，内容实为{entry.label}，已按内容读取"
    return replace(document, notes=(ReadNote("extension_mismatch", message, "整个文件"), *document.notes))


def _refusal(carrier: Carrier, entry: Format, suffix: str) -> str:
    if carrier is Carrier.EMPTY:
        return "空文件，没有内容"
    if carrier is Carrier.UNKNOWN:
        lying = suffix in _BY_EXTENSION
        return f"扩展名为“.{suffix}”，内容却不是该格式，也无法识别" if lying else "无法识别的文件格式"
    if suffix in entry.extensions or not suffix:
        return f"尚不能读取{entry.label}"
    return f"扩展名为“.{suffix}”，内容实为{entry.label}，尚不能读取"


def _remedy(carrier: Carrier, entry: Format, suffix: str) -> str:
    if carrier is Carrier.EMPTY:
        return _FETCH_AGAIN
    if carrier in (Carrier.OLE, Carrier.UNKNOWN) and suffix in _BY_EXTENSION:
        # Nothing inside says what it was to be, so the name has to.
        return _BY_EXTENSION[suffix].remedies.again
    return entry.remedies.save


def _dotted(suffix: str) -> str:
    return f".{suffix}" if suffix else "（无）"
