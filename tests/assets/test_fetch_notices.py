"""Notices of a site into raw/: lists, pages, attachments, editions, and what is remembered."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from assets.fetch.fetch import FetchOptions, fetch
from assets.fetch.fetch_state import STATE_FOLDER, FetchEvent, FetchOutcome
from tests.assets.city import (
    DAY,
    DOCX,
    FIRST,
    PDF,
    SECOND,
    add_source,
    conditional,
    files,
    furnish,
    list_page,
    manifest,
    outcomes,
    page,
    run_fetch,
)
from tests.assets.site import Reply, Site, running, write_sources


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as one:
        yield one


@pytest.fixture
def raw(tmp_path: Path, site: Site) -> Path:
    """A raw folder that watches the list of the site."""
    add_source(tmp_path, site)
    return tmp_path


def test_notices_of_all_list_pages_come_with_their_attachments_and_rows(raw: Path, site: Site) -> None:
    furnish(site)
    report = run_fetch(raw)
    assert not report.failed
    folder = f"999900-甲市/{FIRST}"
    assert files(raw) == {
        f"{folder}.html": page(FIRST, "各单位要认真组织测评", attachments_of(site)).encode("gbk"),
        f"{folder}_files/附件1：测评细则.docx": DOCX,
        f"{folder}_files/附件2任务清单.pdf": PDF,
        f"{folder}_files/责任分工.docx": DOCX + b"3",
        f"{folder}_files/材料目录.docx": DOCX + b"4",
        f"999900-甲市/{SECOND}.html": page(SECOND, "各区县要迎接测评").encode("gbk"),
    }
    rows = {row["path"]: row for row in manifest(raw)}
    assert set(rows) == set(files(raw))
    for path, data in files(raw).items():
        assert (rows[path]["sha256"], rows[path]["bytes"]) == (hashlib.sha256(data).hexdigest(), str(len(data)))
    row = rows[f"{folder}.html"]
    assert (row["publisher"], row["published"], row["retrieved"]) == ("甲市文明办", "2026-02-03", "2026-03-01")
    assert (row["source"], FIRST in row["note"]) == (f"{site.url}/a/1.html", True)
    assert "/b.html" not in site.paths


def attachments_of(site: Site) -> str:
    reply = site.answers["/a/1.html"]
    assert isinstance(reply, Reply)
    assert isinstance(reply.body, bytes)
    text = reply.body.decode("gbk")
    return text[text.index("。</p>") + len("。</p>") : text.rindex("</div></body>")]


def test_a_second_run_changes_nothing_and_asks_only_for_the_lists(raw: Path, site: Site) -> None:
    furnish(site)
    run_fetch(raw)
    before, rows = files(raw), manifest(raw)
    site.requests.clear()
    report = run_fetch(raw, days=1)
    assert (report.notable, report.failed) == ([], False)
    assert site.paths == ["/list.html", "/list_2.html"]
    assert (files(raw), manifest(raw)) == (before, rows)


def test_known_notices_are_looked_at_again_with_conditions(raw: Path, site: Site) -> None:
    furnish(site)
    site.answers["/a/2.html"] = conditional(page(SECOND, "甲").encode("gbk"), '"v1"')
    site.answers["/list.html"] = conditional(list_page(("/a/2.html", SECOND, "2026-01-05")).encode(), '"l1"')
    run_fetch(raw)
    site.requests.clear()
    report = run_fetch(raw, days=8)
    assert outcomes(report) == [("未变化", SECOND)]
    requested = [(one.path, one.headers.get("if-none-match")) for one in site.requests if one.path != "/robots.txt"]
    assert requested == [("/list.html", '"l1"'), ("/a/2.html", '"v1"')]


def test_a_page_that_only_counts_its_visits_is_no_new_edition(raw: Path, site: Site) -> None:
    furnish(site)
    run_fetch(raw)
    before = files(raw)
    site.page("/a/2.html", page(SECOND, "各区县要迎接测评", visits=7), "gbk")
    report = run_fetch(raw, days=8)
    assert files(raw) == before
    assert {one.outcome for one in report.events} == {FetchOutcome.SAME}


def test_a_changed_edition_is_a_new_file_with_its_attachments(raw: Path, site: Site) -> None:
    furnish(site)
    run_fetch(raw)
    before = files(raw)
    site.page("/a/1.html", page(FIRST, "各单位要重新组织测评", "<a href='/att/P01.docx'>测评细则.docx</a>"), "gbk")
    report = run_fetch(raw, days=8)
    assert ("新版", FIRST) in outcomes(report)
    after = files(raw)
    assert before.items() <= after.items()
    stem = f"999900-甲市/{FIRST}（2026-03-09版）"
    assert set(after) - set(before) == {f"{stem}.html", f"{stem}_files/测评细则.docx"}
    assert {row["path"] for row in manifest(raw)} == set(after)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("attachment; filename=P01.docx", "（网站上的文件名 P01.docx）"),
        ("attachment; filename*=UTF-8''%E6%8E%AA%E6%96%BD.docx", ""),
        ("", ""),
    ],
)
def test_the_manifest_notes_a_name_of_the_site_that_differs(raw: Path, site: Site, header: str, told: str) -> None:
    site.page("/list.html", list_page(("/a/1.html", FIRST, "2026-02-03")))
    site.page("/a/1.html", page(FIRST, "测评", "<a href='/att/1.docx'>措施.docx</a>"), "gbk")
    site.answers["/att/1.docx"] = Reply(DOCX, headers={"content-disposition": header} if header else {})
    run_fetch(raw)
    (row,) = (row for row in manifest(raw) if row["path"].endswith(".docx"))
    assert row["note"] == f"附件：措施.docx{told}；所属网页 {site.url}/a/1.html"


def test_a_changed_attachment_is_a_new_file_beside_the_old_one(raw: Path, site: Site) -> None:
    furnish(site)
    run_fetch(raw)
    site.answers["/att/2.pdf"] = Reply(PDF + b"new")
    report = run_fetch(raw, days=8)
    assert [one.title for one in report.events if one.outcome is FetchOutcome.CHANGED] == ["附件2任务清单"]
    found = files(raw)
    assert found[f"999900-甲市/{FIRST}_files/附件2任务清单.pdf"] == PDF
    assert found[f"999900-甲市/{FIRST}_files/附件2任务清单（2026-03-09版）.pdf"] == PDF + b"new"


def test_a_run_without_memory_or_one_that_was_killed_repeats_nothing(raw: Path, site: Site) -> None:
    furnish(site)
    run_fetch(raw)
    before, rows = files(raw), manifest(raw)
    shutil.rmtree(raw / ".fetch")
    site.page("/a/2.html", page(SECOND, "各区县要迎接测评", visits=9), "gbk")
    run_fetch(raw, days=1)
    assert (files(raw), manifest(raw)) == (before, rows)
    # Killed between the files and the manifest: neither it nor the memory knows of them.
    shutil.rmtree(raw / ".fetch")
    (raw / "manifest.csv").unlink()
    run_fetch(raw, days=1)
    assert files(raw) == before
    assert {row["path"]: row["sha256"] for row in manifest(raw)} == {row["path"]: row["sha256"] for row in rows}


def test_a_file_that_people_removed_does_not_come_back(raw: Path, site: Site) -> None:
    furnish(site)
    run_fetch(raw)
    (raw / f"999900-甲市/{SECOND}.html").unlink()
    run_fetch(raw, days=8)
    assert f"999900-甲市/{SECOND}.html" not in files(raw)


def test_files_of_people_are_never_written_over(raw: Path, site: Site) -> None:
    furnish(site)
    own = raw / f"999900-甲市/{SECOND}.html"
    own.parent.mkdir()
    own.write_bytes(b"mine")
    (raw / "manifest.csv").write_text(
        "path,sha256,bytes,publisher,published,retrieved,source,note\n甲.txt,0,1,乙,未记录,未记录,未记录,", "utf-8"
    )
    run_fetch(raw)
    assert own.read_bytes() == b"mine"
    assert files(raw)[f"999900-甲市/{SECOND}（2）.html"]
    assert manifest(raw)[0]["path"] == "甲.txt"
    assert len(manifest(raw)) == 7


def test_pages_that_died_or_moved_are_reported_and_their_files_kept(raw: Path, site: Site) -> None:
    furnish(site)
    run_fetch(raw)
    before = files(raw)
    moved = site.answers["/a/2.html"]
    site.answers["/new/2.html"] = moved
    site.answers["/a/2.html"] = Reply(status=301, headers={"Location": "/new/2.html"})
    del site.answers["/a/1.html"]
    report = run_fetch(raw, days=8)
    assert not report.failed
    assert [(str(one.outcome), one.title) for one in report.notable] == [("已失效", FIRST), ("已迁移", SECOND)]
    assert "/new/2.html" in report.notable[1].text
    assert files(raw) == before
    assert run_fetch(raw, days=9).notable == []


def test_a_bad_attachment_is_reported_and_the_rest_comes(raw: Path, site: Site) -> None:
    furnish(site)
    site.answers["/att/2.pdf"] = Reply(b"<html><body>login</body></html>", headers={"Content-Type": "text/html"})
    report = run_fetch(raw)
    [bad] = [one for one in report.events if one.failed]
    assert (str(bad.outcome), bad.title) == ("内容不符", "附件2任务清单")
    assert len(files(raw)) == 5
    site.answers["/att/2.pdf"] = Reply(PDF)
    run_fetch(raw, days=8)
    assert files(raw)[f"999900-甲市/{FIRST}_files/附件2任务清单.pdf"] == PDF


def test_a_dry_run_names_what_is_new_and_writes_nothing(raw: Path, site: Site) -> None:
    furnish(site)
    report = run_fetch(raw, dry=True)
    assert outcomes(report) == [("将下载", FIRST), ("将下载", SECOND)]
    assert [path.name for path in raw.iterdir()] == ["sources.toml"]
    assert site.paths == ["/list.html", "/list_2.html"]


def test_a_dry_run_names_nothing_that_was_saved_before(raw: Path, site: Site) -> None:
    furnish(site)
    run_fetch(raw)
    # Due again after some days, but nothing new; and known by the manifest alone where the memory was lost.
    assert outcomes(run_fetch(raw, dry=True, days=8)) == []
    shutil.rmtree(raw / STATE_FOLDER)
    assert outcomes(run_fetch(raw, dry=True)) == []


def test_no_more_than_the_limit_comes_at_once(raw: Path, site: Site) -> None:
    furnish(site)
    add_source(raw, site, "max_notices = 1")
    assert [outcome for outcome, _ in outcomes(run_fetch(raw)) if outcome != "新增"] == ["留待下次"]
    assert len([name for name in files(raw) if name.endswith(".html")]) == 1
    run_fetch(raw)
    assert len([name for name in files(raw) if name.endswith(".html")]) == 2


def test_titles_dates_and_pages_that_are_not_wanted_are_left(raw: Path, site: Site) -> None:
    furnish(site)
    add_source(raw, site, 'leave = ["细则"]')
    assert outcomes(run_fetch(raw)) == [("新增", SECOND)]
    add_source(raw, site, "since = 2026-02-01")
    run_fetch(raw)
    assert "/a/1.html" in site.paths
    add_source(raw, site, "pages = 1", 'name2 = "x"')
    assert "不认识的项目" in run_fetch(raw).problems[0]


@pytest.mark.parametrize("paging", ["pattern", "script"])
def test_lists_paged_by_a_pattern_or_a_script(raw: Path, site: Site, paging: str) -> None:
    script = '<script>createPageHTML(2, 0, "list", "html");</script>' if paging == "script" else ""
    site.page("/list.html", list_page(("/a/1.html", FIRST, "2026-02-03")) + script)
    site.page("/list_1.html", list_page(("/a/2.html", SECOND, "2026-02-03")))
    for n, title in ((1, FIRST), (2, SECOND)):
        site.page(f"/a/{n}.html", page(title, "测评", ""), "gbk")
    if paging == "pattern":
        add_source(raw, site, 'page_url = "list_{page}.html"', "page_from = 1")
    assert outcomes(run_fetch(raw)) == [("新增", FIRST), ("新增", SECOND)]


def test_columns_below_a_list_are_read_to_the_depth(raw: Path, site: Site) -> None:
    site.page("/list.html", list_page(("/col/", "通知公告", "2026-02-03")))
    site.page("/col/", list_page(("1.html", FIRST, "2026-02-03")))
    site.page("/col/1.html", page(FIRST, "测评"), "gbk")
    assert outcomes(run_fetch(raw)) == []
    add_source(raw, site, "depth = 2")
    assert ("新增", FIRST) in outcomes(run_fetch(raw))


FEED = f"""<?xml version="1.0" encoding="GBK"?><rss version="2.0"><channel>
<item><title>{FIRST}</title><link>%s/a/1.html</link><pubDate>Tue, 03 Feb 2026 08:00:00 GMT</pubDate></item>
<item><title>天气</title><link>%s/a/9.html</link></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>{FIRST}</title>
<link href="/a/1.html"/><updated>2026-02-03T00:00:00Z</updated></entry></feed>"""
MAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>%s/a/1.html</loc>
<lastmod>2026-02-03</lastmod></url><url><loc>%s/a/9.html</loc></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>%s/list.html</loc></sitemap>
</sitemapindex>"""


@pytest.mark.parametrize(("kind", "text"), [("feed", FEED), ("feed", ATOM), ("sitemap", MAP), ("sitemap", INDEX)])
def test_feeds_and_sitemaps(tmp_path: Path, site: Site, kind: str, text: str) -> None:
    start = "/index.xml" if text == INDEX else "/list.html"
    if text == INDEX:
        site.answers[start] = Reply((INDEX % site.url).encode())
        text = MAP
    filled = text % ((site.url,) * text.count("%s")) if "%s" in text else text
    site.answers["/list.html"] = Reply(filled.encode("gbk" if "GBK" in text else "utf-8"))
    site.page("/a/1.html", page(FIRST, "测评"), "gbk")
    site.page("/a/9.html", page("天气", "晴"), "gbk")
    entry = f'name = "甲"\nurl = "{site.url}{start}"\nkind = "{kind}"\ntake = ["测评"]\nallow_private = true'
    write_sources(tmp_path, entry)
    report = run_fetch(tmp_path)
    assert [one.title for one in report.notable] == [FIRST]
    assert [row["published"] for row in manifest(tmp_path)] == ["2026-02-03"]
    site.requests.clear()
    run_fetch(tmp_path, days=1)
    assert "/a/9.html" not in site.paths


def test_a_list_that_links_to_files_gives_files(raw: Path, site: Site) -> None:
    site.page("/list.html", list_page(("/f/1.pdf", FIRST, "2026-02-03"), ("/f/二.pdf", SECOND, "2026-02-03")), "gbk")
    site.answers["/f/1.pdf"] = Reply(PDF)
    site.answers[f"/f/{quote('二')}.pdf"] = Reply(PDF)
    assert outcomes(run_fetch(raw)) == [("新增", FIRST), ("已有相同文件", SECOND)]
    assert files(raw) == {f"999900-甲市/{FIRST}.pdf": PDF}


def test_a_page_is_known_by_its_bytes_whatever_the_site_calls_it(raw: Path, site: Site) -> None:
    site.page("/list.html", list_page(("/a/1", FIRST, "2026-02-03")), "gbk")
    site.page("/a/1", page(FIRST, "各单位要认真组织测评"), "gbk", Content_Type="application/octet-stream")
    run_fetch(raw)
    assert [(row["path"], row["published"]) for row in manifest(raw)] == [(f"999900-甲市/{FIRST}.html", "2026-02-03")]


def test_the_encoding_of_a_source_holds_against_what_its_pages_state(tmp_path: Path, site: Site) -> None:
    title = "關於印發文明城市測評細則的通知"
    write_sources(
        tmp_path,
        f'name = "甲市"\nurl = "{site.url}/list.html"\nallow_private = true\nencoding = "big5"\ntake = ["測評"]',
    )
    stated = "<html><head><meta charset='gbk'></head><body>"
    site.page("/list.html", f"{stated}<ul><li><a href='/a/1.html'>測評通知…</a></li></ul></body></html>", "big5")
    body = f"<h1>{title}</h1><div class='TRS_Editor'><p>{'各單位要組織測評' * 20}。</p></div>"
    site.page("/a/1.html", f"{stated}{body}</body></html>", "big5")
    assert outcomes(run_fetch(tmp_path)) == [("新增", title)]


def test_events_are_logged_for_excel(raw: Path, site: Site) -> None:
    furnish(site)
    heard: list[FetchEvent] = []
    fetch(raw, FetchOptions("test", now=lambda: DAY, sleep=lambda seconds: None), on_event=heard.append)
    lines = (raw / ".fetch" / "log.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "时间,来源,结果,标题,网址,文件,说明"
    assert len(lines) == 1 + len(heard) == 7


def test_an_attachment_that_could_not_be_reached_comes_with_the_next_run(raw: Path, site: Site) -> None:
    furnish(site)
    site.answers["/att/2.pdf"] = Reply(status=503)
    report = run_fetch(raw)
    assert [(str(one.outcome), one.title) for one in report.events if one.failed] == [("无法访问", "附件2任务清单")]
    site.answers["/att/2.pdf"] = Reply(PDF)
    assert not run_fetch(raw).failed
    assert len(files(raw)) == 6


def test_the_same_notice_under_two_addresses_is_kept_once(raw: Path, site: Site) -> None:
    furnish(site)
    rows = [(f"/a/1.html{query}", FIRST, "2026-02-03") for query in ("", "?from=top")]
    site.page("/list.html", list_page(*rows), "gbk")
    site.answers["/a/1.html?from=top"] = site.answers["/a/1.html"]
    assert [str(one.outcome) for one in run_fetch(raw).events] == ["新增"] * 5 + ["已有相同文件"]
    assert len(files(raw)) == 5


def test_a_page_without_title_in_the_list_is_judged_by_its_own_and_again_under_other_rules(
    tmp_path: Path, site: Site
) -> None:
    site.answers["/map.xml"] = Reply((MAP % (site.url, site.url)).encode())
    site.page("/a/1.html", page(FIRST, "测评"), "gbk")
    site.page("/a/9.html", page("天气", "晴"), "gbk")
    entry = f'name = "甲"\nurl = "{site.url}/map.xml"\nkind = "sitemap"\nallow_private = true\n'
    write_sources(tmp_path, entry + 'take = ["测评", "天气"]\nsince = 2026-02-04')
    assert outcomes(run_fetch(tmp_path)) == [("标题不符", FIRST), ("标题不符", "天气")]
    assert outcomes(run_fetch(tmp_path)) == []
    write_sources(tmp_path, entry + 'take = ["测评"]')
    assert outcomes(run_fetch(tmp_path)) == [("新增", FIRST), ("标题不符", "天气")]


def test_a_fault_of_the_program_costs_one_notice(raw: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(site)

    def broken(*arguments: object) -> None:
        raise KeyError("none")

    monkeypatch.setattr("assets.fetch.download_notice.parse_notice", broken)
    assert [str(one.outcome) for one in run_fetch(raw).events] == ["程序出错", "程序出错"]
    monkeypatch.setattr("assets.fetch.fetch.parse_list", broken)
    assert [str(one.outcome) for one in run_fetch(raw).events] == ["程序出错"]
