"""Checks before LibreOffice converts a file, and after it for lost tables."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from extractors.attachments import read
from extractors.document import Document, ReadError, Table
from extractors.limits import Limits
from extractors.readers import office
from extractors.readers.office import converter, word97
from extractors.readers.ole import OleError, OleFile
from tests.extractors.readers.build import cell, docx, pack, para, row, tbl

needs_office = pytest.mark.skipif(
    converter.find_soffice() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
)
ODF = "application/vnd.oasis.opendocument.text"
MANIFEST = "META-INF/manifest.xml"


@pytest.fixture
def doc(notices: Path) -> bytes:
    """A Word 97 file whose only table is the last thing in it."""
    return (notices / "doc" / "tongchuan.doc").read_bytes()


def _streams(doc: bytes) -> tuple[bytearray, bytes]:
    """The streams WordDocument and 1Table."""
    result = OleFile(doc)
    main = bytearray(result.stream("WordDocument") or b"")
    table = result.stream("1Table" if main[0x0B] & 0x02 else "0Table") or b""
    main[0x0B] |= 0x02
    return main, table


def _refused(data: bytes, name: str) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read(data, name)
    return caught.value


def test_a_locked_doc_asks_for_the_password_to_be_removed(doc: bytes) -> None:
    main, table = _streams(doc)
    main[0x0B] |= 0x01
    refusal = _refused(word97.build_ole({"WordDocument": bytes(main), "1Table": table}), "通知.doc")
    assert "已加密" in refusal.reason
    assert "取消密码" in refusal.remedy


def test_a_locked_doc_of_word_95_is_a_locked_doc(doc: bytes) -> None:
    main, table = _streams(doc)
    main[:2], main[0x0B] = b"\xdc\xa5", main[0x0B] | 0x01
    assert "已加密" in _refused(word97.build_ole({"WordDocument": bytes(main), "1Table": table}), "通知.doc").reason


@pytest.mark.parametrize("name", ["通知.doc", "通知.wps"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_a_doc_cut_off_is_refused(doc: bytes, name: str, share: float) -> None:
    refusal = _refused(doc[: int(len(doc) * share)], name)
    assert refusal.reason
    assert refusal.remedy


def test_a_doc_whose_text_is_missing_is_refused(doc: bytes) -> None:
    main, table = _streams(doc)
    for short in (main[:0x100], main[:0x400]):
        with pytest.raises(ReadError, match="损坏或不完整"):
            word97.check_word(word97.build_ole({"WordDocument": bytes(short), "1Table": table}))
    with pytest.raises(ReadError, match="没有 Word 正文"):
        word97.check_word(word97.build_ole({"Other": b"x"}))


def test_a_compound_file_in_circles_is_refused(doc: bytes) -> None:
    sector = struct.unpack_from("<I", doc, 0x30)[0]
    fat = struct.unpack_from("<I", doc, 0x4C)[0]
    looped = bytearray(doc)
    struct.pack_into("<I", looped, (fat + 1) * 512 + 4 * sector, sector)
    with pytest.raises(OleError):
        OleFile(bytes(looped))


def test_a_compound_file_holds_what_was_put_in() -> None:
    # Large enough for more FAT sectors than the header lists.
    streams = {"WordDocument": bytes(range(256)) * 40_000, "1Table": b"t" * 5000, "Data": b"d" * 9_999_999}
    result = OleFile(word97.build_ole(streams))
    assert {name: result.stream(name) for name in streams} == streams
    assert result.stream("Else") is None


@needs_office
def test_a_table_at_the_end_of_a_doc_stays(doc: bytes) -> None:
    assert word97.check_word(doc).data != doc
    tables = list(read(doc, "通知.doc").tables())
    assert [(t.n_rows, t.n_cols) for t in tables] == [(20, 5)]


@needs_office
def test_a_doc_whose_last_table_is_followed_by_other_stories(doc: bytes) -> None:
    """Text of headers, footers and notes stands right behind the body, often in the same piece."""
    main, table = _streams(doc)
    start, _ = struct.unpack_from("<II", main, 0x1A2)
    end = struct.unpack_from("<I", main, 0x4C)[0]
    assert struct.unpack_from("<BII", table, start) == (2, 16, 0)
    longer = bytearray(table)
    struct.pack_into("<I", longer, start + 9, end + 7)
    struct.pack_into("<I", main, 0x54, 7)
    result = read(word97.build_ole({"WordDocument": bytes(main), "1Table": bytes(longer)}), "通知.doc")
    assert [(t.n_rows, t.n_cols) for t in result.tables()] == [(20, 5)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (rb"{\rtf1 {\b a}", "不完整"),
        (rb"{\rtf1 " + b"{" * 5000 + b"}" * 5001, "嵌套超过"),
        (rb"{\rtf1 " + rb"\trowd\cell\row" * 50 + b"}", "超过上限"),
    ],
)
def test_bad_rtf_never_reaches_the_office(data: bytes, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "convert", None)
    with pytest.raises(ReadError, match=reason):
        office.read_rtf(data, "a.rtf", Limits(max_cells=40))


def test_rows_of_rtf_are_counted() -> None:
    assert office.check_rtf(rb"{\rtf1 \trowd a\cell\row \trowd\rowx b\{\cell\row}", Limits()) == 2


def test_bad_odt_never_reaches_the_office(notices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "convert", None)
    whole = (notices / "odt" / "hb-xiaogan-2022.odt").read_bytes()
    assert "不完整" in _refused(whole[: len(whole) // 2], "通知.odt").reason
    locked = pack({"mimetype": ODF, MANIFEST: "<manifest:encryption-data/>", "content.xml": "x"})
    assert "取消密码" in _refused(locked, "通知.odt").remedy
    assert "不完整" in _refused(pack({"mimetype": ODF}), "通知.odt").reason
    entities = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert "实体" in _refused(pack({"mimetype": ODF, "content.xml": entities}), "通知.odt").reason
    bomb = pack({"mimetype": ODF, "content.xml": "<a>" + " " * 30_000_000 + "</a>"})
    assert "压缩" in _refused(bomb, "通知.odt").reason


def test_rows_of_odt_are_counted() -> None:
    content = "<table:table-rows><table:table-row a='b'/><table:table-row><table:table-row/></table:table-row>"
    assert office.check_odt(pack({"mimetype": ODF, "content.xml": content}), Limits()) == 3


def _office_that_makes(made: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "convert", lambda *_: made)


def _rules(document: Document) -> list[tuple[str, str]]:
    return [(note.rule, note.message) for note in document.notes]


def test_lost_rows_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    _office_that_makes(docx(para("甲") + tbl(row(cell(para("乙"))), widths=(2000,))), monkeypatch)
    result = office.read_rtf(rb"{\rtf1 \row \row \row}")
    assert _rules(result)[0][0] == "lost_part"
    assert "有 3 个表格行，转换后只剩 1 行" in _rules(result)[0][1]
    assert not office.read_rtf(rb"{\rtf1 \row}").notes


def test_lost_tables_of_a_doc_are_reported_or_refused(doc: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    _office_that_makes(docx(para("甲") + tbl(row(cell(para("乙"))), widths=(2000,))), monkeypatch)
    assert [rule for rule, _ in _rules(office.read_doc(doc))] == ["lost_part"]
    _office_that_makes(docx(para("甲")), monkeypatch)
    with pytest.raises(ReadError, match="表格全部丢失"):
        office.read_doc(doc)


@needs_office
def test_the_content_decides_under_the_name_of_a_doc(notices: Path) -> None:
    text = "关于印发测评体系的通知\n一、总体要求".encode()
    assert "内容却是纯文本" in _refused(text, "通知.doc").reason
    page = "<html><body><p>关于印发测评体系的通知</p></body></html>".encode()
    assert read(page, "通知.doc").format == "html"
    assert read(docx(para("甲")), "通知.doc").format == "docx"
    # Word itself saves RTF under the name of a doc, so that is no lie.
    result = read((notices / "rtf" / "hb-xiaogan-2022.rtf").read_bytes(), "通知.doc")
    assert (result.format, result.notes) == ("rtf", ())
    assert any(isinstance(block, Table) for block in result.blocks)
    assert _refused(b"", "通知.doc").reason == "空文件，没有内容"


@needs_office
def test_nothing_is_fetched_for_a_field() -> None:
    data = rb'{\rtf1 {\field{\*\fldinst INCLUDETEXT "/etc/hostname"}{\fldrslt kept}} end\par}'
    assert [b.text for b in read(data, "a.rtf").paragraphs()] == ["kept end"]
