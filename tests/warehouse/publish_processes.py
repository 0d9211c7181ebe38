"""Publications and readers in processes of their own, so that they can be killed, starved or many."""

from __future__ import annotations

import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing.context import ForkServerContext
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from tests.schemas.samples import frames, sources
from warehouse import store
from warehouse.store import Condition, load, snapshots
from warehouse.transform import derivation, mart_checks
from warehouse.transform.view_files import all_views

KEEP = 3
TABLES = ("core.files", "core.notices", "core.tasks", "core.findings", "ops.sources")
"""Tables with one row for each notice of the samples."""

CONSISTENT = f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in TABLES)}"
SNAPSHOT_NUMBER = f"SELECT value::INTEGER FROM ops.meta WHERE key = '{snapshots.NUMBER}'"


def context() -> ForkServerContext:
    """Processes that start from one which has the modules loaded and has done nothing yet."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["tests.warehouse.publish_processes"])
    return made


def without_views(patch: Callable[[Any, str, Any], None] = setattr) -> None:
    """Leave what is derived out of every publication of this process: it takes most of its time.

    The names of notices stay: an update of a file asks them.
    """
    names = tuple(view for view in all_views() if view.full_name == "mart.notice_names")
    patch(derivation, "PYTHON_TABLES", {})
    patch(derivation, "all_views", lambda: names)
    patch(mart_checks, "run_checks", lambda *_: None)


def replace_all(path: Path, numbers: range) -> None:
    """Replace all published notices by those of these numbers."""
    old = store.read_published_state(path)["file_id"].to_list()
    store.publish(path, drop_files=old, add=frames(*numbers), replace=sources(*numbers), keep=KEEP)


def without_links(*_: object, **__: object) -> None:
    """A file system that knows no hard links."""
    raise OSError("no links here")


def publish(
    path: Path, numbers: range, ready: Event, links: bool = True, max_share: float = load.MAX_INCREMENTAL_SHARE
) -> None:
    """The work of a child: one publication, on a copy of the previous file where no more than `max_share` changes."""
    without_views()
    load.MAX_INCREMENTAL_SHARE = max_share  # type: ignore[misc]
    if not links:
        os.link = without_links
    ready.set()
    replace_all(path, numbers)


def publish_on_full_disk(path: Path, most_bytes: int, outcome: SimpleQueue[str]) -> None:
    """The work of a child on a full disk: no file may grow beyond `most_bytes`."""
    without_views()
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    _publish_and_report(path, outcome)


def publish_without_permission(path: Path, outcome: SimpleQueue[str]) -> None:
    """The work of a child without the right to write in the folder; root gives its rights up first."""
    without_views()
    if os.geteuid() == 0:
        # Whatever is imported late is imported now: another user may not be allowed to read it.
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(2):
                replace_all(Path(folder) / "w.duckdb", range(1, 3))
        os.setegid(65534)
        os.seteuid(65534)
    _publish_and_report(path, outcome)


def _publish_and_report(path: Path, outcome: SimpleQueue[str]) -> None:
    try:
        replace_all(path, range(1, 9))
        outcome.put("published")
    except Exception as error:
        outcome.put(f"{type(error).__name__}: {error}")


def read(path: Path, stop: Event, opened: SimpleQueue[int], outcome: SimpleQueue[tuple[str, int, int]]) -> None:
    """The work of a reader: ask again and again, and keep one connection open all along.

    Says ("", number of queries, newest snapshot seen) at the end, or what went wrong.
    """
    newest = n_queries = 0
    try:
        with closing(store.connect(path)) as kept_open:
            first = _counts(kept_open)
            opened.put(first[0])
            while not stop.is_set():
                with closing(store.connect(path)) as connection:
                    number, counts = _counts(connection)
                if number < newest or len(set(counts)) != 1:
                    outcome.put((f"snapshot {number} after {newest}: {counts}", n_queries, newest))
                    return
                newest, n_queries = number, n_queries + 1
                if _counts(kept_open) != first:
                    outcome.put(("the connection that was open before saw something new", n_queries, newest))
                    return
                time.sleep(0.2)
        outcome.put(("", n_queries, newest))
    except Exception as error:
        outcome.put((repr(error), n_queries, newest))


def _counts(connection: Any) -> tuple[int, tuple[int, ...]]:
    ((number,),) = connection.execute(SNAPSHOT_NUMBER).fetchall()
    (counts,) = connection.execute(CONSISTENT).fetchall()
    return number, counts


def count_notices(path: Path) -> int:
    """The number of notices of the published file, which must be sound, as must be every snapshot beside it."""
    assert store.check_condition(path) is Condition.CURRENT
    with closing(store.connect(path)) as connection:
        _, counts = _counts(connection)
    assert len(set(counts)) == 1, counts
    assert all(one.info is not None for one in snapshots.read_snapshots(path))
    return counts[0]
