"""What single pages of a site say: lists, feeds, sitemaps, notices, robots.txt, headers; nothing is fetched."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from assets.fetch import download_notice
from assets.fetch.http_client import FetchError, FetchFailure, parse_robots
from assets.fetch.parse_pages import (
    Attachment,
    ListPage,
    NoticeLink,
    absolute_url,
    parse_charset,
    parse_list,
    parse_notice,
)
from assets.fetch.sources import Source

URL = "https://www.wm.gov.cn/tz/index.html"


def source(**more: Any) -> Source:
    """A watched list whose notices speak of 测评."""
    return Source.model_validate({"name": "市文明办", "url": URL, "take": ("测评",), **more})


def listed(body: str, number: int = 1, url: str = URL, **more: Any) -> ListPage:
    """What a list page of this body says."""
    page = f"<html><head><meta charset='utf-8'></head><body>{body}</body></html>"
    return parse_list(source(**more), page.encode(), url, "text/html", number)


class TestLists:
    def test_a_list_gives_titles_dates_and_the_way_on(self) -> None:
        body = """
        <ul><li><a href="t20230405_1.html">2023年测评通知</a><span>2023-04-06</span></li>
        <li><a href="t20230102_2.html">测评体系</a></li>
        <li><a href="2.html" title="关于测评工作的补充通知">关于测评…</a> 2022年3月1日</li>
        <li><a href="2.html">测评（再次）</a></li>
        <li><a href="3.html">放假安排</a></li>
        <li><a href="mailto:a@wm.gov.cn">测评信箱</a><a href="#top">测评</a><a href="">测评</a></li>
        <li><a href="javascript:go()">测评下载</a></li></ul>
        <a href="https://other.cn/a.html">别处</a><a href="/x.html">这是一个长达二十一个字而不会通往另一列表的链接</a>
        <a href="/y.html">只有二十个字因而还可能通往另一列表的链接</a><a href="/z.html">丙</a>
        <a href="index_1.html">下一页</a><a href="index_9.html">下页</a>"""
        there = "https://www.wm.gov.cn/tz/"
        assert listed(body) == ListPage(
            (
                NoticeLink(f"{there}t20230405_1.html", "2023年测评通知", "2023-04-06"),
                NoticeLink(f"{there}t20230102_2.html", "测评体系", "2023-01-02"),
                NoticeLink(f"{there}2.html", "关于测评工作的补充通知", "2022-03-01"),
            ),
            f"{there}index_1.html",
            (f"{there}3.html", "https://www.wm.gov.cn/y.html"),
        )

    @pytest.mark.parametrize(
        ("body", "following"),
        [
            ('<a href="2.html">下一页</a>', "https://www.wm.gov.cn/tz/2.html"),
            ('<a href="2.html">NEXT</a>', "https://www.wm.gov.cn/tz/2.html"),
            ('<a href="2.html">上一页</a>', ""),
            ('<link rel="prefetch Next" href="2.html">', "https://www.wm.gov.cn/tz/2.html"),
            ('<link rel="stylesheet" href="2.html">', ""),
            ('<a href="index.html">下一页</a>', ""),
            ('<base href="/base/"><a href="2.html">下一页</a>', "https://www.wm.gov.cn/base/2.html"),
            ('<base href="http://[/"><a href="2.html">下一页</a>', "https://www.wm.gov.cn/tz/2.html"),
            ('<script>createPageHTML(3, 0, "index", "html");</script>', "https://www.wm.gov.cn/tz/index_1.html"),
            ('<script>createPageHTML(3, 1, "index", "html");</script>', "https://www.wm.gov.cn/tz/index_2.html"),
            ('<script>createPageHTML(3, 2, "index", "html");</script>', ""),
        ],
    )
    def test_the_next_page_is_named_by_a_link_or_by_the_script_of_the_system(self, body: str, following: str) -> None:
        assert listed(body).following == following

    @pytest.mark.parametrize(
        ("number", "first", "following"), [(1, 2, "p2.html"), (2, 2, "p3.html"), (1, 1, "p1.html"), (1, 0, "p0.html")]
    )
    def test_a_pattern_of_addresses_counts_on(self, number: int, first: int, following: str) -> None:
        found = listed('<a href="a">下一页</a>', number, page_url="p{page}.html", page_from=first)
        assert found.following == f"https://www.wm.gov.cn/tz/{following}"

    @pytest.mark.parametrize(
        ("entry", "day"),
        [
            ("<li><a href='1'>测评</a>2023-4-6</li>", "2023-04-06"),
            ("<li><a href='1'>测评</a>2023/04/06</li>", "2023-04-06"),
            ("<li><a href='1'>测评</a>2023.4.6 12:00</li>", "2023-04-06"),
            ("<li><a href='1'>测评</a>2023-4-612</li>", ""),
            ("<li><a href='1'>测评</a>2023-13-06</li>", ""),
            ("<li><a href='1'>测评</a>1823-1-6</li>", ""),
            ("<ul>2023-4-6<li><a href='1'>测评</a></li></ul>", ""),
            ("<tr><td><a href='1'>测评</a></td><td>2023-4-6</td></tr>", "2023-04-06"),
            ("<table>2023-4-6<tr><td><a href='1'>测评</a></td></tr></table>", ""),
            (f"<div><p><a href='1'>测评</a></p>{'字' * 290}2023-4-6</div>", "2023-04-06"),
            (f"<div><p><a href='1'>测评</a></p>{'字' * 291}2023-4-6</div>", ""),
        ],
    )
    def test_the_date_stands_in_the_entry_of_the_link(self, entry: str, day: str) -> None:
        whole = f"<table>{entry}</table>" if entry.startswith("<tr>") else entry
        assert [one.published for one in listed(whole).links] == [day]


class TestFeedsAndSitemaps:
    def test_a_feed_gives_titles_dates_and_changes(self) -> None:
        feed = """<rss><channel><title>通知</title><link>https://www.wm.gov.cn/</link>
        <item><title>测评通知</title><link>/a.html</link><pubDate>Thu, 06 Apr 2023 08:00:00 +0800</pubDate></item>
        <item><title>又一次</title><link>/a.html</link></item>
        <item><title>信箱</title><link>mailto:a@b.cn</link></item></channel></rss>"""
        assert parse_list(source(kind="feed"), feed.encode(), URL, "", 1) == ListPage(
            (NoticeLink("https://www.wm.gov.cn/a.html", "测评通知", "2023-04-06", "Thu, 06 Apr 2023 08:00:00 +0800"),)
        )

    def test_an_atom_feed_leads_to_the_notice_and_on_to_its_next_page(self) -> None:
        feed = """<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="/feed"/><link rel="next" href="/2"/>
        <entry><title>甲</title><link rel="edit" href="/edit"/><link href="/a"/><updated>2023-05-01</updated></entry>
        <entry><title>乙</title><link rel="alternate" href="/b"/><published>2023年4月6日</published>
        <updated>2023-05-02</updated></entry></feed>"""
        assert parse_list(source(kind="feed"), feed.encode(), URL, "", 1) == ListPage(
            (
                NoticeLink("https://www.wm.gov.cn/a", "甲", "2023-05-01", "2023-05-01"),
                NoticeLink("https://www.wm.gov.cn/b", "乙", "2023-04-06", "2023-05-02"),
            ),
            "https://www.wm.gov.cn/2",
        )

    @pytest.mark.parametrize("packed", [False, True])
    def test_a_sitemap_skips_addresses_that_are_no_http(self, packed: bool) -> None:
        sitemap = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
        <url><loc>/t20230406_1.html</loc><lastmod>2023-05-01</lastmod></url>
        <url><loc>ftp://www.wm.gov.cn/b.html</loc></url>
        <url><loc>/t20230406_1.html</loc></url>
        <url><loc>http://www.wm.gov.cn/c.html</loc><n:news><n:title>测评通知</n:title></n:news></url></urlset>"""
        data = gzip.compress(sitemap.encode()) if packed else sitemap.encode()
        assert parse_list(source(kind="sitemap"), data, URL, "", 1) == ListPage(
            (
                NoticeLink("https://www.wm.gov.cn/t20230406_1.html", "", "2023-04-06", "2023-05-01"),
                NoticeLink("http://www.wm.gov.cn/c.html", "测评通知"),
            )
        )

    def test_an_index_of_sitemaps_leads_to_each_once(self) -> None:
        index = """<sitemapindex><sitemap><loc>/1.xml</loc></sitemap><sitemap><loc>/1.xml</loc></sitemap>
        <sitemap><loc>data:x</loc></sitemap><sitemap><loc>/2.xml</loc></sitemap></sitemapindex>"""
        assert parse_list(source(kind="sitemap"), index.encode(), URL, "", 1) == ListPage(
            (), "", ("https://www.wm.gov.cn/1.xml", "https://www.wm.gov.cn/2.xml")
        )

    @pytest.mark.parametrize(
        "data", [b"", b"plain", b"<html><body/></html>", gzip.compress(b"x" * 99, mtime=0)[:20] + b"\xff"]
    )
    def test_what_is_neither_is_reported(self, data: bytes) -> None:
        with pytest.raises(FetchError) as refused:
            parse_list(source(kind="feed"), data, URL, "", 1)
        assert refused.value.failure is FetchFailure.UNFIT


class TestNotices:
    BODY = (
        "<p>发布时间：2023-04-06 来源：市文明办</p>"
        "<div class='article'><h1>关于开展测评的通知</h1><p>浏览次数：12次</p>"
        "<p>各单位：现将测评工作有关事项通知如下，请认真贯彻执行，确保各项任务按时完成，并及时报送有关材料。</p>"
        "<p><a href='/d/fj.docx'>附件1：测评表</a><a href='#a'>附件：回到顶部</a><a href='/file?id=2'>下载</a>"
        "<a href='x.html'>上一篇</a><a href='x2.html'>附件2</a><a href='ftp://a/b.doc'>附件3.doc</a></p></div>"
    )

    def test_a_notice_says_its_title_day_office_and_attachments(self) -> None:
        found = parse_notice(f"<title>标题_市文明办</title>{self.BODY}".encode(), URL, "utf-8", NoticeLink(URL))
        assert (found.title, found.published, found.publisher) == ("标题", "2023-04-06", "市文明办")
        assert found.attachments == (
            Attachment("附件1：测评表", "/d/fj.docx", "https://www.wm.gov.cn/d/fj.docx", True),
            Attachment("下载", "/file?id=2", "https://www.wm.gov.cn/file?id=2", False),
            Attachment("附件2", "x2.html", "https://www.wm.gov.cn/tz/x2.html", False),
        )
        assert not found.is_blank

    @pytest.mark.parametrize(
        ("title", "taken"), [("测评通知", "测评通知"), ("测评…", "标题"), ("测评...", "标题"), ("测评..", "标题")]
    )
    def test_a_title_that_the_list_cut_short_is_taken_from_the_page(self, title: str, taken: str) -> None:
        page = f"<title>标题_市文明办</title>{self.BODY}".encode()
        assert parse_notice(page, URL, "utf-8", NoticeLink(URL, title)).title == taken

    def test_a_counter_changes_no_fingerprint_and_a_word_does(self) -> None:
        prints = {
            parse_notice(self.BODY.replace("12次", more).encode(), URL, "utf-8", NoticeLink(URL)).print
            for more in ("12次", "345次", "6")
        }
        other = parse_notice(self.BODY.replace("认真", "严格").encode(), URL, "utf-8", NoticeLink(URL)).print
        assert len(prints) == 1
        assert other not in prints

    @pytest.mark.parametrize(
        ("body", "blank"),
        [("", True), ("<script>x()</script>", True), ("<img src='a.png'>", False), ("<p>字</p>", False)],
    )
    def test_a_page_that_shows_nothing_is_blank(self, body: str, blank: bool) -> None:
        page = f"<html><head><title>甲</title></head><body><div>{body}</div></body></html>"
        found = parse_notice(page.encode(), "https://a.cn/t20230406_1.html", None, NoticeLink(URL))
        assert (found.is_blank, found.published) == (blank, "2023-04-06")


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("text/html", None),
        ("text/html; charset=GBK", "GBK"),
        ("text/html; CHARSET = 'utf-8'", "utf-8"),
        ('text/html; charset="gb2312"', "gb2312"),
    ],
)
def test_the_encoding_of_a_header(header: str, named: str | None) -> None:
    assert parse_charset(header) == named


@pytest.mark.parametrize(
    ("href", "address"),
    [("a.html#b", "https://www.wm.gov.cn/tz/a.html"), (" ../b ", "https://www.wm.gov.cn/b"), ("http://[x", "")],
)
def test_an_address_in_full(href: str, address: str) -> None:
    assert absolute_url(URL, href) == address


class TestRobots:
    @pytest.mark.parametrize(
        ("text", "forbidden"),
        [
            ("", set()),
            ("User-agent: *\nDisallow: /a\nAllow: /a/b", {"/a"}),
            ("User-agent: *\nDisallow: /a\nDisallow: /b", {"/a", "/a/b", "/b"}),
            ("User-agent: *\nDisallow:\nAllow: /a # here", set()),
            ("User-agent: *\nDisallow: /a\nUser-agent: Wenming-Fetch\nDisallow: /b", {"/b"}),
            ("User-agent: *\nUser-agent: x\nDisallow: /a\nUser-agent: y\nDisallow: /b", {"/a", "/a/b"}),
            ("User-agent: wenming-fetch\n\nUser-agent: *\nDisallow: /b", {"/b"}),
            ("User-agent: *\nSitemap: x\nUser-agent: y\nDisallow: /b", {"/b"}),
            ("\ufeffUser-agent: *\nDisallow: /通 知", {"/%E9%80%9A%20%E7%9F%A5"}),
        ],
    )
    def test_the_group_of_this_program_decides(self, text: str, forbidden: set[str]) -> None:
        rules = parse_robots(text.encode())
        paths = ["/a", "/a/b", "/b", "/%E9%80%9A%20%E7%9F%A5"]
        assert {path for path in paths if not rules.allows(f"https://www.wm.gov.cn{path}")} == forbidden

    @pytest.mark.parametrize(
        ("line", "delay"),
        [("", 0.0), ("2.5", 2.5), ("60", 60.0), ("61", 60.0), ("-1", 0.0), ("nan", 0.0), ("soon", 0.0)],
    )
    def test_a_pause_between_requests_has_a_bound(self, line: str, delay: float) -> None:
        assert parse_robots(f"User-agent: *\nCrawl-delay: {line}".encode()).delay == delay

    @pytest.mark.parametrize(
        ("rules", "path", "allowed"),
        [
            ([], "/a", True),
            (["Disallow: /"], "/a", False),
            (["Disallow: /"], "/robots.txt", True),
            (["Disallow: /"], "", False),
            (["Disallow: /a"], "/b", True),
            (["Disallow: /a", "Allow: /a"], "/a", True),
            (["Allow: /", "Disallow: /a"], "/a", False),
            (["Disallow: /a$"], "/a", False),
            (["Disallow: /a$"], "/ab", True),
            (["Disallow: /a?b"], "/a?b=1", False),
            (["Disallow: /*.doc$"], "/x.doc", False),
            (["Disallow: /*.doc$"], "/x.docx", True),
            (["Disallow: /*a*b"], "/xaxb", False),
            (["Disallow: /*a*b"], "/xbxa", True),
            (["Disallow: /a*a$"], "/a", True),
            (["Disallow: /a*a$"], "/aa", False),
            (["Disallow: /*ab*bc$"], "/abc", True),
            (["Disallow: /*ab*bc$"], "/abbc", False),
        ],
    )
    def test_the_longest_rule_decides(self, rules: list[str], path: str, allowed: bool) -> None:
        known = parse_robots("\n".join(["User-agent: *", *rules]).encode())
        assert known.allows(f"https://www.wm.gov.cn{path}") is allowed


class TestNames:
    @pytest.mark.parametrize(
        ("header", "name"),
        [
            ("", ""),
            ("attachment", ""),
            ('attachment; filename="a b.doc"', "a b.doc"),
            ("attachment; filename=a.doc; size=3", "a.doc"),
            (r'attachment; filename="a\"b.doc"', 'a"b.doc'),
            ('attachment; filename="C:\\\\dir\\\\a.doc"', "a.doc"),
            ("attachment; filename=dir/a.doc", "a.doc"),
            ("attachment; filename=%E9%80%9A%E7%9F%A5.doc", "通知.doc"),
            ("attachment; filename*=UTF-8''%E9%80%9A%E7%9F%A5.doc", "通知.doc"),
            ("attachment; filename=x.doc; filename*=gbk''%CD%A8%D6%AA.doc", "通知.doc"),
            ("attachment; filename=%CD%A8%D6%AA.doc", "通知.doc"),
            ('attachment; filename="=?utf-8?B?6YCa55+lLmRvYw==?="', "通知.doc"),
            ('attachment; filename="=?what?B?6YCa55+lLmRvYw==?="', ""),
            (f'attachment; filename="{"通知.doc".encode("gbk").decode("latin-1")}"', "通知.doc"),
            (f'attachment; filename="{"通知.doc".encode().decode("latin-1")}"', "通知.doc"),
            ('attachment; filename="通知.doc"', "通知.doc"),
        ],
    )
    def test_the_name_in_a_header(self, header: str, name: str) -> None:
        assert download_notice.name_from_header(header) == name

    @pytest.mark.parametrize(
        ("name", "address", "known", "content", "found"),
        [
            ("附件", "/a.docx", True, (b"", ""), ["附件.docx", "a.docx"]),
            ("附件1.doc", "/a.docx", True, (b"", ""), ["附件1.doc", "附件1.doc.docx", "a.docx"]),
            ("附件", "/a.docx", False, (b"", ""), ["a.docx"]),
            ("附件", "/%E8%A1%A8.xls", True, (b"", "filename=b.pdf"), ["附件.xls", "表.xls", "b.pdf"]),
            ("附件", "/file", False, (b"%PDF-1.4", ""), ["附件.pdf"]),
            ("附件", "/file", False, (b"7z\xbc\xaf\x27\x1c", "filename=b"), ["b.7z"]),
            ("附件", "/file", False, (b"<html>", ""), []),
            ("附件", "/file", False, (b"", ""), []),
            ("a.exe", "/a.exe", False, (b"", ""), []),
            ("~$a", "/file.docx", True, (b"", ""), ["file.docx"]),
        ],
    )
    def test_the_names_of_an_attachment(
        self, name: str, address: str, known: bool, content: tuple[bytes, str], found: list[str]
    ) -> None:
        one = Attachment(name, address, f"https://www.wm.gov.cn{address}", known)
        assert download_notice.attachment_names(one, *content) == found

    @pytest.mark.parametrize(
        ("title", "data", "header", "url", "named"),
        [
            ("通知", b"", "", "https://a.cn/x.doc", ("通知", ".doc")),
            ("通知.pdf", b"", "", "https://a.cn/x", ("通知", ".pdf")),
            ("", b"", "filename=b.xls", "https://a.cn/x.doc", ("b", ".xls")),
            ("", b"%PDF-1", "", "https://a.cn/x", ("x", ".pdf")),
            ("", b"", "", "https://a.cn/", ("通知", "")),
        ],
    )
    def test_the_name_of_a_notice_that_is_a_file(
        self, title: str, data: bytes, header: str, url: str, named: tuple[str, str]
    ) -> None:
        assert download_notice.file_title_and_suffix(title, data, header, url) == named
