"""The article of a saved page, and the metadata of the page."""

from __future__ import annotations

import quopri
from base64 import b64encode

import pytest

from extractors.attachments import read
from extractors.document import Document, Paragraph, ReadError

LETTER = (
    "<p>某市精神文明建设委员会文件</p><p>关于印发测评细则的通知</p><p>各县区、各部门：现将测评细则印发给你们，"
    "请结合实际认真组织落实，确保创建工作取得实效。</p><p>2023年3月2日</p>"
)
TABLE = (
    "<table><tr><td>测评项目</td><td>测评标准</td><td>分值</td></tr>"
    "<tr><td>一、组织</td><td>成立机构。</td><td>5</td></tr></table>"
)
NAVIGATION = "<ul>" + "".join(f"<li><a href='/c{i}'>政务公开栏目{i}</a></li>" for i in range(20)) + "</ul>"
FOOTER = "<p>主办单位：某市人民政府办公室 网站标识码：0000000000</p>"


def page(body: str, head: str = "") -> Document:
    """A page, read."""
    return read(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode(), "通知.html")


def outline(result: Document) -> list[str]:
    """Paragraphs by their text, tables as 表."""
    return [b.text if isinstance(b, Paragraph) else "表" for b in result.blocks]


WANTED = outline(page(LETTER + TABLE))


def test_a_bare_page_is_its_own_article() -> None:
    assert WANTED[0] == "某市精神文明建设委员会文件"
    assert WANTED[-1] == "表"
    assert len(WANTED) == 5


@pytest.mark.parametrize(
    "name",
    [
        'class="TRS_Editor"',
        'id="zoom"',
        'id="UCAP-CONTENT"',
        'id="vsb_content"',
        'id="vsb_content_2"',
        'class="view TRS_UEDITOR trs_paper_default"',
        'class="article-content"',
        'class="pages_content"',
        'class="content"',
        'class="whatever"',
    ],
)
def test_the_article_of_many_content_systems(name: str) -> None:
    shell = (
        f"<div class='topNav'>{NAVIGATION}</div><div class='crumb'>当前位置：首页 &gt; 通知公告</div>"
        f"<div class='main'><div {name}>{LETTER}{TABLE}</div></div>"
        f"<div class='share-box'>分享到：微信 微博</div><div class='footer'>{FOOTER}</div>"
    )
    assert outline(page(shell)) == WANTED


def test_tags_of_their_own_for_the_parts_of_a_page() -> None:
    shell = f"<header>{NAVIGATION}</header><nav>导航</nav><main>{LETTER}{TABLE}</main><aside>相关</aside>"
    shell += f"<footer>{FOOTER}</footer>"
    assert outline(page(shell)) == WANTED


def test_a_page_arranged_by_tables() -> None:
    shell = (
        f"<table><tr><td>{NAVIGATION}</td><td><table><tr><td>{LETTER}<table width='100%'><tr><td>{TABLE}</td></tr>"
        f"</table></td></tr></table></td></tr></table><div class='foot'>{FOOTER}</div>"
    )
    assert outline(page(shell)) == WANTED


def test_rows_of_links_beside_an_article_are_no_data() -> None:
    links = "".join(f"<tr><td><a href='/a{i}'>公开</a></td><td><a href='/b{i}'>服务</a></td></tr>" for i in range(3))
    shell = f"<table>{links}<tr><td>{LETTER}{TABLE}</td></tr></table>"
    assert outline(page(shell)) == WANTED


def test_an_article_in_several_boxes_is_read_whole() -> None:
    boxes = f"<div class='TRS_Editor'>{LETTER}</div><p>附件</p><div class='TRS_Editor'>{TABLE}</div>"
    assert outline(page(f"<div>{boxes}</div><div class='footer'>{FOOTER}</div>")) == [*WANTED[:-1], "附件", "表"]


def test_a_letter_beside_a_large_table_is_not_left_behind() -> None:
    long = "<table>" + "<tr><td>测评项目测评项目</td><td>测评标准测评标准测评标准</td></tr>" * 200 + "</table>"
    result = outline(page(f"<div><div class='a'>{LETTER * 3}</div><div class='b'>{long}</div></div>"))
    assert result.count("关于印发测评细则的通知") == 3
    assert result[-1] == "表"


def test_one_long_cell_of_a_table_is_not_the_article() -> None:
    prose = "".join(f"<p>第{i}条要认真落实各项工作任务。</p>" for i in range(40))
    for first in ("序号", "壹"):
        head = f"<tr><td>{first}</td><td>测评标准</td></tr>"
        result = page(f"<table>{head}<tr><td>1</td><td>{prose}</td></tr><tr><td>2</td><td>短</td></tr></table>")
        assert outline(result) == ["表"]


def test_a_small_box_with_a_known_name_is_not_taken_for_the_article() -> None:
    teaser = "<div class='content'>热门内容推荐热门内容推荐热门内容推荐</div>"
    assert outline(page(f"{teaser}<div class='x'>{LETTER * 2}{TABLE}</div>"))[-1] == "表"


def test_hidden_and_deleted_parts_are_gone_and_text_behind_them_stays() -> None:
    body = (
        "<p>甲<span style='DISPLAY: none'>暗</span>乙</p><p hidden>隐</p><p>丙<del>删</del>丁</p>"
        "<p style='visibility:hidden'>隐</p><script>document.write('脚本')</script>戊<style>.a{}</style>己"
        "<p>庚<input value='框'><select><option>选</option></select><ruby>漢<rt>han</rt></ruby></p>"
        "<noscript>请打开脚本</noscript><!-- 注释 --><iframe src='x'>框架</iframe>"
    )
    assert outline(page(body)) == ["甲乙", "丙丁", "戊己", "庚漢"]


def test_the_title_is_put_first_where_the_article_lacks_it() -> None:
    meta = "<meta name='ArticleTitle' content='关于另一件事的通知'>"
    assert outline(page(LETTER + TABLE, meta)) == ["关于另一件事的通知", *WANTED]
    same = "<meta name='ArticleTitle' content='关于印发 测评细则的通知'>"
    assert outline(page(LETTER + TABLE, same)) == WANTED
    heading = f"<h1>关于另一件事的通知</h1><div class='TRS_Editor'>{LETTER}{TABLE}</div>"
    assert outline(page(heading)) == ["关于另一件事的通知", *WANTED]


def test_publication_in_the_metadata_is_a_note_and_no_date_of_the_notice() -> None:
    head = "<meta name='PubDate' content='2023-03-08 10:21'><meta name='ContentSource' content='市文明办'>"
    result = page(f"<div class='TRS_Editor'>{LETTER}{TABLE}</div>", head)
    assert outline(result) == WANTED
    (note,) = result.notes
    assert note.rule == "publication"
    assert "发布日期 2023-03-08" in note.message
    assert "来源 市文明办" in note.message


@pytest.mark.parametrize(
    ("around", "blocks"),
    [
        ("<p class='info'>发布时间：2023-03-08　来源：市文明办</p>", ["发布时间：2023-03-08　来源：市文明办"]),
        ("<ul><li>索引号 1/2</li><li>文号 无</li></ul>", ["索引号 1/2", "文号 无"]),
        ("<table><tr><td>索引号</td><td>1/2</td></tr></table>", [["索引号", "1/2"]]),
        ("<table><tr><td><table><tr><td>索引号</td><td>1</td></tr></table></td></tr></table>", [["索引号", "1"]]),
        ("<div class='nav'>政务公开</div>", []),
    ],
)
def test_what_stands_around_the_article_is_kept_beside_it(around: str, blocks: list[str | list[str]]) -> None:
    result = page(f"{around}<div class='TRS_Editor'>{LETTER}{TABLE}</div><p>版权所有</p>")
    assert outline(result) == WANTED
    kept = [b.text if isinstance(b, Paragraph) else [cell.text for cell in b.cells] for b in result.page]
    assert kept == [*blocks, "版权所有"]


def test_a_page_that_is_its_own_article_has_nothing_around_it() -> None:
    assert page(LETTER + TABLE).page == ()


def test_links_to_files_are_recorded_once_each() -> None:
    links = (
        "<p><a href='./P020230308.docx?x=1'>附件1.测评细则</a><a href='./P020230308.docx?x=1'>下载</a></p>"
        "<a href='/download.jsp?id=7'>附件2.任务清单.xls</a><a href='b.html'>下一篇</a>"
        "<a href='javascript:get(\"a.doc\")'>x.doc</a><a>无.pdf</a>"
    )
    result = page(f"<div class='TRS_Editor'>{LETTER}{TABLE}</div><div class='fj'>{links}</div>")
    notes = [n.message for n in result.notes if n.rule == "attachment_link"]
    assert len(notes) == 2
    assert "“附件1.测评细则”（./P020230308.docx?x=1）" in notes[0]
    assert "“附件2.任务清单.xls”（/download.jsp?id=7）" in notes[1]


def test_pictures_in_the_article_are_reported() -> None:
    result = page(
        f"<img src='logo.png'><div class='TRS_Editor'>{LETTER}<p><img src='1.png'><img src='2.png'></p></div>"
    )
    (message,) = [n.message for n in result.notes if n.rule == "picture"]
    assert message.startswith("正文中有 2 张图片没有存入网页文件，其中的文字未读取；")


_TEXT = "<html><head>{meta}</head><body><p>关于印发测评细则的通知</p></body></html>"


@pytest.mark.parametrize(
    "data",
    [
        _TEXT.format(meta="<meta charset=gb2312>").encode("gb18030"),
        _TEXT.format(meta="<META http-equiv=Content-Type content='text/html; charset=GBK'>").encode("gb18030"),
        _TEXT.format(meta="").encode("gb18030"),
        _TEXT.format(meta="<meta charset='utf-8'>").encode("gb18030"),
        _TEXT.format(meta="<meta charset='gb2312'>").encode(),
        _TEXT.format(meta="<meta charset=big5>").replace("关于印发测评细则", "關於印發測評細則").encode("big5hkscs"),
        _TEXT.format(meta="").encode("utf-16"),
        _TEXT.format(meta="").encode("utf-8-sig"),
        ("<?xml version='1.0' encoding='gbk'?>" + _TEXT.format(meta="")).encode("gb18030"),
    ],
    ids=["gb2312", "gbk", "unsaid", "lying", "lying too", "big5", "utf-16", "mark", "xhtml"],
)
def test_encodings(data: bytes) -> None:
    assert outline(read(data, "a.html"))[0][-2:] == "通知"


def test_a_few_broken_characters_are_reported_and_many_refused() -> None:
    text = _TEXT.format(meta="<meta charset=utf-8>").replace("</p>", "。" * 300 + "</p>")
    result = read(text.encode()[:-40] + b"\xff\xff", "a.html")
    assert [n.rule for n in result.notes] == ["bad_characters"]


def _mhtml(transfer: str, charset: str, payload: bytes) -> bytes:
    head = "From: <Saved by a browser>\r\nMIME-Version: 1.0\r\n"
    head += 'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
    head += f'Content-Type: text/html; charset="{charset}"\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n'
    tail = (
        b"\r\n--b\r\nContent-Type: image/png\r\n\r\nxx\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>frame\r\n--b--\r\n"
    )
    return head.encode() + payload + tail


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "no-such-thing"])
def test_pages_saved_as_one_message(charset: str) -> None:
    raw = f"<html><body><div>{LETTER}{TABLE}</div></body></html>".encode("gb18030" if charset == "gb2312" else "utf-8")
    for transfer, payload in (
        ("quoted-printable", quopri.encodestring(raw)),
        ("base64", b64encode(raw)),
        ("8bit", raw),
    ):
        result = read(_mhtml(transfer, charset, payload), "通知.mht")
        assert outline(result) == WANTED
        assert result.format == "html"


def test_a_message_without_a_page() -> None:
    data = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
    data += b"Content-Type: text/plain\r\n\r\nx\r\n--b--"
    with pytest.raises(ReadError, match="没有网页正文"):
        read(data, "a.mht")
    with pytest.raises(ReadError, match="正文为空"):
        read(_mhtml("base64", "utf-8", b""), "a.mht")
