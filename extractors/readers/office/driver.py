"""Convert files with LibreOffice, as a program beside a reading process; not a module to import.

It is run by a Python that can import `uno` (LibreOffice's own, or the system's), so it uses the standard library only
and no syntax newer than Python 3.8. With `uno`, one office stays open for all files; without it, and for a file to
convert `alone`, each file starts an office. Requests and answers are one JSON object per line:

    in   {"source": path, "target": path, "filter": name of the import filter, "" = detected by the office,
          "export": name of the export filter, "service": what the file must be, "alone": bool}
    out  {"office": process id} after each start, then {"ok": true} or {"error": message}, or {"died": true}

When its input ends the parent has exited: the office is killed and the folder removed.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

_NEVER = 0
"""com.sun.star.document.MacroExecMode.NEVER_EXECUTE and UpdateDocMode.NO_UPDATE."""
_POLL_SECONDS = 0.05
_CHILD_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""


class DiedError(Exception):
    """The office exited while it was needed."""


class Office:
    """The LibreOffice processes, all in one process group so that they can be killed together."""

    def __init__(self, soffice: str, folder: str) -> None:
        self.folder = Path(folder)
        self._soffice = soffice
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False
        self._lock = threading.Lock()

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the program with `arguments` and send its process id."""
        command = [self._soffice, "-env:UserInstallation=" + (self.folder / "profile").as_uri()]
        command += ["--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", *arguments]
        with self._lock:
            if self._ended:
                raise DiedError
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=str(self.folder),
                start_new_session=os.name != "nt",
            )
        send({"office": self._process.pid})
        return self._process

    @property
    def is_running(self) -> bool:
        """Whether the program was started and is running."""
        return self._process is not None and self._process.poll() is None

    def kill(self, for_good: bool = False) -> None:
        """Kill the program and its children."""
        with self._lock:
            self._ended = self._ended or for_good
            if self._process is None:
                return
            if os.name == "nt":
                end = ["taskkill", "/T", "/F", "/PID", str(self._process.pid)]
                subprocess.run(end, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            else:
                try:
                    os.killpg(self._process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    return
            self._process.wait()
        reap_children()


class UnoConverter:
    """Converts with one office that stays open, over a pipe."""

    def __init__(self, office: Office, uno: Any) -> None:
        self._office = office
        self._uno = uno
        self._desktop: Any = None

    def convert(self, request: dict[str, Any]) -> None:
        """Convert one file; errors of the office are raised unchanged."""
        if self._desktop is None or not self._office.is_running:
            self._office.kill()
            self._desktop = self._connect()
        url = Path(request["source"]).as_uri()
        options: dict[str, Any] = {
            "Hidden": True,
            "ReadOnly": True,
            "MacroExecutionMode": _NEVER,
            "UpdateDocMode": _NEVER,
        }
        if request["filter"]:
            options["FilterName"] = request["filter"]
        document = self._desktop.loadComponentFromURL(url, "_blank", 0, self._properties(options))
        if document is None:
            raise ValueError("not loaded")
        try:
            if not document.supportsService(request["service"]):
                raise ValueError("no " + request["service"])
            target = Path(request["target"]).as_uri()
            document.storeToURL(target, self._properties({"FilterName": request["export"]}))
        finally:
            document.close(True)

    def _connect(self) -> Any:
        uno = self._uno
        name = "wenming" + self._office.folder.name.replace("-", "").replace("_", "")
        process = self._office.start("--accept=pipe,name=" + name + ";urp")
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        url = "uno:pipe,name=" + name + ";urp;StarOffice.ComponentContext"
        while process.poll() is None:
            try:
                context = resolver.resolve(url)
            except self._uno.getClass("com.sun.star.connection.NoConnectException"):
                time.sleep(_POLL_SECONDS)
            else:
                return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        raise DiedError

    def _properties(self, values: dict[str, Any]) -> tuple[Any, ...]:
        properties = []
        for name, value in values.items():
            prop = self._uno.createUnoStruct("com.sun.star.beans.PropertyValue")
            prop.Name, prop.Value = name, value
            properties.append(prop)
        return tuple(properties)


class CommandLineConverter:
    """Converts with an office started for each file: without `uno`, or for files that crash the open office."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def convert(self, request: dict[str, Any]) -> None:
        """Convert one file; the office gives no reason if it fails."""
        self._office.kill()
        target, source = Path(request["target"]), request["source"]
        arguments = ["--infilter=" + request["filter"]] if request["filter"] else []
        arguments += [
            "--convert-to",
            target.suffix[1:] + ":" + request["export"],
            "--outdir",
            str(target.parent),
            source,
        ]
        process = self._office.start(*arguments)
        process.wait()
        converted = target.parent / (Path(source).stem + target.suffix)
        if converted.exists():
            converted.replace(target)
        elif process.returncode:
            raise DiedError
        else:
            raise ValueError("no output")


def send(answer: dict[str, Any]) -> None:
    """Write one line to the parent process."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def handle_request(engine: UnoConverter | CommandLineConverter, office: Office, request: dict[str, Any]) -> None:
    """Process one request."""
    if request["alone"]:
        engine = CommandLineConverter(office)
    try:
        engine.convert(request)
    except DiedError:
        send({"died": True})
    except Exception as error:  # any error of the office concerns this file only; its text goes to the parent
        # A dead office shows as one of many errors of the bridge: check the process itself.
        time.sleep(_POLL_SECONDS)
        alone = isinstance(engine, CommandLineConverter) or office.is_running
        send({"error": " ".join(str(error).split())[:200]} if alone else {"died": True})
    else:
        send({"ok": True})


def become_subreaper() -> None:
    """Inherit the children of the office when their parent exits (Linux), so that none remains a zombie."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_children() -> None:
    """Reap the zombies of the killed group."""
    if sys.platform == "linux":
        with suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)


def set_limits(memory: int, file_size: int) -> None:
    """Limit address space and file size of this process and the office, where the system allows it."""
    if os.name == "nt":
        return
    import resource

    wanted = {resource.RLIMIT_AS: memory, resource.RLIMIT_FSIZE: file_size, resource.RLIMIT_CORE: 0}
    for kind, value in wanted.items():
        _, hard = resource.getrlimit(kind)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (bound, bound))
        except (OSError, ValueError) as error:  # macOS refuses some; the time limit still applies
            send({"note": str(error)})


def main(soffice: str, folder: str, memory: str, file_size: str) -> None:
    """Serve requests until the input ends."""
    become_subreaper()
    set_limits(int(memory), int(file_size))
    office = Office(soffice, folder)
    requests: queue.Queue[dict[str, Any]] = queue.Queue()

    def listen() -> None:
        for line in sys.stdin:
            requests.put(json.loads(line))
        office.kill(for_good=True)
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    try:
        engine: UnoConverter | CommandLineConverter = UnoConverter(office, importlib.import_module("uno"))
    except ImportError:
        engine = CommandLineConverter(office)
    while True:
        handle_request(engine, office, requests.get())


if __name__ == "__main__":
    main(*sys.argv[1:])
