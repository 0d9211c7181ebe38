"""What lies below raw/, and what has to be done about it.

An unchanged file costs one `stat`. Every file that cannot even be opened for reading becomes a `Refused` with a
Chinese reason and remedy; nothing below raw/ is passed over in silence except lock files, hidden files, README
files, the manifest and the list of sources."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from assets.ingest.build_plan import Candidate, Plan, PublishedFile, RefusedFile
from assets.ingest.decisions import Register, corrections_digest
from extractors.body.redaction import redact_path

IGNORED_NAMES = frozenset({"manifest.csv", "sources.toml", "thumbs.db", "desktop.ini"})
IGNORED_PREFIXES = (".", "~$", "readme")
IGNORED_SUFFIXES = (".tmp", "~")
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class _Entry:
    """A directory entry worth a row: its name, its place, and the refusal where looking at it failed."""

    source_path: str
    path: str
    """As the system names it: one object of pathlib each would be most of the cost of a look at ten thousand files."""
    info: os.stat_result | None
    refusal: tuple[str, str] | None = None


@dataclass(slots=True)
class _PlanBuilder:
    """The plan while it grows."""

    register: Register
    read: list[Candidate] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    unchanged: dict[str, str] = field(default_factory=dict)


def make_plan(
    raw: Path,
    known: Mapping[str, PublishedFile],
    *,
    version: str,
    max_bytes: int,
    full: bool = False,
    register: Register | None = None,
    waiting: Collection[str] = (),
) -> Plan:
    """Compare the files below `raw` with what is published.

    Args:
        raw: the folder of published notices.
        known: published files by source path.
        version: the extractor version; a file read by another one is read again.
        max_bytes: larger files are refused.
        full: read every file again, changed or not.
        register: the corrections of people; a file whose corrections changed is read again.
        waiting: source paths of files that are still being written: what is published of them stays as it is.
    """
    grown = _PlanBuilder(register or Register())
    seen: set[str] = set()
    for found in _list_entries(raw):
        entry = _deduplicate_name(found, seen)
        seen.add(entry.source_path)
        if entry.source_path in waiting:
            if entry.source_path in known:
                grown.unchanged[entry.source_path] = entry.path
            continue
        refusal = entry.refusal or _refusal_reason(entry, max_bytes)
        if refusal is not None:
            refusal = refusal[0], add_rename_request(refusal[1], entry.source_path)
        _classify(grown, entry, refusal, None if full else known.get(entry.source_path), version)
    # An attachment of a page is a file of its own below raw/ and stands there as the page's duplicate.
    inside = {
        p: row.container
        for p, row in known.items()
        if row.container in grown.unchanged and row.container != row.duplicate_of
    }
    removed = set(known) - seen - set(inside)
    read, unchanged = _reconsider(grown, known, removed, inside)
    again = {candidate.source_path for candidate in read}
    removed |= {source_path for source_path, container in inside.items() if container in again}
    return Plan(tuple(read), tuple(grown.refused), tuple(sorted(removed)), tuple(unchanged))


def _classify(
    grown: _PlanBuilder, entry: _Entry, refusal: tuple[str, str] | None, known: PublishedFile | None, version: str
) -> None:
    size, mtime_ns = (entry.info.st_size, entry.info.st_mtime_ns) if entry.info else (0, 0)
    same_stat = known is not None and (known.bytes, known.mtime_ns) == (size, mtime_ns)
    if refusal is None:
        corrections = grown.register.of(entry.source_path)
        same_reading = (
            known is not None
            and known.sha256 is not None
            and known.extractor_version == version
            and known.corrections == corrections_digest(corrections)
        )
        if same_reading and same_stat:
            grown.unchanged[entry.source_path] = entry.path
            return
        try:
            sha256 = hash_file(Path(entry.path))
        except OSError as error:
            refusal = _open_failure(error)
        else:
            if same_reading and known is not None and known.sha256 == sha256:
                grown.unchanged[entry.source_path] = entry.path
            else:
                grown.read.append(Candidate(entry.source_path, entry.path, size, mtime_ns, sha256, corrections))
            return
    if known is not None and same_stat and known.sha256 is None and (known.reason, known.remedy) == refusal:
        grown.unchanged[entry.source_path] = entry.path
        return
    grown.refused.append(RefusedFile(entry.source_path, size, mtime_ns, *refusal))


def _reconsider(
    grown: _PlanBuilder, known: Mapping[str, PublishedFile], removed: Iterable[str], inside: Mapping[str, str | None]
) -> tuple[list[Candidate], list[str]]:
    """Move unchanged duplicates to the files to read where the file they repeat is gone or may say something else.

    `inside` gives the members of unchanged archives with their archive, which is read again for any of them.
    """
    moved = {*removed, *(c.source_path for c in grown.read), *(r.source_path for r in grown.refused)}
    doubtful = set()
    for source_path in (*grown.unchanged, *inside):
        row = known[source_path]
        if row.status == "duplicate" and (row.duplicate_of in moved or row.duplicate_of not in known):
            doubtful.add(inside.get(source_path) or source_path)
    doubtful |= _pages_with_changed_attachments(grown, known, moved)
    read, unchanged = list(grown.read), [p for p, container in inside.items() if container not in doubtful]
    for source_path, path in grown.unchanged.items():
        row = known[source_path]
        if source_path in doubtful and row.sha256 is not None:
            corrections = grown.register.of(source_path)
            read.append(Candidate(source_path, path, row.bytes, row.mtime_ns, row.sha256, corrections))
        else:
            unchanged.append(source_path)
    return sorted(read, key=lambda c: c.source_path), unchanged


def _pages_with_changed_attachments(
    grown: _PlanBuilder, known: Mapping[str, PublishedFile], moved: Iterable[str]
) -> set[str]:
    """Unchanged pages whose attachments changed, went or may have come."""
    pages = {row.container for p in moved if (row := known.get(p)) is not None and row.container in grown.unchanged}
    came = {str(PurePosixPath(c.source_path).parent) for c in grown.read if c.source_path not in known}
    for source_path in grown.unchanged if came else ():
        if known[source_path].wants_attachments:
            page = PurePosixPath(source_path)
            folders = (page.parent, page.parent / f"{page.stem}_files", page.parent / f"{page.stem}.files")
            if any(str(folder) in came for folder in folders):
                pages.add(source_path)
    return {page for page in pages if page is not None}


def list_files(raw: Path) -> dict[str, tuple[int, int]]:
    """Size and time stamp (bytes, nanoseconds) of every file below `raw` that a build would look at, by source path.

    A file that cannot be looked at has the size -1.
    """
    seen: dict[str, tuple[int, int]] = {}
    for found in _list_entries(raw):
        entry = _deduplicate_name(found, seen)
        seen[entry.source_path] = (entry.info.st_size, entry.info.st_mtime_ns) if entry.info else (-1, 0)
    return seen


def hash_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, read in blocks. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(MIB):
            digest.update(block)
    return digest.hexdigest()


def _list_entries(raw: Path) -> list[_Entry]:
    """Every entry below `raw` that deserves a row, sorted by source path."""
    root = str(raw.resolve())
    return sorted(_walk(root, root), key=lambda entry: (entry.source_path, entry.path))


def _walk(folder: str, root: str) -> Iterator[_Entry]:
    try:
        with os.scandir(folder) as scan:
            found = list(scan)
    except OSError as error:
        yield _Entry(_source_path(folder, root), folder, None, _open_failure(error, folder=True))
        return
    for item in found:
        if is_ignored(item.name):
            continue
        if item.is_symlink():
            yield from _follow_link(item.path, root)
        elif item.is_dir(follow_symlinks=False):
            yield from _walk(item.path, root)
        else:
            yield _stat_entry(item.path, root)


def _follow_link(path: str, root: str) -> Iterator[_Entry]:
    """A link that stays inside raw/ is the file it points to; a folder linked there is listed under its own name."""
    source_path = _source_path(path, root)
    try:
        target = Path(path).resolve(strict=True)
    except (OSError, RuntimeError):
        yield _Entry(
            source_path, path, None, ("这是一个失效的链接，所指文件不存在", "请删除该链接，或把原文件复制到 raw 文件夹")
        )
        return
    if not target.is_relative_to(root):
        reason, remedy = "这是一个指向 raw 文件夹之外的链接，出于安全不予读取", "请把原文件复制到 raw 文件夹"
        yield _Entry(source_path, path, None, (reason, remedy))
    elif not target.is_dir():
        yield _stat_entry(path, root)


def _stat_entry(path: str, root: str) -> _Entry:
    source_path = _source_path(path, root)
    try:
        # Not what the listing of the folder says: on Windows that may be old.
        return _Entry(source_path, path, os.stat(path))  # noqa: PTH116
    except OSError as error:
        return _Entry(source_path, path, None, _open_failure(error))


def is_ignored(name: str) -> bool:
    """Whether a build passes over entries of this name."""
    lowered = name.lower()
    return lowered in IGNORED_NAMES or lowered.startswith(IGNORED_PREFIXES) or lowered.endswith(IGNORED_SUFFIXES)


def _source_path(path: str, root: str) -> str:
    """The path below raw/ in NFC with forward slashes; each name that is not UTF-8 is read as GB18030."""
    below = path[len(root) :].lstrip(os.sep).replace(os.sep, "/") or "."
    # Part by part: a folder from Windows may hold files that were named here.
    return "/".join(decode_name(part) for part in below.split("/"))


def _deduplicate_name(entry: _Entry, seen: Collection[str]) -> _Entry:
    """Two names that differ in their encoding or composition only would be one source path: the second is refused."""
    if entry.source_path not in seen:
        return entry
    other = next(name for n in range(2, len(seen) + 3) if (name := f"{entry.source_path}（{n}）") not in seen)
    refusal = "与同一文件夹中另一文件的名称只差字符编码写法，无法区分", "请给其中一个文件改名后再运行"
    return _Entry(other, entry.path, entry.info, refusal)


def _refusal_reason(entry: _Entry, max_bytes: int) -> tuple[str, str] | None:
    """Why a file is not even opened. What its name and content are good for is the readers' business."""
    if entry.info is None:
        return "文件无法访问", "请检查文件后再运行"
    if not stat.S_ISREG(entry.info.st_mode):
        return "不是普通文件（设备、管道或套接字）", "请从 raw 文件夹中移走"
    if entry.info.st_size > max_bytes:
        size, limit = entry.info.st_size / MIB, max_bytes / MIB
        return (
            f"文件过大（{size:.1f} MB），超过上限 {limit:g} MB",
            "请拆分文件或压缩其中图片；确需读取时用环境变量 WENMING_MAX_MB 调高上限",
        )
    return None


def _open_failure(error: OSError, *, folder: bool = False) -> tuple[str, str]:
    what = "文件夹" if folder else "文件"
    if isinstance(error, PermissionError):
        return f"没有读取该{what}的权限", f"请给当前用户授予该{what}的读取权限后再运行"
    if isinstance(error, FileNotFoundError):
        return f"{what}在构建期间消失", "请确认文件已放好后再运行"
    return (
        f"{what}无法打开（{error.strerror or type(error).__name__}）",
        "请检查磁盘与文件是否完好，必要时重新复制该文件",
    )


# Decode file names: those on disk need not be UTF-8, those in the warehouse always are.

RENAME_REQUEST: Final = "文件名（或所在文件夹名）中有电话号码等联系方式，请改名"

_LAST_LATIN: Final = "\u024f"
_FIRST_OF_THREE_BYTES: Final = "\u0800"


def decode_name(name: str) -> str:
    """Decode one path component to NFC text: UTF-8, else GB18030, else invalid bytes as %FF."""
    if name.isascii():
        return name
    return unicodedata.normalize("NFC", _decode_bytes(os.fsencode(name)))


def _decode_bytes(raw: bytes) -> str:
    with suppress(UnicodeDecodeError):
        text = raw.decode("utf-8")
        # 页 in GBK is valid UTF-8 as well, but of letters that no Chinese name has.
        if max(text) >= _FIRST_OF_THREE_BYTES or max(text) <= _LAST_LATIN:
            return text
        with suppress(UnicodeDecodeError):
            return raw.decode("gb2312")
        return text
    with suppress(UnicodeDecodeError):
        return raw.decode("gb18030")
    text = raw.decode("utf-8", "surrogateescape")
    return "".join(f"%{ord(char) - 0xDC00:02X}" if "\udc80" <= char <= "\udcff" else char for char in text)


def add_rename_request(remedy: str, source_path: str) -> str:
    """Append the request to rename the file to a remedy if its name contains contact data."""
    return remedy if redact_path(source_path) == source_path else f"{remedy}；{RENAME_REQUEST}"


def find_file(folder: Path, path: str) -> Path | None:
    """Return the file whose decoded path below `folder` is `path`, or None. Raises OSError, ValueError."""
    direct = folder / path
    if direct.is_file():
        return direct
    found = folder
    for part in path.split("/"):
        wanted = unicodedata.normalize("NFC", part)
        names = sorted(name for name in os.listdir(found) if decode_name(name) == wanted)  # noqa: PTH208
        if not names:
            return None
        found /= names[0]
    return found if found.is_file() else None
