"""A process of pytest that has collected all tests and tries one change after the other, each in a fork of itself.

It is forked before any test has run, so that nothing is kept yet of what the sound functions told. In the fork the code
of the changed function is exchanged in place. `Warm` is the side that asks, the rest a plugin of the side that answers.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from types import CodeType, FunctionType

import pytest

PIPES = os.environ.get("MUTANTS_PIPES")
UNABLE = "unable"
_FUNCTION = 0x1
"""Of the flags of a code: its variables are local, so it is no module and no class."""
_SUBREAPER = 36
START_SECONDS, UNKNOWN_SECONDS = 60.0, 300.0
ENDING_SECONDS = 10


def exchange(path: str, before: str, after: str) -> bool:
    """Give the living functions of a file the code of the changed source; whether that is the whole change.

    It is not where something changed that runs at import: the module itself, a class, a default, what a decorator made.
    """
    old, new = compile(before, path, "exec", dont_inherit=True), compile(after, path, "exec", dont_inherit=True)
    pairs = list(zip(_functions(old), _functions(new), strict=False))
    if _told(old, within=False) != _told(new, within=False):
        return False
    changed = {_place(one): (one, other) for one, other in pairs if _told(one) != _told(other)}
    if not any(getattr(module, "__file__", None) == path for module in list(sys.modules.values())):
        # Whoever imports it later finds the changed file.
        return True
    living: dict[tuple[str, int], list[FunctionType]] = {}
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename == path:
            living.setdefault(_place(one.__code__), []).append(one)
    for place, (code, other) in changed.items():
        twins = sum(_place(one) == place for one, _ in pairs)
        if twins > 1 or place not in living or any(_place(one) in living for one in _inner(code)):
            return False
        if code.co_freevars != other.co_freevars:
            return False
        for function in living[place]:
            function.__code__ = other
    return True


def _place(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _functions(code: CodeType) -> Iterator[CodeType]:
    """The functions of a module and of its classes."""
    for one in code.co_consts:
        if isinstance(one, CodeType):
            if one.co_flags & _FUNCTION:
                yield one
            else:
                yield from _functions(one)


def _inner(code: CodeType) -> Iterator[CodeType]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _inner(one)


def _told(value: object, *, within: bool = True) -> object:
    """What a code or constant is but for the numbers of its lines; `within` functions as well, or their names alone."""
    if isinstance(value, CodeType):
        if not within and value.co_flags & _FUNCTION:
            return value.co_qualname
        names = (value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars, value.co_exceptiontable)
        consts = [_told(one, within=within) for one in value.co_consts]
        return value.co_qualname, value.co_argcount, value.co_flags, value.co_code, names, consts
    if isinstance(value, tuple):
        return [_told(one, within=within) for one in value]
    return type(value), sorted(map(repr, value)) if isinstance(value, frozenset) else repr(value)


@dataclass(frozen=True, slots=True)
class Question:
    """A change to be tried: by which tests, files or folders of tests, and how many seconds each test may take."""

    path: str
    before: str
    after: str
    tests: Sequence[str]
    limits: Mapping[str, float]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Answer questions in the place of a run."""
    if not PIPES:
        return None
    asked, told = (int(one) for one in PIPES.split(","))
    # What a fork leaves behind comes to this process, to be ended by it.
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    with os.fdopen(asked, encoding="utf-8") as questions, os.fdopen(told, "w", encoding="utf-8") as answers:
        print("ready", file=answers, flush=True)
        for line in questions:
            print(json.dumps(_answer(session, Question(**json.loads(line)), (asked, told))), file=answers, flush=True)
    return True


def _answer(session: pytest.Session, question: Question, pipes: tuple[int, int]) -> list[str]:
    heard, said = os.pipe()
    child = os.fork()
    if not child:
        for pipe in (heard, *pipes):
            os.close(pipe)
        try:
            with os.fdopen(said, "w", encoding="utf-8") as stream:
                tell = partial(print, file=stream, flush=True)
                tell(json.dumps(_tried(session, question, tell)))
            # As at the end of a run: fixtures and programs that were started.
            signal.alarm(ENDING_SECONDS)
            session._setupstate.teardown_exact(None)
            atexit._run_exitfuncs()
        finally:
            os._exit(0)
    os.close(said)
    now, seconds, rest = "", START_SECONDS, b""
    found: list[str] = []
    while not found:
        if not select.select([heard], [], [], seconds)[0]:
            found = ["slow", now]
        elif not (more := os.read(heard, 1 << 16)):
            found = ["failed", now] if now else [UNABLE, ""]
        else:
            *lines, rest = (rest + more).split(b"\n")
            for line in map(bytes.decode, lines):
                now, seconds = line, question.limits.get(line, UNKNOWN_SECONDS)
                found = json.loads(line) if line.startswith("[") else []
    os.close(heard)
    if found[0] != "slow":
        with suppress(ChildProcessError):
            os.waitpid(child, 0)
    _end_all()
    return found


def _tried(session: pytest.Session, question: Question, tell: Callable[[str], None]) -> tuple[str, str]:
    if question.before != question.after and not exchange(question.path, question.before, question.after):
        return UNABLE, ""
    places = {name: place for place, name in reversed(list(enumerate(question.tests)))}
    found = [(place, number) for number, one in enumerate(session.items) if (place := _first(one, places)) is not None]
    items = [session.items[number] for _, number in sorted(found)]
    watch = _Watch()
    session.config.pluginmanager.register(watch)
    for item, following in zip(items, [*items[1:], None], strict=True):
        tell(item.nodeid)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if watch.failed:
            return "failed", item.nodeid
    return "passed", ""


def _first(item: pytest.Item, places: dict[str, int]) -> int | None:
    """The first place at which a test is asked for, by its name, its file or a folder."""
    file = PurePosixPath(item.nodeid.split("::", 1)[0])
    names = (item.nodeid, file.as_posix(), *(folder.as_posix() for folder in file.parents))
    return min((places[name] for name in names if name in places), default=None)


class _Watch:
    failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed


def _end_all() -> None:
    """End what is left of a fork and of what it started."""
    threads = Path("/proc/self/task")
    while children := [one for path in threads.glob("*/children") for one in path.read_text("ascii").split()]:
        for one in map(int, children):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(one, 0)


class Warm:
    """The side that asks: a process of pytest over a copy of the tree."""

    def __init__(self, root: Path, command: list[str], environment: dict[str, str]) -> None:
        asked, ask = os.pipe()
        hear, told = os.pipe()
        self._process = subprocess.Popen(
            command,
            cwd=root,
            env={**environment, "MUTANTS_PIPES": f"{asked},{told}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(asked, told),
            start_new_session=True,
        )
        os.close(asked)
        os.close(told)
        self._ask, self._hear = os.fdopen(ask, "w", encoding="utf-8"), os.fdopen(hear, encoding="utf-8")
        if self._hear.readline().strip() != "ready":
            raise RuntimeError(f"pytest collects no tests in {root}")

    def answer(self, question: Question) -> tuple[str, str]:
        """`passed`, `failed` or `slow` with the first such test, or `unable` where it takes a process of its own."""
        asked = {name: getattr(question, name) for name in Question.__slots__}
        print(json.dumps(asked), file=self._ask, flush=True)
        verdict, by = json.loads(self._hear.readline())
        return verdict, by

    def close(self) -> None:
        """End the process."""
        self._ask.close()
        self._process.wait()
        self._hear.close()
