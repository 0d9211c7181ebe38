"""Visit all sources of a raw folder: read lists, download new notices, recheck known ones, report everything.

Sources at different hosts are visited in parallel, those at one host in sequence. A failure of one source is reported
and does not stop the others.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from assets.fetch.download_notice import Downloader
from assets.fetch.fetch_state import (
    LOG_FILE,
    QUIET_OUTCOMES,
    STATE_FOLDER,
    AddressRecord,
    FetchEvent,
    FetchOutcome,
    FetchReport,
    SourceMemory,
    append_log,
)
from assets.fetch.http_client import FetchError, FetchFailure, HostThrottle, SourceClient
from assets.fetch.manifest import Manifest, ManifestError
from assets.fetch.parse_pages import ListPage, NoticeLink, parse_list
from assets.fetch.sources import SOURCES_FILE, Source, SourceList, SourcesError, read_sources
from assets.fetch.ssrf_guard import Resolver, StoppedError, resolve_addresses
from warehouse.clock import CHINA
from warehouse.filenames import visible

MAX_HOSTS: Final = 4
"""Number of hosts that are visited in parallel."""
MAX_CONSECUTIVE_FAILURES: Final = 3
"""Number of unreachable notices in a row after which a source is left until the next run."""
_LOCK_FILE: Final = "lock"
_POLL_SECONDS: Final = 0.2
"""Interval in seconds at which Ctrl-C is handled."""

EventCallback = Callable[[FetchEvent], None]


class FetchBusyError(Exception):
    """Another fetch is running on the same folder; the text is Chinese."""


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """Options of a run: user agent, whether to download nothing, clock, resolver, and the function that waits."""

    agent: str
    dry: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(CHINA)
    resolve: Resolver = resolve_addresses
    sleep: Callable[[float], None] | None = None


def fetch(
    raw: Path, options: FetchOptions, only: Sequence[str] = (), on_event: EventCallback = lambda event: None
) -> FetchReport:
    """Fetch new notices from the sources of `raw/sources.toml`.

    Args:
        raw: The folder of original notices.
        options: How to fetch.
        only: Names of the sources to visit; empty for all.
        on_event: Called with every event when it happens.

    Raises:
        SourcesError: There is no usable sources file, or no source of such a name.
        FetchBusyError: Another fetch is running.
        ManifestError: The manifest cannot be read.
        OSError: The folder cannot be written to.
    """
    started = time.perf_counter()
    sources = read_sources(raw / SOURCES_FILE)
    chosen = _select_sources(sources, only)
    if options.dry:
        events = _visit_all(chosen, raw, Manifest(raw), options, on_event)
    else:
        (raw / STATE_FOLDER).mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(raw / STATE_FOLDER / _LOCK_FILE, timeout=0):
                events = _visit_all_logged(chosen, raw, options, on_event)
        except Timeout as error:
            raise FetchBusyError("另一个 wenming fetch 正在下载到同一文件夹，请等它结束后再运行") from error
    named = tuple(source.name for source in chosen)
    return FetchReport(tuple(events), () if only else sources.problems, named, time.perf_counter() - started)


def _visit_all_logged(
    chosen: Sequence[Source], raw: Path, options: FetchOptions, on_event: EventCallback
) -> list[FetchEvent]:
    received: list[FetchEvent] = []

    def receive(event: FetchEvent) -> None:
        received.append(event)
        on_event(event)

    try:
        events = _visit_all(chosen, raw, Manifest(raw), options, receive)
    except BaseException:
        # What was downloaded before Ctrl-C is in raw/, and so belongs into the log.
        _write_log(raw, received, options.now())
        raise
    return events + _write_log(raw, events, options.now())


def _write_log(raw: Path, events: Sequence[FetchEvent], now: datetime) -> list[FetchEvent]:
    """Write the log; return an event if that failed, because the notices themselves were saved."""
    try:
        append_log(raw, [event for event in events if event.outcome not in QUIET_OUTCOMES], now)
    except OSError as error:
        text = f"记录没有写入（{error.strerror}），请关闭正打开它的程序"
        return [
            FetchEvent("全部来源", FetchFailure.UNWRITABLE, "", "", f"{STATE_FOLDER}/{LOG_FILE}", text, failed=True)
        ]
    return []


def _select_sources(sources: SourceList, only: Sequence[str]) -> tuple[Source, ...]:
    missing = [name for name in only if all(name != source.name for source in sources.entries)]
    if missing:
        known = "、".join(source.name for source in sources.entries) or "无"
        why = "；".join(("", *sources.problems))
        raise SourcesError(f"sources.toml 中没有名为“{missing[0]}”的可用来源。可用的来源：{known}{why}")
    return tuple(source for source in sources.entries if not only or source.name in only)


def _visit_all(
    chosen: Sequence[Source], raw: Path, manifest: Manifest, options: FetchOptions, on_event: EventCallback
) -> list[FetchEvent]:
    throttle = HostThrottle(options.sleep)
    by_host: dict[str, list[Source]] = defaultdict(list)
    for source in chosen:
        by_host[urlsplit(source.url).hostname or ""].append(source)

    def visit(group: Iterable[Source]) -> dict[str, list[FetchEvent]]:
        events_by_source: dict[str, list[FetchEvent]] = {}
        for source in group:
            events_by_source[source.name] = _SourceRun(source, raw, manifest, options, throttle, on_event).events()
        return events_by_source

    events_by_source: dict[str, list[FetchEvent]] = {}
    if by_host:
        with ThreadPoolExecutor(min(MAX_HOSTS, len(by_host)), thread_name_prefix="fetch") as pool:
            try:
                waiting = {pool.submit(visit, group) for group in by_host.values()}
                while waiting:
                    # Some systems delay Ctrl-C until a wait without timeout is over.
                    done, waiting = wait(waiting, _POLL_SECONDS, FIRST_COMPLETED)
                    for future in done:
                        events_by_source |= future.result()
            except BaseException:
                # Ctrl-C, or a bug: the other sources abort what they do.
                throttle.stop()
                pool.shutdown(cancel_futures=True)
                raise
    return [event for source in chosen for event in events_by_source[source.name]]


@dataclass(slots=True)
class _SourceRun:
    """The visit of one source in one run."""

    source: Source
    raw: Path
    manifest: Manifest
    options: FetchOptions
    throttle: HostThrottle
    on_event: EventCallback
    _events: list[FetchEvent] = field(default_factory=list)

    def events(self) -> list[FetchEvent]:
        """Visit the source and return its events; failures are events, too."""
        try:
            with SourceClient(
                self.source, self.throttle, agent=self.options.agent, resolve=self.options.resolve
            ) as client:
                self._visit(client, SourceMemory(self.raw, self.source.name))
        except FetchError as error:
            self._report_failure(error.failure, f"来源无法读取：{error}")
        except ManifestError as error:
            self._report_failure(FetchFailure.UNWRITABLE, f"{error}，该来源已停止")
        except OSError as error:
            self._report_failure(
                FetchFailure.UNWRITABLE, f"无法读写文件夹（{error.strerror}），请检查磁盘空间和权限，该来源已停止"
            )
        except StoppedError:
            raise
        except Exception as error:
            # A bug that shows in one source must not affect the others.
            self._report_failure(FetchFailure.INTERNAL, _internal_error_text(error))
        return self._events

    def _report_failure(self, failure: FetchFailure, text: str) -> None:
        self._add_event(FetchEvent(self.source.name, failure, "", self.source.url, "", text, failed=True, stopped=True))

    def _add_event(self, event: FetchEvent) -> None:
        # A site must not be able to control a terminal through its titles and URLs.
        event = replace(event, title=visible(event.title), url=visible(event.url), text=visible(event.text))
        self._events.append(event)
        self.on_event(event)

    def _visit(self, client: SourceClient, state: SourceMemory) -> None:
        today = self.options.now().date()
        if self.source.kind == "page":
            links = [NoticeLink(self.source.url)]
        else:
            links = self._collect_links(client, state, today.isoformat())
        listed = {link.url for link in links}
        # Notices that have left the list are still checked, so that removed or moved pages are reported.
        older_links = [NoticeLink(link.url, link.title, "", link.changed) for link in state if _is_older(link, listed)]
        due = [link for link in [*links, *older_links] if self._is_due(link, state.get(link.url), today)]
        downloader = Downloader(self.source, self.raw, client, state, self.manifest, today.isoformat(), self._add_event)
        if not self.options.dry:
            self._download(downloader, state, due)
            state.tidy()
            return
        for link in due:
            if state.get(link.url) is None and self.manifest.find_source(link.url) is None:
                self._add_event(
                    FetchEvent(self.source.name, FetchOutcome.PLANNED, link.title, link.url, "", link.published)
                )

    def _download(self, downloader: Downloader, state: SourceMemory, due: Sequence[NoticeLink]) -> None:
        new_notices = failed = 0
        for number, link in enumerate(due):
            record = state.get(link.url)
            if record is None and new_notices >= self.source.max_notices:
                left = sum(state.get(other.url) is None for other in due[number:])
                text = f"还有 {left} 份，超过一次下载的上限 {self.source.max_notices} 份（max_notices），下次继续"
                self._add_event(FetchEvent(self.source.name, FetchOutcome.LATER, "", self.source.url, "", text))
                return
            new_notices += record is None
            try:
                downloader.download(link)
                failed = 0
            except (OSError, ManifestError, StoppedError):
                raise
            except FetchError as error:
                died = error.failure is FetchFailure.GONE and record is not None
                if record is not None and died:
                    state.store(replace(record, gone=True, checked=downloader.today))
                path = record.path if record is not None else ""
                text = f"{error}；已下载的文件保留" if died else str(error)
                self._add_event(FetchEvent(self.source.name, error.failure, link.title, link.url, path, text, not died))
                failed = failed + 1 if error.failure is FetchFailure.UNREACHABLE else 0
                if failed == MAX_CONSECUTIVE_FAILURES:
                    text = f"连续 {MAX_CONSECUTIVE_FAILURES} 份无法访问，其余留待下次"
                    self._add_event(
                        FetchEvent(self.source.name, FetchOutcome.LATER, "", self.source.url, "", text, True)
                    )
                    return
            except Exception as error:
                text = _internal_error_text(error)
                self._add_event(
                    FetchEvent(self.source.name, FetchFailure.INTERNAL, link.title, link.url, "", text, failed=True)
                )

    def _is_due(self, link: NoticeLink, record: AddressRecord | None, today: date) -> bool:
        """Return whether a notice is fetched in this run: new, changed according to the list, or due for a recheck."""
        if not self.source.is_recent(link.published):
            return False
        if record is None:
            return not link.title or self.source.wants(link.title)
        if link.changed and link.changed != record.changed:
            return True
        if record.role == "passed":
            return record.print != self.source.rules_key
        if record.role != "notice":
            return False
        day = date.fromisoformat(record.checked) if record.checked else date.min
        # A date in the future was written while the clock of this machine was wrong.
        return not day <= today < day + timedelta(days=self.source.recheck_days)

    def _collect_links(self, client: SourceClient, state: SourceMemory, day: str) -> list[NoticeLink]:
        """Return the links of the list page and of the pages that follow it or are below it."""
        links: dict[str, NoticeLink] = {}
        waiting: list[tuple[str, int, int]] = [(self.source.url, 1, 1)]
        seen = {self.source.url}
        read = 0
        first = state.get(self.source.url) is None
        while waiting and read < self.source.pages:
            url, number, level = waiting.pop(0)
            try:
                page = self._read_list(client, state, url, number, day)
            except FetchError as error:
                if read == 0:
                    raise
                # A URL pattern continues until there is no further page.
                if not (self.source.page_url and number > 1 and error.failure is FetchFailure.GONE):
                    text = f"列表的后续页无法读取：{error}"
                    self._add_event(FetchEvent(self.source.name, error.failure, "", url, "", text, True))
            else:
                read += 1
                for link in page.links:
                    links.setdefault(link.url, link)
                further = [(page.following, number + 1, level)] if page.following else []
                if level < self.source.depth or self.source.kind == "sitemap":
                    further += [(below, 1, level + 1) for below in page.below]
                waiting += [link for link in further if link[0] not in seen]
                seen |= {link[0] for link in further}
        if waiting and first:
            text = f"还有 {len(waiting)} 个列表页没有翻看，超过上限 {self.source.pages} 页（pages）"
            self._add_event(FetchEvent(self.source.name, FetchOutcome.LATER, "", self.source.url, "", text))
        return list(links.values())

    def _read_list(self, client: SourceClient, state: SourceMemory, url: str, number: int, day: str) -> ListPage:
        record = state.get(url)
        if record is not None and record.role == "list" and record.print == self.source.rules_key:
            response = client.get(url, etag=record.etag, modified=record.modified)
        else:
            response = client.get(url)
        if response.moved_to and not (record and record.at == response.moved_to):
            text = f"列表页已迁移到 {response.moved_to}，请在 sources.toml 中改用新网址"
            self._add_event(FetchEvent(self.source.name, FetchOutcome.MOVED, "", url, "", text))
        if response.data is None and record is not None:
            return _list_page_from_record(record)
        page = parse_list(
            self.source, response.data or b"", response.url, response.headers.get("content-type", ""), number
        )
        if number == 1 and url == self.source.url and not (page.links or page.below or page.following):
            text = "列表页上没有一个链接，页面可能由脚本生成，请改用该栏目的 RSS、网站地图或数据接口页"
            raise FetchError(FetchFailure.UNFIT, text)
        if not self.options.dry:
            etag, modified = response.headers.get("etag", ""), response.headers.get("last-modified", "")
            links = [
                {"url": link.url, "title": link.title, "published": link.published, "changed": link.changed}
                for link in page.links
            ]
            further = [{"following": page.following}, *({"below": below} for below in page.below)]
            state.store(
                AddressRecord(
                    url,
                    "list",
                    etag,
                    modified,
                    print=self.source.rules_key,
                    at=response.moved_to,
                    checked=day,
                    listed=[*links, *further] if etag or modified else [],
                )
            )
        return page


def _list_page_from_record(record: AddressRecord) -> ListPage:
    links = [link for link in record.listed if "url" in link]
    return ListPage(
        tuple(NoticeLink(**link) for link in links),
        next((link["following"] for link in record.listed if "following" in link), ""),
        tuple(link["below"] for link in record.listed if "below" in link),
    )


def _internal_error_text(error: Exception) -> str:
    return f"程序内部出错（{type(error).__name__}：{' '.join(str(error).split())[:200]}），请把该网址告诉维护人员"


def _is_older(link: AddressRecord, listed: set[str]) -> bool:
    return link.role == "notice" and not link.gone and link.url not in listed
