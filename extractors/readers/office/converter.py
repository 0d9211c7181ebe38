"""LibreOffice kept open beside this process: bytes of an old format in, bytes of a docx or xlsx out.

The one place of the readers that starts a program and writes to disk, in a private folder that is gone afterwards.
Every process has its own office and its own profile, so that workers do not wait for each other.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from extractors.document import ReadError
from extractors.limits import MIB
from extractors.readers.office import find_soffice, profile
from extractors.readers.remedies import DOCUMENT, WORKBOOK

SECONDS = 90.0
"""For one file, an office's start and a second try included; workers are given longer."""
MEMORY_BYTES = 2048 * MIB
MAX_FILE_BYTES = 512 * MIB
MAX_FILES = 200
"""Files after which the office is started anew, since it never gives all memory back."""
_GRACE_SECONDS = 3.0

_DRIVER = Path(__file__).with_name("driver.py")


@dataclass(frozen=True, slots=True)
class Goal:
    """What a file is made into, and what to do where LibreOffice cannot."""

    suffix: str
    export: str
    """LibreOffice's name of the export filter."""
    service: str
    """The UNO service that what was opened has to be."""
    package: str
    """The package of Debian that holds the part of LibreOffice."""
    remedy: str
    """How a person makes the file that is wanted."""

    @property
    def install(self) -> str:
        """How LibreOffice gets here, or how to do without."""
        return (
            "请安装 LibreOffice 后重新运行（Debian/Ubuntu："
            f"apt-get install -y --no-install-recommends {self.package} python3-uno；"
            f"Windows、macOS：安装 LibreOffice 桌面版），或{self.remedy.removeprefix('请')}"
        )


DOCX = Goal("docx", "MS Word 2007 XML", "com.sun.star.text.TextDocument", "libreoffice-writer-nogui", DOCUMENT.save)
XLSX = Goal(
    "xlsx", "Calc MS Excel 2007 XML", "com.sun.star.sheet.SpreadsheetDocument", "libreoffice-calc-nogui", WORKBOOK.save
)


@dataclass(frozen=True, slots=True)
class _Work:
    """A file, what kind it is, and what it is to become."""

    data: bytes
    suffix: str
    import_filter: str
    goal: Goal


class _HungError(Exception):
    """No answer in time."""


class _GoneError(Exception):
    """The office or its driver went away."""


class Converter:
    """One driver process with its office. Not for several threads at once."""

    def __init__(self, program: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="wenming-office-")).resolve()
        profile.write(self._folder)
        self._office: int | None = None
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.files = 0
        self._driver = subprocess.Popen(
            _command(program, self._folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            env=_environment(self._folder),
            start_new_session=True,
            text=True,
            encoding="utf-8",
        )
        assert self._driver.stdout is not None
        threading.Thread(target=_listen, args=(self._driver.stdout, self._answers), daemon=True).start()

    @property
    def runs(self) -> bool:
        """Whether the driver is there to be asked."""
        return self._driver.poll() is None

    def convert(self, work: _Work, deadline: float, *, alone: bool) -> bytes:
        """What is made of a file, by the office that is open or by one started for it `alone`.

        Raises `ReadError` when the office refuses it, `_HungError`, or `_GoneError`.
        """
        self.files += 1
        goal = work.goal
        source, target = self._folder / f"in{work.suffix}", self._folder / f"out.{goal.suffix}"
        request = {"source": str(source), "target": str(target), "filter": work.import_filter, "alone": alone}
        try:
            source.write_bytes(work.data)
            self._ask(request | {"export": goal.export, "service": goal.service})
            while "ok" not in (answer := self._answer(deadline)):
                if "office" in answer:
                    self._office = answer["office"]
                elif "died" in answer:
                    raise _GoneError
                elif "error" in answer:
                    raise ReadError("LibreOffice 无法打开该文件（已损坏、设了密码或不是所称的格式）", goal.remedy)
            return target.read_bytes()
        except OSError as error:
            raise _GoneError from error
        finally:
            for path in (source, target):
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def close(self) -> None:
        """End the driver and the office and remove their folder; harmless when they are gone already."""
        assert self._driver.stdin is not None
        with suppress(OSError):
            self._driver.stdin.close()  # the driver's sign to clear up and end
        try:
            self._driver.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._driver.kill()
            self._driver.wait()
        if self._driver.returncode and self._office is not None:
            _end_group(self._office)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _ask(self, request: dict[str, Any]) -> None:
        assert self._driver.stdin is not None
        self._driver.stdin.write(json.dumps(request) + "\n")
        self._driver.stdin.flush()

    def _answer(self, deadline: float) -> dict[str, Any]:
        try:
            answer = self._answers.get(timeout=max(deadline - time.monotonic(), 0.01))
        except queue.Empty:
            raise _HungError from None
        if answer is None:
            raise _GoneError
        return answer


_lock = threading.Lock()
_current: list[tuple[int, Converter]] = []
"""The converter of this process, with the process id: a forked child must not use its parent's."""


def convert(data: bytes, suffix: str, import_filter: str, goal: Goal = DOCX, *, seconds: float = SECONDS) -> bytes:
    """`data` as what `goal` says, by LibreOffice; started on first use and kept open.

    A file that the open office dies of is converted once more by an office started for it alone: LibreOffice 7.4
    aborts on any file with a comment when it is told over the bridge to open it, and reads the same file so.

    Args:
        data: a file of the kind that `suffix` (`.doc`) and `import_filter` name; "" lets the office find out.
        suffix: the file extension, with its dot.
        import_filter: LibreOffice's name of the import filter.
        goal: what it is made into.
        seconds: the office is killed when nothing is there by then.

    Raises:
        ReadError: LibreOffice is not installed, refuses the file, hangs on it, or dies of it twice.
    """
    program = find_soffice.soffice()
    if program is None:
        raise ReadError("读取这种格式需要 LibreOffice，本机没有安装", goal.install)
    deadline = time.monotonic() + seconds
    work = _Work(data, suffix, import_filter, goal)
    with _lock:
        for alone in (False, True):
            try:
                return _ready(program).convert(work, deadline, alone=alone)
            except _GoneError:
                close()
            except _HungError:
                close()
                reason = f"LibreOffice 转换该文件超过 {seconds:g} 秒仍未完成，已中止"
                raise ReadError(reason, goal.remedy) from None
    raise ReadError("LibreOffice 转换该文件时两次异常退出（多为文件损坏或内存不足）", goal.remedy)


def close() -> None:
    """End this process's office, if it has one."""
    while _current:
        owner, converter = _current.pop()
        if owner == os.getpid():
            converter.close()


def _ready(program: Path) -> Converter:
    if _current:
        owner, converter = _current[0]
        if owner == os.getpid() and converter.runs and converter.files < MAX_FILES:
            return converter
        close()
    converter = Converter(program)
    _current.append((os.getpid(), converter))
    return converter


def _command(program: Path, folder: Path) -> list[str]:
    # Isolated: neither the caller's environment nor the current folder may change what the driver imports.
    interpreter = find_soffice.python(program)
    return [str(interpreter), "-I", str(_DRIVER), str(program), str(folder), str(MEMORY_BYTES), str(MAX_FILE_BYTES)]


def _environment(folder: Path) -> dict[str, str]:
    """What the office may know: the way to programs, a home and a place for its pipes inside the folder."""
    place = str(folder)
    own = {"HOME": place, "TMPDIR": place, "TEMP": place, "TMP": place, "OSL_SOCKET_PATH": place}
    own |= {"SAL_USE_VCLPLUGIN": "svp", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    if sys.platform == "win32":
        return {**os.environ, **{name: own[name] for name in ("TEMP", "TMP")}}
    return {"PATH": os.environ.get("PATH", os.defpath), **own}


def _listen(stream: IO[str], answers: queue.Queue[dict[str, Any] | None]) -> None:
    with stream:
        for line in stream:
            try:
                answers.put(json.loads(line))
            except ValueError:
                break
    answers.put(None)


def _end_group(process: int) -> None:
    """End the group that `process` leads, which its driver left behind."""
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process, signal.SIGKILL)
    else:
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process)], capture_output=True, check=False)


atexit.register(close)
