"""doc, dot, wps, wpt, rtf and odt: converted by LibreOffice, then read as the docx they became.

The checks before and after are ours: locked and broken files are told apart, and no table gets lost unseen.

Other readers know no clock, environment, disk or program; this one cannot do without, since these formats are told
only by a program that lays pages out. What it takes from outside decides whether there is a document, never what it
says: where LibreOffice is, when to give it up, and a private folder that it may write to. No network, no macro."""

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
"""Cells merged across leave fewer cells behind; a lost table leaves fewer still."""
_RTF_ROW = re.compile(rb"\\row(?![a-z0-9-])")
_ESCAPED = re.compile(rb"\\[{}\\]")
_NOT_BRACES = bytes(byte for byte in range(256) if byte not in b"{}")
_MAX_GROUP_DEPTH = 1_000
_CHUNK = 128 * 1024
_ODT_ROW = re.compile(rb"<table:table-row[\s/>]")
_ODT_DAMAGED = "OpenDocument 文件损坏或不完整"


def read_doc(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The document in a Word 97–2003 file, older ones as far as LibreOffice knows them. Raises `ReadError`."""
    return _read_word(data, "doc", limits, words)


def read_wps(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The document in a file of WPS Writer, which is a Word 97 file inside. Raises `ReadError`."""
    return _read_word(data, "wps", limits, words)


def read_rtf(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The document in an RTF file. Raises `ReadError`."""
    rows = check_rtf(data, limits)
    made = convert(data, ".rtf", _RTF_FILTER)
    document = replace(docx.read(made, "", limits, words), format="rtf")
    return _check_rows(document, rows, made, limits)


def read_odt(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The document in an OpenDocument text. Raises `ReadError`."""
    rows = check_odt(data, limits)
    made = convert(data, ".odt", _ODT_FILTER)
    document = replace(docx.read(made, "", limits, words), format="odt")
    return _check_rows(document, rows, made, limits)


def check_rtf(data: bytes, limits: Limits) -> int:
    """How many table rows the file has, nested ones aside. Raises `ReadError` when it is cut off or nested absurdly."""
    depth = deepest = 0
    braces = _ESCAPED.sub(b"", data).translate(None, _NOT_BRACES)
    for at in range(0, len(braces), _CHUNK):
        steps = list(accumulate((1 if byte == 0x7B else -1 for byte in braces[at : at + _CHUNK]), initial=depth))
        depth, deepest = steps[-1], max(deepest, *steps)
        if deepest > _MAX_GROUP_DEPTH:
            raise ReadError(f"RTF 内部嵌套超过 {_MAX_GROUP_DEPTH} 层", DOCUMENT.again)
    if depth > 0:
        raise ReadError("RTF 文件不完整（结尾缺失）", DOCUMENT.again)
    rows = len(_RTF_ROW.findall(data))
    if rows > limits.max_cells:
        raise ReadError(f"表格有 {rows} 行，超过上限", "请核实文件；确属正常的，请拆分为较小的表格后放入")
    return rows


def check_odt(data: bytes, limits: Limits) -> int:
    """How many table rows the body holds. Raises `ReadError` when it is locked, damaged or declares entities."""
    with Package(data, limits) as package:
        manifest = package.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in package else b""
        if b"encryption-data" in manifest:
            raise ReadError(decrypt.ENCRYPTED, decrypt.REMOVE_PASSWORD)
        if "content.xml" not in package:
            raise ReadError(_ODT_DAMAGED, DOCUMENT.again)
        content = package.read("content.xml")
        styles = package.read("styles.xml") if "styles.xml" in package else b""
    if b"<!ENTITY" in content or b"<!ENTITY" in styles:
        raise ReadError("文件内部含有实体定义，不予读取", DOCUMENT.again)
    return len(_ODT_ROW.findall(content))


def _read_word(data: bytes, kind: str, limits: Limits, words: TableWords) -> Document:
    file = word97.check_word(data)
    made = convert(file.data, ".doc", _WORD_97_FILTER if file.marks is not None else "")
    document = replace(docx.read(made, "", limits, words), format=kind)
    if not file.marks:
        return document
    part = _document_xml(made, limits)
    kept = len(_DOCX_ROW.findall(part)) + len(_DOCX_CELL.findall(part))
    if not kept:
        raise ReadError("转换后表格全部丢失", DOCUMENT.save)
    if kept < _MIN_KEPT_SHARE * file.marks:
        return _add_loss_note(document, f"原文件表格约有 {file.marks} 处单元格，转换后只剩 {kept} 处")
    return document


def _check_rows(document: Document, rows: int, made: bytes, limits: Limits) -> Document:
    kept = len(_DOCX_ROW.findall(_document_xml(made, limits)))
    return document if kept >= rows else _add_loss_note(document, f"原文件有 {rows} 个表格行，转换后只剩 {kept} 行")


def _document_xml(made: bytes, limits: Limits) -> bytes:
    with Package(made, limits) as package:
        return package.read("word/document.xml")


def _add_loss_note(document: Document, how: str) -> Document:
    message = f"{how}，可能有表格丢失，请与原文件核对或另存为 docx 再放入"
    return replace(document, notes=(ReadNote("lost_part", message, "整个文件"), *document.notes))
