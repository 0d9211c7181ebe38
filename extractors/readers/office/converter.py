"""LibreOffice kept open beside this process: bytes of an old format in, bytes of a docx out.

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
from pathlib import Path
from typing import IO, Any

from extractors.document import ReadError
from extractors.readers.limits import MIB
from extractors.readers.office import install, profile

SECONDS = 90.0
"""For one file, an office's start and a second try included; workers are given longer."""
MEMORY_BYTES = 2048 * MIB
MAX_FILE_BYTES = 512 * MIB
MAX_FILES = 200
"""Files after which the office is started anew, since it never gives all memory back."""
_GRACE_SECONDS = 3.0

SAVE_AS_DOCX = "请用 WPS/Word 打开后另存为 docx，再放入"
INSTALL = (
    "请安装 LibreOffice 后重新运行（Debian/Ubuntu："
    "apt-get install -y --no-install-recommends libreoffice-writer-nogui python3-uno；"
    "Windows、macOS：安装 LibreOffice 桌面版），或用 WPS/Word 打开后另存为 docx 再放入"
)
_DRIVER = Path(__file__).with_name("driver.py")


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

    def convert(self, data: bytes, suffix: str, import_filter: str, deadline: float) -> bytes:
        """The docx made of `data`. Raises `ReadError` when the office refuses it, `_HungError`, or `_GoneError`."""
        self.files += 1
        source, target = self._folder / f"in{suffix}", self._folder / "out.docx"
        try:
            source.write_bytes(data)
            self._ask({"source": str(source), "target": str(target), "filter": import_filter})
            while "ok" not in (answer := self._answer(deadline)):
                if "office" in answer:
                    self._office = answer["office"]
                elif "died" in answer:
                    raise _GoneError
                elif "error" in answer:
                    raise ReadError("LibreOffice 无法打开该文件（已损坏、设了密码或不是所称的格式）", SAVE_AS_DOCX)
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

    def _ask(self, request: dict[str, str]) -> None:
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


def convert(data: bytes, suffix: str, import_filter: str, *, seconds: float = SECONDS) -> bytes:
    """`data` as docx, by LibreOffice; started on first use and kept open.

    Args:
        data: a file of the kind that `suffix` (`.doc`) and `import_filter` name; "" lets the office find out.
        suffix: the file extension, with its dot.
        import_filter: LibreOffice's name of the import filter.
        seconds: the office is killed when the docx is not there by then.

    Raises:
        ReadError: LibreOffice is not installed, refuses the file, hangs on it, or dies of it twice.
    """
    program = install.soffice()
    if program is None:
        raise ReadError("读取这种格式需要 LibreOffice，本机没有安装", INSTALL)
    deadline = time.monotonic() + seconds
    with _lock:
        for _ in range(2):
            try:
                return _ready(program).convert(data, suffix, import_filter, deadline)
            except _GoneError:
                close()
            except _HungError:
                close()
                reason = f"LibreOffice 转换该文件超过 {seconds:g} 秒仍未完成，已中止"
                raise ReadError(reason, SAVE_AS_DOCX) from None
    raise ReadError("LibreOffice 转换该文件时两次异常退出（多为文件损坏或内存不足）", SAVE_AS_DOCX)


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
    interpreter = install.python(program)
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
