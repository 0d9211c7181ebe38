"""Bytes in, `Document` out: the table `FORMATS` maps each file format to its reader.

A new reader is one line of `FORMATS` and one function above it, which imports the reader on first use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from extractors.document import Document, ReadError, ReadNote
from extractors.limits import DEFAULT_LIMITS, MIB, Limits
from extractors.readers import decrypt
from extractors.readers.folding import fold_document
from extractors.readers.remedies import ARCHIVE, DOCUMENT, PICTURE, PRESENTATION, UNKNOWN, WORKBOOK, Remedies
from extractors.readers.sniff import FileFormat, detect_format, file_extension
from extractors.table_words import NO_WORDS, TableWords

Reader: TypeAlias = Callable[[bytes, str, Limits, TableWords], Document]

_FETCH_AGAIN = "请重新获取该文件后放入"


@dataclass(frozen=True, slots=True)
class FormatSpec:
    """One file format: its name for users, its extensions, and its reader or the remedy if there is none."""

    label: str
    extensions: tuple[str, ...]
    reader: Reader | None = None
    """None = refused with the remedy to save it in another format."""
    remedies: Remedies = DOCUMENT
    is_archive: bool = False
    """Contains other files; read by the function the caller passes, since readers do not combine files to notices."""


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


FORMATS: dict[FileFormat, FormatSpec] = {
    FileFormat.DOCX: FormatSpec("Word 文档（docx）", ("docx", "docm", "dotx", "dotm"), _read_docx),
    FileFormat.TEXT: FormatSpec("纯文本", ("txt", "text", "md", "markdown", "tsv"), _read_text),
    FileFormat.CSV: FormatSpec("CSV 表格", ("csv",), _read_sheet, WORKBOOK),
    FileFormat.DOC: FormatSpec("旧版 Word 文档（doc）", ("doc", "dot"), _read_doc),
    FileFormat.WPS: FormatSpec("WPS 文字文档（wps）", ("wps", "wpt"), _read_wps),
    FileFormat.XLSX: FormatSpec("Excel 工作簿（xlsx）", ("xlsx", "xlsm", "xltx", "xltm"), _read_sheet, WORKBOOK),
    FileFormat.XLSB: FormatSpec("Excel 二进制工作簿（xlsb）", ("xlsb",), _read_sheet, WORKBOOK),
    FileFormat.XLS: FormatSpec("旧版 Excel 工作簿（xls）", ("xls", "xlt", "et"), _read_sheet, WORKBOOK),
    FileFormat.PPTX: FormatSpec("演示文稿（pptx）", ("pptx", "pptm", "ppsx"), remedies=PRESENTATION),
    FileFormat.PPT: FormatSpec("旧版演示文稿（ppt）", ("ppt", "pps", "dps"), remedies=PRESENTATION),
    FileFormat.ODT: FormatSpec("OpenDocument 文字（odt）", ("odt", "ott"), _read_odt),
    FileFormat.ODS: FormatSpec("OpenDocument 表格（ods）", ("ods", "ots"), _read_sheet, WORKBOOK),
    FileFormat.OFD: FormatSpec("OFD 版式文件", ("ofd",), _read_ofd),
    FileFormat.PDF: FormatSpec("PDF 文件", ("pdf",), _read_pdf),
    FileFormat.RTF: FormatSpec("RTF 文档", ("rtf", "doc"), _read_rtf),
    FileFormat.HTML: FormatSpec("网页（html）", ("html", "htm", "xhtml"), _read_html),
    FileFormat.MHTML: FormatSpec("单文件网页（mhtml）", ("mht", "mhtml"), _read_mhtml),
    FileFormat.WORD_XML: FormatSpec("Word XML 文档", ("xml",)),
    FileFormat.XML: FormatSpec("XML 文件", ("xml",), remedies=UNKNOWN),
    FileFormat.OLE: FormatSpec("复合文档（内容不明）", (), remedies=UNKNOWN),
    FileFormat.ENCRYPTED: FormatSpec("设了打开密码的 Office 文件", ()),
    FileFormat.ZIP: FormatSpec("zip 压缩包", ("zip",), is_archive=True, remedies=ARCHIVE),
    FileFormat.SEVEN_ZIP: FormatSpec("7z 压缩包", ("7z",), is_archive=True, remedies=ARCHIVE),
    FileFormat.RAR: FormatSpec("rar 压缩包", ("rar",), remedies=ARCHIVE),
    FileFormat.GZIP: FormatSpec("gzip 压缩包", ("gz", "tgz"), is_archive=True, remedies=ARCHIVE),
    FileFormat.BZIP2: FormatSpec("bzip2 压缩包", ("bz2", "tbz", "tbz2"), is_archive=True, remedies=ARCHIVE),
    FileFormat.XZ: FormatSpec("xz 压缩包", ("xz", "txz"), is_archive=True, remedies=ARCHIVE),
    FileFormat.TAR: FormatSpec("tar 压缩包", ("tar",), is_archive=True, remedies=ARCHIVE),
    FileFormat.PNG: FormatSpec("PNG 图片", ("png",), _read_scan, PICTURE),
    FileFormat.JPEG: FormatSpec("JPEG 图片", ("jpg", "jpeg"), _read_scan, PICTURE),
    FileFormat.TIFF: FormatSpec("TIFF 图片", ("tif", "tiff"), _read_scan, PICTURE),
    FileFormat.BMP: FormatSpec("BMP 图片", ("bmp",), _read_scan, PICTURE),
    FileFormat.GIF: FormatSpec("GIF 图片", ("gif",), remedies=PICTURE),
    FileFormat.WEBP: FormatSpec("WebP 图片", ("webp",), remedies=PICTURE),
    FileFormat.EMPTY: FormatSpec("空文件", ()),
    FileFormat.UNKNOWN: FormatSpec("无法识别的文件", (), remedies=UNKNOWN),
}

_BY_EXTENSION = {ext: entry for entry in reversed(FORMATS.values()) for ext in entry.extensions}


def read(
    data: bytes,
    name: str,
    limits: Limits = DEFAULT_LIMITS,
    words: TableWords = NO_WORDS,
    read_archive: Reader | None = None,
) -> Document:
    """Read one file by its content; a wrong extension is noted (rule `extension_mismatch`), odd characters are folded.

    Args:
        data: the bytes of the file.
        name: its file name; folders before it are ignored.
        limits: bounds on size and expansion.
        words: knowledge of the words in tables; without it only structure decides.
        read_archive: reads a file that contains others; without it archives are refused.

    Raises:
        ReadError: the file cannot be read; no other exception is raised.
    """
    if len(data) > limits.max_bytes:
        raise ReadError(
            f"文件大小 {len(data) / MIB:.0f} MB，超过上限 {limits.max_bytes / MIB:.0f} MB",
            "请拆分或压缩其中的图片后放入，或调高文件大小上限",
        )
    file_format = detect_format(data, name)
    if file_format is FileFormat.ENCRYPTED:
        data = decrypt.decrypt(data)
        file_format = detect_format(data, name)
    spec = FORMATS[file_format]
    suffix = file_extension(name)
    reader = read_archive if spec.is_archive else spec.reader
    if reader is None:
        raise ReadError(_refusal_reason(file_format, spec, suffix), _refusal_remedy(file_format, spec, suffix))
    if file_format is FileFormat.TEXT and suffix not in _BY_EXTENSION:
        # Any bytes without a signature may pass for text, so the extension must confirm it.
        raise ReadError(f"不认识的扩展名“{_with_dot(suffix)}”", "确属文本通知的，请把扩展名改为 .txt 或 .md 后放入")
    if file_format is FileFormat.TEXT and suffix not in spec.extensions:
        # An office file containing plain text is a failed download or an error page far more often than a notice.
        raise ReadError(
            f"扩展名为“{_with_dot(suffix)}”，内容却是纯文本",
            "请重新获取原件；确属文本通知的，请把扩展名改为 .txt 后放入",
        )
    try:
        document = fold_document(reader(data, name, limits, words))
    except (RecursionError, MemoryError) as error:
        raise ReadError("文件结构过深或过大，读取时耗尽资源", spec.remedies.save) from error
    except ReadError as error:
        if suffix in spec.extensions:
            raise
        # Changed in place, so that an archive of several notices still returns what was read of them.
        error.reason = f"扩展名为“{_with_dot(suffix)}”，内容实为{spec.label}；{error.reason}"
        raise
    if suffix in spec.extensions:
        return document
    message = f"扩展名为“{_with_dot(suffix)}”，内容实为{spec.label}，已按内容读取"
    return replace(document, notes=(ReadNote("extension_mismatch", message, "整个文件"), *document.notes))


def _refusal_reason(file_format: FileFormat, spec: FormatSpec, suffix: str) -> str:
    if file_format is FileFormat.EMPTY:
        return "空文件，没有内容"
    if file_format is FileFormat.UNKNOWN:
        is_misnamed = suffix in _BY_EXTENSION
        return f"扩展名为“.{suffix}”，内容却不是该格式，也无法识别" if is_misnamed else "无法识别的文件格式"
    if suffix in spec.extensions or not suffix:
        return f"尚不能读取{spec.label}"
    return f"扩展名为“.{suffix}”，内容实为{spec.label}，尚不能读取"


def _refusal_remedy(file_format: FileFormat, spec: FormatSpec, suffix: str) -> str:
    if file_format is FileFormat.EMPTY:
        return _FETCH_AGAIN
    if file_format in (FileFormat.OLE, FileFormat.UNKNOWN) and suffix in _BY_EXTENSION:
        # Nothing inside shows the format, so the name has to.
        return _BY_EXTENSION[suffix].remedies.damaged
    return spec.remedies.save


def _with_dot(suffix: str) -> str:
    return f".{suffix}" if suffix else "（无）"
