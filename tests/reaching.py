"""A plugin of pytest for `tests.mutants`: which tests reach the places to be changed, and a run of named tests only.

`MUTANTS_REACHED` names a folder where each process leaves the places that each test reached, how long each test took
and which failed. What a fixture reaches counts for all tests of its file, for it may be kept for them; what importing
reaches counts for all tests. Processes that tests start are heard too (`tests/listening.py`), but for those that Python
isolates (`-I`). `MUTANTS_ONLY` names a file with the tests to run, one a line.
"""

from __future__ import annotations

import builtins
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import forkserver
from pathlib import Path

import pytest

from tests.listening import listen

FOLDER, ONLY = os.environ.get("MUTANTS_REACHED"), os.environ.get("MUTANTS_ONLY")
EVERY_TEST = ""
PROBE = 'getattr(__import__("builtins"), "_reached", lambda _: None)({number})'
"""What stands before a place, and says nothing where nobody listens."""
_now: set[int] = set()
_found: dict[str, set[int]] = {}
_seconds: dict[str, float] = {}
_failed: set[str] = set()
if FOLDER:
    # Before pytest imports a conftest, and the product with it.
    builtins._reached = _now.add  # type: ignore[attr-defined]
    os.register_at_fork(after_in_child=listen)


@dataclass(slots=True)
class Reached:
    """What all processes left."""

    tests: list[set[str]]
    """For each place the tests and files of tests."""
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each test took that passed."""
    failed: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, folder: Path, unknown: set[int], count: int) -> Reached:
        """Put together what stands in a folder; all tests may reach an unknown place."""
        found = cls([{EVERY_TEST} if number in unknown else set() for number in range(count)])
        for path in folder.glob("*.json"):
            told = json.loads(path.read_text("utf-8"))
            found.seconds |= told["seconds"]
            found.failed |= set(told["failed"])
            for name, places in told["places"].items():
                for number in places:
                    found.tests[number].add(name)
        for path in folder.glob("*.lines"):
            for line in path.read_text("utf-8").splitlines():
                name, number = json.loads(line)
                found.tests[number].add(name)
        for one in found.tests:
            one.difference_update(found.failed)
        for name in found.failed:
            found.seconds.pop(name, None)
        return found


def probed(source: bytes, places: list[tuple[int, int, int, bool]]) -> bytes:
    """The source with a probe at each place: its number, start, end, and whether it is a statement."""
    added: list[tuple[int, bytes]] = []
    for number, start, end, is_statement in places:
        probe = PROBE.format(number=number)
        added.append((start, f"{probe}; ".encode() if is_statement else f"({probe} or (".encode()))
        if not is_statement:
            added.append((end, b"))"))
    for at, text in sorted(added, key=lambda one: -one[0]):
        source = source[:at] + text + source[at:]
    return source


def _keep(name: str) -> None:
    if _now:
        _found.setdefault(name, set()).update(_now)
        _now.clear()


def pytest_collection_finish() -> None:
    """What importing reached."""
    _keep(EVERY_TEST)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """What the fixtures reach."""
    try:
        yield
    finally:
        _keep(item.nodeid.split("::", 1)[0])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """What the test reaches."""
    try:
        yield
    finally:
        _keep(item.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """How long a test takes. What it began to fork from serves no other test, which would not be heard."""
    began = time.monotonic()
    try:
        return (yield)
    finally:
        _keep(item.nodeid.split("::", 1)[0])
        _seconds[item.nodeid] = time.monotonic() - began
        if FOLDER:
            forkserver._forkserver._stop()  # type: ignore[attr-defined]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Which tests fail without a change."""
    if report.failed:
        _failed.add(report.nodeid)


def pytest_sessionfinish() -> None:
    """Leave what was reached."""
    if FOLDER:
        places = {name: sorted(found) for name, found in _found.items()}
        told = json.dumps({"places": places, "seconds": _seconds, "failed": sorted(_failed)})
        Path(FOLDER, f"{os.getpid()}.json").write_text(told, "utf-8")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the named tests, and those of the named files."""
    if ONLY:
        wanted = set(Path(ONLY).read_text("utf-8").splitlines())
        chosen = [one for one in items if one.nodeid in wanted or one.nodeid.split("::", 1)[0] in wanted]
        kept = set(chosen)
        config.hook.pytest_deselected(items=[one for one in items if one not in kept])
        items[:] = chosen
