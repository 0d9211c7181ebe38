"""Damaged notices of every format, made from whole ones: the same format and number give the same bytes anywhere."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

NOTICES = Path(__file__).parents[1] / "notices"
SMALL, OTHER = "tongchuan", "hb-xiaogan-2022"

SAMPLES: Mapping[str, tuple[str, int]] = {
    "docx": (f"docx/{SMALL}.docx", 6),
    "xlsx": (f"xlsx/{SMALL}.xlsx", 5),
    "xls": ("xls/sd-mixed-2024.xls", 5),
    "html": (f"html/{SMALL}.html", 5),
    "txt": (f"text/{SMALL}.txt", 3),
    "md": ("text/sd-mixed-2024.md", 3),
    "pdf": (f"pdf/{SMALL}.pdf", 4),
    "doc": (f"doc/{SMALL}.doc", 2),
    "rtf": (f"rtf/{OTHER}.rtf", 1),
    "odt": (f"odt/{OTHER}.odt", 1),
    "ofd": ("", 4),
    "zip": ("", 3),
    "mhtml": ("", 2),
    "csv": ("", 2),
    "png": ("", 1),
}
"""Format -> (sample below tests/notices, or empty where it is made here; share of all inputs)."""

_PACKAGES = ("docx", "xlsx", "odt", "ofd", "zip")
_WORDS = (
    b"<", b">", b"</w:tbl>", b"<w:tc/>", b"<table>", b"</td>", b'rowspan="9999"', b"&#x0;", b"&x;", b"]]>", b"<!--",
    b"\x00", b"\xff\xfe", b"%PDF-", b"endobj", b"stream\n", b"9999999999", b"-1", b"{\\rtf", b"\\row", b"\t", b"\r\n",
    "合计".encode(), "附件1：".encode(), "（".encode(), "每".encode(), b"100%", "〔2024〕".encode(),
)  # fmt: skip


def formats() -> list[str]:
    """The formats in a fixed order, each as often as its share."""
    return [file_format for file_format, (_, share) in SAMPLES.items() for _ in range(share)]


def damaged(file_format: str, number: int) -> bytes:
    """The bytes of damaged file `number` of a format."""
    chance = random.Random(f"{file_format}-{number}")
    whole = sample(file_format)
    if file_format in _PACKAGES and chance.random() < 0.7:
        return _inside(whole, chance)
    return _hurt(whole, chance)


@cache
def sample(file_format: str) -> bytes:
    """The whole file that damaged ones are made from."""
    path = SAMPLES[file_format][0]
    return (NOTICES / path).read_bytes() if path else _MADE[file_format]()


def _inside(whole: bytes, chance: random.Random) -> bytes:
    """A package in which one or two members were damaged and all others are whole."""
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        members = [(info.filename, package.read(info)) for info in package.infolist() if not info.is_dir()]
    for _ in range(chance.randint(1, 2)):
        at = chance.randrange(len(members))
        name, content = members[at]
        if chance.random() < 0.1:
            members.pop(at)
            continue
        members[at] = (name, _hurt(content, chance))
        if not members:
            break
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members:
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _hurt(whole: bytes, chance: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        chance.choice(_HURTS)(data, chance)
    return bytes(data)


def _flip(data: bytearray, chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _cut(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    del data[at : at + chance.choice((1, 10, 200, len(data)))]


def _double(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    piece = data[at : at + chance.choice((1, 30, 500))]
    data[at:at] = piece * chance.choice((1, 2, 20))


def _swap(data: bytearray, chance: random.Random) -> None:
    size = chance.choice((4, 60, 1000))
    a, b = chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)
    data[a : a + size], data[b : b + size] = data[b : b + size], data[a : a + size]


def _insert(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.choice((chance.choice(_WORDS), chance.randbytes(chance.choice((1, 8, 64)))))


def _overwrite(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    size = chance.choice((1, 2, 4, 8))
    data[at : at + size] = chance.choice((b"\xff" * size, b"\x00" * size, chance.randbytes(size)))


_HURTS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flip,
    _flip,
    _cut,
    _double,
    _swap,
    _insert,
    _overwrite,
)


def _zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(zipfile.ZipInfo("通知.docx"), sample("docx"), zipfile.ZIP_DEFLATED)
        package.writestr(zipfile.ZipInfo("附件1.xlsx"), sample("xlsx"), zipfile.ZIP_DEFLATED)
        package.writestr(zipfile.ZipInfo("附件2.txt"), sample("txt"), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _mhtml() -> bytes:
    head = 'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
    part = "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return (head + part).encode() + sample("html") + b"\r\n--b--\r\n"


def _csv() -> bytes:
    rows = ["序号,测评内容,分值,责任科室"]
    rows += [f'{n},"组织学习宣传，开展活动{n}次以上（{n}分）。",{n},办公室' for n in range(1, 30)]
    return "\r\n".join(rows).encode("gb18030")


def _png() -> bytes:
    """A small empty grid: the recogniser itself is tried elsewhere, here the file format is."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return len(content).to_bytes(4, "big") + checked + zlib.crc32(checked).to_bytes(4, "big")

    side = 240
    lines = [b"\x00" + bytes(0 if x % 80 < 2 or y % 60 < 2 else 255 for x in range(side)) for y in range(side)]
    size = side.to_bytes(4, "big")
    head = chunk(b"IHDR", size + size + b"\x08\x00\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"".join(lines))) + chunk(b"IEND", b"")


def _ofd() -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    lines = "".join(
        f'<ofd:PathObject ID="{100 + n}" Boundary="20 {20 + 10 * n} 160 1" LineWidth="0.3">'
        "<ofd:AbbreviatedData>M 0 0 L 160 0</ofd:AbbreviatedData></ofd:PathObject>"
        for n in range(6)
    )
    texts = "".join(
        f'<ofd:TextObject ID="{200 + n}" Boundary="22 {21 + 10 * n} 100 6" Font="1" Size="4">'
        f'<ofd:TextCode X="0" Y="4" DeltaX="g 9 4">{text}</ofd:TextCode></ofd:TextObject>'
        for n, text in enumerate(
            ("测评项目与测评标准一览", "组织领导和责任分工情况", "志愿服务活动开展情况", "节日主题活动", "合计")
        )
    )
    page = f'<ofd:Page {space}><ofd:Content><ofd:Layer ID="9">{lines}{texts}</ofd:Layer></ofd:Content></ofd:Page>'
    box = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    document = (
        f"<ofd:Document {space}><ofd:CommonData><ofd:MaxUnitID>300</ofd:MaxUnitID>{box}</ofd:CommonData>"
        '<ofd:Pages><ofd:Page ID="8" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>'
    )
    root = (
        f'<ofd:OFD {space} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in (
            ("OFD.xml", root),
            ("Doc_0/Document.xml", document),
            ("Doc_0/Pages/Page_0/Content.xml", page),
        ):
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return target.getvalue()


_MADE: Mapping[str, Callable[[], bytes]] = {"zip": _zip, "mhtml": _mhtml, "csv": _csv, "png": _png, "ofd": _ofd}
