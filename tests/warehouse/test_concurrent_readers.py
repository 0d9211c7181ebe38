"""Readers in processes of their own see whole editions while new ones are published."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.warehouse import publish_processes
from tests.warehouse.publish_processes import replace_all

pytestmark = [
    pytest.mark.fuzz,
    pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be replaced on Windows"),
]

SNAPSHOTS = 20
READERS = min(int(os.environ.get("WENMING_CRASHES", "50")), 50)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published warehouse of one notice."""
    publish_processes.without_views(monkeypatch.setattr)
    file = tmp_path / "w.duckdb"
    replace_all(file, range(1, 2))
    return file


def test_fifty_readers_see_whole_editions_while_twenty_are_published(path: Path) -> None:
    made = publish_processes.context()
    stop, opened, outcome = made.Event(), made.SimpleQueue(), made.SimpleQueue()
    children = [made.Process(target=publish_processes.read, args=(path, stop, opened, outcome)) for _ in range(READERS)]
    for child in children:
        child.start()
    # All of them have the first edition open before the second one comes.
    assert [opened.get() for _ in children] == [1] * READERS
    for number in range(2, SNAPSHOTS + 2):
        replace_all(path, range(1, 2 + number % 4))
    stop.set()
    outcomes = [outcome.get() for _ in children]
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    assert [wrong for wrong, _, _ in outcomes if wrong] == []
    assert all(n_queries > 0 for _, n_queries, _ in outcomes)
    assert max(newest for _, _, newest in outcomes) > SNAPSHOTS // 2
