"""List the files below raw/ and plan what a build does with each of them.

An unchanged file costs one `stat`. Every file that cannot be opened becomes a `RefusedFile` with a Chinese reason and
remedy; only lock files, hidden files, README files, the manifest and the list of sources are skipped silently.

Names on disk need not be UTF-8, source paths always are. A zip from a Chinese Windows, or a share of one, leaves names
in GBK; Python shows their bytes as lone surrogates, which neither a database nor a UTF-8 file accepts.
"""

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
from assets.ingest.decisions import Register
from extractors.body.redaction import redact_path

IGNORED_NAMES = frozenset({"manifest.csv", "sources.toml", "thumbs.db", "desktop.ini"})
IGNORED_PREFIXES = (".", "~$", "readme")
IGNORED_SUFFIXES = (".tmp", "~")
MIB = 1 << 20
RENAME_REQUEST: Final = "文件名（或所在文件夹名）中有电话号码等联系方式，请改名"

_LAST_LATIN: Final = "\u024f"
_FIRST_OF_THREE_BYTES: Final = "\u0800"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A directory entry that gets a row, with its `stat` or the reason why that failed."""

    source_path: str
    path: str
    """A string: creating one pathlib object each would be most of the cost of listing ten thousand files."""
    info: os.stat_result | None
    refusal: tuple[str, str] | None = None


@dataclass(slots=True)
class _PlanBuilder:
    """The plan under construction."""

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
    """Compare the files below `raw` with the published files.

    Args:
        raw: The folder of original notices.
        known: Published files by source path.
        version: The extractor version; a file read by another version is read again.
        max_bytes: Larger files are refused.
        full: Read every file again, changed or not.
        register: The decisions of people; a file whose corrections or confirmed layouts changed is read again.
        waiting: Source paths of files that are still being written; they stay as published.
    """
    builder = _PlanBuilder(register or Register())
    taken_paths: set[str] = set()
    for listed in _list_entries(raw):
        entry = _deduplicate_name(listed, taken_paths)
        taken_paths.add(entry.source_path)
        if entry.source_path in waiting:
            if entry.source_path in known:
                builder.unchanged[entry.source_path] = entry.path
            continue
        refusal = entry.refusal or _refusal_reason(entry, max_bytes)
        if refusal is not None:
            refusal = refusal[0], add_rename_request(refusal[1], entry.source_path)
        _classify(builder, entry, refusal, None if full else known.get(entry.source_path), version)
    # An attachment of a page is a file of its own below raw/, listed as a duplicate of the page.
    inside = {
        p: row.container
        for p, row in known.items()
        if row.container in builder.unchanged and row.container != row.duplicate_of
    }
    removed = set(known) - taken_paths - set(inside)
    read, unchanged = _reconsider(builder, known, removed, inside)
    again = {candidate.source_path for candidate in read}
    removed |= {source_path for source_path, container in inside.items() if container in again}
    return Plan(tuple(read), tuple(builder.refused), tuple(sorted(removed)), tuple(unchanged))


def _classify(
    builder: _PlanBuilder, entry: _Entry, refusal: tuple[str, str] | None, known: PublishedFile | None, version: str
) -> None:
    size, mtime_ns = (entry.info.st_size, entry.info.st_mtime_ns) if entry.info else (0, 0)
    same_stat = known is not None and (known.bytes, known.mtime_ns) == (size, mtime_ns)
    if refusal is None:
        corrections = builder.register.for_file(entry.source_path)
        same_reading = (
            known is not None
            and known.sha256 is not None
            and known.extractor_version == version
            and known.corrections == builder.register.digest_for(known)
        )
        if same_reading and same_stat:
            builder.unchanged[entry.source_path] = entry.path
            return
        try:
            sha256 = hash_file(Path(entry.path))
        except OSError as error:
            refusal = _open_failure(error)
        else:
            if same_reading and known is not None and known.sha256 == sha256:
                builder.unchanged[entry.source_path] = entry.path
            else:
                builder.read.append(Candidate(entry.source_path, entry.path, size, mtime_ns, sha256, corrections))
            return
    if known is not None and same_stat and known.sha256 is None and (known.reason, known.remedy) == refusal:
        builder.unchanged[entry.source_path] = entry.path
        return
    builder.refused.append(RefusedFile(entry.source_path, size, mtime_ns, *refusal))


def _reconsider(
    builder: _PlanBuilder, known: Mapping[str, PublishedFile], removed: Iterable[str], inside: Mapping[str, str | None]
) -> tuple[list[Candidate], list[str]]:
    """Read unchanged duplicates again if the file they repeat is gone or may have changed.

    `inside` maps the members of unchanged archives to their archive, which is read again for any of them, also where
    the confirmed layouts of a member changed.
    """
    moved = {*removed, *(c.source_path for c in builder.read), *(r.source_path for r in builder.refused)}
    doubtful = set()
    for source_path in (*builder.unchanged, *inside):
        row = known[source_path]
        if row.status == "duplicate" and (row.duplicate_of in moved or row.duplicate_of not in known):
            doubtful.add(inside.get(source_path) or source_path)
    doubtful |= _pages_with_changed_attachments(builder, known, moved)
    doubtful |= {
        container
        for source_path, container in inside.items()
        if container is not None and known[source_path].corrections != builder.register.digest_for(known[source_path])
    }
    read, unchanged = list(builder.read), [p for p, container in inside.items() if container not in doubtful]
    for source_path, path in builder.unchanged.items():
        row = known[source_path]
        if source_path in doubtful and row.sha256 is not None:
            corrections = builder.register.for_file(source_path)
            read.append(Candidate(source_path, path, row.bytes, row.mtime_ns, row.sha256, corrections))
        else:
            unchanged.append(source_path)
    return sorted(read, key=lambda c: c.source_path), unchanged


def _pages_with_changed_attachments(
    builder: _PlanBuilder, known: Mapping[str, PublishedFile], moved: Iterable[str]
) -> set[str]:
    """Return unchanged pages whose attachments were changed, removed or possibly added."""
    pages = {row.container for p in moved if (row := known.get(p)) is not None and row.container in builder.unchanged}
    added_folders = {str(PurePosixPath(c.source_path).parent) for c in builder.read if c.source_path not in known}
    for source_path in builder.unchanged if added_folders else ():
        if known[source_path].wants_attachments:
            page = PurePosixPath(source_path)
            folders = (page.parent, page.parent / f"{page.stem}_files", page.parent / f"{page.stem}.files")
            if any(str(folder) in added_folders for folder in folders):
                pages.add(source_path)
    return {page for page in pages if page is not None}


def list_files(raw: Path) -> dict[str, tuple[int, int]]:
    """Return size (bytes) and time stamp (nanoseconds) of every file that a build considers, by source path.

    A file whose `stat` fails has the size -1.
    """
    files: dict[str, tuple[int, int]] = {}
    for listed in _list_entries(raw):
        entry = _deduplicate_name(listed, files)
        files[entry.source_path] = (entry.info.st_size, entry.info.st_mtime_ns) if entry.info else (-1, 0)
    return files


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, read in blocks. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(MIB):
            digest.update(block)
    return digest.hexdigest()


def _list_entries(raw: Path) -> list[_Entry]:
    """Return every entry below `raw` that gets a row, sorted by source path."""
    root = str(raw.resolve())
    return sorted(_walk(root, root), key=lambda entry: (entry.source_path, entry.path))


def _walk(folder: str, root: str) -> Iterator[_Entry]:
    try:
        with os.scandir(folder) as scan:
            items = list(scan)
    except OSError as error:
        yield _Entry(_source_path(folder, root), folder, None, _open_failure(error, folder=True))
        return
    for item in items:
        if is_ignored(item.name):
            continue
        if item.is_symlink():
            yield from _follow_link(item.path, root)
        elif item.is_dir(follow_symlinks=False):
            yield from _walk(item.path, root)
        else:
            yield _stat_entry(item.path, root)


def _follow_link(path: str, root: str) -> Iterator[_Entry]:
    """Follow a link to a file inside raw/; a linked folder is listed under its own name."""
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
        # Not the stat of the scandir entry: on Windows that may be outdated.
        return _Entry(source_path, path, os.stat(path))  # noqa: PTH116
    except OSError as error:
        return _Entry(source_path, path, None, _open_failure(error))


def is_ignored(name: str) -> bool:
    """Return whether a build skips entries of this name."""
    lowered = name.lower()
    return lowered in IGNORED_NAMES or lowered.startswith(IGNORED_PREFIXES) or lowered.endswith(IGNORED_SUFFIXES)


def _source_path(path: str, root: str) -> str:
    """Return the path below raw/ in NFC with forward slashes; names that are not UTF-8 are decoded as GB18030."""
    below = path[len(root) :].lstrip(os.sep).replace(os.sep, "/") or "."
    # Part by part: a folder named on Windows may hold files named on this machine.
    return "/".join(decode_name(part) for part in below.split("/"))


def _deduplicate_name(entry: _Entry, taken_paths: Collection[str]) -> _Entry:
    """Refuse the second of two names that give the same source path, differing only in encoding or composition."""
    if entry.source_path not in taken_paths:
        return entry
    other = next(
        name for n in range(2, len(taken_paths) + 3) if (name := f"{entry.source_path}（{n}）") not in taken_paths
    )
    refusal = "与同一文件夹中另一文件的名称只差字符编码写法，无法区分", "请给其中一个文件改名后再运行"
    return _Entry(other, entry.path, entry.info, refusal)


def _refusal_reason(entry: _Entry, max_bytes: int) -> tuple[str, str] | None:
    """Return reason and remedy if a file must not be opened; whether its content can be read is left to the readers."""
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
    current = folder
    for part in path.split("/"):
        wanted = unicodedata.normalize("NFC", part)
        names = sorted(name for name in os.listdir(current) if decode_name(name) == wanted)  # noqa: PTH208
        if not names:
            return None
        current /= names[0]
    return current if current.is_file() else None
