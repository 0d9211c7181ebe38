"""Programs that open a warehouse file for writing, as the duckdb command line and most viewers do."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST_PAUSE = 0.15
"""Seconds for which `coming_and_going` leaves the file alone at most."""
_HOLD = """
import sys, duckdb
held = duckdb.connect(sys.argv[1])
if sys.argv[2]:
    held.execute(sys.argv[2])
print(1, flush=True)
sys.stdin.read()
"""
_COME_AND_GO = """
import random, sys, threading, time, duckdb
moments, over = random.Random(int(sys.argv[2])), threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
print(1, flush=True)
opened = 0
while not over.is_set():
    try:
        held = duckdb.connect(sys.argv[1])
        opened += 1
        held.execute("CREATE OR REPLACE TABLE main.seen AS SELECT 1 AS one")
        time.sleep(moments.uniform(0, 0.05))
        held.close()
    except duckdb.Error:
        pass
    time.sleep(moments.uniform(0.05, float(sys.argv[3])))
print(opened, flush=True)
"""


@contextmanager
def held(path: Path, statement: str = "") -> Iterator[subprocess.Popen[str]]:
    """A program that has `path` open for writing and ran `statement`; it is killed at the end, and closes nothing."""
    with _started(_HOLD, path, statement) as child:
        yield child


@contextmanager
def coming_and_going(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A program that opens `path` for writing for a moment, again and again; told to end, it says how often it did."""
    with _started(_COME_AND_GO, path, str(random.Random(7).randrange(99)), LONGEST_PAUSE) as child:
        yield child


@contextmanager
def _started(program: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "1\n"
        yield child
    finally:
        child.kill()
        child.communicate()
