"""Format detection, and what `FORMATS` does with the detected format."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from extractors.attachments import read
from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers import FORMATS
from extractors.readers.sniff import FileFormat, detect_format

from .build import docx, pack, para

_SECTOR = 512


def compound(*names: str, nested: str | None = None) -> bytes:
    """A compound file whose root holds the named streams; `nested` stands in a storage below the last one."""

    def entry(name: str, kind: int, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        head = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
        return (head + struct.pack("<III", 0xFFFFFFFF, right, child)).ljust(128, b"\0")

    count = len(names)
    entries = [entry("Root Entry", 5, child=1)]
    for i, name in enumerate(names, start=1):
        is_last = i == count
        child = count + 1 if is_last and nested else 0xFFFFFFFF
        entries.append(
            entry(name, 1 if child == 0xFFFFFFFF else 2, right=0xFFFFFFFF if is_last else i + 1, child=child)
        )
    if nested:
        entries.append(entry(nested, 2))
    directory = b"".join(entries)
    sectors = -(-len(directory) // _SECTOR)
    directory = directory.ljust(sectors * _SECTOR, b"\0")
    chain = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(_SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(0x1E, b"\0") + struct.pack("<H", 9)
    header = header.ljust(0x30, b"\0") + struct.pack("<I", 1)
    header = header.ljust(0x4C, b"\0") + struct.pack("<I", 0)
    return header.ljust(_SECTOR, b"\xff") + fat + directory


ODF = "application/vnd.oasis.opendocument."
SAMPLES: dict[str, tuple[bytes, FileFormat]] = {
    "docx": (docx(para("甲")), FileFormat.DOCX),
    "docx without types": (pack({"word/document.xml": "<a/>"}), FileFormat.DOCX),
    "docx cut short": (docx(para("甲"))[:900], FileFormat.DOCX),
    "xlsx": (pack({"xl/workbook.xml": "<a/>"}), FileFormat.XLSX),
    "pptx": (pack({"ppt/presentation.xml": "<a/>"}), FileFormat.PPTX),
    "odt": (pack({"mimetype": ODF + "text"}), FileFormat.ODT),
    "ods": (pack({"mimetype": ODF + "spreadsheet"}), FileFormat.ODS),
    "ofd": (pack({"OFD.xml": "<a/>"}), FileFormat.OFD),
    "zip": (pack({"通知.txt": "甲"}), FileFormat.ZIP),
    "doc": (compound("WordDocument", "1Table"), FileFormat.DOC),
    "doc with a workbook inside": (compound("WordDocument", "ObjectPool", nested="Workbook"), FileFormat.DOC),
    "xls with a document inside": (compound("Workbook", "MBD1", nested="WordDocument"), FileFormat.XLS),
    "old xls": (compound("Book"), FileFormat.XLS),
    "ppt": (compound("a", "b", "c", "d", "PowerPoint Document"), FileFormat.PPT),
    "encrypted": (compound("EncryptionInfo", "EncryptedPackage"), FileFormat.ENCRYPTED),
    "doc cut short": (compound("WordDocument")[:1400], FileFormat.DOC),
    "compound of unknown kind": (compound("Something"), FileFormat.OLE),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", FileFormat.PDF),
    "pdf after junk": (b"\r\n\r\n%PDF-1.4", FileFormat.PDF),
    "rtf": (b"{\\rtf1\\ansi", FileFormat.RTF),
    "html": ("<!DOCTYPE html><html><p>通知</p>".encode(), FileFormat.HTML),
    "html of word": ('\ufeff<html xmlns:o="x"><body>'.encode(), FileFormat.HTML),
    "html in gbk": ("<html><body>关于印发的通知".encode("gb18030"), FileFormat.HTML),
    "mhtml": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x", FileFormat.MHTML),
    "word xml": (
        b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>',
        FileFormat.WORD_XML,
    ),
    "xml": (b'<?xml version="1.0"?><a/>', FileFormat.XML),
    "7z": (b"7z\xbc\xaf\x27\x1c\x00", FileFormat.SEVEN_ZIP),
    "rar": (b"Rar!\x1a\x07\x01\x00", FileFormat.RAR),
    "gzip": (b"\x1f\x8b\x08\x00", FileFormat.GZIP),
    "png": (b"\x89PNG\r\n\x1a\n\0", FileFormat.PNG),
    "jpg": (b"\xff\xd8\xff\xe0\0\x10JFIF", FileFormat.JPEG),
    "tiff": (b"II*\x00\x08\0", FileFormat.TIFF),
    "gif": (b"GIF89a\x01", FileFormat.GIF),
    "bmp": (b"BM\x10\0\0\0\0\0\0\0\x36", FileFormat.BMP),
    "webp": (b"RIFF\x10\0\0\0WEBPVP8 ", FileFormat.WEBP),
    "utf-8": ("测评项目\t分值".encode(), FileFormat.TEXT),
    "utf-8 with mark": ("测评项目".encode("utf-8-sig"), FileFormat.TEXT),
    "utf-16": ("测评项目\n分值".encode("utf-16"), FileFormat.TEXT),
    "utf-16 without mark": ("测评项目 分值\n".encode("utf-16-le"), FileFormat.TEXT),
    "gb18030": ("关于印发《文明单位测评体系》的通知".encode("gb18030"), FileFormat.TEXT),
    "text with tags in it": ("一、总体要求\n<ol><li>甲</li></ol>".encode(), FileFormat.TEXT),
    "empty": (b"", FileFormat.EMPTY),
    "blank": (b"\xef\xbb\xbf \r\n\t", FileFormat.EMPTY),
    "zeros": (bytes(4096), FileFormat.EMPTY),
    "noise": (bytes(range(256)) * 40, FileFormat.UNKNOWN),
    "control characters": (b"\x01\x02\x03 abc \x04\x05", FileFormat.UNKNOWN),
}


@pytest.mark.parametrize(("data", "file_format"), SAMPLES.values(), ids=SAMPLES)
def test_the_content_decides(data: bytes, file_format: FileFormat) -> None:
    assert detect_format(data, "通知.pdf") is file_format


def test_the_name_tells_twins_apart() -> None:
    assert detect_format(compound("WordDocument"), "通知.wps") is FileFormat.WPS
    damaged = docx(para("甲"))[:60]
    assert detect_format(damaged, "通知.docx") is FileFormat.DOCX
    assert detect_format(damaged, "通知") is FileFormat.ZIP
    assert detect_format("序号,内容\n1,甲".encode(), "清单.csv") is FileFormat.CSV


def test_published_notices(notices: Path) -> None:
    assert {detect_format(p.read_bytes(), p.name) for p in (notices / "docx").iterdir()} == {FileFormat.DOCX}
    assert {detect_format(p.read_bytes(), p.name) for p in (notices / "text").iterdir()} == {FileFormat.TEXT}


def test_every_kind_of_file_has_its_line_in_the_table() -> None:
    assert set(FORMATS) == set(FileFormat)
    assert all(entry.label and (entry.reader or entry.is_archive or entry.remedies.save) for entry in FORMATS.values())


@pytest.mark.parametrize(
    "key",
    [
        key
        for key, (_, file_format) in SAMPLES.items()
        if FORMATS[file_format].reader is None and not FORMATS[file_format].is_archive
    ],
)
def test_what_cannot_be_read_is_refused_by_its_real_name(key: str) -> None:
    data, file_format = SAMPLES[key]
    with pytest.raises(ReadError) as caught:
        read(data, "raw/某市/通知.docx")
    reason = caught.value.reason
    if file_format in (FileFormat.EMPTY, FileFormat.ENCRYPTED, FileFormat.UNKNOWN):
        assert {FileFormat.EMPTY: "空文件", FileFormat.ENCRYPTED: "已加密", FileFormat.UNKNOWN: "无法识别"}[
            file_format
        ] in reason
    else:
        assert f"扩展名为“.docx”，内容实为{FORMATS[file_format].label}" in reason
    assert caught.value.remedy == {
        FileFormat.EMPTY: "请重新获取该文件后放入",
        FileFormat.ENCRYPTED: "请打开后取消密码，另存后重新放入",
        FileFormat.OLE: FORMATS[FileFormat.DOCX].remedies.damaged,
        FileFormat.UNKNOWN: FORMATS[FileFormat.DOCX].remedies.damaged,
    }.get(file_format, FORMATS[file_format].remedies.save)


def test_a_truthful_extension_is_not_accused() -> None:
    with pytest.raises(ReadError) as caught:
        read(SAMPLES["ppt"][0], "通知.PPT")
    assert caught.value.reason == "尚不能读取旧版演示文稿（ppt）"


@pytest.mark.parametrize("name", ["通知.doc", "通知.txt", "通知.pdf", "通知", "通知.xyz"])
def test_a_lying_extension_is_noted_and_the_content_read(name: str) -> None:
    result = read(docx(para("甲")), name)
    assert [b.text for b in result.paragraphs()] == ["甲"]
    assert [n.rule for n in result.notes] == ["extension_mismatch"]
    assert "Word 文档（docx）" in result.notes[0].message


def test_text_is_read_by_the_text_reader() -> None:
    assert read("关于印发方案的通知\n各单位：".encode(), "通知.txt").format == "text"


def test_bare_text_under_the_name_of_an_office_file_is_refused() -> None:
    with pytest.raises(ReadError, match="内容却是纯文本") as caught:
        read("关于印发方案的通知\n各单位：".encode(), "通知.docx")
    assert ".txt" in caught.value.remedy


@pytest.mark.parametrize("name", ["通知.xyz", "通知"])
def test_text_under_an_unknown_extension_is_refused(name: str) -> None:
    with pytest.raises(ReadError, match=r"不认识的扩展名.*\.txt"):
        read("关于印发方案的通知".encode(), name)


def test_a_file_beyond_the_limit_is_refused_unread() -> None:
    with pytest.raises(ReadError, match="文件大小 2 MB，超过上限 1 MB"):
        read(b"x" * (2 << 20), "通知.txt", Limits(max_bytes=1 << 20))


@pytest.mark.parametrize("start", ["<p>通知</p>", "<h1>通知</h1>", "<SPAN class=a>通知</SPAN>"])
def test_a_page_saved_without_its_head_is_a_page_only_under_that_extension(start: str) -> None:
    data = f"{start}<table><tr><td>序号</td></tr></table>".encode()
    assert detect_format(data, "通知.html") is FileFormat.HTML
    assert detect_format(data, "通知.txt") is FileFormat.TEXT
