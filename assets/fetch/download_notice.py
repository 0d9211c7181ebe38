"""One notice into raw/: its page and its attachments, each a file of its own, never over what lies there already."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from assets.fetch.fetch_state import AddressRecord, FetchEvent, FetchOutcome, SourceMemory, write_new
from assets.fetch.http_client import FetchError, FetchFailure, Response, SourceClient
from assets.fetch.manifest import Manifest, ManifestEntry, make_entry
from assets.fetch.parse_pages import Attachment, NoticeLink, NoticePage, parse_charset, parse_notice
from assets.fetch.sources import KIND_LABELS, Source
from assets.ingest.discover_files import is_ignored
from extractors import vocabulary
from extractors.readers.sniff import Carrier, sniff
from warehouse.filenames import file_name

PAGE_TYPES = ("text/html", "application/xhtml+xml")
MAX_ATTACHMENTS = 100


@dataclass(slots=True)
class Downloader:
    """Notices of one source; `day` is today (ISO), `saved` tells the events as they come."""

    source: Source
    raw: Path
    client: SourceClient
    state: SourceMemory
    manifest: Manifest
    today: str
    on_event: Callable[[FetchEvent], None]
    _names_by_folder: dict[Path, set[str]] = field(default_factory=dict)

    def download(self, found: NoticeLink) -> None:
        """Fetch a notice that is new or due to be looked at again, with its attachments, and tell what became of it.

        Raises:
            FetchError: the page gave nothing.
            OSError, ManifestError: it could not be written.
        """
        known = self._find_record(found.url)
        was_saved = known is not None and bool(known.path)
        response = self.client.get(found.url, etag=known.etag, modified=known.modified) if known and was_saved else None
        response = response or self.client.get(found.url)
        if known is not None and response.moved_to and response.moved_to != known.at:
            self._report(FetchOutcome.MOVED, found, text=f"网页已迁移到 {response.moved_to}，请核对来源中的网址")
        if response.data is None and known is not None:
            self._report(FetchOutcome.SAME, found, known.path)
            today = self.today if self._recheck_attachments(found, known) else ""
            self.state.keep(replace(known, checked=today, gone=False, at=response.moved_to, changed=found.changed))
        elif not response.data:
            raise FetchError(FetchFailure.UNFIT, "网页是空的")
        elif self._is_page(response, response.data):
            self._take_page(found, known, response, response.data)
        else:
            self._take_file(found, known, response, response.data)

    def _find_record(self, url: str) -> AddressRecord | None:
        """What is known of an address; where memory was lost, what manifest and files say."""
        known = self.state.get(url)
        if known is not None or (listed := self.manifest.find_source(url)) is None:
            return known
        there = self.raw / listed.path
        fingerprint = ""
        if there.suffix == PAGE_SUFFIX and there.is_file():
            fingerprint = self._saved_fingerprint(there)
        return AddressRecord(url, "notice", sha256=listed.sha256, print=fingerprint, path=listed.path)

    def _is_page(self, response: Response, data: bytes) -> bool:
        if "attachment" in response.headers.get("content-disposition", "").lower():
            return False
        return sniff(data, "x.html") is Carrier.HTML or response.content_type in PAGE_TYPES

    def _parse_notice(self, data: bytes, url: str, declared: str | None, found: NoticeLink) -> NoticePage:
        return parse_notice(data, url, self.source.encoding or declared, found)

    def _take_page(self, found: NoticeLink, known: AddressRecord | None, response: Response, data: bytes) -> None:
        page_info = self._parse_notice(
            data, response.url, parse_charset(response.headers.get("content-type", "")), found
        )
        wanted = self.source.wants(page_info.title) or self.source.wants(found.title or page_info.title)
        if not wanted or not self.source.is_recent(page_info.published):
            self._remember(found, "passed", response, fingerprint=self.source.rules_key, title=page_info.title)
            self._report(FetchOutcome.PASSED, replace(found, title=page_info.title))
            return
        if page_info.is_blank:
            raise FetchError(
                FetchFailure.UNFIT, "网页上没有内容，可能由脚本生成或须输入验证码，未保存；请用浏览器打开后人工保存"
            )
        found = replace(found, title=page_info.title, published=page_info.published)
        is_unchanged = known is not None and known.print == page_info.print and bool(known.path)
        if known is not None and is_unchanged:
            self._report(FetchOutcome.SAME, found, known.path)
            is_complete = self._take_attachments(found, page_info, known.path)
            self._remember(
                found,
                "notice",
                response,
                path=known.path,
                sha256=known.sha256,
                fingerprint=page_info.print,
                is_complete=is_complete,
            )
            return
        same = next((one for one in self.state if one.print == page_info.print and one.title == found.title), None)
        if same is not None and same.url != found.url and same.path and not (known and known.path):
            self._remember(found, "notice", response, path=same.path, sha256=same.sha256, fingerprint=page_info.print)
            self._report(FetchOutcome.REPEATED, found, same.path)
            return
        name = safe_name(found.title or "通知", PAGE_SUFFIX)
        path, is_new = self._save(self._target_folder(), [name], data, known, page_info.print)
        note = f"标题：{found.title}；{KIND_LABELS[self.source.kind]}来源“{self.source.name}”；发布日期为网页所标"
        rows = [self._manifest_entry(path, found, found.url, page_info.publisher, note)]
        self.manifest.add(rows)
        if is_new:
            self._report(FetchOutcome.CHANGED if known and known.path else FetchOutcome.NEW, found, path)
        is_complete = self._take_attachments(found, page_info, path)
        self._remember(
            found,
            "notice",
            response,
            path=path,
            sha256=rows[0].sha256,
            fingerprint=page_info.print,
            is_complete=is_complete,
        )

    def _take_file(self, found: NoticeLink, known: AddressRecord | None, response: Response, data: bytes) -> None:
        """A notice that is a file itself."""
        sha256 = hashlib.sha256(data).hexdigest()
        same = self.manifest.find_content(sha256)
        if known is not None and known.path and known.sha256 == sha256:
            self._remember(found, "notice", response, path=known.path, sha256=sha256)
            self._report(FetchOutcome.SAME, found, known.path)
            return
        if same is not None:
            self._remember(found, "notice", response, path=same.path, sha256=sha256)
            self._report(FetchOutcome.REPEATED, found, same.path)
            return
        title, ending = file_title_and_suffix(
            found.title, data, response.headers.get("content-disposition", ""), response.url
        )
        if not ending:
            raise FetchError(FetchFailure.UNFIT, "既不是网页，也不是能识别的文件，未保存；请用浏览器核对")
        if not self.source.wants(title):
            self._remember(found, "passed", response, fingerprint=self.source.rules_key, title=title)
            self._report(FetchOutcome.PASSED, replace(found, title=title))
            return
        path, _ = self._save(self._target_folder(), [safe_name(title, ending)], data, known, "")
        note = f"标题：{title}；{KIND_LABELS[self.source.kind]}来源“{self.source.name}”；发布日期为网页所标"
        self.manifest.add([self._manifest_entry(path, found, found.url, "", note)])
        self._remember(found, "notice", response, path=path, sha256=sha256, title=title)
        self._report(FetchOutcome.CHANGED if known and known.path else FetchOutcome.NEW, found, path)

    def _recheck_attachments(self, found: NoticeLink, known: AddressRecord) -> bool:
        """The attachments of a page that the site says has not changed; False as `_attachments` does."""
        page = self.raw / known.path
        if page.suffix != PAGE_SUFFIX or not page.is_file():
            return True
        page_info = self._parse_notice(page.read_bytes(), known.at or found.url, None, found)
        return self._take_attachments(found, page_info, known.path)

    def _saved_fingerprint(self, page: Path) -> str:
        """The fingerprint of a page that lies below raw/, empty for a file that is none."""
        try:
            return self._parse_notice(page.read_bytes(), "", None, NoticeLink("", page.stem)).print
        except FetchError:
            return ""

    def _take_attachments(self, found: NoticeLink, page_info: NoticePage, page: str) -> bool:
        """The attachments of a page: those of a new edition all, else what is missing or has changed.

        False where one could not be reached, so that the notice is looked at again in the next run.
        """
        if not self.source.attachments:
            return True
        is_complete = True
        for one in page_info.attachments[:MAX_ATTACHMENTS]:
            named = replace(found, url=one.url, title=one.name)
            try:
                self._take_attachment(found, one, page)
            except FetchError as error:
                self._report(error.failure, named, text=f"附件未下载：{error}（所属通知：{found.title}）", failed=True)
                if error.failure is FetchFailure.UNREACHABLE:
                    is_complete = False
                    break
        if len(page_info.attachments) > MAX_ATTACHMENTS:
            text = f"附件有 {len(page_info.attachments)} 个，只下载了前 {MAX_ATTACHMENTS} 个"
            self._report(FetchOutcome.LATER, found, page, text, failed=True)
        return is_complete

    def _take_attachment(self, found: NoticeLink, one: Attachment, page: str) -> None:
        folder = PurePosixPath(page).with_suffix("").as_posix() + "_files"
        key = f"{one.url}#{page}"
        known = self.state.get(key)
        response = self.client.get(one.url, etag=known.etag if known else "", modified=known.modified if known else "")
        data = response.data
        if data is None and known is not None:
            self.state.touch(known, self.today)
            return
        if not data:
            raise FetchError(FetchFailure.UNFIT, "附件是空的")
        if response.content_type in PAGE_TYPES and sniff(data, "x.html") is Carrier.HTML:
            raise FetchError(FetchFailure.UNFIT, "网站给出的是网页而不是文件，可能须登录或已撤下，请用浏览器核对")
        sha256 = hashlib.sha256(data).hexdigest()
        before = known or self._previous_attachment(one.url, folder)
        if before is not None and before.sha256 == sha256:
            self._remember_file(key, response, before.path, sha256, found)
            return
        header = response.headers.get("content-disposition", "")
        wanted = attachment_names(one, data, header)
        if not wanted:
            raise FetchError(FetchFailure.UNFIT, "不是文档、表格、图片或压缩包，未保存；请用浏览器核对")
        path, is_new = self._save(self.raw / folder, wanted, data, before, "")
        called = name_from_header(header)
        note = f"附件：{one.name}" + (f"（网站上的文件名 {called}）" if called and called != one.name else "")
        note += f"；所属网页 {found.url}"
        if before is not None:
            note += f"；附件的新版，网页未变，原附件为 {before.path}"
        self.manifest.add([self._manifest_entry(path, found, one.url, "", note)])
        self._remember_file(key, response, path, sha256, found)
        if is_new:
            outcome = FetchOutcome.CHANGED if before is not None else FetchOutcome.NEW
            self._report(outcome, replace(found, url=one.url, title=one.name), path, f"附件，所属通知：{found.title}")

    def _previous_attachment(self, url: str, folder: str) -> AddressRecord | None:
        """What the manifest says of an attachment that memory has lost."""
        listed = self.manifest.find_source(url, folder)
        return None if listed is None else AddressRecord(url, "file", sha256=listed.sha256, path=listed.path)

    def _target_folder(self) -> Path:
        return self.raw / self.source.folder_name

    def _used_names(self, folder: Path) -> set[str]:
        """Names that new files must not take; those of files that stand there, and those given in this run."""
        if folder not in self._names_by_folder:
            self._names_by_folder[folder] = set()
            for one in sorted(folder.iterdir()) if folder.is_dir() else []:
                reserve_name(one.name, self._names_by_folder[folder])
        return self._names_by_folder[folder]

    def _save(
        self, folder: Path, wanted: Sequence[str], data: bytes, known: AddressRecord | None, fingerprint: str
    ) -> tuple[str, bool]:
        """Write a file under the first of the wanted names that is free, a changed edition under one with the day.

        Returns its path below raw/, and False where an earlier run left the same there already.
        """
        if known is not None and known.path:
            stem, ending = split_suffix(wanted[0])
            wanted = [safe_name(f"{stem}（{self.today}版）", ending)]
        for name in wanted:
            if self._is_saved(folder / name, data, fingerprint):
                return self._relative_path(folder / name), False
        taken = self._used_names(folder)
        while True:
            free = next((name for name in wanted if is_free_name(name, taken)), None)
            name = free or safe_name(*split_suffix(wanted[0]), taken)
            reserve_name(name, taken)
            try:
                write_new(folder / name, data)
            except FileExistsError:
                # Somebody put it there since the folder was listed.
                continue
            return self._relative_path(folder / name), True

    def _is_saved(self, path: Path, data: bytes, fingerprint: str) -> bool:
        """Whether an earlier run, ended before it could say so, left this very file there."""
        if not path.is_file() or self.manifest.find_path(self._relative_path(path)) is not None:
            return False
        there = path.read_bytes()
        if there == data:
            return True
        return bool(fingerprint) and self._saved_fingerprint(path) == fingerprint

    def _relative_path(self, path: Path) -> str:
        return path.relative_to(self.raw).as_posix()

    def _manifest_entry(self, path: str, found: NoticeLink, url: str, publisher: str, note: str) -> ManifestEntry:
        # Where an earlier run left the file, its bytes are those on the disk.
        return make_entry(
            path,
            (self.raw / path).read_bytes(),
            publisher=self.source.publisher or publisher,
            published=found.published,
            retrieved=self.today,
            source=url,
            note=note,
        )

    def _remember(
        self,
        found: NoticeLink,
        role: str,
        response: Response,
        *,
        path: str = "",
        sha256: str = "",
        fingerprint: str = "",
        title: str = "",
        is_complete: bool = True,
    ) -> None:
        validators = (response.headers.get("etag", ""), response.headers.get("last-modified", ""))
        self.state.keep(
            AddressRecord(
                found.url,
                role,
                *validators,
                sha256=sha256,
                print=fingerprint,
                path=path,
                title=title or found.title,
                changed=found.changed,
                at=response.moved_to,
                checked=self.today if is_complete else "",
            )
        )

    def _remember_file(self, key: str, response: Response, path: str, sha256: str, found: NoticeLink) -> None:
        validators = (response.headers.get("etag", ""), response.headers.get("last-modified", ""))
        self.state.keep(
            AddressRecord(key, "file", *validators, sha256=sha256, path=path, owner=found.url, checked=self.today)
        )

    def _report(
        self,
        outcome: FetchOutcome | FetchFailure,
        found: NoticeLink,
        path: str = "",
        text: str = "",
        *,
        failed: bool = False,
    ) -> None:
        self.on_event(FetchEvent(self.source.name, outcome, found.title, found.url, path, text, failed))


# Names for what is downloaded: what the site, the link and the header call a file, made safe for every system.

_EXTENDED_PARAMETER: Final = re.compile(r"filename\*\s*=\s*\"?([\w-]*)'[^']*'([^;\"]+)", re.IGNORECASE)
_PLAIN_PARAMETER: Final = re.compile(r"filename\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;]+))", re.IGNORECASE)
_NOT_FILES: Final = frozenset({Carrier.HTML, Carrier.XML, Carrier.EMPTY, Carrier.UNKNOWN, Carrier.TEXT, Carrier.OLE})
_SUFFIXES: Final = {Carrier.SEVEN_ZIP: "7z", Carrier.GZIP: "gz", Carrier.BZIP2: "bz2", Carrier.WORD_XML: "xml"}
_CHARSETS: Final = {"gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs"}
_UNLIKELY_CHARACTER: Final = re.compile(r"[^\x20-\x7e·—‘’“”…\u2160-\u217f\u2460-\u24ff\u3000-\u9fff\uff00-\uffef]")
PAGE_SUFFIX: Final = ".html"


def name_from_header(value: str) -> str:
    """The file name of a Content-Disposition header: `filename*`, percent-encoded, raw UTF-8 or GBK, or RFC 2047."""
    starred = _EXTENDED_PARAMETER.search(value)
    if starred:
        return _base_name(_decode_name(unquote_to_bytes(starred[2].strip()), starred[1]))
    plain = _PLAIN_PARAMETER.search(value)
    if not plain:
        return ""
    text = (re.sub(r"\\(.)", r"\1", plain[1]) if plain[1] is not None else plain[2]).strip()
    if text.startswith("=?"):
        try:
            return _base_name(str(make_header(decode_header(text))))
        except (HeaderParseError, LookupError, UnicodeError):
            return ""
    try:
        # Headers that are neither ASCII nor UTF-8 come as Latin-1, byte for byte.
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        raw = text.encode()
    return _base_name(_decode_name(unquote_to_bytes(raw)))


def attachment_names(one: Attachment, data: bytes, header: str) -> list[str]:
    """Safe names for an attachment, best first; none for what neither name nor content tells to be a document.

    The reader of saved pages looks for files by the link's text or address, so these come first where it will look;
    otherwise the header's name does.
    """
    in_address = PurePosixPath(urlsplit(one.url).path).name
    ending = PurePosixPath(unquote(in_address)).suffix
    looked_for = (one.name, f"{one.name}{ending}", unquote(in_address)) if one.known else ()
    found = [name for name in looked_for if office_suffix(name) and safe_name(*split_suffix(name)) == name]
    named = name_from_header(header)
    address = _decode_name(unquote_to_bytes(in_address))
    best = next((name for name in (named, one.name, address) if office_suffix(name)), named or one.name or address)
    stem, suffix = split_suffix(best) if office_suffix(best) else (best, guess_suffix(data, best))
    if not suffix:
        return found
    return list(dict.fromkeys([*found, safe_name(stem, suffix)]))


def file_title_and_suffix(title: str, data: bytes, header: str, url: str) -> tuple[str, str]:
    """Title and ending of a notice that is a file itself; the ending is empty where nothing tells it."""
    named, address = name_from_header(header), _decode_name(unquote_to_bytes(PurePosixPath(urlsplit(url).path).name))
    by_name = next((split_suffix(name)[1] for name in (named, address, title) if office_suffix(name)), "")
    ending = by_name or guess_suffix(data, address)
    return next(name for name in (title, named, address, "通知") if name).removesuffix(ending), ending


def split_suffix(name: str) -> tuple[str, str]:
    """Stem and ending (with its dot) of a file name."""
    suffix = PurePosixPath(name).suffix
    return name.removesuffix(suffix), suffix


def is_free_name(name: str, taken: set[str]) -> bool:
    """Whether no file system would take the name for one of `taken`."""
    return safe_name(*split_suffix(name), set(taken)) == name


def reserve_name(name: str, taken: set[str]) -> None:
    """Add a name to `taken`."""
    file_name(*split_suffix(name), taken)


def safe_name(stem: str, suffix: str, taken: set[str] | None = None) -> str:
    """A file name that every system takes and no build passes over; never one of `taken`, which is added to."""
    taken = set() if taken is None else taken
    name = file_name(stem, suffix, set(taken))
    return file_name(f"通知 {stem}" if is_ignored(name) else stem, suffix, taken)


def guess_suffix(data: bytes, name: str = "") -> str:
    """The ending that the content asks for, with its dot; empty where it tells nothing."""
    carrier = sniff(data, name)
    return "" if carrier in _NOT_FILES else f".{_SUFFIXES.get(carrier, carrier.value)}"


def office_suffix(name: str) -> str:
    """The ending of a name, without its dot, where it is one that offices hand out."""
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    return ending if ending in vocabulary.toml("webpages")["attachments"] else ""


def _decode_name(raw: bytes, page_info: str = "") -> str:
    """Bytes of a name as text, in the encoding that makes the most Chinese of them.

    The bytes of 通知 in GBK are valid UTF-8, of letters that no name of a file is written in.
    """
    found: list[str] = []
    for encoding in dict.fromkeys([_CHARSETS.get(page_info.lower(), "utf-8"), "utf-8", "gb18030"]):
        try:
            found.append(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    if not found:
        return raw.decode("gb18030", "replace")
    return (
        found[0]
        if page_info.lower() in _CHARSETS
        else max(found, key=lambda text: -len(_UNLIKELY_CHARACTER.findall(text)))
    )


def _base_name(name: str) -> str:
    return re.split(r"[/\\]", name)[-1].strip()
