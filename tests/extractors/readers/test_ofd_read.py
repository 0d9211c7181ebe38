"""OFD files: single constructs in small packages."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.attachments import read
from extractors.document import Document, ReadError
from extractors.readers.ofd.page_objects import _MAX_COMPOSITE_DEPTH
from tests.extractors.layout.draw_pages import block_texts, only_table, table_texts
from tests.extractors.readers.build_ofd import MM, OfdPageSource, build_ofd, document, entry, pack, parts

FORM = [["测评项目", "分值"], ["组织领导", "5"]]
TITLE = "关于印发2023年工作方案的通知"


def _read(data: bytes) -> Document:
    return read(data, "通知.ofd")


def _page(text: str = TITLE) -> OfdPageSource:
    page = OfdPageSource()
    page.text(25, 20, text)
    return page


def _cells(page: OfdPageSource) -> None:
    for x, y, text in ((28, 41, "测评项目"), (72, 41, "分值"), (28, 51, "组织领导"), (72, 51, "5")):
        page.text(x, y, text)


def _form() -> OfdPageSource:
    page = _page()
    page.grid([25, 70, 105], [40, 50, 60])
    _cells(page)
    return page


def test_title_and_table_with_their_places() -> None:
    found = _read(build_ofd([_form()]))
    assert found.format == "ofd"
    assert block_texts(found.blocks) == [TITLE, "[表]"]
    table = only_table(found.blocks)
    assert table_texts(table) == FORM
    box = ",".join(f"{v / MM:.0f}" for v in (25, 40, 105, 60))
    assert table.locator == f"第1页 ({box})"
    assert (table.first_page, table.last_page) == (1, 1)
    assert found.notes == ()


@pytest.mark.parametrize("change", ["default", "older", "bare"])
def test_namespaces_say_nothing(change: str) -> None:
    members = parts([_form()])
    for name, text in members.items():
        if change == "older":
            members[name] = text.replace("http://www.ofdspec.org/2016", "http://www.ofdspec.org")
        else:
            bare = text.replace("<ofd:", "<").replace("</ofd:", "</")
            members[name] = bare.replace("xmlns:ofd", "xmlns" if change == "default" else "xmlns:unused")
    assert table_texts(only_table(_read(pack(members)).blocks)) == FORM


@pytest.mark.parametrize(
    ("delta", "text"),
    [
        ('DeltaX="g 5 4"', "组织领导机构"),
        ('DeltaX="4 g 3 4 4"', "组织领导机构"),
        ('DeltaX="4 4"', "组织领导机构"),
        ("", "组织领导机构"),
        ('DeltaX="g 999999999 4"', "组织领导机构"),
        ('DeltaX="4 4 12 4 4"', "组织领  导机构"),
        ('DeltaX="g 2 4 12 g 2 4"', "组织领  导机构"),
    ],
)
def test_distances(delta: str, text: str) -> None:
    page = OfdPageSource()
    page.text_object("25 20 60 5", f'<ofd:TextCode X="0" Y="3.5" {delta}>组织领导机构</ofd:TextCode>')
    assert block_texts(_read(build_ofd([page])).blocks) == [text]


def test_distances_that_are_no_numbers() -> None:
    page = OfdPageSource()
    delta = "4 x NaN 1e999 g"
    page.text_object("25 20 60 5", f'<ofd:TextCode X="0" Y="3.5" DeltaX="{delta}">组织领导机构</ofd:TextCode>')
    assert "组织" in "".join(block_texts(_read(build_ofd([page])).blocks))


def test_spaces_between_letters_without_a_space_character() -> None:
    page = OfdPageSource()
    steps = "2 2 2 4 2 2"
    page.text_object("25 20 60 5", f'<ofd:TextCode X="0" Y="3.5" DeltaX="{steps}">abcdefg</ofd:TextCode>')
    assert block_texts(_read(build_ofd([page])).blocks) == ["abcd efg"]


def test_text_codes_of_one_object_take_their_place_from_the_one_before() -> None:
    page = OfdPageSource()
    codes = (
        '<ofd:TextCode X="0" Y="4" DeltaX="4">甲乙</ofd:TextCode><ofd:TextCode Y="14" DeltaX="4">丙丁</ofd:TextCode>'
    )
    page.text_object("25 20 60 20", codes)
    page.grid([20, 60], [15, 27, 40])
    assert table_texts(only_table(_read(build_ofd([page])).blocks)) == [["甲乙"], ["丙丁"]]


def test_matrix_and_boundary_place_text_and_lines() -> None:
    page = OfdPageSource()
    _cells(page)
    for y in (0, 10, 20):
        page.path(f"M 0 {y / 2} L 40 {y / 2}", boundary="25 40 80 20", CTM="2 0 0 2 0 0")
    for x in (0, 45, 80):
        page.path("M 0 0 L 0 20", boundary=f"{x} 0 1 20", CTM="1 0 0 1 25 40")
    assert table_texts(only_table(_read(build_ofd([page])).blocks)) == FORM


@pytest.mark.parametrize("is_filled", [True, False])
def test_thin_bars_are_lines(is_filled: bool) -> None:
    page = OfdPageSource()
    _cells(page)
    bars = [(25, y, 105, y + 0.3) for y in (40, 50, 60)] + [(x, 40, x + 0.3, 60) for x in (25, 70, 105)]
    for x0, y0, x1, y1 in bars:
        data = f"M {x0} {y0} L {x1} {y0} L {x1} {y1} L {x0} {y1} C"
        page.path(data, Fill=str(is_filled).lower(), Stroke="false")
    found = _read(build_ofd([page]))
    if is_filled:
        assert table_texts(only_table(found.blocks)) == FORM
    else:
        assert "[表]" not in block_texts(found.blocks)


def test_one_path_of_many_stretches_and_a_closed_frame() -> None:
    page = OfdPageSource()
    _cells(page)
    page.path("S 25 40 M 25 40 L 105 40 L 105 60 L 25 60 C M 25 50 L 105 50 M 70 40 L 70 60")
    assert table_texts(only_table(_read(build_ofd([page])).blocks)) == FORM


@pytest.mark.parametrize("colour", ["255 255 255", "#FF #FF #FF", "250", "0 0 0 0"])
def test_white_lines_are_not_seen(colour: str) -> None:
    page = OfdPageSource()
    _cells(page)
    white = f'<ofd:StrokeColor Value="{colour}"/>'
    for y in (40, 50, 60):
        page.path(f"M 25 {y} L 105 {y}", white)
    for x in (25, 70, 105):
        page.path(f"M {x} 40 L {x} 60", white)
    assert "[表]" not in block_texts(_read(build_ofd([page])).blocks)


def test_colour_from_draw_parameters() -> None:
    page = OfdPageSource(layer='DrawParam="7"')
    _cells(page)
    page.grid([25, 70, 105], [40, 50, 60])
    resources = (
        '<ofd:DrawParams><ofd:DrawParam ID="7" Relative="8"/>'
        '<ofd:DrawParam ID="8" Relative="7"><ofd:StrokeColor Value="{}"/></ofd:DrawParam></ofd:DrawParams>'
    )
    assert table_texts(only_table(_read(pack(parts([page], resources=resources.format("0 0 0")))).blocks)) == FORM
    assert "[表]" not in block_texts(_read(pack(parts([page], resources=resources.format("255 255 255")))).blocks)


def test_template_pages_lie_beneath() -> None:
    frame, page = OfdPageSource(), _page()
    frame.grid([25, 70, 105], [40, 50, 60])
    _cells(page)
    page.templates = ("t1",)
    found = _read(pack(parts([page], templates={"t1": frame})))
    assert table_texts(only_table(found.blocks)) == FORM


def test_templates_that_name_each_other_are_taken_once() -> None:
    one, two, page = _page("甲乙丙"), OfdPageSource(), OfdPageSource()
    one.templates, two.templates, page.templates = ("b",), ("a", "b"), ("a", "a")
    assert block_texts(_read(pack(parts([page], templates={"a": one, "b": two}))).blocks) == ["甲乙丙"]


def test_blocks_within_blocks_and_composites() -> None:
    page, inner = OfdPageSource(), OfdPageSource()
    inner.text(0, 0, "组织领导")
    page.ops.append(f"<ofd:PageBlock><ofd:PageBlock>{_page().ops[0]}</ofd:PageBlock></ofd:PageBlock>")
    page.ops.append('<ofd:CompositeObject ID="5" Boundary="30 100 60 10" ResourceID="9"/>')
    resources = (
        '<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="9" Width="60" Height="10"><ofd:Content>'
        f'{inner.ops[0]}<ofd:CompositeObject ID="6" Boundary="0 0 1 1" ResourceID="9"/>'
        "</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>"
    )
    found = _read(pack(parts([page], resources=resources)))
    assert block_texts(found.blocks) == [TITLE, "组织领导"]
    assert found.blocks[1].locator.startswith(f"第1页 ({30 / MM:.0f},{100 / MM:.0f},")


@pytest.mark.parametrize(("depth", "is_read"), [(0, True), (7, True), (8, False)])
def test_composites_as_deep_as_the_limit(depth: int, is_read: bool) -> None:
    assert _MAX_COMPOSITE_DEPTH == 8
    page, inner = _page(), OfdPageSource()
    inner.text(30, 100, "组织领导")
    page.ops.append('<ofd:CompositeObject Boundary="0 0 210 297" ResourceID="0"/>')
    use = '<ofd:CompositeObject Boundary="0 0 210 297" ResourceID="{}"/>'
    contents = [*(use.format(i + 1) for i in range(depth)), inner.ops[0]]
    units = "".join(
        f'<ofd:CompositeGraphicUnit ID="{i}"><ofd:Content>{content}</ofd:Content></ofd:CompositeGraphicUnit>'
        for i, content in enumerate(contents)
    )
    resources = f"<ofd:CompositeGraphicUnits>{units}</ofd:CompositeGraphicUnits>"
    found = block_texts(_read(pack(parts([page], resources=resources))).blocks)
    assert found == ([TITLE, "组织领导"] if is_read else [TITLE])


def test_a_composite_that_the_file_lacks_or_that_is_empty_shows_nothing() -> None:
    page = _page()
    page.ops += [f'<ofd:CompositeObject Boundary="0 0 210 297" ResourceID="{i}"/>' for i in (1, 2)]
    resources = '<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="1"/></ofd:CompositeGraphicUnits>'
    assert block_texts(_read(pack(parts([page], resources=resources))).blocks) == [TITLE]


@pytest.mark.parametrize("hidden", [{"Visible": "false"}, {"Fill": "false"}, {"Alpha": 0}])
def test_invisible_text_is_left_out(hidden: dict[str, Any]) -> None:
    page = _page()
    page.text(25, 60, "看不见", **hidden)
    assert block_texts(_read(build_ofd([page])).blocks) == [TITLE]


def test_layer_that_is_not_shown() -> None:
    page = OfdPageSource(layer='Visible="false"')
    page.text(25, 20, "看不见")
    assert block_texts(_read(build_ofd([_page(), page])).blocks) == [TITLE]


def test_turned_heading_and_vertical_writing() -> None:
    page = OfdPageSource()
    page.grid([20, 40, 60, 100], [20, 60])
    code = '<ofd:TextCode X="{}" Y="{}" DeltaX="0 0 0" DeltaY="{}">组织领导</ofd:TextCode>'
    page.text_object("0 0 210 297", code.format(30, 55, "-4 -4 -4"), CharDirection=270, ReadDirection=270)
    page.text_object("0 0 210 297", code.format(48, 30, "g 3 5"), ReadDirection=90)
    page.text(65, 30, "5分")
    assert table_texts(only_table(_read(build_ofd([page])).blocks)) == [["组织领导", "组织领导", "5分"]]


def test_page_laid_on_its_side_is_read_upright() -> None:
    page = OfdPageSource()
    page.text_object(
        "0 0 210 297",
        '<ofd:TextCode X="0" Y="0" DeltaX="g 7 4">组织领导机构健全</ofd:TextCode>',
        CTM="0 -1 1 0 50 200",
    )
    found = _read(build_ofd([page]))
    assert block_texts(found.blocks) == ["组织领导机构健全"]
    assert found.blocks[0].locator == f"第1页 ({97 / MM:.0f},{46.48 / MM:.0f},{129 / MM:.0f},{50.48 / MM:.0f})"


def test_tilted_text_is_a_watermark() -> None:
    page = _page()
    page.text(60, 100, "内部资料", 10, CTM="0.7 -0.7 0.7 0.7 0 0")
    assert block_texts(_read(build_ofd([page])).blocks) == [TITLE]


def test_documents_of_one_package_follow_each_other() -> None:
    members = parts([_page("第一份")])
    members["OFD.xml"] = entry("Doc_0/Document.xml", "/Doc_1/Document.xml", "Doc_2/Document.xml")
    members["Doc_1/Document.xml"] = document(["/Doc_1/p.xml"])
    members["Doc_1/p.xml"] = _page("第二份").xml()
    found = _read(pack(members))
    assert block_texts(found.blocks) == ["第一份", "第二份"]
    assert found.blocks[1].locator.startswith("第2页")
    assert [(n.rule, "Doc_2/Document.xml" in n.message) for n in found.notes] == [("lost_part", True)]


def test_table_goes_on_over_pages() -> None:
    first, second = _form(), OfdPageSource()
    second.grid([25, 70, 105], [20, 30, 40])
    for x, y, text in ((28, 21, "思想教育"), (72, 21, "6"), (28, 31, "创建活动"), (72, 31, "7")):
        second.text(x, y, text)
    table = only_table(_read(build_ofd([first, second])).blocks)
    assert table_texts(table) == [*FORM, ["思想教育", "6"], ["创建活动", "7"]]
    assert (table.first_page, table.last_page) == (1, 2)


def test_attached_files_and_annotations_are_noted_and_seals_are_not() -> None:
    more = (
        "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"
        "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
    )
    members = parts([_page(), _page("第二页文字")], more=more)
    members["Doc_0/Attachs/Attachments.xml"] = '<Attachments><Attachment ID="1" Name="附件1.xlsx"/></Attachments>'
    members["Doc_0/Annots/Annotations.xml"] = (
        '<Annotations><Page PageID="1"><FileLoc>a.xml</FileLoc></Page>'
        '<Page PageID="2"><FileLoc>b.xml</FileLoc></Page></Annotations>'
    )
    drawn = (
        '<PageAnnot><Annot Type="{}"><Appearance><TextObject><TextCode>批语</TextCode></TextObject></Appearance>'
        "</Annot></PageAnnot>"
    )
    members["Doc_0/Annots/a.xml"] = drawn.format("Stamp")
    members["Doc_0/Annots/b.xml"] = drawn.format("Highlight")
    found = _read(pack(members))
    assert [(n.rule, n.locator) for n in found.notes] == [("embedded_file", "内嵌附件1"), ("annotation", "第2页")]
    assert "附件1.xlsx" in found.notes[0].message


def _picture() -> OfdPageSource:
    page = OfdPageSource()
    page.ops.append('<ofd:ImageObject ID="3" Boundary="0 0 210 297" ResourceID="4" CTM="210 0 0 297 0 0"/>')
    return page


def test_pictures_need_recognition() -> None:
    with pytest.raises(ReadError, match="只有图像") as refusal:
        _read(build_ofd([_picture()]))
    assert "wenming[ocr]" in refusal.value.remedy


def test_one_picture_among_pages_is_noted() -> None:
    found = _read(build_ofd([_page(), _picture(), _page("第三页文字")]))
    assert [(n.rule, n.locator) for n in found.notes] == [("page_without_text", "第2页")]
    assert block_texts(found.blocks)[0] == TITLE


@pytest.mark.parametrize(
    "codes",
    [
        "<ofd:CGTransform CodePosition='0' CodeCount='4' GlyphCount='4'>"
        "<ofd:Glyphs>7 8 9 10</ofd:Glyphs></ofd:CGTransform>"
        "<ofd:TextCode X='0' Y='4' DeltaX='4 4 4'>¤¤¤¤</ofd:TextCode>",
        "<ofd:CGTransform CodePosition='0' CodeCount='0' GlyphCount='4'>"
        "<ofd:Glyphs>7 8 9 10</ofd:Glyphs></ofd:CGTransform>"
        "<ofd:TextCode X='0' Y='4'></ofd:TextCode>",
        "<ofd:TextCode X='0' Y='4' DeltaX='4 4 4'>\ue001\ue002\ue003\ue004</ofd:TextCode>",
    ],
)
def test_glyphs_without_characters_need_recognition(codes: str) -> None:
    page = OfdPageSource()
    page.text_object("25 20 60 5", codes)
    with pytest.raises(ReadError, match="没有字符编码"):
        _read(build_ofd([page]))


def test_glyphs_with_their_characters_are_read() -> None:
    page = OfdPageSource()
    glyphs = (
        "<ofd:CGTransform CodePosition='0' CodeCount='2' GlyphCount='2'><ofd:Glyphs>7 8</ofd:Glyphs></ofd:CGTransform>"
    )
    page.text_object("25 20 60 5", f"{glyphs}<ofd:TextCode X='0' Y='4' DeltaX='4'>文明</ofd:TextCode>")
    assert block_texts(_read(build_ofd([page])).blocks) == ["文明"]


def test_text_turned_into_outlines_needs_recognition() -> None:
    page = OfdPageSource()
    for i in range(60):
        page.path(f"M {i} 10 Q {i + 1} 11 {i + 2} 12 L {i} 12 C", Fill="true", Stroke="false")
    with pytest.raises(ReadError, match="图形"):
        _read(build_ofd([page]))
