"""Sites, files and clocks that mean no good: what they can make a fetch do, and what it must not."""

from __future__ import annotations

import csv
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path, PureWindowsPath

import pytest

from assets.fetch import fetch_state
from assets.fetch.download_notice import attachment_names
from assets.fetch.fetch import FetchOptions, fetch
from assets.fetch.fetch_state import AddressRecord, SourceMemory
from assets.fetch.http_client import FetchError, FetchFailure, HostThrottle, SourceClient
from assets.fetch.manifest import Manifest, ManifestError, make_entry
from assets.fetch.parse_pages import Attachment
from assets.fetch.sources import Source, read_sources
from assets.fetch.ssrf_guard import StoppedError
from assets.ingest.discover_files import is_ignored
from tests.assets.city import DOCX
from tests.assets.site import Reply, Request, Site, running, write_sources
from warehouse.clock import CHINA

DAY = datetime(2026, 3, 1, 2, tzinfo=CHINA)
HEADER = "path,sha256,bytes,publisher,published,retrieved,source,note\n"
OLD = "甲/旧.docx,ab,2,甲市文明办,未记录,未记录,http://a.cn/旧,\n"
NEW = make_entry(
    "甲/新.docx", b"x", publisher="", published="", retrieved="2026-03-01", source="http://a.cn/", note="=1+1"
)
NAMES = (
    *(
        "../../甲.docx",
        "..\\..\\甲.docx",
        "C:\\甲.docx",
        "CON.docx",
        "a:b|c?.docx",
        "~$甲.docx",
        ".甲.docx",
        "README.docx",
    ),
    *("甲.docx:流.docx", "甲\u202exslx.docx", "甲 . .docx", "长" * 300 + ".docx", "\0.docx", "%2e%2e%2f甲.docx"),
)
Visit = Callable[..., SourceClient]


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as one:
        yield one


@pytest.fixture
def hosts() -> HostThrottle:
    return HostThrottle(lambda seconds: None)


@pytest.fixture
def make_client(site: Site, hosts: HostThrottle) -> Iterator[Visit]:
    made: list[SourceClient] = []

    def visit(url: str = "", **overrides: object) -> SourceClient:
        fields = {"name": "甲", "url": url or f"{site.url}/", "take": ("测评",), "delay": 0, "tries": 1} | overrides
        made.append(SourceClient(Source(**({"allow_private": True} | fields)), hosts, agent="test"))  # type: ignore[arg-type]
        return made[-1]

    yield visit
    for one in made:
        one.__exit__(None, None, None)


def refused(make_client: SourceClient, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        make_client.get(url)
    return caught.value


def entry_of(site: Site, path: str = "/list.html", name: str = "甲", host: str = "localhost") -> str:
    address = f"http://{host}:{site.port}{path}"
    return f"name='{name}'\nurl='{address}'\nfolder='甲'\ntake=['测评']\nallow_private=true"


def listed(site: Site, *titles: str) -> None:
    links = "".join(f"<a href='/{n}.html'>{title}</a>" for n, title in enumerate(titles))
    site.page("/list.html", f"<html><body>{links}</body></html>")
    for n in range(len(titles)):
        site.page(f"/{n}.html", f"<html><body><p>测评 {n}</p></body></html>")


def go(raw: Path, days: int = 0, *, dry: bool = False) -> list[tuple[str, str]]:
    way = FetchOptions("test", dry=dry, now=lambda: DAY + timedelta(days=days), sleep=lambda seconds: None)
    return [(str(one.outcome), one.title) for one in fetch(raw, way).events]


def test_proxies_of_the_environment_lead_past_no_check(
    site: Site, make_client: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{site.port}")
    site.answers["/a"] = Reply(b"x")
    assert make_client().get(f"{site.url}/a").data == b"x"
    assert refused(make_client(allow_private=False), f"{site.url}/a").failure is FetchFailure.PRIVATE
    assert site.paths == ["/a"]


def test_one_spelling_of_an_address_is_judged_and_asked_for(site: Site, make_client: Visit) -> None:
    site.answers |= {"/robots.txt": Reply(b"User-agent: *\nDisallow: /secret\n"), "/secret/a": Reply(b"x")}
    site.answers["/a"] = Reply(b"a")
    one = make_client()
    assert refused(one, f"{site.url}/open/../secret/a").failure is FetchFailure.ROBOTS
    assert one.get(f"http://user:word@LOCALHOST:{site.port}/open/../a#part").data == b"a"
    assert site.paths == ["/a"]
    assert "authorization" not in site.requests[-1].headers
    assert [request.path for request in site.requests].count("/robots.txt") == 1


@pytest.mark.parametrize(
    "url", ["http://[bad/", "http://a.cn:99999/", "http://a.cn:0/", "http://a\x1b.cn/", "ftp://a.cn/"]
)
def test_what_is_no_address_is_refused(site: Site, make_client: Visit, url: str) -> None:
    site.answers["/go"] = Reply(status=302, headers={"Location": url})
    assert (refused(make_client(), url).failure, site.requests) == (FetchFailure.UNFIT, [])
    assert refused(make_client(), f"{site.url}/go").failure is FetchFailure.UNFIT


def test_a_host_that_asks_for_rest_is_left_alone_by_every_source(site: Site, make_client: Visit) -> None:
    site.answers |= {"/robots.txt": Reply(), "/a": Reply(status=503, headers={"Retry-After": "9999"})}
    site.answers["/b"] = Reply(b"x")
    refused(make_client(), f"{site.url}/a")
    assert "网站要求" in str(refused(make_client(name="乙"), f"{site.url}/b"))
    assert site.paths == ["/a"]


def test_a_day_of_rest_is_measured_by_the_clock_of_the_site(site: Site) -> None:
    pauses: list[float] = []
    later = {"Date": "Wed, 01 Jan 2020 00:00:00 GMT", "Retry-After": "Wed, 01 Jan 2020 00:00:50 GMT"}
    odd = {"Retry-After": "Wed, 01 Jan 2020 00:00:50 +99999999999999999999"}
    site.answers["/a"] = [Reply(status=503, headers=later), Reply(status=503, headers=odd), Reply(b"x")]
    source = Source(name="甲", url=f"{site.url}/", take=("a",), delay=0, allow_private=True)
    with SourceClient(source, HostThrottle(pauses.append), agent="test") as one:
        assert one.get(f"{site.url}/a").data == b"x"
    assert pauses == [50.0, 4.0]


def test_a_tag_that_no_request_can_give_back_is_left_out(site: Site, make_client: Visit) -> None:
    site.answers["/a"] = Reply(b"x", headers={"ETag": '"通知"', "Last-Modified": "x"})
    answer = make_client().get(f"{site.url}/a")
    assert make_client().get(f"{site.url}/a", etag=answer.headers["etag"], modified="x").data == b"x"
    assert (site.requests[-1].headers.get("if-none-match"), site.requests[-1].headers["if-modified-since"]) == (
        None,
        "x",
    )


def test_a_stopped_run_breaks_off_what_it_waits_for(site: Site, make_client: Visit, hosts: HostThrottle) -> None:
    over = threading.Event()

    def silent(request: Request) -> Reply:
        hosts.stop()
        over.wait(20)
        return Reply(b"late")

    site.answers |= {"/robots.txt": Reply(), "/a": silent}
    with pytest.raises(StoppedError):
        make_client().get(f"{site.url}/a")
    over.set()


def test_what_was_fetched_before_ctrl_c_stands_in_the_log(site: Site, tmp_path: Path) -> None:
    listed(site, "测评甲", "测评乙")
    write_sources(tmp_path, entry_of(site))

    def interrupt(event: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(tmp_path, FetchOptions("test", now=lambda: DAY), on_event=interrupt)
    assert "测评甲" in (tmp_path / ".fetch" / "log.csv").read_text("utf-8-sig")
    assert [outcome for outcome, title in go(tmp_path)] == ["未变化", "新增"]


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_ctrl_c_ends_a_process_that_waits_for_a_silent_site(site: Site, tmp_path: Path) -> None:
    requested, over = threading.Event(), threading.Event()

    def silent(request: Request) -> Reply:
        requested.set()
        over.wait(120)
        return Reply(b"late")

    listed(site, "测评甲")
    site.answers["/0.html"] = silent
    write_sources(tmp_path, entry_of(site), defaults="delay = 0\ntimeout = 300")
    code = (
        "import sys, pathlib; from assets.fetch.fetch import FetchOptions, fetch; "
        "fetch(pathlib.Path(sys.argv[1]), FetchOptions('x'))"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stderr=subprocess.PIPE, text=True) as process:
        assert requested.wait(120)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    over.set()
    assert "KeyboardInterrupt" in errors


def test_why_a_host_gives_nothing_is_reported_in_plain_words(site: Site, make_client: Visit) -> None:
    inner = f"http://127.0.0.1:{site.port}/a"
    assert "allow_private = true" in str(refused(make_client(allow_private=False), f"{site.url}/a"))
    assert "请人工下载" in str(refused(make_client(), inner))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        assert "连接被拒绝" in str(refused(make_client(url), url))


def test_pages_that_show_nothing_are_not_kept(site: Site, tmp_path: Path) -> None:
    listed(site, "测评甲", "测评乙")
    site.page(
        "/0.html", "<html><head><script>location='/check'</script></head><body><script>run()</script></body></html>"
    )
    site.page("/1.html", "<html><body><img src='scan.jpg'></body></html>")
    write_sources(tmp_path, entry_of(site))
    assert go(tmp_path) == [("内容不符", "测评甲"), ("新增", "测评乙")]


def test_titles_do_not_reach_a_terminal_with_their_control_letters(site: Site, tmp_path: Path) -> None:
    listed(site, "测评&#27;[2J\u202e甲", "测评乙")
    site.answers["/1.html"] = Reply(status=302, headers={"Location": "http://a\x1b[2J.cn/"})
    write_sources(tmp_path, entry_of(site))
    events = fetch(tmp_path, FetchOptions("test", sleep=lambda seconds: None)).events
    assert [one.title for one in events] == ["测评[2J甲", "测评乙"]
    assert not any("\x1b" in f"{one.title}{one.url}{one.text}{one.path}" for one in events)
    assert "\x1b" not in (tmp_path / "manifest.csv").read_text("utf-8")


def test_sources_that_share_a_folder_write_beside_each_other(site: Site, tmp_path: Path) -> None:
    titles = [f"测评{n}" for n in range(6)]
    listed(site, *titles)

    def reply(request: Request) -> Reply:
        return Reply(f"<p>测评 {request.headers['host']} {request.path}</p>".encode())

    site.answers |= {f"/{n}.html": reply for n in range(6)}
    write_sources(tmp_path, *(entry_of(site, name=host, host=host) for host in ("localhost", "127.0.0.1")))
    assert {outcome for outcome, _ in go(tmp_path)} == {"新增"}
    texts = [path.read_bytes() for path in (tmp_path / "甲").iterdir()]
    assert len(texts) == len(set(texts)) == 12
    with (tmp_path / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        assert len({row["path"] for row in csv.DictReader(stream)}) == 12


def test_without_hard_links_nothing_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*arguments: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "link", unknown)
    fetch_state.write_new(tmp_path / "甲.html", b"first")
    with pytest.raises(FileExistsError):
        fetch_state.write_new(tmp_path / "甲.html", b"second")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("甲.html", b"first")]


@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig", "gbk"])
def test_a_manifest_that_excel_saved_can_be_opened_again(tmp_path: Path, written: str) -> None:
    path = tmp_path / "manifest.csv"
    path.write_text(HEADER + OLD, written)
    manifest = Manifest(tmp_path)
    manifest.add([NEW])
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") is (written != "utf-8")
    assert data.decode("utf-8-sig").splitlines()[1] == OLD.strip()
    assert Manifest(tmp_path).find_path(NEW.path) == NEW == manifest.find_content(NEW.sha256)


def test_a_manifest_is_read_again_when_people_changed_it_and_short_rows_count(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.add([NEW])
    path = tmp_path / "manifest.csv"
    path.write_text(f"{HEADER}甲/手工.docx,cd\n", "utf-8")
    manifest.add([NEW])
    assert manifest.find_content("cd") is not None
    assert path.read_text("utf-8").count("\n") == 3
    path.write_text(f'{HEADER}"{"x" * 200_000}",1', "utf-8")
    with pytest.raises(ManifestError, match="第 2 行无法读取"):
        Manifest(tmp_path)


def test_memory_that_was_cut_or_damaged_costs_its_own_lines(tmp_path: Path) -> None:
    memory = SourceMemory(tmp_path, "甲")
    memory.store(AddressRecord("http://a.cn/1", "notice", checked="2026-03-01"))
    path = tmp_path / ".fetch" / "甲.jsonl"
    bad = ['{"url": 1, "role": "notice"}', '{"url": "b", "role": "notice", "checked": "?"}', '["url"]', "[" * 20_000]
    bad += ['{"url": "b", "role": "notice", "colour": "1"}', '{"url": "b", "ro']
    before = path.read_bytes() + "\n".join(bad).encode()
    path.write_bytes(before)
    memory = SourceMemory(tmp_path, "甲")
    assert [one.url for one in memory] == ["http://a.cn/1"]
    assert path.read_bytes() == before
    memory.store(AddressRecord("http://a.cn/2", "notice"))
    memory.store(AddressRecord("http://a.cn/3", "notice"))
    assert [one.url[-1] for one in SourceMemory(tmp_path, "甲")] == ["1", "2", "3"]


def test_a_clock_that_was_wrong_once_puts_nothing_off(site: Site, tmp_path: Path) -> None:
    listed(site, "测评甲")
    write_sources(tmp_path, entry_of(site))
    assert go(tmp_path, days=20_000) == [("新增", "测评甲")]
    assert go(tmp_path) == [("未变化", "测评甲")]
    assert go(tmp_path, days=1) == []


@pytest.mark.parametrize("name", NAMES)
def test_names_of_sites_become_names_that_every_system_takes(name: str) -> None:
    link = Attachment(name, "/x", "http://a.cn/%2e%2e%2fx", known=True)
    for made in [*attachment_names(link, DOCX, ""), *attachment_names(link, DOCX, f'attachment; filename="{name}"')]:
        assert made == Path(made).name == PureWindowsPath(made).name
        assert made.endswith(".docx")
        assert not set(made) & set('<>:"|?*\u202e\0')
        assert not is_ignored(made)
        assert len(made) <= 80
        assert not made.upper().startswith("CON.")


def test_programs_are_no_attachments(site: Site, tmp_path: Path) -> None:
    listed(site, "测评甲")
    links = "<a href='/download/1'>附件1.exe</a><a href='/download/2'>附件2</a>"
    site.page("/0.html", f"<html><body><p>测评</p>{links}</body></html>")
    site.answers |= {"/download/1": Reply(b"MZ\x90\x00\x03"), "/download/2": Reply(DOCX)}
    write_sources(tmp_path, entry_of(site))
    assert go(tmp_path) == [("新增", "测评甲"), ("内容不符", "附件1.exe"), ("新增", "附件2")]
    assert {path.suffix for path in (tmp_path / "甲").rglob("*") if path.is_file()} == {".html", ".docx"}


def test_names_that_one_file_of_memory_would_serve_are_refused(tmp_path: Path) -> None:
    write_sources(tmp_path, *(f"name='{name}'\nurl='http://a.cn/'\ntake=['a']" for name in ("A/甲", "a_甲", "乙")))
    sources = read_sources(tmp_path / "sources.toml")
    assert [one.name for one in sources.entries] == ["A/甲", "乙"]
    assert "太相近" in sources.problems[0]
