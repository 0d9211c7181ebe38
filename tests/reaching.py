"""A plugin of pytest for `tests.mutants`: which tests reach the places to be changed, and a run of named tests only.

`MUTANTS_REACHED` names a folder where each process of testing leaves the places that each test reached. What a fixture
reaches counts for all tests of its file, for it may be kept for them; what importing reaches counts for all tests.
Processes that tests start are not seen. `MUTANTS_ONLY` names a file with the tests to run, one a line.
"""

from __future__ import annotations

import builtins
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER, ONLY = os.environ.get("MUTANTS_REACHED"), os.environ.get("MUTANTS_ONLY")
EVERY_TEST = ""
PROBE = 'getattr(__import__("builtins"), "_reached", lambda _: None)({number})'
"""What stands before a place, and says nothing where nobody listens."""
_now: set[int] = set()
_found: dict[str, set[int]] = {}


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


def pytest_configure() -> None:
    """Begin to listen."""
    if FOLDER:
        builtins._reached = _now.add  # type: ignore[attr-defined]


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


def pytest_sessionfinish() -> None:
    """Leave what was reached."""
    if FOLDER and _found:
        told = json.dumps({name: sorted(places) for name, places in _found.items()})
        Path(FOLDER, f"{os.getpid()}.json").write_text(told, "utf-8")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the named tests, and those of the named files."""
    if ONLY:
        wanted = set(Path(ONLY).read_text("utf-8").splitlines())
        chosen = [one for one in items if one.nodeid in wanted or one.nodeid.split("::", 1)[0] in wanted]
        kept = set(chosen)
        config.hook.pytest_deselected(items=[one for one in items if one not in kept])
        items[:] = chosen
