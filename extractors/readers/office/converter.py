"""Convert old formats to docx or xlsx with a LibreOffice process that stays open.

The only module of the readers that starts a program and writes to disk, in a private folder that is removed afterwards.
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
from functools import cache
from pathlib import Path
from typing import IO, Any

from extractors.document import ReadError
from extractors.limits import MIB
from extractors.readers.remedies import DOCUMENT, WORKBOOK

MAX_SECONDS = 90.0
"""For one file, including the start of the office and a second attempt; workers are given longer."""
MEMORY_BYTES = 2048 * MIB
MAX_FILE_BYTES = 512 * MIB
MAX_FILES = 200
"""Files after which the office is restarted, since it never releases all memory."""
_GRACE_SECONDS = 3.0
_DRIVER = Path(__file__).with_name("driver.py")
_lock = threading.Lock()
_current: list[tuple[int, Converter]] = []
"""The converter of this process, with the process id: a forked child must not use its parent's."""
_PROGRAM_NAMES = ("soffice", "libreoffice", "loffice")
_UNIX_PATHS = (
    "/usr/lib/libreoffice/program/soffice",
    "/usr/lib64/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
_PROBE_SECONDS = 30.0
_SCRIPTING = "/org.openoffice.Office.Common/Security/Scripting"
_INET = "/org.openoffice.Inet/Settings"
_PROFILE_SETTINGS: tuple[tuple[str, str, str], ...] = (
    (_SCRIPTING, "DisableMacrosExecution", "true"),
    (_SCRIPTING, "MacroSecurityLevel", "3"),
    (_SCRIPTING, "DisableActiveContent", "true"),
    (_SCRIPTING, "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Writer/Content/Update", "Field", "false"),
    ("/org.openoffice.Office.Writer/Content/Update", "Chart", "false"),
    ("/org.openoffice.Office.Java/VirtualMachine", "Enable", "false"),
    ("/org.openoffice.Office.Recovery/RecoveryInfo", "Enabled", "false"),
    ("/org.openoffice.Office.Recovery/AutoSave", "Enabled", "false"),
    # A proxy where no server listens: attempts to reach the network fail there.
    (_INET, "ooInetProxyType", "2"),
    (_INET, "ooInetHTTPProxyName", "127.0.0.1"),
    (_INET, "ooInetHTTPProxyPort", "9"),
    (_INET, "ooInetHTTPSProxyName", "127.0.0.1"),
    (_INET, "ooInetHTTPSProxyPort", "9"),
    (_INET, "ooInetNoProxy", ""),
)
_REGISTRY_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
)


@dataclass(frozen=True, slots=True)
class TargetFormat:
    """The format to convert to."""

    suffix: str
    export: str
    """LibreOffice's name of the export filter."""
    service: str
    """The UNO service that the opened document must support."""
    package: str
    """The Debian package with this part of LibreOffice."""
    remedy: str
    """How a user can make such a file, in Chinese."""

    @property
    def install_hint(self) -> str:
        """How to install LibreOffice or do without, in Chinese."""
        return (
            "请安装 LibreOffice 后重新运行（Debian/Ubuntu："
            f"apt-get install -y --no-install-recommends {self.package} python3-uno；"
            f"Windows、macOS：安装 LibreOffice 桌面版），或{self.remedy.removeprefix('请')}"
        )


DOCX = TargetFormat(
    "docx", "MS Word 2007 XML", "com.sun.star.text.TextDocument", "libreoffice-writer-nogui", DOCUMENT.save
)
XLSX = TargetFormat(
    "xlsx", "Calc MS Excel 2007 XML", "com.sun.star.sheet.SpreadsheetDocument", "libreoffice-calc-nogui", WORKBOOK.save
)


@dataclass(frozen=True, slots=True)
class _Job:
    """A file, its format, and the format to convert it to."""

    data: bytes
    suffix: str
    import_filter: str
    target: TargetFormat


class _TimeoutError(Exception):
    """No answer in time."""


class _ProcessDiedError(Exception):
    """The office or its driver exited."""


class Converter:
    """One driver process with its office. Not thread-safe."""

    def __init__(self, program: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="wenming-office-")).resolve()
        write_profile(self._folder)
        self._office: int | None = None
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.n_files = 0
        self._driver = subprocess.Popen(
            _driver_command(program, self._folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            env=_driver_environment(self._folder),
            start_new_session=True,
            text=True,
            encoding="utf-8",
        )
        assert self._driver.stdout is not None
        threading.Thread(target=_read_answers, args=(self._driver.stdout, self._answers), daemon=True).start()

    @property
    def is_running(self) -> bool:
        """Whether the driver process is running."""
        return self._driver.poll() is None

    def convert(self, job: _Job, deadline: float, *, alone: bool) -> bytes:
        """Convert a file with the open office, or with one started for it `alone`.

        Raises:
            ReadError: the office refuses the file.
            _TimeoutError: no answer before `deadline`.
            _ProcessDiedError: the office or the driver exited.
        """
        self.n_files += 1
        target = job.target
        source, target_path = self._folder / f"in{job.suffix}", self._folder / f"out.{target.suffix}"
        request = {"source": str(source), "target": str(target_path), "filter": job.import_filter, "alone": alone}
        try:
            source.write_bytes(job.data)
            self._send(request | {"export": target.export, "service": target.service})
            while "ok" not in (answer := self._next_answer(deadline)):
                if "office" in answer:
                    self._office = answer["office"]
                elif "died" in answer:
                    raise _ProcessDiedError
                elif "error" in answer:
                    raise ReadError("LibreOffice 无法打开该文件（已损坏、设了密码或不是所称的格式）", target.remedy)
            return target_path.read_bytes()
        except OSError as error:
            raise _ProcessDiedError from error
        finally:
            for path in (source, target_path):
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop the driver and the office and remove their folder; harmless if they have already exited."""
        assert self._driver.stdin is not None
        with suppress(OSError):
            self._driver.stdin.close()  # tells the driver to clean up and exit
        try:
            self._driver.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._driver.kill()
            self._driver.wait()
        if self._driver.returncode and self._office is not None:
            _kill_process_group(self._office)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _send(self, request: dict[str, Any]) -> None:
        assert self._driver.stdin is not None
        self._driver.stdin.write(json.dumps(request) + "\n")
        self._driver.stdin.flush()

    def _next_answer(self, deadline: float) -> dict[str, Any]:
        try:
            answer = self._answers.get(timeout=max(deadline - time.monotonic(), 0.01))
        except queue.Empty:
            raise _TimeoutError from None
        if answer is None:
            raise _ProcessDiedError
        return answer


def convert(
    data: bytes, suffix: str, import_filter: str, target: TargetFormat = DOCX, *, seconds: float = MAX_SECONDS
) -> bytes:
    """Convert a file with LibreOffice, started on first use and kept open.

    A file that crashes the open office is converted again by an office started for it alone: LibreOffice 7.4 aborts on
    any file with a comment when opened over the bridge, and reads the same file this way.

    Args:
        data: the bytes of the file.
        suffix: the file extension, with its dot.
        import_filter: LibreOffice's name of the import filter; empty lets the office detect it.
        target: the format to convert to.
        seconds: the office is killed after this time.

    Raises:
        ReadError: LibreOffice is not installed, refuses the file, hangs on it, or crashes twice.
    """
    program = find_soffice()
    if program is None:
        raise ReadError("读取这种格式需要 LibreOffice，本机没有安装", target.install_hint)
    deadline = time.monotonic() + seconds
    job = _Job(data, suffix, import_filter, target)
    with _lock:
        for alone in (False, True):
            try:
                return _get_converter(program).convert(job, deadline, alone=alone)
            except _ProcessDiedError:
                close()
            except _TimeoutError:
                close()
                reason = f"LibreOffice 转换该文件超过 {seconds:g} 秒仍未完成，已中止"
                raise ReadError(reason, target.remedy) from None
    raise ReadError("LibreOffice 转换该文件时两次异常退出（多为文件损坏或内存不足）", target.remedy)


def close() -> None:
    """Stop the office of this process, if there is one."""
    while _current:
        owner, converter = _current.pop()
        if owner == os.getpid():
            converter.close()


@cache
def find_soffice() -> Path | None:
    """Return the program `soffice` with links resolved, or None if LibreOffice is not installed."""
    candidates = [path for name in _PROGRAM_NAMES if (path := shutil.which(name))]
    if sys.platform == "win32":
        bases = (os.environ.get("PROGRAMFILES"), os.environ.get("PROGRAMFILES(X86)"))
        candidates += [str(Path(base, "LibreOffice", "program", "soffice.exe")) for base in bases if base]
    else:
        candidates += [*_UNIX_PATHS, *map(str, sorted(Path("/opt").glob("libreoffice*/program/soffice"), reverse=True))]
    return next((Path(path).resolve() for path in candidates if Path(path).is_file()), None)


@cache
def find_python(program: Path) -> Path:
    """Return the interpreter for the driver: the first that can import `uno`, else the current one."""
    program_folder = program.parent
    candidates = [
        program_folder / "python.exe",
        program_folder / "python",
        program_folder.parent / "Resources" / "python",
    ]
    candidates += [Path("/usr/bin/python3")]
    candidates += [Path(path) for name in ("python3", "python") if (path := shutil.which(name))]
    current = Path(sys.executable)
    return next((path for path in [*candidates, current] if path.is_file() and _can_import_uno(path)), current)


def write_profile(folder: Path) -> None:
    """Write a user profile below `folder`: no macros, no network, no links followed, nothing saved."""
    items = [
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>\n'
        for path, name, value in _PROFILE_SETTINGS
    ]
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(f"{_REGISTRY_HEAD}{''.join(items)}</oor:items>\n", encoding="utf-8")


def _get_converter(program: Path) -> Converter:
    if _current:
        owner, converter = _current[0]
        if owner == os.getpid() and converter.is_running and converter.n_files < MAX_FILES:
            return converter
        close()
    converter = Converter(program)
    _current.append((os.getpid(), converter))
    return converter


def _driver_command(program: Path, folder: Path) -> list[str]:
    # Isolated: neither the caller's environment nor the current folder may change what the driver imports.
    interpreter = find_python(program)
    return [str(interpreter), "-I", str(_DRIVER), str(program), str(folder), str(MEMORY_BYTES), str(MAX_FILE_BYTES)]


def _driver_environment(folder: Path) -> dict[str, str]:
    """Return the environment of the office: PATH, and home and temporary folders inside `folder`."""
    home = str(folder)
    variables = {"HOME": home, "TMPDIR": home, "TEMP": home, "TMP": home, "OSL_SOCKET_PATH": home}
    variables |= {"SAL_USE_VCLPLUGIN": "svp", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    if sys.platform == "win32":
        return {**os.environ, **{name: variables[name] for name in ("TEMP", "TMP")}}
    return {"PATH": os.environ.get("PATH", os.defpath), **variables}


def _read_answers(stream: IO[str], answers: queue.Queue[dict[str, Any] | None]) -> None:
    with stream:
        for line in stream:
            try:
                answers.put(json.loads(line))
            except ValueError:
                break
    answers.put(None)


def _kill_process_group(process: int) -> None:
    """Kill the process group that a dead driver left behind."""
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process, signal.SIGKILL)
    else:
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process)], capture_output=True, check=False)


def _can_import_uno(interpreter: Path) -> bool:
    try:
        result = subprocess.run(
            [interpreter, "-I", "-c", "import uno"], capture_output=True, timeout=_PROBE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0


atexit.register(close)
