"""Broken and hostile OFD files: a clear refusal, bounded cost, never anything but `ReadError`."""

from __future__ import annotations

import io
import random
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from extractors.attachments import read
from extractors.document import ReadError
from extractors.limits import DEFAULT_LIMITS, Limits
from tests.extractors.layout.draw_pages import block_texts
from tests.extractors.readers.build_ofd import OfdPageSource, build_ofd, document, entry, pack, parts

TITLE = "关于印发方案的通知"
PAGE = "Doc_0/Pages/Page_0/Content.xml"


def _page(text: str = TITLE) -> OfdPageSource:
    page = OfdPageSource()
    page.text(25, 20, text)
    return page


def _refusal(data: bytes, limits: Limits = DEFAULT_LIMITS) -> str:
    with pytest.raises(ReadError) as refusal:
        read(data, "通知.ofd", limits)
    assert refusal.value.remedy
    return refusal.value.reason


def _changed(**members: str | bytes | None) -> bytes:
    """The package of one page with some members replaced (None: left out)."""
    names = {"root": "OFD.xml", "main": "Doc_0/Document.xml", "page": PAGE}
    out: dict[str, str | bytes] = dict(parts([_page()]))
    for key, text in members.items():
        if text is None:
            del out[names[key]]
        else:
            out[names[key]] = text
    return pack(out)


@pytest.mark.parametrize("keep", [40, 300, 900])
def test_truncated(keep: int) -> None:
    assert "损坏" in _refusal(build_ofd([_page()])[:keep])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_changed(main=None), "缺少文档根部件"),
        (_changed(page=None), "缺少页面内容"),
        (_changed(root="<OFD"), "OFD.xml 的 XML 已损坏"),
        (_changed(root="<a/>"), "没有 OFD 文档入口"),
        (_changed(root=entry()), "缺少文档根部件"),
        (_changed(main=document([])), "没有页面"),
        (_changed(main="<Document/>"), "没有页面"),
        (_changed(page=b"\xff\xfe\x00"), "XML 已损坏"),
        (_changed(page="<Page><Content>"), "Content.xml 的 XML 已损坏"),
        (_changed(page="<Page/>"), "各页都没有内容"),
    ],
)
def test_missing_and_broken_parts(data: bytes, reason: str) -> None:
    assert reason in _refusal(data)


def test_one_missing_page_and_missing_resources_are_noted() -> None:
    members = parts([_page(), _page("第二页的文字")], resources="<a/>", templates={"t": OfdPageSource()})
    for name in (PAGE, "Doc_0/DocumentRes.xml", "Doc_0/Tpls/Tpl_t/Content.xml"):
        del members[name]
    found = read(pack(members), "通知.ofd")
    assert block_texts(found.blocks) == ["第二页的文字"]
    assert [n.rule for n in found.notes] == ["lost_part", "lost_part", "lost_page"]


@pytest.mark.parametrize("where", ["../../../etc/passwd", "/etc/passwd", "..\\..\\x", "C:\\x", "http://a/b", "", "  "])
def test_locations_outside_the_package_are_missing_parts(where: str) -> None:
    assert "缺少页面内容" in _refusal(_changed(main=document([where])))


@pytest.mark.parametrize("where", ["/Doc_0/Pages/Page_0/Content.xml", "../Doc_0/./Pages/Page_0/Content.xml", PAGE])
def test_locations_inside_the_package_are_followed(where: str) -> None:
    assert block_texts(read(_changed(main=document([where])), "通知.ofd").blocks) == [TITLE]


@pytest.mark.parametrize("name", ["Encryptions.xml", "Doc_0/Encryptions.xml", "decryptseed.dat"])
def test_encrypted(name: str) -> None:
    members: dict[str, str | bytes] = dict(parts([_page()]))
    members[name] = "<a/>"
    members[PAGE] = b"\x8f\x12\x00"
    assert "已加密" in _refusal(pack(members))


def test_member_locked_by_a_password() -> None:
    data = bytearray(build_ofd([_page()]))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    assert "密码" in _refusal(bytes(data))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_never_declared(encoding: str) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY a "文明"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    page = _page().xml().replace(TITLE, "&b;&x;")
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    assert "实体声明" in _refusal(_changed(page=(head + bomb + page).encode(encoding)))


def test_countless_nested_blocks() -> None:
    page = OfdPageSource(ops=["<ofd:PageBlock>" * 100_000 + "</ofd:PageBlock>" * 100_000])
    assert "嵌套过深" in _refusal(build_ofd([page]))


@pytest.mark.parametrize("size", [10_000.0, 1e300])
def test_page_of_ten_metres(size: float) -> None:
    page = _page()
    page.width = size
    assert "边长" in _refusal(build_ofd([page]))


@pytest.mark.parametrize("area", ["0 0 0 0", "0 0 -210 -297", "x", "", "NaN NaN NaN NaN"])
def test_page_without_area_takes_that_of_the_document(area: str) -> None:
    page = _page().xml().replace("0 0 210 297", area)
    assert block_texts(read(_changed(page=page), "通知.ofd").blocks) == [TITLE]


def test_more_pages_than_allowed() -> None:
    assert "超过上限 3 页" in _refusal(build_ofd([_page()] * 5), replace(DEFAULT_LIMITS, max_pages=3))


def test_pages_that_share_a_part_cost_what_they_hold() -> None:
    main = document(["Pages/Page_0/Content.xml"] * 200)
    data = _changed(main=main, page=_page("多" * 300).xml())
    assert "超过上限" in _refusal(data, replace(DEFAULT_LIMITS, max_nodes=3000))
    assert "各部件展开后共超过上限" in _refusal(data, replace(DEFAULT_LIMITS, max_expanded_bytes=100_000))


def test_parts_up_to_the_limit_are_read() -> None:
    page, main = _page("多" * 300).xml(), document(["Pages/Page_0/Content.xml"] * 9)
    data = _changed(main=main, page=page)
    root = parts([_page()])["OFD.xml"]
    size = sum(len(text.encode()) for text in (root, main, *[page] * 9))
    assert read(data, "通知.ofd", replace(DEFAULT_LIMITS, max_expanded_bytes=size)).blocks
    assert "各部件展开后共超过上限" in _refusal(data, replace(DEFAULT_LIMITS, max_expanded_bytes=size - 1))


COUNTLESS = 60_000


@pytest.mark.parametrize(
    "op",
    [
        "<ofd:PathObject><ofd:AbbreviatedData>M 0 0" + " L 9 9" * COUNTLESS + "</ofd:AbbreviatedData></ofd:PathObject>",
        "<ofd:TextObject Size='4'><ofd:TextCode X='0' Y='9'>" + "多" * COUNTLESS + "</ofd:TextCode></ofd:TextObject>",
        "<ofd:PageBlock/>" * COUNTLESS,
        "<ofd:TextObject Size='4'><ofd:CGTransform><ofd:Glyphs>" + "1 " * COUNTLESS + "</ofd:Glyphs></ofd:CGTransform>"
        "</ofd:TextObject>",
    ],
    ids=["path", "text", "blocks", "glyphs"],
)
def test_countless_marks(op: str) -> None:
    limits = replace(DEFAULT_LIMITS, max_page_marks=COUNTLESS * 2 // 3)
    assert f"超过上限 {limits.max_page_marks} 个" in _refusal(build_ofd([OfdPageSource(ops=[op])]), limits)


def test_composites_that_multiply() -> None:
    units = "".join(
        f'<ofd:CompositeGraphicUnit ID="{i}"><ofd:Content>'
        + f'<ofd:CompositeObject ResourceID="{i + 1}"/>' * 30
        + "</ofd:Content></ofd:CompositeGraphicUnit>"
        for i in range(9)
    )
    page = OfdPageSource(ops=['<ofd:CompositeObject ResourceID="0"/>'])
    resources = f"<ofd:CompositeGraphicUnits>{units}</ofd:CompositeGraphicUnits>"
    assert "超过上限" in _refusal(pack(parts([page], resources=resources)))


def test_page_that_expands_too_far() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts([_page()]).items():
            archive.writestr(name, text)
        archive.writestr("Doc_0/x.xml", b" " * (40 << 20))
    assert "压缩比" in _refusal(out.getvalue())


def test_numbers_that_are_none() -> None:
    page = _page()
    odd = ("NaN", "inf", "1e999", "-", "٣", "", "1 2 3 4 5 6", "-9e99")
    for value in odd:
        more: dict[str, Any] = dict.fromkeys(("CTM", "HScale", "CharDirection", "ReadDirection", "Alpha"), value)
        code = f'<ofd:TextCode X="{value}" Y="{value}" DeltaX="g {value} {value}" DeltaY="{value}">甲乙</ofd:TextCode>'
        page.text_object(value, code, **more)
        page.path(f"M {value} 1 L 2 {value} Z A 1 B {value}", boundary=value, CTM=value)
        page.ops.append(f'<ofd:ImageObject Boundary="{value}"/><ofd:TextObject Size="{value}">甲</ofd:TextObject>')
    assert TITLE in block_texts(read(build_ofd([page]), "通知.ofd").blocks)


@pytest.mark.parametrize("seed", range(60))
def test_mutated_parts_end_in_a_document_or_a_refusal(seed: int) -> None:
    chance = random.Random(seed)
    page = _page()
    page.grid([25, 70, 105], [40, 50, 60])
    page.text(28, 41, "测评项目")
    members: dict[str, str | bytes] = dict(parts([page], resources="<a/>", templates={"t": _page()}))
    name = chance.choice(sorted(members))
    text = str(members[name])
    for _ in range(chance.choice((1, 3, 9))):
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(("", "9", " ", "-", "g", '"', "<", "/>", "e9", "\x7f")) + text[at + 1 :]
    members[name] = text
    try:
        outcome = read(pack(members), "通知.ofd").format
    except ReadError as refusal:
        outcome = refusal.remedy
    assert outcome
