"""Manners and safety: robots.txt, turns, retries, redirects, private networks, limits, sources that are wrong."""

from __future__ import annotations

import gzip
import itertools
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpcore
import pytest
from filelock import Timeout

from assets.fetch import http_client
from assets.fetch.download_notice import name_from_header
from assets.fetch.fetch import FetchBusyError, FetchOptions, fetch
from assets.fetch.http_client import FetchError, FetchFailure, HostThrottle, SourceClient
from assets.fetch.sources import Source, SourcesError, read_sources
from assets.fetch.ssrf_guard import PrivateAddressError, PublicNetworkBackend, is_public
from tests.assets.certificates import certificate
from tests.assets.site import Reply, Request, Site, running, write_sources


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as one:
        yield one


@dataclass
class Slept:
    """Sleeps that are written down instead of slept."""

    pauses: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.pauses.append(round(seconds, 1))


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def make_client(site: Site, slept: Slept) -> Iterator[Callable[..., SourceClient]]:
    made: list[SourceClient] = []

    def visit(**overrides: object) -> SourceClient:
        resolve = overrides.pop("resolve", None)
        fields = {"name": "甲", "url": f"{site.url}/", "take": ("测评",), "delay": 0, "allow_private": True} | overrides
        more = {"resolve": resolve} if resolve else {}
        made.append(SourceClient(Source(**fields), HostThrottle(slept), agent="test", **more))  # type: ignore[arg-type]
        return made[-1]

    yield visit
    for one in made:
        one.__exit__(None, None, None)


def failure(ask: Callable[[], object]) -> FetchFailure:
    with pytest.raises(FetchError) as caught:
        ask()
    assert any("一" <= letter <= "龥" for letter in str(caught.value))
    return caught.value.failure


def test_robots_are_kept_also_for_redirects(site: Site, make_client: Callable[..., SourceClient]) -> None:
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: wenming-fetch\nDisallow: /secret\nDisallow: /*.doc$\n"
    rules += b"Allow: /secret/open\n"
    site.answers["/robots.txt"] = Reply(rules)
    site.answers |= {path: Reply(b"x") for path in ("/secret/a", "/secret/open/a", "/a.doc", "/a.docx")}
    site.answers["/go"] = Reply(status=302, headers={"Location": "/secret/a"})
    one = make_client()
    for path in ("/secret/a", "/a.doc", "/go"):
        assert failure(lambda path=path: one.get(f"{site.url}{path}")) is FetchFailure.ROBOTS  # type: ignore[misc]
    assert one.get(f"{site.url}/secret/open/a").data == b"x"
    assert one.get(f"{site.url}/a.docx").data == b"x"
    assert site.paths == ["/go", "/secret/open/a", "/a.docx"]
    assert [request.path for request in site.requests].count("/robots.txt") == 1


def test_rules_that_cannot_be_asked_forbid(site: Site, make_client: Callable[..., SourceClient]) -> None:
    site.answers |= {"/robots.txt": Reply(status=500), "/a": Reply(b"x")}
    assert failure(lambda: make_client().get(f"{site.url}/a")) is FetchFailure.UNREACHABLE
    assert site.paths == []


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/a", "/abc", True),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/*?id=", "/x?id=1", True),
        ("/*.pdf$", "/x.pdf?x", False),
        ("/a*b*c$", "/abxc", True),
        ("/a*bc$", "/abc", True),
        ("/ab*b$", "/ab", False),
        ("/通知/", "/%E9%80%9A%E7%9F%A5/1", True),
        ("/" + "*a" * 60 + "$", "/" + "a" * 59 + "b", False),
    ],
)
def test_patterns_of_robots(pattern: str, path: str, fits: bool) -> None:
    rules = http_client.parse_robots(
        f"User-agent: x\nDisallow: /\nUser-agent: *\nUser-agent: y\nDisallow: {pattern}".encode()
    )
    assert rules.allows(f"http://h{path}") is not fits


def test_one_request_at_a_time_with_the_longer_delay(site: Site, tmp_path: Path, slept: Slept) -> None:
    site.answers["/robots.txt"] = Reply(b"User-agent: *\nCrawl-delay: 50\n")
    for name in "ab":
        links = "".join(f"<a href='/{name}{n}.html'>测评通知{n}</a>" for n in range(2))
        site.page(f"/{name}.html", f"<html><body>{links}</body></html>")
        for n in range(2):
            site.page(f"/{name}{n}.html", f"<html><body><p>测评 {name}{n}</p></body></html>")
    common = "take = ['测评']\nallow_private = true"
    write_sources(tmp_path, *(f"name='{n}'\nurl='{site.url}/{n}.html'\n{common}" for n in "ab"))
    assert not fetch(tmp_path, FetchOptions("test", sleep=slept)).failed
    assert site.most_at_once == 1
    assert len(site.paths) == 6
    # Before the robots.txt of the second source, its own delay holds, and that is over.
    assert len(slept.pauses) == 6
    assert min(slept.pauses) > 40


def test_a_busy_site_is_asked_again_when_it_says(
    site: Site, make_client: Callable[..., SourceClient], slept: Slept
) -> None:
    site.answers["/a"] = [Reply(status=429, headers={"Retry-After": "7"}), Reply(status=503), Reply(b"x")]
    assert make_client().get(f"{site.url}/a").data == b"x"
    assert slept.pauses == [7.0, 4.0]
    site.answers["/b"] = [Reply(status=429, headers={"Retry-After": "9999"}), Reply(b"x")]
    assert failure(lambda: make_client().get(f"{site.url}/b")) is FetchFailure.UNREACHABLE
    assert site.paths.count("/b") == 1


@pytest.mark.parametrize(
    ("status", "expected", "n_requests"),
    [
        (500, FetchFailure.UNREACHABLE, 3),
        (403, FetchFailure.REFUSED, 1),
        (404, FetchFailure.GONE, 1),
        (410, FetchFailure.GONE, 1),
    ],
)
def test_what_a_status_means(
    site: Site, make_client: Callable[..., SourceClient], status: int, expected: FetchFailure, n_requests: int
) -> None:
    site.answers["/a"] = Reply(status=status)
    assert failure(lambda: make_client().get(f"{site.url}/a")) is expected
    assert len(site.paths) == n_requests


def test_a_body_that_breaks_off_is_asked_for_again_and_never_taken(
    site: Site, make_client: Callable[..., SourceClient]
) -> None:
    site.answers["/a"] = [Reply(b"half", headers={"Content-Length": "100"}), Reply(b"whole")]
    assert make_client().get(f"{site.url}/a").data == b"whole"
    site.answers["/b"] = Reply(b"half", headers={"Content-Length": "100"})
    assert failure(lambda: make_client().get(f"{site.url}/b")) is FetchFailure.UNREACHABLE


def endless(piece: bytes, pause: float = 0.0) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        for _ in itertools.count():
            time.sleep(pause)
            yield piece

    return pieces


def test_limits_on_size_hold_for_stated_endless_and_packed_bodies(
    site: Site, make_client: Callable[..., SourceClient]
) -> None:
    bomb = gzip.compress(b"0" * (8 << 20))
    site.answers |= {
        "/stated": Reply(b"x", headers={"Content-Length": str(1 << 40)}),
        "/endless": Reply(endless(b"x" * 65536)),
        "/bomb": Reply(bomb, headers={"Content-Encoding": "gzip"}),
        "/odd": Reply(b"x", headers={"Content-Encoding": "br"}),
    }
    one = make_client(max_mb=1)
    for path in ("/stated", "/endless", "/bomb"):
        assert failure(lambda path=path: one.get(f"{site.url}{path}")) is FetchFailure.TOO_LARGE  # type: ignore[misc]
    assert failure(lambda: one.get(f"{site.url}/odd")) is FetchFailure.UNFIT


def test_the_time_limit_holds_for_silent_and_for_dripping_sites(
    site: Site, make_client: Callable[..., SourceClient]
) -> None:
    over = threading.Event()

    def silent(request: Request) -> Reply:
        over.wait(20)
        return Reply(b"late")

    site.answers |= {"/silent": silent, "/drip": Reply(endless(b"x", 0.02)), "/robots.txt": Reply(b"")}
    one = make_client(timeout=0.2, tries=1)
    for path in ("/silent", "/drip"):
        assert failure(lambda path=path: one.get(f"{site.url}{path}")) is FetchFailure.UNREACHABLE  # type: ignore[misc]
    over.set()


def test_redirects_are_followed_a_few_times_and_only_on_the_web(
    site: Site, make_client: Callable[..., SourceClient]
) -> None:
    site.answers |= {f"/{n}": Reply(status=302, headers={"Location": f"/{n + 1}"}) for n in range(9)}
    site.answers |= {"/5": Reply(b"five"), "/file": Reply(status=302, headers={"Location": "file:///etc/passwd"})}
    one = make_client()
    assert one.get(f"{site.url}/0").url == f"{site.url}/5"
    del site.answers["/5"]
    site.answers["/5"] = Reply(status=302, headers={"Location": "/6"})
    assert failure(lambda: one.get(f"{site.url}/0")) is FetchFailure.UNREACHABLE
    assert failure(lambda: one.get(f"{site.url}/file")) is FetchFailure.UNFIT


def test_no_way_leads_into_private_networks(site: Site, make_client: Callable[..., SourceClient]) -> None:
    inner = f"http://127.0.0.1:{site.port}/inner"
    site.answers |= {"/inner": Reply(b"secret"), "/go": Reply(status=302, headers={"Location": inner})}
    # The source's own host is allowed, no other name of the same machine.
    assert failure(lambda: make_client().get(f"{site.url}/go")) is FetchFailure.PRIVATE
    assert failure(lambda: make_client(allow_private=False).get(f"{site.url}/inner")) is FetchFailure.PRIVATE
    assert failure(lambda: make_client().get(f"http://localhost:{site.port + 1}/")) is FetchFailure.PRIVATE
    assert site.paths == ["/go"]


def test_a_name_is_resolved_once_and_its_checked_address_connected_to(site: Site) -> None:
    """DNS rebinding: what the name server says after the check is never asked for."""
    answers = iter([["93.184.216.34", "127.0.0.1"], ["127.0.0.1"], ["::ffff:127.0.0.1"], ["100.64.0.1"]])
    n_requests: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        n_requests.append(host)
        return next(answers)

    backend = PublicNetworkBackend(resolve=resolve)
    for _ in range(4):
        with pytest.raises(PrivateAddressError):
            backend.connect_tcp("rebinding.example", site.port)
    assert len(n_requests) == 4
    connected: list[str] = []

    class Inner(httpcore.SyncBackend):
        def connect_tcp(self, host: str, *arguments: object, **more: object) -> httpcore.NetworkStream:
            connected.append(host)
            raise httpcore.ConnectError("stop here")

    once = iter([["93.184.216.34"], ["127.0.0.1"]])
    backend = PublicNetworkBackend(resolve=lambda host, port: next(once))
    backend._inner = Inner()
    with pytest.raises(httpcore.ConnectError):
        backend.connect_tcp("rebinding.example", 80)
    assert connected == ["93.184.216.34"]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        *((one, False) for one in ("10.0.0.1", "172.16.3.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "0.0.0.0")),
        *((one, False) for one in ("100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "fe80::1%eth0")),
        *((one, False) for one in ("fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "ff02::1", "::")),
        *((one, False) for one in ("::10.0.0.1", "::ffff:0:a00:1", "64:ff9b:1::1", "fec0::1", "2001:db8::1")),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename*=UTF-8''%E9%80%9A%E7%9F%A5.docx", "通知.docx"),
        ("attachment; filename=\"x.doc\"; filename*=GBK''%CD%A8%D6%AA.doc", "通知.doc"),
        ('attachment; filename="%E9%80%9A%E7%9F%A5.pdf"', "通知.pdf"),
        ('attachment; filename="%CD%A8%D6%AA.pdf"', "通知.pdf"),
        ('attachment; filename="通知.pdf"', "通知.pdf"),
        ("attachment; filename=" + "通知.xls".encode("gbk").decode("latin-1"), "通知.xls"),
        ("attachment; filename=" + "通知.xls".encode().decode("latin-1"), "通知.xls"),
        ('attachment; filename="=?UTF-8?B?6YCa55+lLnBkZg==?="', "通知.pdf"),
        ('attachment; filename="..\\\\..\\\\通知.pdf"', "通知.pdf"),
        ("attachment; filename=/etc/通知.pdf", "通知.pdf"),
        ("inline", ""),
    ],
)
def test_names_in_headers(header: str, name: str) -> None:
    assert name_from_header(header) == name


def test_a_bad_source_stops_no_other(site: Site, tmp_path: Path) -> None:
    site.page("/good.html", "<html><body><a href='/1.html'>测评通知</a></body></html>")
    site.page("/1.html", "<html><body><p>测评</p></body></html>")
    site.page("/empty.html", "<html><body></body></html>")
    common = "take = ['测评']\nallow_private = true"
    names = ("dead", "empty", "good")
    entries = [f"name='{name}'\nurl='{site.url}/{name}.html'\n{common}" for name in names]
    feed = f"name='feed'\nurl='{site.url}/good.html'\nkind='feed'\nallow_private=true"
    write_sources(tmp_path, "name='x'\nurl='ftp://x/'\ntake=['a']", *entries, feed)
    report = fetch(tmp_path, FetchOptions("test", sleep=lambda seconds: None))
    assert report.failed
    assert report.stopped == {"dead", "empty", "feed"}
    assert [(one.source, str(one.outcome)) for one in report.events] == [
        ("dead", "已失效"),
        ("empty", "内容不符"),
        ("good", "新增"),
        ("feed", "内容不符"),
    ]
    assert "sources.toml 第 4 行起的第 1 个来源“x”" in report.problems[0]
    assert not fetch(tmp_path, FetchOptions("test", sleep=lambda seconds: None), only=["good"]).failed


def test_a_site_that_fell_silent_is_left_alone(site: Site, tmp_path: Path) -> None:
    links = "".join(f"<a href='/{n}.html'>测评通知{n}</a>" for n in range(9))
    site.page("/list.html", f"<html><body>{links}</body></html>")
    site.answers |= {f"/{n}.html": Reply(status=502) for n in range(9)}
    write_sources(tmp_path, f"name='a'\nurl='{site.url}/list.html'\ntake=['测评']\ntries=1\nallow_private=true")
    report = fetch(tmp_path, FetchOptions("test", sleep=lambda seconds: None))
    assert site.paths == ["/list.html", "/0.html", "/1.html", "/2.html"]
    assert [str(one.outcome) for one in report.events] == ["无法访问"] * 3 + ["留待下次"]


def test_two_fetches_do_not_meet(site: Site, tmp_path: Path) -> None:
    site.page("/list.html", "<html><body><a href='/1.html'>测评通知</a></body></html>")
    write_sources(tmp_path, f"name='a'\nurl='{site.url}/list.html'\ntake=['测评']\nallow_private=true")
    met: list[str] = []

    def meanwhile(event: object) -> None:
        with pytest.raises(FetchBusyError) as caught:
            fetch(tmp_path, FetchOptions("test"))
        met.append(str(caught.value))

    fetch(tmp_path, FetchOptions("test"), on_event=meanwhile)
    assert len(met) == 1


def test_a_stopped_run_ends_before_the_pauses_of_the_others_are_over(site: Site, tmp_path: Path) -> None:
    site.page("/list.html", "<html><body><a href='/1.html'>测评通知</a></body></html>")
    site.page("/1.html", "<html><body><p>测评</p></body></html>")
    slow = f"http://127.0.0.1:{site.port}/list.html"
    entries = [("quick", f"{site.url}/list.html", 0.1), ("slow", slow, 60)]
    common = "take=['测评']\nallow_private=true"
    write_sources(tmp_path, *(f"name='{name}'\nurl='{url}'\ndelay={pause}\n{common}" for name, url, pause in entries))

    def interrupt(event: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(tmp_path, FetchOptions("test"), on_event=interrupt)
    assert site.paths.count("/1.html") == 1


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('url = "http://a.cn/"\ntake=["a"]', "缺少“name”（来源的名称）"),
        ('name="a"\nurl = "http://a.cn/"', "须用 take 写明"),
        ('name="a"\nurl = "http://u:p@a.cn/"\ntake=["a"]', "“url”（网址）（第 6 行）"),
        ('name="a"\nurl = "http://u@a.cn/"\ntake=["a"]', "不得写用户名和口令"),
        ('name="a"\nurl = "http://:p@a.cn/"\ntake=["a"]', "不得写用户名和口令"),
        ('name="a"\nurl = "http://a.cn/"\ntake="a"', '须写成 ["甲", "乙"]'),
        ('name="a"\nurl = "http://a.cn/"\ntake=["a"]\nkind="web"', "只能是 list、feed、sitemap、page 之一"),
        ('name="a"\nurl = "http://a.cn/"\ntake=["a"]\nencoding="latin"', "只能是 utf-8、gbk"),
        ('name="a"\nurl = "http://a.cn/"\ntake=["a"]\nfolder="../x"', "须是一个文件夹的名称"),
        ('name="a"\nurl = "http://a.cn/"\ntake=["a"]\ndelay=-1', "不得小于 0"),
        ('name="a"\nurl = "http://a.cn/"\ntake=["a"]\npages="many"', "类型不对"),
        ('name="a"\nurl = "http://a.cn/"\ntake=["a"]\nallow_private="x"', "须是 true 或 false"),
        (f'name="{"甲" * 41}"\nurl = "http://a.cn/"\ntake=["a"]', "须有 1 至 40 个字"),
        ('name=""\nurl = "http://a.cn/"\ntake=["a"]', "须有 1 至 40 个字"),
        ('name="a"\nurl = "http://a.cn/"\ntake=["a"]\ncolour=1', "不认识的项目“colour”（第 8 行）"),
        ('name="a"\nurl = "http://a.cn/"\ntake=["a"]\npage_url="x"', "须有一处 {page}"),
    ],
)
def test_errors_of_the_sources_name_line_and_remedy(tmp_path: Path, lines: str, expected: str) -> None:
    write_sources(tmp_path, lines)
    [problem] = read_sources(tmp_path / "sources.toml").problems
    assert expected in problem
    assert problem.startswith("sources.toml 第 4 行起的第 1 个来源")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpcore.ConnectError("DNS: no address"), "找不到这个网站的地址"),
        (httpcore.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] expired"), "安全证书无效或已过期"),
        (httpcore.ConnectError("[SSL: WRONG_VERSION_NUMBER] wrong"), "加密方式过旧"),
        (httpcore.RemoteProtocolError("peer closed connection"), "网站中途断开"),
        (httpcore.RemoteProtocolError("incomplete chunked read"), "网站中途断开"),
        (httpcore.ReadError("x \n y"), "连接失败（x y），请核对网络"),
        (httpcore.ReadError(), "连接失败（ReadError），请核对网络"),
    ],
)
def test_what_went_wrong_with_a_site_is_said_in_chinese(error: Exception, expected: str) -> None:
    assert expected in http_client._describe_error(error)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[source]\nname = 1", "第 1 行"),
        ("[source]\nname = 1", "以一行 [[source]] 开头"),
        ("[sources]", "不认识的部分“sources”"),
        ('[defaults]\nurl = "x"', "不能写 name、url"),
    ],
)
def test_a_sources_file_that_is_none(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "sources.toml").write_text(text, "utf-8")
    with pytest.raises(SourcesError, match=r"sources\.toml") as caught:
        read_sources(tmp_path / "sources.toml")
    assert expected in str(caught.value)


def test_a_second_fetch_says_so_without_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, float]] = []

    class Held:
        def __init__(self, path: Path, timeout: float) -> None:
            asked.append((path.name, timeout))

        def __enter__(self) -> None:
            raise Timeout("lock")

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr("assets.fetch.fetch.FileLock", Held)
    write_sources(tmp_path, "name='a'\nurl='http://127.0.0.1:1/'\ntake=['测评']\nallow_private=true")
    with pytest.raises(FetchBusyError, match="另一个 wenming fetch"):
        fetch(tmp_path, FetchOptions("test"))
    assert asked == [("lock", 0)]


def test_a_site_with_a_certificate_is_read_and_one_without_is_not(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, key = certificate(tmp_path)
    speaking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    speaking.load_cert_chain(made, key)
    site.speak_tls(speaking)
    site.page("/1.html", "<p>测评通知</p>")
    url = f"https://localhost:{site.port}/1.html"
    source = Source(name="甲", url=url, take=("测评",), delay=0, tries=1, allow_private=True)
    throttle = HostThrottle(lambda seconds: None)
    with SourceClient(source, throttle, agent="test") as stranger, pytest.raises(FetchError) as caught:
        stranger.get(url)
    assert caught.value.failure is FetchFailure.UNREACHABLE
    monkeypatch.setattr("assets.fetch.ssrf_guard._ssl_context", lambda: ssl.create_default_context(cafile=made))
    with SourceClient(source, throttle, agent="test") as friend:
        assert friend.get(url).data == "<p>测评通知</p>".encode()
