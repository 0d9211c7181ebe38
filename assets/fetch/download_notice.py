"""One notice into raw/: its page and its attachments, each a file of its own, never over what lies there already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from assets.fetch import filenames
from assets.fetch.fetch_state import Known, Memory, put_new
from assets.fetch.http_client import Answer, FetchError, Trouble, Visitor
from assets.fetch.manifest import Entry, Manifest, entry
from assets.fetch.parse_pages import Attachment, Found, Notice, charset, notice
from assets.fetch.report import Event, Outcome
from assets.fetch.sources import KINDS, Source
from extractors.readers.sniff import FileFormat, detect_format

PAGE_TYPES = ("text/html", "application/xhtml+xml")
MOST_ATTACHMENTS = 100


@dataclass(slots=True)
class Downloader:
    """Notices of one source; `day` is today (ISO), `saved` tells the events as they come."""

    source: Source
    raw: Path
    visitor: Visitor
    memory: Memory
    manifest: Manifest
    day: str
    tell: Callable[[Event], None]
    _taken: dict[Path, set[str]] = field(default_factory=dict)

    def take(self, found: Found) -> None:
        """Fetch a notice that is new or due to be looked at again, with its attachments, and tell what became of it.

        Raises:
            FetchError: the page gave nothing.
            OSError, ManifestError: it could not be written.
        """
        known = self._known(found.url)
        here = known is not None and bool(known.path)
        answer = self.visitor.get(found.url, etag=known.etag, modified=known.modified) if known and here else None
        answer = answer or self.visitor.get(found.url)
        if known is not None and answer.moved_to and answer.moved_to != known.at:
            self._event(Outcome.MOVED, found, text=f"网页已迁移到 {answer.moved_to}，请核对来源中的网址")
        if answer.data is None and known is not None:
            self._event(Outcome.SAME, found, known.path)
            day = self.day if self._recheck_attachments(found, known) else ""
            self.memory.keep(replace(known, checked=day, gone=False, at=answer.moved_to, changed=found.changed))
        elif not answer.data:
            raise FetchError(Trouble.UNFIT, "网页是空的")
        elif self._is_page(answer, answer.data):
            self._page(found, known, answer, answer.data)
        else:
            self._file(found, known, answer, answer.data)

    def _known(self, url: str) -> Known | None:
        """What is known of an address; where memory was lost, what manifest and files say."""
        known = self.memory.get(url)
        if known is not None or (listed := self.manifest.from_source(url)) is None:
            return known
        there = self.raw / listed.path
        told = ""
        if there.suffix == filenames.PAGE_ENDING and there.is_file():
            told = self._told(there)
        return Known(url, "notice", sha256=listed.sha256, print=told, path=listed.path)

    def _is_page(self, answer: Answer, data: bytes) -> bool:
        if "attachment" in answer.headers.get("content-disposition", "").lower():
            return False
        return detect_format(data, "x.html") is FileFormat.HTML or answer.content_type in PAGE_TYPES

    def _notice(self, data: bytes, url: str, declared: str | None, found: Found) -> Notice:
        return notice(data, url, self.source.encoding or declared, found)

    def _page(self, found: Found, known: Known | None, answer: Answer, data: bytes) -> None:
        said = self._notice(data, answer.url, charset(answer.headers.get("content-type", "")), found)
        wanted = self.source.wants(said.title) or self.source.wants(found.title or said.title)
        if not wanted or not self.source.is_recent(said.published):
            self._remember(found, "passed", answer, told=self.source.rules, title=said.title)
            self._event(Outcome.PASSED, replace(found, title=said.title))
            return
        if said.is_blank:
            raise FetchError(
                Trouble.UNFIT, "网页上没有内容，可能由脚本生成或须输入验证码，未保存；请用浏览器打开后人工保存"
            )
        found = replace(found, title=said.title, published=said.published)
        told_before = known is not None and known.print == said.print and bool(known.path)
        if known is not None and told_before:
            self._event(Outcome.SAME, found, known.path)
            whole = self._attachments(found, said, known.path)
            self._remember(found, "notice", answer, path=known.path, sha256=known.sha256, told=said.print, whole=whole)
            return
        same = next((one for one in self.memory if one.print == said.print and one.title == found.title), None)
        if same is not None and same.url != found.url and same.path and not (known and known.path):
            self._remember(found, "notice", answer, path=same.path, sha256=same.sha256, told=said.print)
            self._event(Outcome.REPEATED, found, same.path)
            return
        name = filenames.safe(found.title or "通知", filenames.PAGE_ENDING)
        path, is_new = self._put(self._folder(), [name], data, known, said.print)
        note = f"标题：{found.title}；{KINDS[self.source.kind]}来源“{self.source.name}”；发布日期为网页所标"
        rows = [self._entry(path, found, found.url, said.publisher, note)]
        self.manifest.add(rows)
        if is_new:
            self._event(Outcome.CHANGED if known and known.path else Outcome.NEW, found, path)
        whole = self._attachments(found, said, path)
        self._remember(found, "notice", answer, path=path, sha256=rows[0].sha256, told=said.print, whole=whole)

    def _file(self, found: Found, known: Known | None, answer: Answer, data: bytes) -> None:
        """A notice that is a file itself."""
        sha256 = hashlib.sha256(data).hexdigest()
        same = self.manifest.same(sha256)
        if known is not None and known.path and known.sha256 == sha256:
            self._remember(found, "notice", answer, path=known.path, sha256=sha256)
            self._event(Outcome.SAME, found, known.path)
            return
        if same is not None:
            self._remember(found, "notice", answer, path=same.path, sha256=sha256)
            self._event(Outcome.REPEATED, found, same.path)
            return
        title, ending = filenames.of_file(found.title, data, answer.headers.get("content-disposition", ""), answer.url)
        if not ending:
            raise FetchError(Trouble.UNFIT, "既不是网页，也不是能识别的文件，未保存；请用浏览器核对")
        if not self.source.wants(title):
            self._remember(found, "passed", answer, told=self.source.rules, title=title)
            self._event(Outcome.PASSED, replace(found, title=title))
            return
        path, _ = self._put(self._folder(), [filenames.safe(title, ending)], data, known, "")
        note = f"标题：{title}；{KINDS[self.source.kind]}来源“{self.source.name}”；发布日期为网页所标"
        self.manifest.add([self._entry(path, found, found.url, "", note)])
        self._remember(found, "notice", answer, path=path, sha256=sha256, title=title)
        self._event(Outcome.CHANGED if known and known.path else Outcome.NEW, found, path)

    def _recheck_attachments(self, found: Found, known: Known) -> bool:
        """The attachments of a page that the site says has not changed; False as `_attachments` does."""
        page = self.raw / known.path
        if page.suffix != filenames.PAGE_ENDING or not page.is_file():
            return True
        said = self._notice(page.read_bytes(), known.at or found.url, None, found)
        return self._attachments(found, said, known.path)

    def _told(self, page: Path) -> str:
        """The fingerprint of a page that lies below raw/, empty for a file that is none."""
        try:
            return self._notice(page.read_bytes(), "", None, Found("", page.stem)).print
        except FetchError:
            return ""

    def _attachments(self, found: Found, said: Notice, page: str) -> bool:
        """The attachments of a page: those of a new edition all, else what is missing or has changed.

        False where one could not be reached, so that the notice is looked at again in the next run.
        """
        if not self.source.attachments:
            return True
        whole = True
        for one in said.attachments[:MOST_ATTACHMENTS]:
            named = replace(found, url=one.url, title=one.name)
            try:
                self._attachment(found, one, page)
            except FetchError as error:
                self._event(error.trouble, named, text=f"附件未下载：{error}（所属通知：{found.title}）", failed=True)
                if error.trouble is Trouble.UNREACHABLE:
                    whole = False
                    break
        if len(said.attachments) > MOST_ATTACHMENTS:
            text = f"附件有 {len(said.attachments)} 个，只下载了前 {MOST_ATTACHMENTS} 个"
            self._event(Outcome.LATER, found, page, text, failed=True)
        return whole

    def _attachment(self, found: Found, one: Attachment, page: str) -> None:
        folder = PurePosixPath(page).with_suffix("").as_posix() + "_files"
        key = f"{one.url}#{page}"
        known = self.memory.get(key)
        answer = self.visitor.get(one.url, etag=known.etag if known else "", modified=known.modified if known else "")
        data = answer.data
        if data is None and known is not None:
            self.memory.touch(known, self.day)
            return
        if not data:
            raise FetchError(Trouble.UNFIT, "附件是空的")
        if answer.content_type in PAGE_TYPES and detect_format(data, "x.html") is FileFormat.HTML:
            raise FetchError(Trouble.UNFIT, "网站给出的是网页而不是文件，可能须登录或已撤下，请用浏览器核对")
        sha256 = hashlib.sha256(data).hexdigest()
        before = known or self._attachment_before(one.url, folder)
        if before is not None and before.sha256 == sha256:
            self._remember_file(key, answer, before.path, sha256, found)
            return
        header = answer.headers.get("content-disposition", "")
        wanted = filenames.of_attachment(one, data, header)
        if not wanted:
            raise FetchError(Trouble.UNFIT, "不是文档、表格、图片或压缩包，未保存；请用浏览器核对")
        path, is_new = self._put(self.raw / folder, wanted, data, before, "")
        called = filenames.from_header(header)
        note = f"附件：{one.name}" + (f"（网站上的文件名 {called}）" if called and called != one.name else "")
        note += f"；所属网页 {found.url}"
        if before is not None:
            note += f"；附件的新版，网页未变，原附件为 {before.path}"
        self.manifest.add([self._entry(path, found, one.url, "", note)])
        self._remember_file(key, answer, path, sha256, found)
        if is_new:
            outcome = Outcome.CHANGED if before is not None else Outcome.NEW
            self._event(outcome, replace(found, url=one.url, title=one.name), path, f"附件，所属通知：{found.title}")

    def _attachment_before(self, url: str, folder: str) -> Known | None:
        """What the manifest says of an attachment that memory has lost."""
        listed = self.manifest.from_source(url, folder)
        return None if listed is None else Known(url, "file", sha256=listed.sha256, path=listed.path)

    def _folder(self) -> Path:
        return self.raw / self.source.place

    def _names(self, folder: Path) -> set[str]:
        """Names that new files must not take; those of files that stand there, and those given in this run."""
        if folder not in self._taken:
            self._taken[folder] = set()
            for one in sorted(folder.iterdir()) if folder.is_dir() else []:
                filenames.reserve(one.name, self._taken[folder])
        return self._taken[folder]

    def _put(
        self, folder: Path, wanted: Sequence[str], data: bytes, known: Known | None, told: str
    ) -> tuple[str, bool]:
        """Write a file under the first of the wanted names that is free, a changed edition under one with the day.

        Returns its path below raw/, and False where an earlier run left the same there already.
        """
        if known is not None and known.path:
            stem, ending = filenames.split(wanted[0])
            wanted = [filenames.safe(f"{stem}（{self.day}版）", ending)]
        for name in wanted:
            if self._stands(folder / name, data, told):
                return self._below(folder / name), False
        taken = self._names(folder)
        while True:
            free = next((name for name in wanted if filenames.is_free(name, taken)), None)
            name = free or filenames.safe(*filenames.split(wanted[0]), taken)
            filenames.reserve(name, taken)
            try:
                put_new(folder / name, data)
            except FileExistsError:
                # Somebody put it there since the folder was listed.
                continue
            return self._below(folder / name), True

    def _stands(self, path: Path, data: bytes, told: str) -> bool:
        """Whether an earlier run, ended before it could say so, left this very file there."""
        if not path.is_file() or self.manifest.at(self._below(path)) is not None:
            return False
        there = path.read_bytes()
        if there == data:
            return True
        return bool(told) and self._told(path) == told

    def _below(self, path: Path) -> str:
        return path.relative_to(self.raw).as_posix()

    def _entry(self, path: str, found: Found, url: str, publisher: str, note: str) -> Entry:
        # Where an earlier run left the file, its bytes are those on the disk.
        return entry(
            path,
            (self.raw / path).read_bytes(),
            publisher=self.source.publisher or publisher,
            published=found.published,
            retrieved=self.day,
            source=url,
            note=note,
        )

    def _remember(
        self,
        found: Found,
        role: str,
        answer: Answer,
        *,
        path: str = "",
        sha256: str = "",
        told: str = "",
        title: str = "",
        whole: bool = True,
    ) -> None:
        validators = (answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))
        self.memory.keep(
            Known(
                found.url,
                role,
                *validators,
                sha256=sha256,
                print=told,
                path=path,
                title=title or found.title,
                changed=found.changed,
                at=answer.moved_to,
                checked=self.day if whole else "",
            )
        )

    def _remember_file(self, key: str, answer: Answer, path: str, sha256: str, found: Found) -> None:
        validators = (answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))
        self.memory.keep(Known(key, "file", *validators, sha256=sha256, path=path, owner=found.url, checked=self.day))

    def _event(
        self, outcome: Outcome | Trouble, found: Found, path: str = "", text: str = "", *, failed: bool = False
    ) -> None:
        self.tell(Event(self.source.name, outcome, found.title, found.url, path, text, failed))
