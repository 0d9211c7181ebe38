"""`wenming up`: start and stop the web pages and the daemon of Dagster together, for a small office.

The daemon runs the sensor on raw/, the schedules and the notifications of failures. Everything that Dagster stores, and
the logs of both processes, are in one folder.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from pipelines.cli_common import OK, SOME_FAILED, Warehouse, require_raw, sigterm_as_interrupt
from pipelines.commands.serve import ServeError, bind_socket, page_url
from pipelines.errors import UserError
from pipelines.record_folders import claim_record_folder, find_record_folder
from warehouse.extras import install_command
from warehouse.request_guard import is_loopback

if TYPE_CHECKING:
    from pipelines.settings import Settings

HOME_VARIABLE: Final = "DAGSTER_HOME"
_DAILY_CRON: Final = re.compile(r"(?P<minute>\d{1,2})\s+(?P<hour>\d{1,2})(?:\s+\*){3}")
INSTANCE: Final = "dagster.yaml"
INSTANCE_TEXT: Final = """\
# 由 wenming up 写出，可以修改；删除后会重新写出。
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
retention:
  schedule:
    purge_after_days: 30
  sensor:
    purge_after_days:
      skipped: 2
      started: 30
      success: 30
      failure: 30
"""
GRACE_SECONDS: Final = 20.0
READY_SECONDS: Final = 180.0
POLL_SECONDS: Final = 0.5
LOG_FOLDER: Final = "output"
"""Not `logs`: a folder of that name is Dagster's own, which empties it."""
LOG_BYTES: Final = 5 << 20
LOG_BACKUPS: Final = 3
MAX_SHOWN_LINES: Final = 12
TAIL_SECONDS: Final = 2.0

Raw = Annotated[Path | None, typer.Option("--raw", metavar="文件夹", help="存放通知原件的文件夹。")]
Host = Annotated[str | None, typer.Option("--host", metavar="地址", help="网页的地址；默认只供本机使用。")]
Port = Annotated[int | None, typer.Option("--port", metavar="端口", min=1, max=65535, help="网页的端口。")]
Home = Annotated[Path | None, typer.Option("--home", metavar="文件夹", help="存放运行记录和日志的文件夹。")]
Writable = Annotated[bool, typer.Option("--writable", help="网页上可以启动、停止运行，开关定时任务；不加则只供查看。")]
ReadOnly = Annotated[bool, typer.Option("--read-only", hidden=True, help="网页只供查看（现为默认）。")]


def up(
    *,
    raw: Raw = None,
    warehouse: Warehouse = None,
    host: Host = None,
    port: Port = None,
    home: Home = None,
    writable: Writable = False,
    read_only: ReadOnly = False,
) -> None:
    """Run `wenming up`."""
    from pipelines.settings import load_settings

    settings = load_settings(raw=raw, warehouse=warehouse, up_host=host, up_port=port, dagster_home=home)
    if importlib.util.find_spec("dagster_webserver") is None:
        missing = "还没有安装 Dagster 网页所需的组件（缺少 dagster_webserver）"
        raise UserError(f"{missing}。请运行 {install_command('explore')}")
    require_raw(settings)
    folder = find_home(settings)
    out = Console(highlight=False, soft_wrap=True)
    with _lock_home(folder):
        _require_free_port(settings)
        prepare_home(folder)
        out.print("正在启动 Dagster，约需半分钟……")
        _check_definitions(settings, folder)
        with sigterm_as_interrupt():
            code = _run_processes(out, settings, folder, read_only or not writable)
    raise typer.Exit(code)


def find_home(settings: Settings) -> Path:
    """Return the folder of Dagster: the setting, else DAGSTER_HOME, else a hidden folder beside the warehouse."""
    given = settings.dagster_home or os.environ.get(HOME_VARIABLE)
    return Path(given or settings.warehouse.parent / ".dagster").absolute()


def prepare_home(folder: Path) -> None:
    """Write the settings of Dagster's instance into `folder` unless they exist. Raises UserError."""
    try:
        (folder / LOG_FOLDER).mkdir(parents=True, exist_ok=True)
        if not (folder / INSTANCE).exists():
            (folder / INSTANCE).write_text(INSTANCE_TEXT, "utf-8")
    except OSError as error:
        raise UserError(
            f"无法写入文件夹 {folder}（{error.strerror}），请检查权限，或用 --home 另指定", SOME_FAILED
        ) from error


def process_commands(settings: Settings, *, read_only: bool) -> dict[str, list[str]]:
    """Return the two command lines by the name of their log file."""
    page = ["-h", settings.up_host, "-p", str(settings.up_port), *(["--read-only"] if read_only else [])]
    return {
        "webserver": [sys.executable, "-m", "pipelines.dagster_page", *page],
        "daemon": [sys.executable, "-m", "dagster._daemon", "run", "-m", "pipelines.definitions"],
    }


def process_environment(settings: Settings, folder: Path) -> dict[str, str]:
    """Return the environment of both processes: their home, and the folders given on the command line."""
    from pipelines.settings import PREFIX

    given = {"RAW": settings.raw, "WAREHOUSE": settings.warehouse}
    return {
        **os.environ,
        HOME_VARIABLE: str(folder),
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
        **{PREFIX + name: str(path.absolute()) for name, path in given.items()},
    }


@dataclass(slots=True)
class ChildProcess:
    """One process in a group of its own; its output is written to a rotating log file."""

    name: str
    process: subprocess.Popen[str]
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=MAX_SHOWN_LINES))
    reader: threading.Thread | None = None

    @classmethod
    def start(cls, name: str, command: list[str], env: Mapping[str, str], folder: Path) -> ChildProcess:
        """Start `command`; its output goes to `folder/output/<name>.log`."""
        windows = sys.platform == "win32"
        process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=not windows,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) if windows else 0,
        )
        child = cls(name, process)
        child.reader = threading.Thread(
            target=child._keep, args=(process.stdout, folder / LOG_FOLDER / f"{name}.log"), daemon=True
        )
        child.reader.start()
        return child

    def _keep(self, lines: IO[str], path: Path) -> None:
        handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_BACKUPS, encoding="utf-8")
        for line in lines:
            self.tail.append(line.rstrip())
            handler.handle(logging.makeLogRecord({"msg": line.rstrip()}))
        handler.close()

    def end(self, deadline: float) -> None:
        """Wait until it has ended, or kill it and its children at `deadline` (monotonic seconds)."""
        try:
            self.process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            self.process.kill()
        if sys.platform != "win32":
            # Servers and runs that outlived their parent process.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _run_processes(out: Console, settings: Settings, folder: Path, read_only: bool) -> int:
    """Run both processes until one ends or Ctrl-C; return the exit status."""
    env = process_environment(settings, folder)
    children: list[ChildProcess] = []
    try:
        for name, command in process_commands(settings, read_only=read_only).items():
            children.append(ChildProcess.start(name, command, env, folder))
        _wait_until_ready(settings, children)
        ended = _find_ended(children)
        if ended is None:
            _print_started(out, settings, folder, read_only)
            while ended is None:
                time.sleep(POLL_SECONDS)
                ended = _find_ended(children)
        _print_failure(out, ended, folder)
        return SOME_FAILED
    except KeyboardInterrupt:
        out.print("正在停止……")
        return OK
    finally:
        _terminate_all(children)
        out.print("已停止")


def _find_ended(children: list[ChildProcess]) -> ChildProcess | None:
    return next((child for child in children if child.process.poll() is not None), None)


def _wait_until_ready(settings: Settings, children: list[ChildProcess]) -> None:
    """Wait until the page answers or one of the processes has ended. Raises UserError."""
    host = "127.0.0.1" if settings.up_host in ("0.0.0.0", "::") else settings.up_host
    deadline = time.monotonic() + READY_SECONDS
    while _find_ended(children) is None:
        try:
            socket.create_connection((host, settings.up_port), timeout=1).close()
            return
        except OSError as error:
            if time.monotonic() > deadline:
                raise UserError(
                    f"{READY_SECONDS:g} 秒内没有启动完成，请看日志 {children[0].name}.log，或稍后再试", SOME_FAILED
                ) from error
            time.sleep(POLL_SECONDS)


def _terminate_all(children: list[ChildProcess]) -> None:
    for child in children:
        if child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    try:
        for child in children:
            child.end(deadline)
    except KeyboardInterrupt:
        # A second Ctrl-C: do not wait.
        for child in children:
            child.end(time.monotonic())


def describe_cron(cron: str) -> str:
    """Return in Chinese when a cron expression is due: the hour of a daily one, the expression itself of any other."""
    daily = _DAILY_CRON.fullmatch(cron.strip())
    return f"每天 {int(daily['hour'])}:{int(daily['minute']):02}" if daily else f"按定时规则 {cron} "


def _print_started(out: Console, settings: Settings, folder: Path, read_only: bool) -> None:
    out.print(f"已启动：[bold]{page_url(settings.up_host, settings.up_port)}[/]（按 Ctrl-C 停止）")
    out.print(f"监测的文件夹：{escape(str(settings.raw))}　仓库：{escape(str(settings.warehouse))}", soft_wrap=True)
    when = escape(describe_cron(settings.nightly_cron))
    out.print(f"{when}（{escape(settings.nightly_timezone)}）重建仓库、更新清单", soft_wrap=True)
    if settings.webhook is None:
        out.print("没有设置 webhook，失败只写入日志，不会发到群里")
    out.print(f"运行记录和日志：{escape(str(folder))}", soft_wrap=True)
    if read_only:
        out.print("网页只供查看；要在网页上启动、停止运行，开关定时任务，请加 --writable 重新启动", soft_wrap=True)
    if not is_loopback(settings.up_host):
        may = "查看" if read_only else "打开并启动运行"
        out.print(
            f"[yellow]注意：这个网页没有口令，同一网络中的任何人都能{may}。请只在可信的网络中使用[/]", soft_wrap=True
        )


def _print_failure(out: Console, ended: ChildProcess, folder: Path) -> None:
    label = {"webserver": "Dagster 网页", "daemon": "Dagster 后台"}[ended.name]
    out.print(f"[red]{label}已停止（退出码 {ended.process.returncode}）。最后的输出：[/]")
    if ended.reader is not None:
        # The last lines may still be in the pipe; its children may keep the pipe open for longer.
        ended.reader.join(TAIL_SECONDS)
    for line in tuple(ended.tail):
        out.print(line, markup=False)
    out.print(f"全部输出：{escape(str(folder / LOG_FOLDER / ended.name))}.log", soft_wrap=True)


def _check_definitions(settings: Settings, folder: Path) -> None:
    """Build the definitions once in this process, so that an invalid setting is reported here and in Chinese.

    The tables of Dagster's home are created here too: otherwise both processes would create them, and one fail.
    """
    import dagster as dg

    from pipelines.definitions import build_definitions

    build_definitions(settings)
    if find_record_folder(settings.warehouse) in (settings.corrections.parent, settings.progress.parent):
        claim_record_folder(settings.warehouse)
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        instance.get_runs_count()
        instance.all_instigator_state()
        instance.fetch_materializations(dg.AssetKey("warehouse"), limit=1)


def _require_free_port(settings: Settings) -> None:
    try:
        bind_socket(settings.up_host, settings.up_port).close()
    except ServeError as error:
        raise UserError(str(error), SOME_FAILED) from error


@contextmanager
def _lock_home(folder: Path) -> Iterator[None]:
    """Hold a lock on the home: two daemons would run everything twice."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "up.lock", timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise UserError(
            f"wenming up 已在运行（{folder}）。请先停止它，或用 --home 另指定文件夹", SOME_FAILED
        ) from error
    except OSError as error:
        raise UserError(
            f"无法写入文件夹 {folder}（{error.strerror}），请检查权限，或用 --home 另指定", SOME_FAILED
        ) from error
    try:
        yield
    finally:
        lock.release()
