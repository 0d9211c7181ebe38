"""Bounds of a fetch, met exactly: sizes, waits, numbers, depths and days at, below and above each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from assets.fetch import download_notice
from assets.fetch.fetch import FetchOptions, fetch
from assets.fetch.fetch_state import AddressRecord, FetchOutcome, SourceMemory
from assets.fetch.http_client import MAX_WAIT, FetchError, FetchFailure, HostThrottle, SourceClient, parse_robots
from assets.fetch.sources import Source
from tests.assets.city import add_source, files, list_page, page, run_fetch
from tests.assets.site import Reply, Site, running

MIB = 1 << 20
MINIMAL = {"name": "甲", "url": "http://a.cn/", "take": ["测评"]}


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as one:
        yield one


@pytest.fixture
def raw(tmp_path: Path, site: Site) -> Path:
    add_source(tmp_path, site)
    return tmp_path


Ask = Callable[..., bytes | None]


@pytest.fixture
def ask(site: Site) -> Iterator[Ask]:
    """Ask for /a of the site by a client of its own; pauses are written to `pauses` instead of slept."""
    made: list[SourceClient] = []

    def asked(path: str = "/a", pauses: list[float] | None = None, **fields: object) -> bytes | None:
        told = pauses if pauses is not None else []
        values = {"name": "甲", "url": f"{site.url}/", "take": ["测评"], "delay": 0, "allow_private": True} | fields
        made.append(SourceClient(Source.model_validate(values), HostThrottle(told.append), agent="test"))
        return made[-1].get(f"{site.url}{path}").data

    yield asked
    for one in made:
        one.__exit__(None, None, None)


@pytest.mark.parametrize("is_stated", [True, False])
@pytest.mark.parametrize(("size", "fits"), [(MIB - 1, True), (MIB, True), (MIB + 1, False)])
def test_a_file_may_be_as_large_as_the_limit(site: Site, ask: Ask, is_stated: bool, size: int, fits: bool) -> None:
    site.answers["/a"] = Reply(b"x" * size if is_stated else lambda: iter([b"x" * (size - 1), b"x"]))
    if fits:
        assert len(ask(max_mb=1) or b"") == size
        return
    with pytest.raises(FetchError) as caught:
        ask(max_mb=1)
    assert caught.value.failure is FetchFailure.TOO_LARGE
    assert str(caught.value) == "超过大小上限 1 MB，已停止下载；确需下载时调大该来源的 max_mb"


@pytest.mark.parametrize(("seconds", "is_awaited"), [(MAX_WAIT - 1, True), (MAX_WAIT, True), (MAX_WAIT + 1, False)])
def test_a_site_is_awaited_as_long_as_the_longest_wait(site: Site, ask: Ask, seconds: float, is_awaited: bool) -> None:
    site.answers["/a"] = [Reply(status=503, headers={"Retry-After": f"{seconds:.0f}"}), Reply(b"x")]
    pauses: list[float] = []
    if is_awaited:
        assert ask(pauses=pauses) == b"x"
        assert pauses == [seconds]
        return
    with pytest.raises(FetchError):
        ask(pauses=pauses)
    assert pauses == []


@pytest.mark.parametrize("tries", [1, 2, 4])
def test_a_site_is_asked_as_often_as_the_source_says(site: Site, ask: Ask, tries: int) -> None:
    site.answers["/a"] = Reply(status=503)
    pauses: list[float] = []
    with pytest.raises(FetchError, match="网站出错（503），留待下次"):
        ask(pauses=pauses, tries=tries)
    assert site.paths == ["/a"] * tries
    assert pauses == [2.0, 4.0, 8.0][: tries - 1]


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*/a", "/a", True),
        ("*a", "/b", False),
        ("*/a$", "/a", True),
        ("/a*b$", "/ab", True),
        ("/ab*b$", "/ab", False),
        ("/a*b*b$", "/abb", True),
        ("/a*b*b$", "/ab", False),
        ("/*", "/", True),
        ("/$", "/", True),
        ("/$", "/a", False),
    ],
)
def test_a_star_stands_for_nothing_too(pattern: str, path: str, fits: bool) -> None:
    assert parse_robots(f"User-agent: *\nDisallow: {pattern}".encode()).allows(f"http://h{path}") is not fits


@pytest.mark.parametrize(("number", "limit"), [(2, 3), (3, 3), (4, 3), (101, None)])
def test_as_many_attachments_come_as_the_limit_allows(
    raw: Path, site: Site, number: int, limit: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if limit:
        monkeypatch.setattr(download_notice, "MAX_ATTACHMENTS", limit)
    title = "测评通知"
    site.page("/list.html", list_page(("/1.html", title, "2026-02-03")), "gbk")
    links = "".join(f"<a href='/att/{n}.docx'>附件{n}</a>" for n in range(number))
    site.page("/1.html", page(title, "各单位要组织测评", links), "gbk")
    site.answers |= {f"/att/{n}.docx": Reply(b"PK\x03\x04" + b"%d" % n) for n in range(number)}
    report = run_fetch(raw)
    told = [one.text for one in report.events if one.outcome is FetchOutcome.LATER]
    most = limit or 100
    assert told == ([f"附件有 {number} 个，只下载了前 {most} 个"] if number > most else [])
    assert sum("_files/" in path for path in files(raw)) == min(number, most)


@pytest.mark.parametrize(("limit", "left"), [(1, 2), (2, 1), (3, 0), (4, 0)])
def test_as_many_notices_come_at_once_as_the_source_says(tmp_path: Path, site: Site, limit: int, left: int) -> None:
    add_source(tmp_path, site, f"max_notices = {limit}")
    site.page("/list.html", list_page(*((f"/{n}.html", f"测评通知{n}", "2026-02-03") for n in range(3))), "gbk")
    for n in range(3):
        site.page(f"/{n}.html", page(f"测评通知{n}", f"各单位要组织测评{n}"), "gbk")
    report = run_fetch(tmp_path)
    assert len(files(tmp_path)) == 3 - left
    told = [one.text for one in report.events if one.outcome is FetchOutcome.LATER]
    wanted = f"还有 {left} 份，超过一次下载的上限 {limit} 份（max_notices），下次继续"
    assert told == ([wanted] if left else [])


@pytest.mark.parametrize(("days", "is_asked"), [(-1, True), (0, False), (6, False), (7, True), (8, True)])
def test_a_known_notice_is_asked_for_again_after_so_many_days(
    tmp_path: Path, site: Site, days: int, is_asked: bool
) -> None:
    add_source(tmp_path, site, "recheck_days = 7")
    site.page("/list.html", list_page(("/1.html", "测评通知", "2026-02-03")), "gbk")
    site.page("/1.html", page("测评通知", "各单位要组织测评"), "gbk")
    run_fetch(tmp_path)
    site.requests.clear()
    run_fetch(tmp_path, days=days)
    assert ("/1.html" in site.paths) is is_asked


@pytest.mark.parametrize(("published", "is_wanted"), [("2026-02-02", False), ("2026-02-03", True), ("", True)])
def test_a_notice_of_the_first_day_is_recent(published: str, is_wanted: bool) -> None:
    source = Source.model_validate({"name": "甲", "url": "http://a.cn/", "take": ["测评"], "since": date(2026, 2, 3)})
    assert source.is_recent(published) is is_wanted


@pytest.mark.parametrize(("pages", "read"), [(1, 1), (2, 2), (3, 3), (4, 3)])
def test_as_many_list_pages_are_read_as_the_source_says(tmp_path: Path, site: Site, pages: int, read: int) -> None:
    add_source(tmp_path, site, f"pages = {pages}")
    names = ["/list.html", "/2.html", "/3.html"]
    for name, following in zip(names, [*names[1:], ""], strict=True):
        site.page(name, list_page(more=f"<a href='{following}'>下一页</a>" if following else ""), "gbk")
    report = fetch(tmp_path, FetchOptions("test", sleep=lambda seconds: None))
    assert site.paths == names[:read]
    told = f"还有 1 个列表页没有翻看，超过上限 {pages} 页（pages）"
    assert [one.text for one in report.events if one.outcome is FetchOutcome.LATER and told in one.text] == (
        [one.text for one in report.events if one.outcome is FetchOutcome.LATER] if pages < 3 else []
    )


@pytest.mark.parametrize(("outdated", "lines"), [(0, 1), (1000, 1001), (1001, 1), (1002, 1)])
def test_a_memory_is_written_anew_once_most_of_it_is_outdated(tmp_path: Path, outdated: int, lines: int) -> None:
    memory = SourceMemory(tmp_path, "甲")
    memory._stale = outdated
    memory.store(AddressRecord("http://a.cn/", "notice"))
    written = tmp_path / ".fetch" / "甲.jsonl"
    for _ in range(outdated):
        with written.open("a", encoding="utf-8") as stream:
            stream.write(written.read_text("utf-8").splitlines()[0] + "\n")
    memory.tidy()
    assert len(written.read_text("utf-8").splitlines()) == lines


@pytest.mark.parametrize(
    ("name", "least", "step", "most"),
    [
        ("pages", 1, 1, 10_000),
        ("depth", 1, 1, 3),
        ("page_from", 0, 1, None),
        ("delay", 0, 0.5, 3600),
        ("timeout", 0.5, 0.5, 3600),
        ("tries", 1, 1, 10),
        ("max_mb", 0.5, 0.5, 2048),
        ("max_notices", 1, 1, None),
        ("recheck_days", 0, 1, None),
    ],
)
def test_what_a_source_may_say(name: str, least: float, step: float, most: float | None) -> None:
    def says(value: float) -> bool:
        try:
            Source.model_validate(MINIMAL | {name: value})
        except ValidationError:
            return False
        return True

    assert [says(value) for value in (least - step, least, least + step)] == [False, True, True]
    if most is not None:
        assert [says(value) for value in (most - step, most, most + step)] == [True, True, False]


def test_what_holds_where_a_source_says_nothing() -> None:
    assert Source.model_validate(MINIMAL).model_dump() == {
        "name": "甲",
        "url": "http://a.cn/",
        "kind": "list",
        "folder": "",
        "publisher": "",
        "take": ("测评",),
        "leave": (),
        "since": None,
        "encoding": None,
        "pages": 5,
        "depth": 1,
        "page_url": None,
        "page_from": 2,
        "attachments": True,
        "delay": 2.0,
        "timeout": 60.0,
        "tries": 3,
        "max_mb": 100.0,
        "max_notices": 200,
        "recheck_days": 7,
        "allow_private": False,
    }
    assert Source.model_validate(MINIMAL | {"max_mb": 0.5}).max_bytes == MIB // 2
