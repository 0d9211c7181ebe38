"""Tiny made-up notices, and files that are hostile or broken."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{MAIN}"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
HEADER = ("测评项目", "测评标准", "分值", "责任科室")


def lines(place: str, number: int | None = None) -> list[str]:
    """The running text of a notice of the made-up city `place`."""
    return [
        f"关于印发《{place}市文明单位测评体系》的通知",
        *([f"{place}文明办〔2021〕{number}号"] if number else []),
        "各有关单位：",
        f"现将《{place}市文明单位测评体系》印发给你们，请认真执行。",
        f"{place}市精神文明建设指导委员会办公室",
        "2021年3月1日",
    ]


def rows(place: str, extra: str = "制定年度创建工作方案") -> list[tuple[str, ...]]:
    """The body of its table: three tasks, twelve points."""
    return [
        ("一、组织领导", f"1）成立{place}市创建工作领导小组", "5", "办公室"),
        ("一、组织领导", f"2）{extra}", "3", "人事科"),
        ("二、志愿服务", "1）每季度开展一次志愿服务活动", "4", "机关党委"),
    ]


def as_text(place: str, number: int | None = None, extra: str = "制定年度创建工作方案") -> str:
    """A notice as Markdown."""
    table = [HEADER, ("---",) * len(HEADER), *rows(place, extra)]
    return "\n\n".join(lines(place, number)) + "\n\n" + "\n".join("| " + " | ".join(row) + " |" for row in table) + "\n"


def as_docx(place: str, number: int | None = None) -> bytes:
    """The same notice as a Word file."""

    def paragraph(text: str) -> str:
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    grid = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in row) + "</w:tr>"
        for row in [HEADER, *rows(place)]
    )
    body = "".join(map(paragraph, lines(place, number))) + f"<w:tbl>{grid}</w:tbl>" + paragraph("")
    return package(f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')


def package(document: str, extra: dict[str, bytes] | None = None) -> bytes:
    """A Word file whose main part is `document`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", document)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return buffer.getvalue()


def entity_bomb() -> bytes:
    """A Word file whose text is one entity of a billion characters."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "哈"}">' for n in range(10))
    text = "<w:p><w:r><w:t>&e9;</w:t></w:r></w:p>"
    return package(
        f'<?xml version="1.0"?><!DOCTYPE d [{entities}]><w:document xmlns:w="{W}"><w:body>{text}</w:body></w:document>'
    )


def external_entity(secret: Path) -> bytes:
    """A Word file that asks for the content of `secret`."""
    text = "<w:p><w:r><w:t>&s;</w:t></w:r></w:p>"
    return package(
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
        f'<w:document xmlns:w="{W}"><w:body>{text}</w:body></w:document>'
    )


def zip_bomb() -> bytes:
    """A Word file of some hundred kilobytes whose main part is 200 MB."""
    filler = " " * (200 << 20)
    return package(f'<w:document xmlns:w="{W}"><w:body>{filler}</w:body></w:document>')


def encrypted() -> bytes:
    """The start of what Word writes when a password is set: a compound file with an EncryptedPackage stream."""
    sector = 512
    header = bytearray(sector)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIIII", header, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    struct.pack_into("<109I", header, 76, *([0] + [0xFFFFFFFF] * 108))
    fat = struct.pack("<128I", *([0xFFFFFFFD, 0xFFFFFFFE] + [0xFFFFFFFF] * 126))
    entries = b"".join(_entry(name, kind) for name, kind in (("Root Entry", 5), ("EncryptedPackage", 2)))
    return bytes(header) + fat + entries.ljust(sector, b"\0")


def _entry(name: str, kind: int) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    child = 1 if kind == 5 else 0xFFFFFFFF
    head = encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return head.ljust(116, b"\0") + struct.pack("<IQ", 0xFFFFFFFE, 0)
