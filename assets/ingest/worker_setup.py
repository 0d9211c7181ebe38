"""How a worker process begins: from a process that has the extractor loaded, and under a limit of memory."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

LIBRARIES_BYTES: Final = 512 << 20
"""Address space that polars, OpenCV and the recogniser may map beside a file's own needs, most of it never touched."""

_READERS: Final = ("extractors.attachments", "extractors.notice", "extractors.readers.docx")
"""What `extractors.extract` imports when it is first called, and the reader of most files."""

OBJECTS_BETWEEN_COLLECTIONS: Final = 10_000
"""The rows of a notice are many small objects and no cycles: looking for cycles among them costs and finds nothing."""

_ARENA_MAX: Final = -8
"""M_ARENA_MAX in malloc.h of glibc."""


def context() -> BaseContext:
    """Forkserver where there is one: each worker starts from a clean process that has the extractor loaded."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(
        ["assets.ingest.worker_env", *_READERS, "assets.ingest.worker_pool", "schemas.pandera_models"]
    )
    return made


def begin(memory_bytes: int) -> None:
    """Cap this worker's address space where the system can, and keep a dying parser's last words off the terminal."""
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    _share_one_arena()
    if memory_bytes and sys.platform != "win32":
        import resource

        # What libraries took at their start, or map when they are first used, is no memory of a file.
        most = _address_space() + LIBRARIES_BYTES + memory_bytes
        # macOS refuses to lower RLIMIT_AS; there the time limit alone protects the build.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
    silent = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(silent, descriptor)
    os.close(silent)


def _share_one_arena() -> None:
    """Let all threads allocate from one place: glibc would reserve 64 MB of address space for each."""
    if sys.platform == "linux":
        # Other C libraries have no such setting, and reserve nothing.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def _address_space() -> int:
    """Bytes of address space that this process holds; 0 where the system does not say."""
    import resource

    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * resource.getpagesize()
