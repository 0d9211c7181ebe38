"""Download one notice into raw/: its page and its attachments as files of their own; existing files are kept."""

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
from extractors.readers.format_words import format_words
from extractors.readers.sniff import FileFormat, detect_format
from warehouse.filenames import file_name

PAGE_TYPES = ("text/html", "application/xhtml+xml")
MAX_ATTACHMENTS = 100
_EXTENDED_PARAMETER: Final = re.compile(r"filename\*\s*=\s*\"?([\w-]*)'[^']*'([^;\"]+)", re.IGNORECASE)
_PLAIN_PARAMETER: Final = re.compile(r"filename\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;]+))", re.IGNORECASE)
_NOT_FILES: Final = frozenset(
    {FileFormat.HTML, FileFormat.XML, FileFormat.EMPTY, FileFormat.UNKNOWN, FileFormat.TEXT, FileFormat.OLE}
)
_SUFFIXES: Final = {
    FileFormat.SEVEN_ZIP: "7z",
    FileFormat.GZIP: "gz",
    FileFormat.BZIP2: "bz2",
    FileFormat.WORD_XML: "xml",
}
_CHARSETS: Final = {"gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs"}
_UNLIKELY_CHARACTER: Final = re.compile(r"[^\x20-\x7e·—‘’“”…\u2160-\u217f\u2460-\u24ff\u3000-\u9fff\uff00-\uffef]")
PAGE_SUFFIX: Final = ".html"


@dataclass(slots=True)
class Downloader:
    """Downloads the notices of one source; `today` is an ISO date, `on_event` receives the events as they come."""

    source: Source
    raw: Path
    client: SourceClient
    state: SourceMemory
    manifest: Manifest
    today: str
    on_event: Callable[[FetchEvent], None]
    _names_by_folder: dict[Path, set[str]] = field(default_factory=dict)

    def download(self, link: NoticeLink) -> None:
        """Download a notice that is new or due for a recheck, with its attachments, and report the outcome.

        Raises:
            FetchError: The page could not be fetched.
            OSError: A file could not be written.
            ManifestError: The manifest could not be written.
        """
        record = self._find_record(link.url)
        was_saved = record is not None and bool(record.path)
        response = (
            self.client.get(link.url, etag=record.etag, modified=record.modified) if record and was_saved else None
        )
        response = response or self.client.get(link.url)
        if record is not None and response.moved_to and response.moved_to != record.at:
            self._report(FetchOutcome.MOVED, link, text=f"网页已迁移到 {response.moved_to}，请核对来源中的网址")
        if response.data is None and record is not None:
            self._report(FetchOutcome.SAME, link, record.path)
            today = self.today if self._recheck_attachments(link, record) else ""
            self.state.store(replace(record, checked=today, gone=False, at=response.moved_to, changed=link.changed))
        elif not response.data:
            raise FetchError(FetchFailure.UNFIT, "网页是空的")
        elif self._is_page(response, response.data):
            self._take_page(link, record, response, response.data)
        else:
            self._take_file(link, record, response, response.data)

    def _find_record(self, url: str) -> AddressRecord | None:
        """Return the record of an address; without one, rebuild it from the manifest and the file."""
        record = self.state.get(url)
        if record is not None or (listed := self.manifest.find_source(url)) is None:
            return record
        there = self.raw / listed.path
        fingerprint = ""
        if there.suffix == PAGE_SUFFIX and there.is_file():
            fingerprint = self._saved_fingerprint(there)
        return AddressRecord(url, "notice", sha256=listed.sha256, print=fingerprint, path=listed.path)

    def _is_page(self, response: Response, data: bytes) -> bool:
        if "attachment" in response.headers.get("content-disposition", "").lower():
            return False
        return detect_format(data, "x.html") is FileFormat.HTML or response.content_type in PAGE_TYPES

    def _parse_notice(self, data: bytes, url: str, declared: str | None, link: NoticeLink) -> NoticePage:
        return parse_notice(data, url, self.source.encoding or declared, link)

    def _take_page(self, link: NoticeLink, record: AddressRecord | None, response: Response, data: bytes) -> None:
        page_info = self._parse_notice(
            data, response.url, parse_charset(response.headers.get("content-type", "")), link
        )
        wanted = self.source.wants(page_info.title) or self.source.wants(link.title or page_info.title)
        if not wanted or not self.source.is_recent(page_info.published):
            self._remember(link, "passed", response, fingerprint=self.source.rules_key, title=page_info.title)
            self._report(FetchOutcome.PASSED, replace(link, title=page_info.title))
            return
        if page_info.is_blank:
            raise FetchError(
                FetchFailure.UNFIT, "网页上没有内容，可能由脚本生成或须输入验证码，未保存；请用浏览器打开后人工保存"
            )
        link = replace(link, title=page_info.title, published=page_info.published)
        is_unchanged = record is not None and record.print == page_info.print and bool(record.path)
        if record is not None and is_unchanged:
            self._report(FetchOutcome.SAME, link, record.path)
            is_complete = self._take_attachments(link, page_info, record.path)
            self._remember(
                link,
                "notice",
                response,
                path=record.path,
                sha256=record.sha256,
                fingerprint=page_info.print,
                is_complete=is_complete,
            )
            return
        same = next(
            (other for other in self.state if other.print == page_info.print and other.title == link.title),
            None,
        )
        if same is not None and same.url != link.url and same.path and not (record and record.path):
            self._remember(link, "notice", response, path=same.path, sha256=same.sha256, fingerprint=page_info.print)
            self._report(FetchOutcome.REPEATED, link, same.path)
            return
        name = safe_name(link.title or "通知", PAGE_SUFFIX)
        path, is_new = self._save(self._target_folder(), [name], data, record, page_info.print)
        note = f"标题：{link.title}；{KIND_LABELS[self.source.kind]}来源“{self.source.name}”；发布日期为网页所标"
        rows = [self._manifest_entry(path, link, link.url, page_info.publisher, note)]
        self.manifest.add(rows)
        if is_new:
            self._report(FetchOutcome.CHANGED if record and record.path else FetchOutcome.NEW, link, path)
        is_complete = self._take_attachments(link, page_info, path)
        self._remember(
            link,
            "notice",
            response,
            path=path,
            sha256=rows[0].sha256,
            fingerprint=page_info.print,
            is_complete=is_complete,
        )

    def _take_file(self, link: NoticeLink, record: AddressRecord | None, response: Response, data: bytes) -> None:
        """Save a notice that is a file itself."""
        sha256 = hashlib.sha256(data).hexdigest()
        same = self.manifest.find_content(sha256)
        if record is not None and record.path and record.sha256 == sha256:
            self._remember(link, "notice", response, path=record.path, sha256=sha256)
            self._report(FetchOutcome.SAME, link, record.path)
            return
        if same is not None:
            self._remember(link, "notice", response, path=same.path, sha256=sha256)
            self._report(FetchOutcome.REPEATED, link, same.path)
            return
        title, ending = file_title_and_suffix(
            link.title, data, response.headers.get("content-disposition", ""), response.url
        )
        if not ending:
            raise FetchError(FetchFailure.UNFIT, "既不是网页，也不是能识别的文件，未保存；请用浏览器核对")
        if not self.source.wants(title):
            self._remember(link, "passed", response, fingerprint=self.source.rules_key, title=title)
            self._report(FetchOutcome.PASSED, replace(link, title=title))
            return
        path, _ = self._save(self._target_folder(), [safe_name(title, ending)], data, record, "")
        note = f"标题：{title}；{KIND_LABELS[self.source.kind]}来源“{self.source.name}”；发布日期为网页所标"
        self.manifest.add([self._manifest_entry(path, link, link.url, "", note)])
        self._remember(link, "notice", response, path=path, sha256=sha256, title=title)
        self._report(FetchOutcome.CHANGED if record and record.path else FetchOutcome.NEW, link, path)

    def _recheck_attachments(self, link: NoticeLink, record: AddressRecord) -> bool:
        """Recheck the attachments of a page that has not changed; return False as `_take_attachments` does."""
        page = self.raw / record.path
        if page.suffix != PAGE_SUFFIX or not page.is_file():
            return True
        page_info = self._parse_notice(page.read_bytes(), record.at or link.url, None, link)
        return self._take_attachments(link, page_info, record.path)

    def _saved_fingerprint(self, page: Path) -> str:
        """Return the fingerprint of a saved page, empty for a file that is not a page."""
        try:
            return self._parse_notice(page.read_bytes(), "", None, NoticeLink("", page.stem)).print
        except FetchError:
            return ""

    def _take_attachments(self, link: NoticeLink, page_info: NoticePage, page: str) -> bool:
        """Save the attachments of a page: all of a new version, else those that are missing or changed.

        Returns:
            False if one could not be reached, so that the notice is checked again in the next run.
        """
        if not self.source.attachments:
            return True
        is_complete = True
        for attachment in page_info.attachments[:MAX_ATTACHMENTS]:
            named = replace(link, url=attachment.url, title=attachment.name)
            try:
                self._take_attachment(link, attachment, page)
            except FetchError as error:
                self._report(error.failure, named, text=f"附件未下载：{error}（所属通知：{link.title}）", failed=True)
                if error.failure is FetchFailure.UNREACHABLE:
                    is_complete = False
                    break
        if len(page_info.attachments) > MAX_ATTACHMENTS:
            text = f"附件有 {len(page_info.attachments)} 个，只下载了前 {MAX_ATTACHMENTS} 个"
            self._report(FetchOutcome.LATER, link, page, text, failed=True)
        return is_complete

    def _take_attachment(self, link: NoticeLink, attachment: Attachment, page: str) -> None:
        folder = PurePosixPath(page).with_suffix("").as_posix() + "_files"
        key = f"{attachment.url}#{page}"
        record = self.state.get(key)
        response = self.client.get(
            attachment.url, etag=record.etag if record else "", modified=record.modified if record else ""
        )
        data = response.data
        if data is None and record is not None:
            self.state.touch(record, self.today)
            return
        if not data:
            raise FetchError(FetchFailure.UNFIT, "附件是空的")
        if response.content_type in PAGE_TYPES and detect_format(data, "x.html") is FileFormat.HTML:
            raise FetchError(FetchFailure.UNFIT, "网站给出的是网页而不是文件，可能须登录或已撤下，请用浏览器核对")
        sha256 = hashlib.sha256(data).hexdigest()
        before = record or self._previous_attachment(attachment.url, folder)
        if before is not None and before.sha256 == sha256:
            self._remember_file(key, response, before.path, sha256, link)
            return
        header = response.headers.get("content-disposition", "")
        wanted = attachment_names(attachment, data, header)
        if not wanted:
            raise FetchError(FetchFailure.UNFIT, "不是文档、表格、图片或压缩包，未保存；请用浏览器核对")
        path, is_new = self._save(self.raw / folder, wanted, data, before, "")
        called = name_from_header(header)
        note = f"附件：{attachment.name}" + (
            f"（网站上的文件名 {called}）" if called and called != attachment.name else ""
        )
        note += f"；所属网页 {link.url}"
        if before is not None:
            note += f"；附件的新版，网页未变，原附件为 {before.path}"
        self.manifest.add([self._manifest_entry(path, link, attachment.url, "", note)])
        self._remember_file(key, response, path, sha256, link)
        if is_new:
            outcome = FetchOutcome.CHANGED if before is not None else FetchOutcome.NEW
            self._report(
                outcome,
                replace(link, url=attachment.url, title=attachment.name),
                path,
                f"附件，所属通知：{link.title}",
            )

    def _previous_attachment(self, url: str, folder: str) -> AddressRecord | None:
        """Return a record of an attachment from the manifest, if its own record was lost."""
        listed = self.manifest.find_source(url, folder)
        return None if listed is None else AddressRecord(url, "file", sha256=listed.sha256, path=listed.path)

    def _target_folder(self) -> Path:
        return self.raw / self.source.folder_name

    def _used_names(self, folder: Path) -> set[str]:
        """Return the names that new files must not use: those of existing files and of files of this run."""
        if folder not in self._names_by_folder:
            self._names_by_folder[folder] = set()
            for path in sorted(folder.iterdir()) if folder.is_dir() else []:
                reserve_name(path.name, self._names_by_folder[folder])
        return self._names_by_folder[folder]

    def _save(
        self, folder: Path, wanted: Sequence[str], data: bytes, record: AddressRecord | None, fingerprint: str
    ) -> tuple[str, bool]:
        """Write a file under the first free name, a changed version under a name with the date.

        Returns:
            Its path below raw/, and False if an earlier run has left the same file there.
        """
        if record is not None and record.path:
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
                # The file was created after the folder was listed.
                continue
            return self._relative_path(folder / name), True

    def _is_saved(self, path: Path, data: bytes, fingerprint: str) -> bool:
        """Return whether an earlier run wrote this file but was killed before it could record it."""
        if not path.is_file() or self.manifest.find_path(self._relative_path(path)) is not None:
            return False
        there = path.read_bytes()
        if there == data:
            return True
        return bool(fingerprint) and self._saved_fingerprint(path) == fingerprint

    def _relative_path(self, path: Path) -> str:
        return path.relative_to(self.raw).as_posix()

    def _manifest_entry(self, path: str, link: NoticeLink, url: str, publisher: str, note: str) -> ManifestEntry:
        # If an earlier run has left the file, the bytes on disk count.
        return make_entry(
            path,
            (self.raw / path).read_bytes(),
            publisher=self.source.publisher or publisher,
            published=link.published,
            retrieved=self.today,
            source=url,
            note=note,
        )

    def _remember(
        self,
        link: NoticeLink,
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
        self.state.store(
            AddressRecord(
                link.url,
                role,
                *validators,
                sha256=sha256,
                print=fingerprint,
                path=path,
                title=title or link.title,
                changed=link.changed,
                at=response.moved_to,
                checked=self.today if is_complete else "",
            )
        )

    def _remember_file(self, key: str, response: Response, path: str, sha256: str, link: NoticeLink) -> None:
        validators = (response.headers.get("etag", ""), response.headers.get("last-modified", ""))
        self.state.store(
            AddressRecord(key, "file", *validators, sha256=sha256, path=path, owner=link.url, checked=self.today)
        )

    def _report(
        self,
        outcome: FetchOutcome | FetchFailure,
        link: NoticeLink,
        path: str = "",
        text: str = "",
        *,
        failed: bool = False,
    ) -> None:
        self.on_event(FetchEvent(self.source.name, outcome, link.title, link.url, path, text, failed))


def name_from_header(value: str) -> str:
    """Return the file name in a Content-Disposition header: `filename*`, percent-encoded, UTF-8, GBK or RFC 2047."""
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
        # Headers that are neither ASCII nor UTF-8 are decoded as Latin-1, byte by byte.
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        raw = text.encode()
    return _base_name(_decode_name(unquote_to_bytes(raw)))


def attachment_names(attachment: Attachment, data: bytes, header: str) -> list[str]:
    """Return safe names for an attachment, best first; none if neither name nor content identifies a document.

    The reader of saved pages finds files by the text or address of the link, so these come first where it will look
    for them; otherwise the name of the header does.
    """
    in_address = PurePosixPath(urlsplit(attachment.url).path).name
    ending = PurePosixPath(unquote(in_address)).suffix
    looked_for = (attachment.name, f"{attachment.name}{ending}", unquote(in_address)) if attachment.known else ()
    names = [name for name in looked_for if office_suffix(name) and safe_name(*split_suffix(name)) == name]
    named = name_from_header(header)
    address = _decode_name(unquote_to_bytes(in_address))
    best = next(
        (name for name in (named, attachment.name, address) if office_suffix(name)), named or attachment.name or address
    )
    stem, suffix = split_suffix(best) if office_suffix(best) else (best, guess_suffix(data, best))
    if not suffix:
        return names
    return list(dict.fromkeys([*names, safe_name(stem, suffix)]))


def file_title_and_suffix(title: str, data: bytes, header: str, url: str) -> tuple[str, str]:
    """Return title and suffix of a notice that is a file itself; the suffix is empty where it is unknown."""
    named, address = name_from_header(header), _decode_name(unquote_to_bytes(PurePosixPath(urlsplit(url).path).name))
    by_name = next((split_suffix(name)[1] for name in (named, address, title) if office_suffix(name)), "")
    ending = by_name or guess_suffix(data, address)
    return next(name for name in (title, named, address, "通知") if name).removesuffix(ending), ending


def split_suffix(name: str) -> tuple[str, str]:
    """Split a file name into stem and suffix (with its dot)."""
    suffix = PurePosixPath(name).suffix
    return name.removesuffix(suffix), suffix


def is_free_name(name: str, taken: set[str]) -> bool:
    """Return whether no file system treats the name as equal to one of `taken`."""
    return safe_name(*split_suffix(name), set(taken)) == name


def reserve_name(name: str, taken: set[str]) -> None:
    """Add a name to `taken`."""
    file_name(*split_suffix(name), taken)


def safe_name(stem: str, suffix: str, taken: set[str] | None = None) -> str:
    """Return a file name that every system accepts and no build ignores.

    It is never one of `taken`, and is added to it.
    """
    taken = set() if taken is None else taken
    name = file_name(stem, suffix, set(taken))
    return file_name(f"通知 {stem}" if is_ignored(name) else stem, suffix, taken)


def guess_suffix(data: bytes, name: str = "") -> str:
    """Return the suffix (with its dot) that fits the content; empty where the format is unknown."""
    file_format = detect_format(data, name)
    return "" if file_format in _NOT_FILES else f".{_SUFFIXES.get(file_format, file_format.value)}"


def office_suffix(name: str) -> str:
    """Return the suffix of a name, without its dot, if it is one of documents; otherwise an empty string."""
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    return ending if ending in format_words("webpages")["attachments"] else ""


def _decode_name(raw: bytes, declared: str = "") -> str:
    """Decode the bytes of a name in the encoding that gives the most Chinese characters.

    The bytes of 通知 in GBK are valid UTF-8, but of letters that do not occur in file names.
    """
    decoded: list[str] = []
    for encoding in dict.fromkeys([_CHARSETS.get(declared.lower(), "utf-8"), "utf-8", "gb18030"]):
        try:
            decoded.append(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    if not decoded:
        return raw.decode("gb18030", "replace")
    return (
        decoded[0]
        if declared.lower() in _CHARSETS
        else max(decoded, key=lambda text: -len(_UNLIKELY_CHARACTER.findall(text)))
    )


def _base_name(name: str) -> str:
    return re.split(r"[/\\]", name)[-1].strip()
