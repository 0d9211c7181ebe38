"""doc, dot, wps, wpt, rtf and odt: converted by LibreOffice, then read as the docx they became.

The checks before and after are ours: locked and broken files are told apart, and no table gets lost unseen.

Other readers know no clock, environment, disk or program; this one cannot do without, since these formats are told
only by a program that lays pages out. What it takes from outside decides whether there is a document, never what it
says: where LibreOffice is, when to give it up, and a private folder that it may write to. No network, no macro.
"""

from __future__ import annotations

import re
from dataclasses import replace

from extractors.document import Document, ReadError, ReadNote
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers import docx
from extractors.readers.office import odt, rtf, word97
from extractors.readers.office.converter import convert
from extractors.readers.remedies import DOCUMENT
from extractors.readers.zip_guard import Package
from extractors.table_words import NO_WORDS, TableWords

_WORD_97 = "MS Word 97"
_RTF = "Rich Text Format"
_ODT = "writer8"
_ROW = re.compile(rb"<w:tr[ >]")
_CELL = re.compile(rb"<w:tc[ >]")
_KEPT = 0.7
"""Cells merged across leave fewer cells behind; a lost table leaves fewer still."""


def read_doc(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The document in a Word 97–2003 file, older ones as far as LibreOffice knows them. Raises `ReadError`."""
    return _word(data, "doc", limits, words)


def read_wps(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The document in a file of WPS Writer, which is a Word 97 file inside. Raises `ReadError`."""
    return _word(data, "wps", limits, words)


def read_rtf(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The document in an RTF file. Raises `ReadError`."""
    rows = rtf.check(data, limits)
    made = convert(data, ".rtf", _RTF)
    document = replace(docx.read(made, "", limits, words), format="rtf")
    return _with_rows_told(document, rows, made, limits)


def read_odt(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The document in an OpenDocument text. Raises `ReadError`."""
    rows = odt.check(data, limits)
    made = convert(data, ".odt", _ODT)
    document = replace(docx.read(made, "", limits, words), format="odt")
    return _with_rows_told(document, rows, made, limits)


def _word(data: bytes, kind: str, limits: Limits, words: TableWords) -> Document:
    file = word97.check(data)
    made = convert(file.data, ".doc", _WORD_97 if file.marks is not None else "")
    document = replace(docx.read(made, "", limits, words), format=kind)
    if not file.marks:
        return document
    part = _main_part(made, limits)
    kept = len(_ROW.findall(part)) + len(_CELL.findall(part))
    if not kept:
        raise ReadError("转换后表格全部丢失", DOCUMENT.save)
    if kept < _KEPT * file.marks:
        return _with_loss(document, f"原文件表格约有 {file.marks} 处单元格，转换后只剩 {kept} 处")
    return document


def _with_rows_told(document: Document, rows: int, made: bytes, limits: Limits) -> Document:
    kept = len(_ROW.findall(_main_part(made, limits)))
    return document if kept >= rows else _with_loss(document, f"原文件有 {rows} 个表格行，转换后只剩 {kept} 行")


def _main_part(made: bytes, limits: Limits) -> bytes:
    with Package(made, limits) as package:
        return package.read("word/document.xml")


def _with_loss(document: Document, how: str) -> Document:
    message = f"{how}，可能有表格丢失，请与原文件核对或另存为 docx 再放入"
    return replace(document, notes=(ReadNote("lost_part", message, "整个文件"), *document.notes))
