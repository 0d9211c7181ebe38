"""List the files of a folder and inspect each in a worker process, under the limits of the readers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import TimeoutError as TaskTimeout
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pebble import ProcessExpired, ProcessPool

from assets.evidence_check.inspect_file import EvidenceFile, inspect_file
from assets.ingest.discover_files import IGNORED_NAMES, IGNORED_SUFFIXES, decode_name
from assets.ingest.worker_pool import init_worker, process_context
from extractors.limits import Limits
from warehouse.errors import QueryError

MAX_FILES: Final = 5_000
"""Files of one unit for one year are some hundred; more are a whole disk."""
IGNORED_PREFIXES: Final = (".", "~$")
_PRELOADED: Final = ("assets.evidence_check.inspect_file",)


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Limits of the check: those of a file, its seconds and memory, and the number of worker processes."""

    file: Limits
    seconds: float
    memory_bytes: int
    workers: int


def read_folder(folder: Path, limits: ReadLimits) -> list[EvidenceFile]:
    """Return every file in and below the folder, in the order of their paths; hidden and lock files are left out.

    Raises:
        QueryError: The folder holds too many files, or none.
    """
    paths = sorted(_list_files(folder, limits.file.max_depth))
    if not paths:
        raise QueryError(f"文件夹中没有材料：{folder}")
    context = process_context(_PRELOADED)
    with ProcessPool(limits.workers, initializer=init_worker, initargs=(limits.memory_bytes,), context=context) as pool:
        running = [
            (relative, path, pool.schedule(inspect_file, args=(path, relative, limits.file), timeout=limits.seconds))
            for relative, path in paths
        ]
        return [_wait(relative, path, future) for relative, path, future in running]


def _wait(relative: str, path: str, future: object) -> EvidenceFile:
    """Return the result of a worker; one that hangs or dies costs its file alone."""
    try:
        found: EvidenceFile = future.result()  # type: ignore[attr-defined]
    except TaskTimeout:
        problem = "读取超过时限，没有核对内容"
    except (ProcessExpired, MemoryError):
        problem = "读取进程异常退出（多为内存不足或文件损坏），没有核对内容"
    else:
        return found
    return EvidenceFile(relative, Path(path).stat().st_size, problem=problem)


def _list_files(folder: Path, max_depth: int) -> Iterator[tuple[str, str]]:
    """Yield (path below the folder, path) of every file; links are not followed."""
    root = os.fspath(folder.resolve())
    count = 0
    for parent, names, files in os.walk(root):
        below = [decode_name(part) for part in Path(parent).relative_to(root).parts]
        names[:] = [] if len(below) >= max_depth else [name for name in names if not name.startswith(".")]
        for name in files:
            path = os.path.join(parent, name)  # noqa: PTH118  one string for each of thousands of files
            if _is_ignored(name) or os.path.islink(path):  # noqa: PTH114
                continue
            count += 1
            if count > MAX_FILES:
                raise QueryError(f"文件夹中超过 {MAX_FILES} 个文件：{folder}。请指到本单位这份通知的材料目录")
            yield "/".join([*below, decode_name(name)]), path


def _is_ignored(name: str) -> bool:
    lower = name.lower()
    return lower.startswith(IGNORED_PREFIXES) or lower in IGNORED_NAMES or lower.endswith(IGNORED_SUFFIXES)
