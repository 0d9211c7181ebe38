"""doc, dot, wps, wpt, rtf and odt: converted to docx by LibreOffice, then read by the docx reader.

Files are checked before conversion (encrypted, truncated) and after it (no table lost unnoticed).

Unlike the other readers this one needs a clock, the environment, the disk and a program, since these formats can only
be read by a program that lays out pages. They decide whether there is a document, never what it says: where LibreOffice
is, when to stop it, and a private folder that it may write to. No network, no macros.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import accumulate

from extractors.document import Document, ReadError, ReadNote
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers import decrypt, docx
from extractors.readers.office import word97
from extractors.readers.office.converter import convert
from extractors.readers.remedies import DOCUMENT
from extractors.readers.zip_guard import Package
from extractors.table_words import NO_WORDS, TableWords

_WORD_97_FILTER = "MS Word 97"
_RTF_FILTER = "Rich Text Format"
_ODT_FILTER = "writer8"
_DOCX_ROW = re.compile(rb"<w:tr[ >]")
_DOCX_CELL = re.compile(rb"<w:tc[ >]")
_MIN_KEPT_SHARE = 0.7
"""Merged cells leave fewer cells after conversion; a lost table leaves fewer still."""
_RTF_ROW = re.compile(rb"\\row(?![a-z0-9-])")
_ESCAPED = re.compile(rb"\\[{}\\]")
_NOT_BRACES = bytes(byte for byte in range(256) if byte not in b"{}")
_MAX_GROUP_DEPTH = 1_000
_CHUNK = 128 * 1024
_ODT_ROW = re.compile(rb"<table:table-row[\s/>]")
_ODT_DAMAGED = "OpenDocument 文件损坏或不完整"


def read_doc(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """Read a Word 97–2003 file, or an older one as far as LibreOffice can. Raises `ReadError`."""
    return _read_word(data, "doc", limits, words)


def read_wps(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """Read a file of WPS Writer, which has the format of Word 97. Raises `ReadError`."""
    return _read_word(data, "wps", limits, words)


def read_rtf(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """Read an RTF file. Raises `ReadError`."""
    rows = check_rtf(data, limits)
    converted = convert(data, ".rtf", _RTF_FILTER)
    document = replace(docx.read(converted, "", limits, words), format="rtf")
    return _check_rows(document, rows, converted, limits)


def read_odt(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """Read an OpenDocument text. Raises `ReadError`."""
    rows = check_odt(data, limits)
    converted = convert(data, ".odt", _ODT_FILTER)
    document = replace(docx.read(converted, "", limits, words), format="odt")
    return _check_rows(document, rows, converted, limits)


def check_rtf(data: bytes, limits: Limits) -> int:
    """Return the number of table rows, without nested ones.

    Raises:
        ReadError: the file is truncated or nested too deeply.
    """
    depth = deepest = 0
    braces = _ESCAPED.sub(b"", data).translate(None, _NOT_BRACES)
    for start in range(0, len(braces), _CHUNK):
        steps = list(accumulate((1 if byte == 0x7B else -1 for byte in braces[start : start + _CHUNK]), initial=depth))
        depth, deepest = steps[-1], max(deepest, *steps)
        if deepest > _MAX_GROUP_DEPTH:
            raise ReadError(f"RTF 内部嵌套超过 {_MAX_GROUP_DEPTH} 层", DOCUMENT.damaged)
    if depth > 0:
        raise ReadError("RTF 文件不完整（结尾缺失）", DOCUMENT.damaged)
    rows = len(_RTF_ROW.findall(data))
    if rows > limits.max_cells:
        raise ReadError(f"表格有 {rows} 行，超过上限", "请核实文件；确属正常的，请拆分为较小的表格后放入")
    return rows


def check_odt(data: bytes, limits: Limits) -> int:
    """Return the number of table rows in the body.

    Raises:
        ReadError: the file is encrypted, damaged or declares entities.
    """
    with Package(data, limits) as package:
        manifest = package.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in package else b""
        if b"encryption-data" in manifest:
            raise ReadError(decrypt.ENCRYPTED, decrypt.REMOVE_PASSWORD)
        if "content.xml" not in package:
            raise ReadError(_ODT_DAMAGED, DOCUMENT.damaged)
        content = package.read("content.xml")
        styles = package.read("styles.xml") if "styles.xml" in package else b""
    if b"<!ENTITY" in content or b"<!ENTITY" in styles:
        raise ReadError("文件内部含有实体定义，不予读取", DOCUMENT.damaged)
    return len(_ODT_ROW.findall(content))


def _read_word(data: bytes, format_name: str, limits: Limits, words: TableWords) -> Document:
    word_file = word97.check_word(data)
    converted = convert(word_file.data, ".doc", _WORD_97_FILTER if word_file.n_cell_marks is not None else "")
    document = replace(docx.read(converted, "", limits, words), format=format_name)
    if not word_file.n_cell_marks:
        return document
    document_xml = _document_xml(converted, limits)
    n_kept = len(_DOCX_ROW.findall(document_xml)) + len(_DOCX_CELL.findall(document_xml))
    if not n_kept:
        raise ReadError("转换后表格全部丢失", DOCUMENT.save)
    if n_kept < _MIN_KEPT_SHARE * word_file.n_cell_marks:
        return _add_loss_note(document, f"原文件表格约有 {word_file.n_cell_marks} 处单元格，转换后只剩 {n_kept} 处")
    return document


def _check_rows(document: Document, n_rows: int, converted: bytes, limits: Limits) -> Document:
    n_kept = len(_DOCX_ROW.findall(_document_xml(converted, limits)))
    return (
        document
        if n_kept >= n_rows
        else _add_loss_note(document, f"原文件有 {n_rows} 个表格行，转换后只剩 {n_kept} 行")
    )


def _document_xml(converted: bytes, limits: Limits) -> bytes:
    with Package(converted, limits) as package:
        return package.read("word/document.xml")


def _add_loss_note(document: Document, reason: str) -> Document:
    message = f"{reason}，可能有表格丢失，请与原文件核对或另存为 docx 再放入"
    return replace(document, notes=(ReadNote("lost_part", message, "整个文件"), *document.notes))
