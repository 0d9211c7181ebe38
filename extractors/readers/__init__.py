"""Bytes in, `Document` out: one table says which reader takes which kind of file.

A later reader is one line of `FORMATS`: fill in `reader` with `module:function`, whose signature is
`(data: bytes, name: str, limits: Limits) -> Document`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import cast

from extractors.document import Document, ReadError, ReadNote
from extractors.limits import DEFAULT_LIMITS, MIB, Limits
from extractors.readers import locked
from extractors.readers.remedies import ARCHIVE, DOCUMENT, PICTURE, PRESENTATION, UNKNOWN, WORKBOOK, Remedies
from extractors.readers.sniff import Carrier, extension
from extractors.readers.sniff import sniff as sniff_carrier

Reader = Callable[[bytes, str, Limits], Document]

_FETCH_AGAIN = "请重新获取该文件后放入"


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: what users call it, the extensions it may bear, and its reader or why there is none."""

    label: str
    extensions: tuple[str, ...]
    reader: str | None = None
    """`module:function`, imported on first use; None = refused with the remedy to save it anew."""
    remedies: Remedies = DOCUMENT


FORMATS: dict[Carrier, Format] = {
    Carrier.DOCX: Format("Word 文档（docx）", ("docx", "docm", "dotx", "dotm"), "extractors.readers.docx:read"),
    Carrier.TEXT: Format("纯文本", ("txt", "text", "md", "markdown", "tsv"), "extractors.readers.text:read"),
    Carrier.CSV: Format("CSV 表格", ("csv",), "extractors.readers.sheet:read", WORKBOOK),
    Carrier.DOC: Format("旧版 Word 文档（doc）", ("doc", "dot"), "extractors.readers.office:read_doc"),
    Carrier.WPS: Format("WPS 文字文档（wps）", ("wps", "wpt"), "extractors.readers.office:read_wps"),
    Carrier.XLSX: Format(
        "Excel 工作簿（xlsx）", ("xlsx", "xlsm", "xltx", "xltm"), "extractors.readers.sheet:read", WORKBOOK
    ),
    Carrier.XLSB: Format("Excel 二进制工作簿（xlsb）", ("xlsb",), "extractors.readers.sheet:read", WORKBOOK),
    Carrier.XLS: Format("旧版 Excel 工作簿（xls）", ("xls", "xlt", "et"), "extractors.readers.sheet:read", WORKBOOK),
    Carrier.PPTX: Format("演示文稿（pptx）", ("pptx", "pptm", "ppsx"), remedies=PRESENTATION),
    Carrier.PPT: Format("旧版演示文稿（ppt）", ("ppt", "pps", "dps"), remedies=PRESENTATION),
    Carrier.ODT: Format("OpenDocument 文字（odt）", ("odt", "ott"), "extractors.readers.office:read_odt"),
    Carrier.ODS: Format("OpenDocument 表格（ods）", ("ods", "ots"), "extractors.readers.sheet:read", WORKBOOK),
    Carrier.OFD: Format("OFD 版式文件", ("ofd",), "extractors.readers.ofd:read"),
    Carrier.PDF: Format("PDF 文件", ("pdf",), "extractors.readers.pdf:read"),
    Carrier.RTF: Format("RTF 文档", ("rtf", "doc"), "extractors.readers.office:read_rtf"),
    Carrier.HTML: Format("网页（html）", ("html", "htm", "xhtml"), "extractors.readers.html:read"),
    Carrier.MHTML: Format("单文件网页（mhtml）", ("mht", "mhtml"), "extractors.readers.html:read_mhtml"),
    Carrier.WORD_XML: Format("Word XML 文档", ("xml",)),
    Carrier.XML: Format("XML 文件", ("xml",), remedies=UNKNOWN),
    Carrier.OLE: Format("复合文档（内容不明）", (), remedies=UNKNOWN),
    Carrier.ENCRYPTED: Format("设了打开密码的 Office 文件", ()),
    Carrier.ZIP: Format("zip 压缩包", ("zip",), "extractors.attachments:read", ARCHIVE),
    Carrier.SEVEN_ZIP: Format("7z 压缩包", ("7z",), "extractors.attachments:read", ARCHIVE),
    Carrier.RAR: Format("rar 压缩包", ("rar",), remedies=ARCHIVE),
    Carrier.GZIP: Format("gzip 压缩包", ("gz", "tgz"), "extractors.attachments:read", ARCHIVE),
    Carrier.BZIP2: Format("bzip2 压缩包", ("bz2", "tbz", "tbz2"), "extractors.attachments:read", ARCHIVE),
    Carrier.XZ: Format("xz 压缩包", ("xz", "txz"), "extractors.attachments:read", ARCHIVE),
    Carrier.TAR: Format("tar 压缩包", ("tar",), "extractors.attachments:read", ARCHIVE),
    Carrier.PNG: Format("PNG 图片", ("png",), "extractors.readers.scan:read", PICTURE),
    Carrier.JPEG: Format("JPEG 图片", ("jpg", "jpeg"), "extractors.readers.scan:read", PICTURE),
    Carrier.TIFF: Format("TIFF 图片", ("tif", "tiff"), "extractors.readers.scan:read", PICTURE),
    Carrier.BMP: Format("BMP 图片", ("bmp",), "extractors.readers.scan:read", PICTURE),
    Carrier.GIF: Format("GIF 图片", ("gif",), remedies=PICTURE),
    Carrier.WEBP: Format("WebP 图片", ("webp",), remedies=PICTURE),
    Carrier.EMPTY: Format("空文件", ()),
    Carrier.UNKNOWN: Format("无法识别的文件", (), remedies=UNKNOWN),
}

_BY_EXTENSION = {ext: entry for entry in reversed(FORMATS.values()) for ext in entry.extensions}


def read(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Read one file by what it really is.

    `name` is the file name (any folders before it are ignored). An extension that lies about the content is noted
    (rule `extension_mismatch`) and the content decides. Raises `ReadError`, and nothing else, for a file that
    cannot be read.
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
    if entry.reader is None:
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
        document = _load(entry.reader)(data, name, limits)
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


def _load(reader: str) -> Reader:
    module, function = reader.split(":")
    return cast(Reader, getattr(import_module(module), function))


def _dotted(suffix: str) -> str:
    return f".{suffix}" if suffix else "（无）"
