"""Paragraph text of a docx as displayed: changes, fields, symbols, boxes, notes, levels."""

from __future__ import annotations

import pytest

from extractors.attachments import read
from extractors.document import Paragraph, Table
from extractors.limits import Limits
from extractors.readers.docx.package import STYLE_ID, open_parts

from .build import W, cell, document, docx, members, pack, para, part, row, run, table, tbl, texts


def test_a_simple_paragraph() -> None:
    (only,) = document(para("关于印发方案的", run("通知", "<w:b/>"))).blocks
    assert only == Paragraph("关于印发方案的通知", "第1段")


def test_looks_beside_text_that_reads_like_looks_take_none_of_it_away() -> None:
    style = '<w:rFonts w:ascii="Arial" w:eastAsia="仿宋"/><w:sz w:val="32"/>'
    assert texts(para(run("通", style), run("R", '<w:rFonts w:ascii="Wingdings 2"/>'), run("知", style))) == ["通☑知"]
    assert texts(para(run("可见", style), run("隐", f"{style}<w:vanish/>"), run("末", style))) == ["可见末"]
    quoted = "<w:r><w:t><![CDATA[<w:rPr><w:b/></w:rPr>]]></w:t></w:r>"
    assert texts(para(run("原文", style), quoted)) == ["原文<w:rPr><w:b/></w:rPr>"]


def test_blank_paragraphs_count_but_are_no_blocks() -> None:
    assert [b.locator for b in document(para("一") + para() + para("三")).blocks] == ["第1段", "第3段"]


def test_tracked_changes_read_as_accepted() -> None:
    embedded = f'<w:ins w:id="1">{run("增")}</w:ins>'
    deleted = '<w:del w:id="2"><w:r><w:delText>删</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:id="3">{run("旧处")}</w:moveFrom><w:moveTo w:id="4">{run("新处")}</w:moveTo>'
    assert texts(para("原", embedded, deleted, moved)) == ["原增新处"]
    assert texts(para(f'<w:del w:id="1">{run("删而仍用 w:t")}</w:del>', "留")) == ["留"]


def test_a_deleted_paragraph_end_joins_the_next() -> None:
    mark = '<w:rPr><w:del w:id="1"/></w:rPr>'
    assert texts(para("上", properties=mark) + para("下") + para("另")) == ["上下", "另"]
    assert texts(para("上", properties=mark) + tbl(row("x"))) == ["上"]
    assert table(tbl(row(cell(para("上", properties=mark), "下"), "x"))).cells[0].text == "上下"
    assert texts(para("末", properties=mark)) == ["末"]


def test_ends_deleted_or_hidden_in_a_row_join_into_one_numbered_line() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
        '<w:lvlText w:val="%1、"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    number = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    gone = f'{number}<w:rPr><w:del w:id="1"/></w:rPr>'
    body = para("甲", properties=gone) + para("乙", properties=gone) + para("丙", properties=number)
    body += para("标题。", properties=f"{number}<w:rPr><w:vanish/></w:rPr>") + para("正文", properties=number)
    body += para("末", properties=number)
    assert texts(body, numbering=numbering) == ["一、甲乙丙", "二、标题。正文", "三、末"]


def test_wrappers_are_looked_through() -> None:
    link = f"<w:hyperlink>{run('链接')}</w:hyperlink>"
    smart = f"<w:smartTag><w:customXml>{run('标签')}</w:customXml></w:smartTag>"
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{run('控件')}</w:sdtContent></w:sdt>"
    assert texts(para(link, smart, control, '<w:bookmarkStart w:id="0" w:name="_GoBack"/>')) == ["链接标签控件"]
    assert texts(
        f"<w:sdt><w:sdtContent><w:sdt><w:sdtContent>{para('块')}</w:sdtContent></w:sdt></w:sdtContent></w:sdt>"
    ) == ["块"]


def test_tabs_breaks_and_hyphens() -> None:
    signs = (
        "<w:r><w:t>于昉</w:t><w:tab/><w:t>王五</w:t><w:br/><w:t>A</w:t><w:noBreakHyphen/><w:t>1</w:t>"
        "<w:softHyphen/><w:cr/><w:t>B</w:t></w:r>"
    )
    assert texts(para(signs)) == ["于昉  王五\nA-1\nB"]
    assert table(tbl(row(cell(para(signs)), "x"))).cells[0].text == "于昉 王五\nA-1\nB"


def test_line_ends_inside_text_are_blanks() -> None:
    assert texts(para("<w:r><w:t>\n  一级 \n 指标\n</w:t></w:r>")) == ["一级 指标"]


def test_a_comment_inside_text_hides_nothing() -> None:
    assert texts(para("<w:r><w:t>分<!-- x -->值</w:t></w:r>")) == ["分值"]


def test_hidden_text_is_left_out() -> None:
    assert texts(para("显", run("隐", "<w:vanish/>"), run("仍显", '<w:vanish w:val="0"/>'))) == ["显仍显"]
    style = '<w:style w:type="character" w:styleId="h"><w:rPr><w:vanish/></w:rPr></w:style>'
    assert texts(para("显", run("隐", '<w:rStyle w:val="h"/>')), styles=style) == ["显"]
    hidden = '<w:style w:type="paragraph" w:styleId="z"><w:rPr><w:vanish/></w:rPr></w:style>'
    assert texts(para("窗体顶端", properties='<w:pStyle w:val="z"/>') + para("显"), styles=hidden) == ["显"]


def test_of_the_style_sheet_nothing_is_parsed_that_concerns_no_text() -> None:
    latent = '<w:latentStyles w:count="2"><w:lsdException w:name="heading 1"/></w:latentStyles>'
    styles = latent + _style("table", "grid", "<w:b/>") + _style("paragraph", "z", "<w:vanish/>")
    body = para("隐", properties='<w:pStyle w:val="z"/>') + para("显")
    parsed = open_parts(docx(body, styles=styles), Limits()).styles
    assert parsed is not None
    assert [style.get(STYLE_ID) for style in parsed] == ["z"]
    assert texts(body, styles=styles) == ["显"]


_OFF = '<w:vanish w:val="0"/>'


def _style(kind: str, style_id: str, properties: str, based_on: str = "") -> str:
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return f'<w:style w:type="{kind}" w:styleId="{style_id}">{base}<w:rPr>{properties}</w:rPr></w:style>'


@pytest.mark.parametrize("off", [_OFF, '<w:vanish w:val="false"/>', '<w:vanish w:val="off"/>'])
def test_a_derived_style_a_run_or_its_style_switches_hiding_off(off: str) -> None:
    styles = _style("paragraph", "z", "<w:vanish/>") + _style("paragraph", "shown", off, "z")
    styles += _style("paragraph", "still", "<w:b/>", "z")
    styles += _style("character", "h", "<w:vanish/>") + _style("character", "v", off, "h")

    def of(style: str, *content: str) -> str:
        return para(*content, properties=f'<w:pStyle w:val="{style}"/><w:rPr>{off}</w:rPr>')

    body = of("shown", "派生样式") + of("still", "隐") + of("z", "隐", run("直接", off), "隐")
    body += of("z", run("相抵", '<w:rStyle w:val="h"/>'), run("隐", '<w:rStyle w:val="v"/>'))
    body += para(run("隐", '<w:rStyle w:val="h"/>'), run("字符样式", '<w:rStyle w:val="v"/>'))
    body += of("z", "<w:r><w:t>隐而无格式</w:t></w:r>")
    assert texts(body, styles=styles) == ["派生样式", "直接", "相抵", "字符样式"]


def test_text_shown_in_a_hidden_paragraph_runs_into_the_next_as_its_end_is_hidden() -> None:
    style = _style("paragraph", "z", "<w:vanish/>")
    body = para(run("标题。", _OFF), properties='<w:pStyle w:val="z"/>') + para("正文")
    assert texts(body, styles=style) == ["标题。正文"]
    assert texts(tbl(row(cell(body), "乙")), styles=style) == []
    assert table(tbl(row(cell(body), "乙")), styles=style).cells[0].text == "标题。正文"


def test_text_hidden_in_the_view_of_a_web_page_only_stands_on_the_page() -> None:
    assert texts(para("目录", run("3", "<w:webHidden/>"))) == ["目录3"]


def test_of_ruby_only_the_base_is_read() -> None:
    ruby = f"<w:r><w:ruby><w:rt>{run('huá')}</w:rt><w:rubyBase>{run('华')}</w:rubyBase></w:ruby></w:r>"
    assert texts(para(ruby, "夏")) == ["华夏"]


def test_field_results_in_instructions_out() -> None:
    def field(instruction: str, result: str) -> str:
        return (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )

    assert texts(para("共", field(" NUMPAGES ", run("12")), "页")) == ["共12页"]
    inner = field(" X ", run("内"))
    outer = f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> IF </w:instrText></w:r>{inner}'
    assert texts(para("甲", outer, '<w:r><w:fldChar w:fldCharType="end"/></w:r>', "乙")) == ["甲乙"]
    assert texts(para(f'<w:fldSimple w:instr="DATE">{run("今日")}</w:fldSimple>')) == ["今日"]
    left_open = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    assert texts(para(left_open, "不能丢") + para("下段")) == ["不能丢", "下段"]


@pytest.mark.parametrize(
    ("instruction", "drawn"),
    [(r" eq \o\ac(○,3)", "③"), (r"EQ \o \ac (○,12) ", "⑫"), (r"eq \o\ac(□,优)", "优"), (r" eq \f(1,2)", "")],
)
def test_circled_characters_drawn_by_a_field(instruction: str, drawn: str) -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert texts(para("第", field, "项")) == [f"第{drawn}项"]


def test_form_fields_show_their_state() -> None:
    def begin(data: str) -> str:
        start = f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar></w:r>'
        return start + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'

    ticked = begin('<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>')
    empty = begin('<w:checkBox><w:default w:val="0"/></w:checkBox>')
    chosen = begin('<w:ddList><w:result w:val="1"/><w:listEntry w:val="市级"/><w:listEntry w:val="县级"/></w:ddList>')
    assert texts(para(ticked, "是", empty, "否", chosen)) == ["☑是□否县级"]


@pytest.mark.parametrize(
    ("markup", "drawn"),
    [
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "√"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>', "☑"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0AB"/></w:r>', "★"),
        ('<w:r><w:sym w:font="Wingdings 2" w:char="F052"/></w:r>', "☑"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F081"/></w:r>', "①"),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>', "≥"),
        ('<w:r><w:sym w:font="宋体" w:char="25A1"/></w:r>', "□"),
        (run("R", '<w:rFonts w:ascii="Wingdings 2"/>'), "☑"),
        (run("95", '<w:rFonts w:ascii="Symbol"/>'), "95"),
        (run("\uf0a8"), "□"),
    ],
)
def test_symbols(markup: str, drawn: str) -> None:
    assert texts(para(markup, "达标")) == [f"{drawn}达标"]


def test_a_symbol_nobody_knows_is_noted() -> None:
    result = document(para('<w:r><w:sym w:font="Webdings" w:char="F0EE"/></w:r>', "x"))
    assert [(n.rule, n.locator) for n in result.notes] == [("symbol", "第1段")]


def test_formulas() -> None:
    half = "<m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
    assert texts(para("占", f"<m:oMath>{half}</m:oMath>", "以上")) == ["占1/2以上"]


def _box(*content: str) -> str:
    return f"<w:txbxContent>{''.join(content)}</w:txbxContent>"


def test_text_boxes_follow_their_paragraph_once() -> None:
    drawing = (
        f"<w:drawing><a:graphic><wps:wsp><wps:txbx>{_box(para('框'))}</wps:txbx></wps:wsp></a:graphic></w:drawing>"
    )
    legacy = f"<w:pict><v:shape><v:textbox>{_box(para('框'))}</v:textbox></v:shape></w:pict>"
    choice = f'<mc:Choice Requires="wps">{drawing}</mc:Choice>'
    both = f"<w:r><mc:AlternateContent>{choice}<mc:Fallback>{legacy}</mc:Fallback></mc:AlternateContent></w:r>"
    for markup in (both, f"<w:r>{drawing}</w:r>", f"<w:r>{legacy}</w:r>"):
        blocks = document(para("段", markup) + para("后")).blocks
        assert [(b.locator, b.text) for b in blocks if isinstance(b, Paragraph)] == [
            ("第1段", "段"),
            ("第1段文本框", "框"),
            ("第2段", "后"),
        ]
        assert table(tbl(row(cell(para("格", markup)), "x"))).cells[0].text == "格\n框"


def test_a_choice_without_text_yields_to_the_fallback() -> None:
    legacy = f"<w:pict><v:shape><v:textbox>{_box(para('框'))}</v:textbox></v:shape></w:pict>"
    choice = '<mc:Choice Requires="new"><w:drawing/></mc:Choice>'
    markup = f"<w:r><mc:AlternateContent>{choice}<mc:Fallback>{legacy}</mc:Fallback></mc:AlternateContent></w:r>"
    assert texts(para(markup)) == ["框"]


def test_a_table_in_a_text_box_is_a_table() -> None:
    blocks = document(
        para("段", f"<w:r><w:pict><v:textbox>{_box(tbl(row('a', 'b')), para())}</v:textbox></w:pict></w:r>")
    ).blocks
    assert [type(b) for b in blocks] == [Paragraph, Table]


def test_word_art_is_text() -> None:
    assert texts(para('<w:r><w:pict><v:shape><v:textpath string="市文明委文件"/></v:shape></w:pict></w:r>')) == [
        "市文明委文件"
    ]


def test_a_bullet_of_a_drawn_paragraph_is_no_picture() -> None:
    drawn = '<a:p><a:pPr><a:buBlip><a:blip r:embed="r1"/></a:buBlip></a:pPr><a:r><a:t>框内</a:t></a:r></a:p>'
    result = document(para("段", f"<w:r><w:drawing><a:graphic>{drawn}</a:graphic></w:drawing></w:r>"))
    assert [b.text for b in result.blocks if isinstance(b, Paragraph)] == ["段", "框内"]
    assert result.notes == ()


def test_pictures_are_noted_with_their_place() -> None:
    picture = '<w:r><w:drawing><a:graphic><a:blip r:embed="r1"/></a:graphic></w:drawing></w:r>'
    result = document(para("见图", picture) + tbl(row("a", cell(para(picture)))))
    assert [(n.rule, n.locator) for n in result.notes] == [("picture", "第1段"), ("picture", "表1 第1行第2列")]
    assert [b.text for b in result.blocks if isinstance(b, Paragraph)] == ["见图"]
    embedded = document(para("<w:r><w:object><v:imagedata/></w:object></w:r>")).notes
    assert [n.message for n in embedded] == ["此处为嵌入对象，其中的文字未读取"]


def test_embedded_documents_are_noted() -> None:
    assert [n.rule for n in document(para("前") + '<w:altChunk r:id="r9"/>').notes] == ["lost_part"]


def _note(note_id: int, *content: str, kind: str = "footnote") -> str:
    return f'<w:{kind} w:id="{note_id}">{"".join(content)}</w:{kind}>'


def _reference(note_id: int, kind: str = "footnote", attributes: str = "") -> str:
    return f'<w:r><w:{kind}Reference w:id="{note_id}" {attributes}/></w:r>'


def test_notes_follow_the_body_in_the_order_of_their_marks() -> None:
    body = para("各单位", _reference(7), "和", _reference(3)) + tbl(
        row(cell(para("科室", _reference(2, "endnote"))), "x")
    )
    result = document(
        body,
        footnotes=_note(-1, para("分隔")) + _note(3, para("二")) + _note(7, para("一", "甲"), para("乙")),
        endnotes=_note(2, para("尾"), kind="endnote"),
    )
    assert [b.text for b in result.paragraphs()] == ["各单位[1]和[2]", "[1]一甲\n乙", "[2]二", "[i]尾"]
    assert [(b.locator, b.note) for b in result.paragraphs()][1:] == [("脚注1", True), ("脚注2", True), ("尾注1", True)]
    assert next(result.tables()).cells[0].text == "科室[i]"


def test_circled_note_marks_stay_circled() -> None:
    settings = '<w:footnotePr><w:numFmt w:val="decimalEnclosedCircleChinese"/></w:footnotePr>'
    result = texts(para("单位", _reference(1)), footnotes=_note(1, para("名单")), settings=settings)
    assert result == ["单位①", "①名单"]


def test_a_mark_of_the_authors_own() -> None:
    own = '<w:r><w:footnoteReference w:id="1" w:customMarkFollows="1"/><w:t>※</w:t></w:r>'
    assert texts(para("甲", own, _reference(2)), footnotes=_note(1, para("※注")) + _note(2, para("注"))) == [
        "甲※[1]",
        "※注",
        "[1]注",
    ]


def test_a_note_that_is_not_there_is_reported_to_be_lost() -> None:
    result = document(para("甲", _reference(9)), footnotes=_note(1, para("别的")))
    assert [b.text for b in result.paragraphs()] == ["甲[1]"]
    assert [(n.rule, n.locator) for n in result.notes] == [("lost_part", "脚注1")]


def test_heading_levels() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="a"><w:name w:val="标题 2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="b"><w:name w:val="自定"/><w:basedOn w:val="a"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="c"><w:name w:val="公文"/><w:basedOn w:val="c"/>'
        '<w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>'
        '<w:style w:type="table" w:styleId="t"><w:name w:val="网格"/></w:style>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="n"><w:name w:val="Normal"/></w:style>'
    )
    wanted = {"1": 1, "a": 2, "b": 2, "c": 3, "n": None, "unknown": None}
    body = "".join(para(key, properties=f'<w:pStyle w:val="{key}"/>') for key in wanted)
    body += para("direct", properties='<w:outlineLvl w:val="0"/>')
    body += para("body", properties='<w:pStyle w:val="1"/><w:outlineLvl w:val="9"/>')
    result = {b.text: b.level for b in document(body, styles=styles).paragraphs()}
    assert result == {**wanted, "direct": 1, "body": None}


def test_headers_and_comments_are_left_out() -> None:
    content = members(para("正文"))
    content["word/header1.xml"] = part("hdr", para("页眉"))
    content["word/comments.xml"] = part("comments", para("批注"))
    assert [b.text for b in read(pack(content), "a.docx").paragraphs()] == ["正文"]


def test_the_main_part_is_found_by_its_relationship() -> None:
    assert [b.text for b in read(docx(para("在别处"), main="doc/main7.xml"), "a.docx").paragraphs()] == ["在别处"]
    content = members(para("无关系部件"))
    del content["_rels/.rels"]
    assert [b.text for b in read(pack(content), "a.docx").paragraphs()] == ["无关系部件"]


@pytest.mark.parametrize("name", ["通知.docm", "模板.dotx"])
def test_macro_files_and_templates(name: str) -> None:
    kind = {"docm": "document.macroEnabled", "dotx": "template"}[name[-4:]]
    prefix = (
        "application/vnd.ms-word"
        if name.endswith("m")
        else "application/vnd.openxmlformats-officedocument.wordprocessingml"
    )
    result = read(docx(para("甲"), main_type=f"{prefix}.{kind}.main+xml"), name)
    assert ([b.text for b in result.paragraphs()], result.format, result.notes) == (["甲"], "docx", ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_strict_files_and_other_encodings(encoding: str) -> None:
    strict = W.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006", "http://purl.oclc.org/ooxml/wordprocessingml"
    )
    body = para("甲", f'<w:ins w:id="1">{run("增")}</w:ins>') + tbl(
        row(cell("宽", properties='<w:gridSpan w:val="2"/>')), row("a", "b")
    )
    content = members(body)
    text = str(content["word/document.xml"]).replace(W, strict).replace("UTF-8", encoding)
    content["word/document.xml"] = text.encode(encoding)
    result = read(pack(content), "a.docx")
    assert [b.text for b in result.paragraphs()] == ["甲增"]
    assert next(result.tables()).cells[0].col_span == 2
