"""Writes small pdf files: text in a Chinese font that every viewer supplies, and straight lines."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
SONG_FONT = (
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>"
    "/DW 1000>>]>>"
)
UNMAPPED_FONT = (
    "<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[0.001 0 0 0.001 0 0]/FirstChar 1/LastChar 9"
    "/Widths[" + "1000 " * 9 + "]/Encoding<</Differences[1/a1/a2/a3/a4/a5/a6/a7/a8/a9]>>"
    "/CharProcs<<" + " ".join(f"/a{i} 5 0 R" for i in range(1, 10)) + ">>>>"
)


@dataclass
class PdfPageSource:
    """Drawing operations of one page; y counts from the upper edge as in the layout."""

    width: float = 595.0
    height: float = 842.0
    rotate: int = 0
    ops: list[str] = field(default_factory=list)

    def text(self, x: float, top: float, text: str, size: float = 12.0, *, turn: int = 0, mode: int = 0) -> None:
        """Write `text` with its upper left corner at x, top; every character takes `size` points."""
        matrix = {0: (1, 0, 0, 1), 1: (0, 1, -1, 0), 2: (-1, 0, 0, -1), 3: (0, -1, 1, 0)}[turn]
        y = self.height - top - 0.88 * size
        coded = text.encode("utf-16-be").hex().upper()
        self.ops.append(f"BT /F1 {size} Tf {mode} Tr {' '.join(map(str, matrix))} {x:.2f} {y:.2f} Tm <{coded}> Tj ET")

    def line(self, x0: float, top0: float, x1: float, top1: float) -> None:
        """A thin straight line."""
        self.ops.append(f"0.5 w {x0:.2f} {self.height - top0:.2f} m {x1:.2f} {self.height - top1:.2f} l S")

    def bar(self, x0: float, top: float, x1: float, bottom: float, grey: float = 0.0) -> None:
        """A filled rectangle."""
        self.ops.append(f"{grey} g {x0:.2f} {self.height - bottom:.2f} {x1 - x0:.2f} {bottom - top:.2f} re f 0 g")

    def grid(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        """All lines of a plain grid."""
        for y in ys:
            self.line(xs[0], y, xs[-1], y)
        for x in xs:
            self.line(x, ys[0], x, ys[-1])


def build_pdf(
    pages: Sequence[PdfPageSource], *, font: str = SONG_FONT, password: str | None = None, picture: bool = False
) -> bytes:
    """The file; `password` locks it with RC4 (an empty one encrypts without locking)."""
    first = 7
    kids = " ".join(f"{first + 2 * i} 0 R" for i in range(len(pages)))
    objects: dict[int, bytes] = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        3: font.encode(),
    }
    key, encrypt = _lock(password) if password is not None else (b"", b"")
    objects[4] = _stream(
        b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", b"\x80", key, 4
    )
    objects[5] = _stream(b"<<", b"1000 0 0 0 750 750 d1 0 0 750 750 re f", key, 5)
    if encrypt:
        objects[6] = encrypt
    for i, page in enumerate(pages):
        number = first + 2 * i
        ops = ([f"q {page.width} 0 0 {page.height} 0 0 cm /P1 Do Q"] if picture else []) + page.ops
        objects[number] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {page.width} {page.height}]/Rotate {page.rotate}"
            f"/Resources<</Font<</F1 3 0 R>>/XObject<</P1 4 0 R>>>>/Contents {number + 1} 0 R>>"
        ).encode()
        objects[number + 1] = _stream(b"<<", "\n".join(ops).encode(), key, number + 1)
    return _file(objects, encrypted=bool(encrypt))


def _stream(head: bytes, body: bytes, key: bytes, number: int) -> bytes:
    if key:
        body = _rc4(hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[: len(key) + 5], body)
    return head + f"/Length {len(body)}>>stream\n".encode() + body + b"\nendstream"


def _file(objects: dict[int, bytes], *, encrypted: bool) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places: dict[int, int] = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start, size = len(out), max(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n".encode()
    for number in range(1, size):
        out += f"{places.get(number, 0):010d} 00000 {'n' if number in places else 'f'} \n".encode()
    lock = "/Encrypt 6 0 R/ID[<00><00>]" if encrypted else ""
    out += f"trailer<</Size {size}/Root 1 0 R{lock}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _lock(password: str) -> tuple[bytes, bytes]:
    """Key and encryption dictionary of the 40-bit standard security handler."""
    user = (password.encode() + _PAD)[:32]
    owner = _rc4(hashlib.md5((b"owner" + _PAD)[:32]).digest()[:5], user)
    key = hashlib.md5(user + owner + (0xFFFFFFFC).to_bytes(4, "little") + b"\0").digest()[:5]
    check = _rc4(key, _PAD)
    return key, f"<</Filter/Standard/V 1/R 2/P -4/O<{owner.hex()}>/U<{check.hex()}>>>".encode()


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
