"""What a file really is, and what the registry does about it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from extractors.attachments import read
from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers import FORMATS
from extractors.readers.sniff import Carrier, sniff

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
SAMPLES: dict[str, tuple[bytes, Carrier]] = {
    "docx": (docx(para("甲")), Carrier.DOCX),
    "docx without types": (pack({"word/document.xml": "<a/>"}), Carrier.DOCX),
    "docx cut short": (docx(para("甲"))[:900], Carrier.DOCX),
    "xlsx": (pack({"xl/workbook.xml": "<a/>"}), Carrier.XLSX),
    "pptx": (pack({"ppt/presentation.xml": "<a/>"}), Carrier.PPTX),
    "odt": (pack({"mimetype": ODF + "text"}), Carrier.ODT),
    "ods": (pack({"mimetype": ODF + "spreadsheet"}), Carrier.ODS),
    "ofd": (pack({"OFD.xml": "<a/>"}), Carrier.OFD),
    "zip": (pack({"通知.txt": "甲"}), Carrier.ZIP),
    "doc": (compound("WordDocument", "1Table"), Carrier.DOC),
    "doc with a workbook inside": (compound("WordDocument", "ObjectPool", nested="Workbook"), Carrier.DOC),
    "xls with a document inside": (compound("Workbook", "MBD1", nested="WordDocument"), Carrier.XLS),
    "old xls": (compound("Book"), Carrier.XLS),
    "ppt": (compound("a", "b", "c", "d", "PowerPoint Document"), Carrier.PPT),
    "encrypted": (compound("EncryptionInfo", "EncryptedPackage"), Carrier.ENCRYPTED),
    "doc cut short": (compound("WordDocument")[:1400], Carrier.DOC),
    "compound of unknown kind": (compound("Something"), Carrier.OLE),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", Carrier.PDF),
    "pdf after junk": (b"\r\n\r\n%PDF-1.4", Carrier.PDF),
    "rtf": (b"{\\rtf1\\ansi", Carrier.RTF),
    "html": ("<!DOCTYPE html><html><p>通知</p>".encode(), Carrier.HTML),
    "html of word": ('\ufeff<html xmlns:o="x"><body>'.encode(), Carrier.HTML),
    "html in gbk": ("<html><body>关于印发的通知".encode("gb18030"), Carrier.HTML),
    "mhtml": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x", Carrier.MHTML),
    "word xml": (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>', Carrier.WORD_XML),
    "xml": (b'<?xml version="1.0"?><a/>', Carrier.XML),
    "7z": (b"7z\xbc\xaf\x27\x1c\x00", Carrier.SEVEN_ZIP),
    "rar": (b"Rar!\x1a\x07\x01\x00", Carrier.RAR),
    "gzip": (b"\x1f\x8b\x08\x00", Carrier.GZIP),
    "png": (b"\x89PNG\r\n\x1a\n\0", Carrier.PNG),
    "jpg": (b"\xff\xd8\xff\xe0\0\x10JFIF", Carrier.JPEG),
    "tiff": (b"II*\x00\x08\0", Carrier.TIFF),
    "gif": (b"GIF89a\x01", Carrier.GIF),
    "bmp": (b"BM\x10\0\0\0\0\0\0\0\x36", Carrier.BMP),
    "webp": (b"RIFF\x10\0\0\0WEBPVP8 ", Carrier.WEBP),
    "utf-8": ("测评项目\t分值".encode(), Carrier.TEXT),
    "utf-8 with mark": ("测评项目".encode("utf-8-sig"), Carrier.TEXT),
    "utf-16": ("测评项目\n分值".encode("utf-16"), Carrier.TEXT),
    "utf-16 without mark": ("测评项目 分值\n".encode("utf-16-le"), Carrier.TEXT),
    "gb18030": ("关于印发《文明单位测评体系》的通知".encode("gb18030"), Carrier.TEXT),
    "text with tags in it": ("一、总体要求\n<ol><li>甲</li></ol>".encode(), Carrier.TEXT),
    "empty": (b"", Carrier.EMPTY),
    "blank": (b"\xef\xbb\xbf \r\n\t", Carrier.EMPTY),
    "zeros": (bytes(4096), Carrier.EMPTY),
    "noise": (bytes(range(256)) * 40, Carrier.UNKNOWN),
    "control characters": (b"\x01\x02\x03 abc \x04\x05", Carrier.UNKNOWN),
}


@pytest.mark.parametrize(("data", "carrier"), SAMPLES.values(), ids=SAMPLES)
def test_the_content_decides(data: bytes, carrier: Carrier) -> None:
    assert sniff(data, "通知.pdf") is carrier


def test_the_name_tells_twins_apart() -> None:
    assert sniff(compound("WordDocument"), "通知.wps") is Carrier.WPS
    damaged = docx(para("甲"))[:60]
    assert sniff(damaged, "通知.docx") is Carrier.DOCX
    assert sniff(damaged, "通知") is Carrier.ZIP
    assert sniff("序号,内容\n1,甲".encode(), "清单.csv") is Carrier.CSV


def test_published_notices(notices: Path) -> None:
    assert {sniff(p.read_bytes(), p.name) for p in (notices / "docx").iterdir()} == {Carrier.DOCX}
    assert {sniff(p.read_bytes(), p.name) for p in (notices / "text").iterdir()} == {Carrier.TEXT}


def test_every_kind_of_file_has_its_line_in_the_table() -> None:
    assert set(FORMATS) == set(Carrier)
    assert all(entry.label and (entry.reader or entry.is_archive or entry.remedies.save) for entry in FORMATS.values())


@pytest.mark.parametrize(
    "key",
    [
        key
        for key, (_, carrier) in SAMPLES.items()
        if FORMATS[carrier].reader is None and not FORMATS[carrier].is_archive
    ],
)
def test_what_cannot_be_read_is_refused_by_its_real_name(key: str) -> None:
    data, carrier = SAMPLES[key]
    with pytest.raises(ReadError) as caught:
        read(data, "raw/某市/通知.docx")
    reason = caught.value.reason
    if carrier in (Carrier.EMPTY, Carrier.ENCRYPTED, Carrier.UNKNOWN):
        assert {Carrier.EMPTY: "空文件", Carrier.ENCRYPTED: "已加密", Carrier.UNKNOWN: "无法识别"}[carrier] in reason
    else:
        assert f"扩展名为“.docx”，内容实为{FORMATS[carrier].label}" in reason
    assert caught.value.remedy == {
        Carrier.EMPTY: "请重新获取该文件后放入",
        Carrier.ENCRYPTED: "请打开后取消密码，另存后重新放入",
        Carrier.OLE: FORMATS[Carrier.DOCX].remedies.again,
        Carrier.UNKNOWN: FORMATS[Carrier.DOCX].remedies.again,
    }.get(carrier, FORMATS[carrier].remedies.save)


def test_a_truthful_extension_is_not_accused() -> None:
    with pytest.raises(ReadError) as caught:
        read(SAMPLES["ppt"][0], "通知.PPT")
    assert caught.value.reason == "尚不能读取旧版演示文稿（ppt）"


@pytest.mark.parametrize("name", ["通知.doc", "通知.txt", "通知.pdf", "通知", "通知.xyz"])
def test_a_lying_extension_is_noted_and_the_content_read(name: str) -> None:
    found = read(docx(para("甲")), name)
    assert [b.text for b in found.paragraphs()] == ["甲"]
    assert [n.rule for n in found.notes] == ["extension_mismatch"]
    assert "Word 文档（docx）" in found.notes[0].message


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
    assert sniff(data, "通知.html") is Carrier.HTML
    assert sniff(data, "通知.txt") is Carrier.TEXT
