"""What lies below raw/, and what has to be done about it.

An unchanged file costs one `stat`. Every file that cannot even be opened for reading becomes a `Refused` with a
Chinese reason and remedy; nothing below raw/ is passed over in silence except lock files, hidden files, README
files, the manifest and the list of sources.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from assets.ingest.build_plan import Candidate, Known, Plan, Refused
from assets.ingest.corrections import Register, digest
from assets.ingest.file_names import readable, with_rename_request

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
class _Sorting:
    """The plan while it grows."""

    register: Register
    read: list[Candidate] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unchanged: dict[str, str] = field(default_factory=dict)


def plan(
    raw: Path,
    known: Mapping[str, Known],
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
    grown = _Sorting(register or Register())
    seen: set[str] = set()
    for found in _entries(raw):
        entry = _told_apart(found, seen)
        seen.add(entry.source_path)
        if entry.source_path in waiting:
            if entry.source_path in known:
                grown.unchanged[entry.source_path] = entry.path
            continue
        refusal = entry.refusal or _refusal(entry, max_bytes)
        if refusal is not None:
            refusal = refusal[0], with_rename_request(refusal[1], entry.source_path)
        _sort_in(grown, entry, refusal, None if full else known.get(entry.source_path), version)
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


def _sort_in(
    grown: _Sorting, entry: _Entry, refusal: tuple[str, str] | None, known: Known | None, version: str
) -> None:
    size, mtime_ns = (entry.info.st_size, entry.info.st_mtime_ns) if entry.info else (0, 0)
    same_stat = known is not None and (known.bytes, known.mtime_ns) == (size, mtime_ns)
    if refusal is None:
        corrections = grown.register.of(entry.source_path)
        same_reading = (
            known is not None
            and known.sha256 is not None
            and known.extractor_version == version
            and known.corrections == digest(corrections)
        )
        if same_reading and same_stat:
            grown.unchanged[entry.source_path] = entry.path
            return
        try:
            sha256 = sha256_of(Path(entry.path))
        except OSError as error:
            refusal = _why_unopened(error)
        else:
            if same_reading and known is not None and known.sha256 == sha256:
                grown.unchanged[entry.source_path] = entry.path
            else:
                grown.read.append(Candidate(entry.source_path, entry.path, size, mtime_ns, sha256, corrections))
            return
    if known is not None and same_stat and known.sha256 is None and (known.reason, known.remedy) == refusal:
        grown.unchanged[entry.source_path] = entry.path
        return
    grown.refused.append(Refused(entry.source_path, size, mtime_ns, *refusal))


def _reconsider(
    grown: _Sorting, known: Mapping[str, Known], removed: Iterable[str], inside: Mapping[str, str | None]
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
    doubtful |= _pages_to_read_again(grown, known, moved)
    read, unchanged = list(grown.read), [p for p, container in inside.items() if container not in doubtful]
    for source_path, path in grown.unchanged.items():
        row = known[source_path]
        if source_path in doubtful and row.sha256 is not None:
            corrections = grown.register.of(source_path)
            read.append(Candidate(source_path, path, row.bytes, row.mtime_ns, row.sha256, corrections))
        else:
            unchanged.append(source_path)
    return sorted(read, key=lambda c: c.source_path), unchanged


def _pages_to_read_again(grown: _Sorting, known: Mapping[str, Known], moved: Iterable[str]) -> set[str]:
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


def listing(raw: Path) -> dict[str, tuple[int, int]]:
    """Size and time stamp (bytes, nanoseconds) of every file below `raw` that a build would look at, by source path.

    A file that cannot be looked at has the size -1.
    """
    seen: dict[str, tuple[int, int]] = {}
    for found in _entries(raw):
        entry = _told_apart(found, seen)
        seen[entry.source_path] = (entry.info.st_size, entry.info.st_mtime_ns) if entry.info else (-1, 0)
    return seen


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, read in blocks. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(MIB):
            digest.update(block)
    return digest.hexdigest()


def _entries(raw: Path) -> list[_Entry]:
    """Every entry below `raw` that deserves a row, sorted by source path."""
    root = str(raw.resolve())
    return sorted(_walk(root, root), key=lambda entry: (entry.source_path, entry.path))


def _walk(folder: str, root: str) -> Iterator[_Entry]:
    try:
        with os.scandir(folder) as scan:
            found = list(scan)
    except OSError as error:
        yield _Entry(_source_path(folder, root), folder, None, _why_unopened(error, folder=True))
        return
    for item in found:
        if is_ignored(item.name):
            continue
        if item.is_symlink():
            yield from _follow(item.path, root)
        elif item.is_dir(follow_symlinks=False):
            yield from _walk(item.path, root)
        else:
            yield _looked_at(item.path, root)


def _follow(path: str, root: str) -> Iterator[_Entry]:
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
        yield _looked_at(path, root)


def _looked_at(path: str, root: str) -> _Entry:
    source_path = _source_path(path, root)
    try:
        # Not what the listing of the folder says: on Windows that may be old.
        return _Entry(source_path, path, os.stat(path))  # noqa: PTH116
    except OSError as error:
        return _Entry(source_path, path, None, _why_unopened(error))


def is_ignored(name: str) -> bool:
    """Whether a build passes over entries of this name."""
    lowered = name.lower()
    return lowered in IGNORED_NAMES or lowered.startswith(IGNORED_PREFIXES) or lowered.endswith(IGNORED_SUFFIXES)


def _source_path(path: str, root: str) -> str:
    """The path below raw/ in NFC with forward slashes; each name that is not UTF-8 is read as GB18030."""
    below = path[len(root) :].lstrip(os.sep).replace(os.sep, "/") or "."
    # Part by part: a folder from Windows may hold files that were named here.
    return "/".join(readable(part) for part in below.split("/"))


def _told_apart(entry: _Entry, seen: Collection[str]) -> _Entry:
    """Two names that differ in their encoding or composition only would be one source path: the second is refused."""
    if entry.source_path not in seen:
        return entry
    other = next(name for n in range(2, len(seen) + 3) if (name := f"{entry.source_path}（{n}）") not in seen)
    refusal = "与同一文件夹中另一文件的名称只差字符编码写法，无法区分", "请给其中一个文件改名后再运行"
    return _Entry(other, entry.path, entry.info, refusal)


def _refusal(entry: _Entry, max_bytes: int) -> tuple[str, str] | None:
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


def _why_unopened(error: OSError, *, folder: bool = False) -> tuple[str, str]:
    what = "文件夹" if folder else "文件"
    if isinstance(error, PermissionError):
        return f"没有读取该{what}的权限", f"请给当前用户授予该{what}的读取权限后再运行"
    if isinstance(error, FileNotFoundError):
        return f"{what}在构建期间消失", "请确认文件已放好后再运行"
    return (
        f"{what}无法打开（{error.strerror or type(error).__name__}）",
        "请检查磁盘与文件是否完好，必要时重新复制该文件",
    )
