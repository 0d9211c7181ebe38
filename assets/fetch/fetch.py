"""All sources of a raw folder: lists read, new notices taken, known ones looked at again, everything told.

Sources at different hosts go on beside each other; those at one host, one after the other. What goes wrong with one
source is told and stops no other.
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
from zoneinfo import ZoneInfo

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
from warehouse.export.filenames import visible

CHINA: Final = ZoneInfo("Asia/Shanghai")
MAX_HOSTS: Final = 4
"""Hosts that are visited at the same time."""
MAX_CONSECUTIVE_FAILURES: Final = 3
"""Notices in a row that could not be reached, after which a source is left alone until the next run."""
_LOCK_FILE: Final = "lock"
_POLL_SECONDS: Final = 0.2
"""Seconds after which it is asked whether somebody pressed Ctrl-C."""

EventCallback = Callable[[FetchEvent], None]


class FetchBusyError(Exception):
    """Another fetch is at work on the same folder; the text is Chinese."""


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How a run fetches: the name it gives itself, whether it only looks, the clock, the resolver, how it waits."""

    agent: str
    dry: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(CHINA)
    resolve: Resolver = resolve_addresses
    sleep: Callable[[float], None] | None = None


def fetch(
    raw: Path, way: FetchOptions, only: Sequence[str] = (), tell: EventCallback = lambda event: None
) -> FetchReport:
    """Fetch what is new at the sources of `raw/sources.toml`; `only` names the sources to visit.

    Raises:
        SourcesError: there is no usable sources file, or none of its sources has such a name.
        BusyError: another fetch is at work.
        ManifestError: the manifest cannot be read.
        OSError: the folder cannot be written to.
    """
    started = time.perf_counter()
    sources = read_sources(raw / SOURCES_FILE)
    chosen = _select_sources(sources, only)
    if way.dry:
        events = _visit_all(chosen, raw, Manifest(raw), way, tell)
    else:
        (raw / STATE_FOLDER).mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(raw / STATE_FOLDER / _LOCK_FILE, timeout=0):
                events = _visit_all_logged(chosen, raw, way, tell)
        except Timeout as error:
            raise FetchBusyError("另一个 wenming fetch 正在下载到同一文件夹，请等它结束后再运行") from error
    named = tuple(source.name for source in chosen)
    return FetchReport(tuple(events), () if only else sources.problems, named, time.perf_counter() - started)


def _visit_all_logged(chosen: Sequence[Source], raw: Path, way: FetchOptions, tell: EventCallback) -> list[FetchEvent]:
    heard: list[FetchEvent] = []

    def hear(event: FetchEvent) -> None:
        heard.append(event)
        tell(event)

    try:
        events = _visit_all(chosen, raw, Manifest(raw), way, hear)
    except BaseException:
        # What came before Ctrl-C stands in raw/, and so in the log.
        _write_log(raw, heard, way.now())
        raise
    return events + _write_log(raw, events, way.now())


def _write_log(raw: Path, events: Sequence[FetchEvent], now: datetime) -> list[FetchEvent]:
    """Write the log; an event where it could not be written, since the notices themselves are there."""
    try:
        append_log(raw, [one for one in events if one.outcome not in QUIET_OUTCOMES], now)
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
    chosen: Sequence[Source], raw: Path, manifest: Manifest, way: FetchOptions, tell: EventCallback
) -> list[FetchEvent]:
    hosts = HostThrottle(way.sleep)
    by_host: dict[str, list[Source]] = defaultdict(list)
    for source in chosen:
        by_host[urlsplit(source.url).hostname or ""].append(source)

    def visit(group: Iterable[Source]) -> dict[str, list[FetchEvent]]:
        told: dict[str, list[FetchEvent]] = {}
        for source in group:
            told[source.name] = _SourceRun(source, raw, manifest, way, hosts, tell).events()
        return told

    found: dict[str, list[FetchEvent]] = {}
    if by_host:
        with ThreadPoolExecutor(min(MAX_HOSTS, len(by_host)), thread_name_prefix="fetch") as pool:
            try:
                waiting = {pool.submit(visit, group) for group in by_host.values()}
                while waiting:
                    # In a wait without an end, some systems keep Ctrl-C back until it is over.
                    done, waiting = wait(waiting, _POLL_SECONDS, FIRST_COMPLETED)
                    for one in done:
                        found |= one.result()
            except BaseException:
                # Ctrl-C, or a fault of this program: the other sources break off what they do.
                hosts.stop()
                pool.shutdown(cancel_futures=True)
                raise
    return [event for source in chosen for event in found[source.name]]


@dataclass(slots=True)
class _SourceRun:
    """One source in one run."""

    source: Source
    raw: Path
    manifest: Manifest
    way: FetchOptions
    hosts: HostThrottle
    tell: EventCallback
    _events: list[FetchEvent] = field(default_factory=list)

    def events(self) -> list[FetchEvent]:
        """Visit the source. Whatever goes wrong is an event."""
        try:
            with SourceClient(self.source, self.hosts, agent=self.way.agent, resolve=self.way.resolve) as visitor:
                self._visit(visitor, SourceMemory(self.raw, self.source.name))
        except FetchError as error:
            self._stop(error.trouble, f"来源无法读取：{error}")
        except ManifestError as error:
            self._stop(FetchFailure.UNWRITABLE, f"{error}，该来源已停止")
        except OSError as error:
            self._stop(
                FetchFailure.UNWRITABLE, f"无法读写文件夹（{error.strerror}），请检查磁盘空间和权限，该来源已停止"
            )
        except StoppedError:
            raise
        except Exception as error:
            # A fault of this program in one source costs that source alone.
            self._stop(FetchFailure.INTERNAL, _internal_error_text(error))
        return self._events

    def _stop(self, trouble: FetchFailure, text: str) -> None:
        self._take(FetchEvent(self.source.name, trouble, "", self.source.url, "", text, failed=True, stopped=True))

    def _take(self, event: FetchEvent) -> None:
        # A site must not be able to write to a terminal through its titles and addresses.
        event = replace(event, title=visible(event.title), url=visible(event.url), text=visible(event.text))
        self._events.append(event)
        self.tell(event)

    def _visit(self, visitor: SourceClient, memory: SourceMemory) -> None:
        today = self.way.now().date()
        if self.source.kind == "page":
            found = [NoticeLink(self.source.url)]
        else:
            found = self._found(visitor, memory, today.isoformat())
        listed = {one.url for one in found}
        # What has left the list is still looked at, so that pages that died or moved are told.
        older = [NoticeLink(one.url, one.title, "", one.changed) for one in memory if _is_older(one, listed)]
        due = [one for one in [*found, *older] if self._is_due(one, memory.get(one.url), today)]
        downloader = Downloader(self.source, self.raw, visitor, memory, self.manifest, today.isoformat(), self._take)
        if not self.way.dry:
            self._download(downloader, memory, due)
            memory.tidy()
            return
        for one in due:
            if memory.get(one.url) is None and self.manifest.from_source(one.url) is None:
                self._take(FetchEvent(self.source.name, FetchOutcome.PLANNED, one.title, one.url, "", one.published))

    def _download(self, downloader: Downloader, memory: SourceMemory, due: Sequence[NoticeLink]) -> None:
        fresh = failed = 0
        for number, one in enumerate(due):
            known = memory.get(one.url)
            if known is None and fresh >= self.source.max_notices:
                left = sum(memory.get(other.url) is None for other in due[number:])
                text = f"还有 {left} 份，超过一次下载的上限 {self.source.max_notices} 份（max_notices），下次继续"
                self._take(FetchEvent(self.source.name, FetchOutcome.LATER, "", self.source.url, "", text))
                return
            fresh += known is None
            try:
                downloader.take(one)
                failed = 0
            except (OSError, ManifestError, StoppedError):
                raise
            except FetchError as error:
                died = error.trouble is FetchFailure.GONE and known is not None
                if known is not None and died:
                    memory.keep(replace(known, gone=True, checked=downloader.day))
                path = known.path if known is not None else ""
                text = f"{error}；已下载的文件保留" if died else str(error)
                self._take(FetchEvent(self.source.name, error.trouble, one.title, one.url, path, text, not died))
                failed = failed + 1 if error.trouble is FetchFailure.UNREACHABLE else 0
                if failed == MAX_CONSECUTIVE_FAILURES:
                    text = f"连续 {MAX_CONSECUTIVE_FAILURES} 份无法访问，其余留待下次"
                    self._take(FetchEvent(self.source.name, FetchOutcome.LATER, "", self.source.url, "", text, True))
                    return
            except Exception as error:
                text = _internal_error_text(error)
                self._take(
                    FetchEvent(self.source.name, FetchFailure.INTERNAL, one.title, one.url, "", text, failed=True)
                )

    def _is_due(self, one: NoticeLink, known: AddressRecord | None, today: date) -> bool:
        """Whether a notice is fetched in this run: new, said to have changed, or not looked at for some days."""
        if not self.source.is_recent(one.published):
            return False
        if known is None:
            return not one.title or self.source.wants(one.title)
        if one.changed and one.changed != known.changed:
            return True
        if known.role == "passed":
            return known.print != self.source.rules
        if known.role != "notice":
            return False
        day = date.fromisoformat(known.checked) if known.checked else date.min
        # A day to come was written while the clock of this machine was wrong.
        return not day <= today < day + timedelta(days=self.source.recheck_days)

    def _found(self, visitor: SourceClient, memory: SourceMemory, day: str) -> list[NoticeLink]:
        """The links of the list page and of those that follow or stand below it."""
        found: dict[str, NoticeLink] = {}
        waiting: list[tuple[str, int, int]] = [(self.source.url, 1, 1)]
        seen = {self.source.url}
        read = 0
        first = memory.get(self.source.url) is None
        while waiting and read < self.source.pages:
            url, number, level = waiting.pop(0)
            try:
                page = self._listing(visitor, memory, url, number, day)
            except FetchError as error:
                if read == 0:
                    raise
                # A pattern of addresses runs on until there is no page any more.
                if not (self.source.page_url and number > 1 and error.trouble is FetchFailure.GONE):
                    text = f"列表的后续页无法读取：{error}"
                    self._take(FetchEvent(self.source.name, error.trouble, "", url, "", text, True))
                continue
            read += 1
            for one in page.found:
                found.setdefault(one.url, one)
            further = [(page.following, number + 1, level)] if page.following else []
            if level < self.source.depth or self.source.kind == "sitemap":
                further += [(below, 1, level + 1) for below in page.below]
            waiting += [one for one in further if one[0] not in seen]
            seen |= {one[0] for one in further}
        if waiting and first:
            text = f"还有 {len(waiting)} 个列表页没有翻看，超过上限 {self.source.pages} 页（pages）"
            self._take(FetchEvent(self.source.name, FetchOutcome.LATER, "", self.source.url, "", text))
        return list(found.values())

    def _listing(self, visitor: SourceClient, memory: SourceMemory, url: str, number: int, day: str) -> ListPage:
        known = memory.get(url)
        kept = known is not None and known.role == "list" and known.print == self.source.rules
        answer = visitor.get(url, etag=known.etag, modified=known.modified) if known and kept else visitor.get(url)
        if answer.moved_to and not (known and known.at == answer.moved_to):
            text = f"列表页已迁移到 {answer.moved_to}，请在 sources.toml 中改用新网址"
            self._take(FetchEvent(self.source.name, FetchOutcome.MOVED, "", url, "", text))
        if answer.data is None and known is not None:
            return _list_page_from_record(known)
        page = parse_list(self.source, answer.data or b"", answer.url, answer.headers.get("content-type", ""), number)
        if number == 1 and url == self.source.url and not (page.found or page.below or page.following):
            text = "列表页上没有一个链接，页面可能由脚本生成，请改用该栏目的 RSS、网站地图或数据接口页"
            raise FetchError(FetchFailure.UNFIT, text)
        if not self.way.dry:
            etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
            links = [
                {"url": one.url, "title": one.title, "published": one.published, "changed": one.changed}
                for one in page.found
            ]
            further = [{"following": page.following}, *({"below": below} for below in page.below)]
            memory.keep(
                AddressRecord(
                    url,
                    "list",
                    etag,
                    modified,
                    print=self.source.rules,
                    at=answer.moved_to,
                    checked=day,
                    listed=[*links, *further] if etag or modified else [],
                )
            )
        return page


def _list_page_from_record(known: AddressRecord) -> ListPage:
    links = [one for one in known.listed if "url" in one]
    return ListPage(
        tuple(NoticeLink(**one) for one in links),
        next((one["following"] for one in known.listed if "following" in one), ""),
        tuple(one["below"] for one in known.listed if "below" in one),
    )


def _internal_error_text(error: Exception) -> str:
    return f"程序内部出错（{type(error).__name__}：{' '.join(str(error).split())[:200]}），请把该网址告诉维护人员"


def _is_older(one: AddressRecord, listed: set[str]) -> bool:
    return one.role == "notice" and not one.gone and one.url not in listed
