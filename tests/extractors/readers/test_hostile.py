"""Damaged and contrived files: each costs a `ReadError` with a reason and a remedy in Chinese, and nothing more."""

from __future__ import annotations

import io
import re
import resource
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from extractors.attachments import read
from extractors.document import Document, ReadError
from extractors.limits import MIB, Limits

from .build import cell, docx, members, pack, para, part, relationships, row, run, tbl

MAIN = "word/document.xml"


def refused(data: bytes, limits: Limits | None = None) -> ReadError:
    """The refusal of a file, checked to be one that a Chinese user can act on."""
    with pytest.raises(ReadError) as caught:
        read(data, "通知.docx", limits or Limits())
    error = caught.value
    assert re.search("[一-龥]{4}", error.reason)
    assert re.search("[一-龥]{4}", error.remedy)
    return error


def with_main(raw: str | bytes) -> bytes:
    """A docx whose main part is `raw`."""
    content = members("")
    content[MAIN] = raw
    return pack(content)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.999])
def test_a_file_cut_short(share: float) -> None:
    whole = docx(*["".join(para(f"第{i}条") for i in range(300))])
    assert "损坏或不完整" in refused(whole[: int(len(whole) * share)]).reason


def test_bytes_damaged_in_the_middle() -> None:
    whole = bytearray(docx("".join(para(f"第{i}条{i * 7919}") for i in range(300))))
    at = whole.index(MAIN.encode()) + 200
    whole[at : at + 40] = bytes(40)
    assert f"部件 {MAIN}" in refused(bytes(whole)).reason


def test_no_main_part() -> None:
    content = members(para("甲"))
    del content[MAIN]
    assert "没有 Word 正文部件" in refused(pack(content)).reason
    assert "没有 Word 正文部件" in refused(with_main(part("settings", ""))).reason
    assert "没有 Word 正文部件" in refused(with_main(part("document", ""))).reason


@pytest.mark.parametrize("raw", ["", "<w:document>", "不是 XML", b"\xff\xfe\x00", "<a>&undefined;</a>", "<a>\x00</a>"])
def test_broken_xml_is_not_guessed_at(raw: str | bytes) -> None:
    error = refused(with_main(raw))
    assert "XML 已损坏" in error.reason
    assert "另存" in error.remedy


def test_broken_numbering_refuses_the_file_since_text_would_be_lost() -> None:
    content = members(para("甲", properties='<w:numPr><w:numId w:val="1"/></w:numPr>'), numbering="")
    content["word/numbering.xml"] = "<w:numbering"
    assert "word/numbering.xml 的 XML 已损坏" in refused(pack(content)).reason


def test_a_related_part_that_is_missing_is_noted() -> None:
    content = members(para("甲"), styles="")
    del content["word/styles.xml"]
    assert [n.rule for n in read(pack(content), "a.docx").notes] == ["lost_part"]


BOMB = (
    '<!DOCTYPE w:document [<!ENTITY a "好好好好好好好好好好">'
    + "".join(f'<!ENTITY {c} "{("&" + p + ";") * 10}">' for p, c in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
def test_an_entity_bomb_is_refused_before_it_is_parsed(encoding: str) -> None:
    text = part("document", "<w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body>").partition("?>")[2]
    reason = refused(with_main((BOMB + text).encode(encoding))).reason
    assert "DTD 或实体声明" in reason or (encoding == "utf-32" and "XML 已损坏" in reason)


def test_an_entity_bomb_in_a_side_part() -> None:
    content = members(para("甲"), styles="")
    content["word/styles.xml"] = BOMB + part("styles", "&i;").partition("?>")[2]
    assert "word/styles.xml 含有 DTD" in refused(pack(content)).reason
    content = members(para("甲"))
    content["_rels/.rels"] = BOMB + relationships({"officeDocument": MAIN})
    assert "含有 DTD" in refused(pack(content)).reason


@pytest.mark.parametrize("kind", ['SYSTEM "file://{path}"', 'PUBLIC "x" "http://127.0.0.1:9/{path}"'])
def test_external_entities_are_never_resolved(kind: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密内容", encoding="utf-8")
    declared = f"<!DOCTYPE d [<!ENTITY x {kind.format(path=secret)}>]>"
    text = part("document", "<w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body>").partition("?>")[2]
    error = refused(with_main(declared + text))
    assert "DTD 或实体声明" in error.reason
    assert "机密" not in str(error)


def test_a_zip_bomb_is_refused_from_its_directory() -> None:
    bomb = with_main(part("document", f"<w:body>{' ' * (12 * MIB)}</w:body>"))
    assert len(bomb) < 100_000
    assert "压缩比超过上限 200 倍" in refused(bomb).reason
    assert "展开后超过上限 1 MB" in refused(bomb, Limits(max_part_bytes=MIB, max_ratio=1e9)).reason
    assert "展开后共 12 MB" in refused(bomb, Limits(max_expanded_bytes=10 * MIB)).reason


def test_a_bomb_in_a_member_that_is_never_read() -> None:
    content = members(para("甲"))
    content["word/media/image1.bmp"] = bytes(20 * MIB)
    assert "压缩比" in refused(pack(content)).reason


def test_a_directory_that_lies_about_the_size() -> None:
    """The directory says a few bytes, the stream holds 300 MiB: it is not inflated beyond what was announced."""
    content = members("")
    content[MAIN] = "x" * 64
    honest = pack(content, zipfile.ZIP_STORED)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = b"".join(packer.compress(bytes(MIB)) for _ in range(300)) + packer.flush()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(honest)) as source, zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            target.writestr(info.filename, stream if info.filename == MAIN else source.read(info))
    raw = bytearray(out.getvalue())
    for signature, method, size in ((b"PK\x03\x04", 8, 22), (b"PK\x01\x02", 10, 24)):
        at = -1
        while (at := raw.find(signature, at + 1)) >= 0:
            name_at = at + (30 if method == 8 else 46)
            if raw[name_at : name_at + len(MAIN)] == MAIN.encode():
                struct.pack_into("<H", raw, at + method, zipfile.ZIP_DEFLATED)
                struct.pack_into("<I", raw, at + size, 64)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "损坏" in refused(bytes(raw)).reason
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_too_many_members() -> None:
    content: dict[str, str | bytes] = {f"word/x{i}": "" for i in range(300)}
    assert "成员超过上限 200 个" in refused(pack({**members(para("甲")), **content}), Limits(max_members=200)).reason


def test_too_many_elements() -> None:
    data = docx("<w:p/>" * 3000)
    assert "元素超过上限 1000 个" in refused(data, Limits(max_nodes=1000)).reason
    assert list(read(data, "a.docx", Limits(max_nodes=4000)).blocks) == []


def test_a_part_that_stands_twice() -> None:
    out = io.BytesIO(docx(para("甲")))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr(MAIN, part("document", f"<w:body>{para('乙')}</w:body>"))
    assert "两个同名部件" in refused(out.getvalue()).reason


def test_names_that_climb_out_of_the_folder_have_no_effect(tmp_path: Path) -> None:
    content = members(para("甲"))
    content["../../escaped.txt"] = "x"
    content["_rels/.rels"] = relationships({"officeDocument": "../../word/./document.xml"})
    assert [b.text for b in read(pack(content), "a.docx").paragraphs()] == ["甲"]
    assert not list(tmp_path.parent.glob("escaped.txt"))


def test_members_with_a_password_or_an_exotic_compression() -> None:
    raw = bytearray(docx(para("甲")))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        found = -1
        while (found := raw.find(signature, found + 1)) >= 0:
            raw[found + at] |= 1
    assert "设有密码" in refused(bytes(raw)).reason
    assert "压缩方式" in refused(pack(members(para("甲")), zipfile.ZIP_LZMA)).reason


def test_an_encrypted_docx() -> None:
    signature = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    error = refused(signature.ljust(512, b"\0") + "EncryptedPackage\0".encode("utf-16-le").ljust(512, b"\0"))
    assert error.reason == "文件已加密（设了打开密码），无法读取"
    assert "取消密码" in error.remedy


@pytest.mark.parametrize("depth", [30, 80, 100_000])
def test_tables_nested_without_end(depth: int) -> None:
    body = "<w:tbl><w:tr><w:tc>" * depth + para("底") + "</w:tc></w:tr></w:tbl>" * depth
    assert "嵌套" in refused(docx(body)).reason
    beside = "<w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc>" * depth
    assert "嵌套" in refused(docx(beside + para("底") + "</w:tc></w:tr></w:tbl>" * depth)).reason


def test_text_boxes_nested_without_end() -> None:
    opened, closed = "<w:p><w:r><w:pict><w:txbxContent>", "</w:txbxContent></w:pict></w:r></w:p>"
    assert "嵌套" in refused(docx(opened * 40 + closed * 40)).reason
    in_cell = tbl(row(cell(opened * 40 + closed * 40), "x"))
    assert "嵌套" in refused(docx(in_cell)).reason


def test_wrappers_nested_without_end_cost_nothing() -> None:
    wrapped = "<w:sdt><w:sdtContent>" * 100 + para("底") + "</w:sdtContent></w:sdt>" * 100
    assert [b.text for b in read(docx(wrapped), "a.docx").paragraphs()] == ["底"]


def test_styles_and_lists_that_refer_to_themselves() -> None:
    styles = (
        '<w:style w:styleId="a"><w:basedOn w:val="b"/></w:style><w:style w:styleId="b"><w:basedOn w:val="a"/></w:style>'
        '<w:style w:styleId="l"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="l"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = para("甲", properties='<w:pStyle w:val="a"/><w:numPr><w:numId w:val="1"/></w:numPr>')
    assert [b.text for b in read(docx(body, styles=styles, numbering=numbering), "a.docx").paragraphs()] == ["甲"]


def test_a_note_that_refers_to_itself() -> None:
    reference = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    notes = f'<w:footnote w:id="1">{para("注", reference)}</w:footnote>'
    found = read(docx(para("甲", reference), footnotes=notes), "a.docx")
    assert [b.text for b in found.paragraphs()] == ["甲[1]", "[1]注[1]"]


def test_numbers_beyond_reason() -> None:
    huge = "9" * 12
    numbering = (
        f'<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="{huge}"/><w:numFmt w:val="upperRoman"/>'
        f'<w:lvlText w:val="{"%1" * 5000}"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = para("甲", properties=f'<w:numPr><w:ilvl w:val="{huge}"/><w:numId w:val="1"/></w:numPr>')
    body += para("乙", properties=f'<w:outlineLvl w:val="{huge}"/><w:numPr><w:numId w:val="1"/></w:numPr>')
    found = [b.text for b in read(docx(body, numbering=numbering), "a.docx").paragraphs()]
    assert found[1].endswith("乙")
    assert len(found[1]) < 1000


def test_a_formula_that_begins_with_an_equals_sign_is_plain_text() -> None:
    found: Document = read(docx(para(run('=HYPERLINK("x")'))), "a.docx")
    assert [b.text for b in found.paragraphs()] == ['=HYPERLINK("x")']
