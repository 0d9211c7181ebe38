"""HTTP client for one source: obeys robots.txt, throttles hosts, retries with back-off, checks redirects and limits.

robots.txt is read by Protego as RFC 9309 says: groups, the longest rule wins, `*` and `$`, and Crawl-delay. The parser
of the standard library takes `*` literally and lets the first rule win, so it would fetch what a site forbids with
`Disallow: /*.doc$`.
"""

from __future__ import annotations

import errno
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from types import TracebackType
from typing import Final
from urllib.parse import urljoin

import httpcore
import httpx
from protego import Protego

from assets.fetch.sources import Source
from assets.fetch.ssrf_guard import (
    GuardedTransport,
    PrivateAddressError,
    PublicNetworkBackend,
    Resolver,
    StoppedError,
    resolve_addresses,
)

MAX_REDIRECTS: Final = 5
MAX_WAIT: Final = 120.0
"""Seconds; a site that asks for a longer pause is not visited again before the next run."""
FIRST_WAIT: Final = 2.0
ROBOTS_TOKEN: Final = "wenming-fetch"
"""The user agent by which a robots.txt can address this program."""
ROBOTS_MAX_BYTES: Final = 500 * 1024
ROBOTS_MAX_DELAY: Final = 60.0
_RETRIED_STATUSES: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECT_STATUSES: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT_STATUSES: Final = frozenset({301, 308})
_CONTENT_CODINGS: Final = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_HOST_PATTERN: Final = re.compile(rb"[\w.:-]+")
_MAX_PORT: Final = 65_535
_ERRNO_TEXTS: Final = {
    errno.ECONNREFUSED: "网站没有应答（连接被拒绝），可能正在维护，请用浏览器核对网址",
    errno.ECONNRESET: "连接被网站中断，可能是请求过于频繁；可调大该来源的 delay",
    errno.EPIPE: "连接被网站中断，可能是请求过于频繁；可调大该来源的 delay",
    errno.ENETUNREACH: "网络不通，请核对本机的网络",
    errno.EHOSTUNREACH: "网络不通，请核对本机的网络",
}


class FetchFailure(StrEnum):
    """Reason why a request failed, as shown to people."""

    ROBOTS = "网站不允许"
    PRIVATE = "内部网络"
    GONE = "已失效"
    TOO_LARGE = "过大"
    REFUSED = "网站拒绝"
    UNREACHABLE = "无法访问"
    UNFIT = "内容不符"
    UNWRITABLE = "无法保存"
    INTERNAL = "程序出错"


class FetchError(Exception):
    """A request failed; the text is Chinese and names cause and remedy."""

    def __init__(self, failure: FetchFailure, text: str) -> None:
        super().__init__(text)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Response:
    """Final URL, headers (lower case) and body of a response; `data` is None if the page has not changed."""

    url: str
    headers: dict[str, str]
    data: bytes | None
    moved_to: str = ""
    """The new URL, if every redirect on the way was permanent."""

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class HostThrottle:
    """Limits the requests to each host, for all sources: one at a time, with a pause between two."""

    def __init__(self, sleep: Callable[[float], None] | None = None) -> None:
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait
        self._locks_guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._last_request: dict[str, float] = {}
        self._blocked_until: dict[str, float] = {}

    def stop(self) -> None:
        """Prevent new requests and abort those in progress."""
        self._stopped.set()

    def is_stopped(self) -> bool:
        """Return whether the run is being stopped."""
        return self._stopped.is_set()

    def block(self, host: str, seconds: float) -> None:
        """Refuse all requests to a host for some seconds."""
        self._blocked_until[host] = time.monotonic() + seconds

    def sleep(self, seconds: float) -> None:
        """Wait. Raises `StoppedError` when the run is being stopped."""
        self._sleep(seconds)
        if self._stopped.is_set():
            raise StoppedError

    @contextmanager
    def acquire(self, host: str, delay: float) -> Iterator[None]:
        """Wait until the host is free and the pause is over.

        Raises:
            FetchError: The host has asked for a longer pause.
            StoppedError: The run is being stopped.
        """
        with self._locks_guard:
            lock = self._locks[host]
        with lock:
            if self._blocked_until.get(host, 0.0) > time.monotonic():
                raise FetchError(FetchFailure.UNREACHABLE, "网站要求隔较长时间再访问，留待下次")
            last = self._last_request.get(host)
            pause = last + delay - time.monotonic() if last is not None else 0.0
            if pause > 0 or self._stopped.is_set():
                self.sleep(pause)
            try:
                yield
            finally:
                self._last_request[host] = time.monotonic()


class SourceClient:
    """Sends the requests for one source."""

    def __init__(
        self, source: Source, throttle: HostThrottle, *, agent: str, resolve: Resolver = resolve_addresses
    ) -> None:
        url = httpx.URL(_normalize_url(source.url))
        own = (url.raw_host.decode(), url.port or (443 if url.scheme == "https" else 80))
        self._source = source
        self._throttle = throttle
        self._backend = PublicNetworkBackend(own if source.allow_private else None, resolve, throttle.is_stopped)
        self._robots_by_origin: dict[str, RobotsRules | FetchError] = {}
        headers = {"User-Agent": agent, "Accept-Encoding": "gzip, deflate", "Accept-Language": "zh-CN,zh;q=0.9"}
        self._client = httpx.Client(transport=GuardedTransport(self._backend), headers=headers, trust_env=False)

    def __enter__(self) -> SourceClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, url: str, *, etag: str = "", modified: str = "") -> Response:
        """Fetch a URL; with `etag` or `modified` only if it has changed since.

        Raises:
            FetchError: robots.txt forbids it, it is in a private network, gone, too large or unreachable.
        """
        conditions = {"If-None-Match": etag} if etag else {}
        if modified:
            conditions["If-Modified-Since"] = modified
        # Some sites put the Chinese name of a file into its ETag, which no request can send back.
        conditions = {name: value for name, value in conditions.items() if value.isascii()}
        return self._follow(_normalize_url(url), conditions, self._source.max_bytes, obey_robots=True)

    def _follow(self, url: str, conditions: dict[str, str], max_bytes: int, *, obey_robots: bool) -> Response:
        current, permanent = url, True
        for _ in range(MAX_REDIRECTS + 1):
            delay = self._source.delay
            if obey_robots:
                rules = self._robots_rules(current)
                if not rules.allows(current):
                    raise FetchError(
                        FetchFailure.ROBOTS, f"该网站的 robots.txt 不允许下载 {current}，请改为人工下载或与网站联系"
                    )
                delay = max(delay, rules.delay)
            status, headers, data = self._get_with_retries(
                current, conditions, max_bytes, delay, truncate=not obey_robots
            )
            if status not in _REDIRECT_STATUSES:
                moved = current if permanent and current != url else ""
                return Response(current, headers, None if status == 304 else data, moved)
            permanent = permanent and status in _PERMANENT_STATUSES
            current = _redirect_target(current, headers.get("location", ""))
        raise FetchError(FetchFailure.UNREACHABLE, f"连续转向超过 {MAX_REDIRECTS} 次，请用浏览器核对网址")

    def _robots_rules(self, url: str) -> RobotsRules:
        parts = httpx.URL(url)
        origin = f"{parts.scheme}://{parts.netloc.decode()}"
        if origin not in self._robots_by_origin:
            self._robots_by_origin[origin] = self._fetch_robots(origin)
        rules = self._robots_by_origin[origin]
        if isinstance(rules, FetchError):
            raise rules
        return rules

    def _fetch_robots(self, origin: str) -> RobotsRules | FetchError:
        try:
            answer = self._follow(f"{origin}/robots.txt", {}, ROBOTS_MAX_BYTES, obey_robots=False)
        except FetchError as error:
            # A site without robots.txt forbids nothing; an unreachable robots.txt forbids everything.
            return (
                parse_robots(b"")
                if error.failure in (FetchFailure.GONE, FetchFailure.REFUSED, FetchFailure.UNFIT)
                else error
            )
        return parse_robots(answer.data or b"")

    def _get_with_retries(
        self, url: str, conditions: dict[str, str], max_bytes: int, delay: float, *, truncate: bool
    ) -> tuple[int, dict[str, str], bytes]:
        """Request one URL, repeatedly where that may help."""
        host = httpx.URL(url).host
        with self._throttle.acquire(host, delay):
            for attempt in range(1, self._source.tries + 1):
                wait = FIRST_WAIT * 2 ** (attempt - 1)
                try:
                    status, headers, data = self._get_once(url, conditions, max_bytes, truncate=truncate)
                    fault = _status_error(status, url)
                except FetchError as error:
                    if error.failure is not FetchFailure.UNREACHABLE:
                        raise
                    fault, status, headers, data = error, 0, {}, b""
                if fault is None and (status != 304 or conditions):
                    return status, headers, data
                if status and status not in _RETRIED_STATUSES:
                    raise fault or FetchError(FetchFailure.UNFIT, "网站答复“没有变化”，但并没有这样问过")
                retry_after = _retry_after(headers)
                if retry_after > MAX_WAIT:
                    self._throttle.block(host, retry_after)
                wait = max(wait, retry_after)
                if attempt == self._source.tries or wait > MAX_WAIT:
                    raise fault or FetchError(FetchFailure.UNREACHABLE, "网站没有给出内容")
                self._throttle.sleep(max(wait, delay))
        raise AssertionError("tries is at least 1")

    def _get_once(
        self, url: str, conditions: dict[str, str], max_bytes: int, *, truncate: bool
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request; return status, headers and body (empty unless the status is 200)."""
        seconds = self._source.timeout
        try:
            with (
                self._backend.deadline(seconds),
                self._client.stream("GET", url, headers=conditions, timeout=seconds) as response,
            ):
                headers = {name.lower(): value for name, value in response.headers.items()}
                data = (
                    self._body(response, headers, max_bytes, truncate=truncate) if response.status_code == 200 else b""
                )
                return response.status_code, headers, data
        except PrivateAddressError as error:
            remedy = (
                "allow_private 只对来源网址的主机有效，确有需要请人工下载"
                if self._source.allow_private
                else "确是本单位网站时，在 sources.toml 的该来源中写 allow_private = true"
            )
            text = f"{httpx.URL(url).host} 位于内部网络（{error}），为安全起见不予访问；{remedy}"
            raise FetchError(FetchFailure.PRIVATE, text) from error
        except (httpx.UnsupportedProtocol, UnicodeError, httpcore.LocalProtocolError) as error:
            raise _invalid_url(url) from error
        except httpx.RemoteProtocolError as error:
            # httpx parses the target of a redirect even if it does not follow it.
            raise FetchError(FetchFailure.UNFIT, f"{url} 转向了不能访问的地址，请用浏览器核对网址") from error
        except httpx.DecodingError as error:
            raise FetchError(FetchFailure.UNREACHABLE, "网站传来的压缩内容有误") from error
        except httpcore.TimeoutException as error:
            raise FetchError(
                FetchFailure.UNREACHABLE, f"在 {seconds:g} 秒内没有传完；网速慢时请调大该来源的 timeout"
            ) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, OSError) as error:
            raise FetchError(FetchFailure.UNREACHABLE, _describe_error(error)) from error

    def _body(self, response: httpx.Response, headers: dict[str, str], max_bytes: int, *, truncate: bool) -> bytes:
        if headers.get("content-encoding", "").strip().lower() not in _CONTENT_CODINGS:
            raise FetchError(FetchFailure.UNFIT, f"网站用了不能识别的压缩方式（{headers['content-encoding'][:40]}）")
        stated = headers.get("content-length", "")
        if not truncate and stated.isdecimal() and int(stated) > max_bytes:
            raise FetchError(FetchFailure.TOO_LARGE, _too_large(max_bytes))
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            self._backend.remaining(None)
            if len(body) > max_bytes:
                if truncate:
                    break
                raise FetchError(FetchFailure.TOO_LARGE, _too_large(max_bytes))
        return bytes(body[:max_bytes])


def _status_error(status: int, url: str) -> FetchError | None:
    """Return the error for a status other than success, redirect and "not modified"."""
    if status in (200, 304) or status in _REDIRECT_STATUSES:
        return None
    if status in (404, 410):
        return FetchError(FetchFailure.GONE, f"网页已不存在（{status}）：{url}")
    if status == 429:
        return FetchError(FetchFailure.UNREACHABLE, "网站表示请求过于频繁（429），已按其要求停下；可调大该来源的 delay")
    if status in _RETRIED_STATUSES or status >= 500:
        return FetchError(FetchFailure.UNREACHABLE, f"网站出错（{status}），留待下次")
    return FetchError(FetchFailure.REFUSED, f"网站拒绝访问（{status}）：{url}，请用浏览器核对")


def _retry_after(headers: dict[str, str]) -> float:
    """Return the seconds of a Retry-After header, 0 without a usable one.

    A date is compared with the clock of the site.
    """
    text = headers.get("retry-after", "")
    if text.strip().isdecimal():
        return float(text)
    when, now = parse_http_date(text), parse_http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (when - now).total_seconds()) if when else 0.0


def parse_http_date(text: str) -> datetime | None:
    """Parse a date in the format of HTTP headers and RSS; return None if it is invalid."""
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _redirect_target(url: str, location: str) -> str:
    """Return the target of a redirect. Raises FetchError for an invalid URL."""
    try:
        return _normalize_url(urljoin(url, location) if location else "")
    except (FetchError, ValueError) as error:
        raise FetchError(FetchFailure.UNFIT, f"网页转向了不能访问的地址（{location[:200]}）") from error


def _normalize_url(url: str) -> str:
    """Normalize a URL for robots.txt, throttling and the request itself.

    Fragment, user and dot segments are removed; host and path are encoded. Raises FetchError for an invalid URL.
    """
    try:
        parts = httpx.URL(url)
        usable = parts.scheme in ("http", "https") and bool(_HOST_PATTERN.fullmatch(parts.raw_host))
        usable = usable and (parts.port is None or 0 < parts.port <= _MAX_PORT)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _invalid_url(url) from error
    if not usable:
        raise _invalid_url(url)
    return str(parts.copy_with(fragment=None, userinfo=b""))


def _invalid_url(url: str) -> FetchError:
    return FetchError(FetchFailure.UNFIT, f"网址写法不对（{url[:200]}）")


def _too_large(max_bytes: int) -> str:
    return f"超过大小上限 {max_bytes / (1 << 20):g} MB，已停止下载；确需下载时调大该来源的 max_mb"


def _describe_error(error: Exception) -> str:
    text = str(error)
    if text.startswith("DNS"):
        return "找不到这个网站的地址，请核对网址和网络"
    if "CERTIFICATE" in text.upper():
        return "网站的安全证书无效或已过期，请与网站联系"
    if "SSL" in text.upper():
        return "与网站建立安全连接失败，可能是网站的加密方式过旧，请用浏览器核对"
    if "peer closed" in text or "incomplete" in text:
        return "网站中途断开，内容不完整，未保存"
    # httpcore puts the error of the system into the arguments of its own and drops the cause.
    cause = next((candidate for candidate in (error, *error.args) if isinstance(candidate, OSError)), None)
    known = _ERRNO_TEXTS.get(cause.errno or 0) if cause is not None else None
    return known or f"连接失败（{' '.join(text.split())[:120] or type(error).__name__}），请核对网络"


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of a robots.txt for this program, and the Crawl-delay in seconds."""

    parser: Protego
    delay: float = 0.0

    def allows(self, url: str) -> bool:
        """Return whether a URL may be fetched; of two rules of equal length the allowing one wins."""
        return self.parser.can_fetch(url, ROBOTS_TOKEN)


def parse_robots(data: bytes) -> RobotsRules:
    """Parse a robots.txt: the rules of the group for this program, else of the group for all."""
    parser = Protego.parse(data[:ROBOTS_MAX_BYTES].decode("utf-8-sig", "replace"))
    return RobotsRules(parser, min(parser.crawl_delay(ROBOTS_TOKEN) or 0.0, ROBOTS_MAX_DELAY))
