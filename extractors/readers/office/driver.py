"""Runs beside a reading process and converts files with LibreOffice; a program of its own, not a module to import.

It is run by whichever Python knows `uno` (LibreOffice's own, or the system's), so it uses the standard library alone
and no syntax younger than Python 3.8. With `uno`, one office stays open for all files; without, and for a file that is
to be converted `alone`, each file costs a start. Requests and answers are one JSON object a line:

    in   {"source": path, "target": path, "filter": name of the import filter, "" = found out by the office,
          "export": name of the export filter, "service": what the file has to be, "alone": bool}
    out  {"office": process id} after each start, then {"ok": true} or {"error": words}, or {"died": true}

When its input ends, the process that asked is gone, however it went: the office is killed, the folder removed.
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
    """The office went away while it was needed."""


class Office:
    """The processes of LibreOffice, all of them in one group so that they can be ended together."""

    def __init__(self, soffice: str, folder: str) -> None:
        self.folder = Path(folder)
        self._soffice = soffice
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False
        self._lock = threading.Lock()

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the program with `arguments` and tell its process id."""
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
        say({"office": self._process.pid})
        return self._process

    @property
    def runs(self) -> bool:
        """Whether the program was started and is still there."""
        return self._process is not None and self._process.poll() is None

    def kill(self, for_good: bool = False) -> None:
        """End the program and all it started."""
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
        reap()


class Listener:
    """One office that stays open and is told what to do over a pipe."""

    def __init__(self, office: Office, uno: Any) -> None:
        self._office = office
        self._uno = uno
        self._desktop: Any = None

    def convert(self, request: dict[str, Any]) -> None:
        """Convert one file; an error of the office about it is raised as it came."""
        if self._desktop is None or not self._office.runs:
            self._office.kill()
            self._desktop = self._connect()
        url = Path(request["source"]).as_uri()
        wanted: dict[str, Any] = {
            "Hidden": True,
            "ReadOnly": True,
            "MacroExecutionMode": _NEVER,
            "UpdateDocMode": _NEVER,
        }
        if request["filter"]:
            wanted["FilterName"] = request["filter"]
        document = self._desktop.loadComponentFromURL(url, "_blank", 0, self._properties(wanted))
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
        out = []
        for name, value in values.items():
            one = self._uno.createUnoStruct("com.sun.star.beans.PropertyValue")
            one.Name, one.Value = name, value
            out.append(one)
        return tuple(out)


class OneByOne:
    """An office started for each file: where no Python with `uno` is to be had, and for files an open one dies of."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def convert(self, request: dict[str, Any]) -> None:
        """Convert one file; the office tells no reason when it cannot."""
        self._office.kill()
        out, source = Path(request["target"]), request["source"]
        arguments = ["--infilter=" + request["filter"]] if request["filter"] else []
        arguments += ["--convert-to", out.suffix[1:] + ":" + request["export"], "--outdir", str(out.parent), source]
        process = self._office.start(*arguments)
        process.wait()
        made = out.parent / (Path(source).stem + out.suffix)
        if made.exists():
            made.replace(out)
        elif process.returncode:
            raise DiedError
        else:
            raise ValueError("nothing came out")


def say(answer: dict[str, Any]) -> None:
    """Write one line to the process that asks."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def answer(engine: Listener | OneByOne, office: Office, request: dict[str, Any]) -> None:
    """Serve one request."""
    if request["alone"]:
        engine = OneByOne(office)
    try:
        engine.convert(request)
    except DiedError:
        say({"died": True})
    except Exception as error:  # whatever the office raised concerns this file; the words go to the one who asked
        # A dead office shows as one of many errors of the bridge: the process itself says what happened.
        time.sleep(_POLL_SECONDS)
        alone = isinstance(engine, OneByOne) or office.runs
        say({"error": " ".join(str(error).split())[:200]} if alone else {"died": True})
    else:
        say({"ok": True})


def adopt() -> None:
    """Have the office's own children handed to this process when their parent ends (Linux), so that none stays dead."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap() -> None:
    """Bury what the killed group leaves behind."""
    if sys.platform == "linux":
        with suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)


def limit(memory: int, file_size: int) -> None:
    """Bound the address space and the size of files of this process and of the office, where the system can."""
    if os.name == "nt":
        return
    import resource

    wanted = {resource.RLIMIT_AS: memory, resource.RLIMIT_FSIZE: file_size, resource.RLIMIT_CORE: 0}
    for kind, value in wanted.items():
        _, hard = resource.getrlimit(kind)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (bound, bound))
        except (OSError, ValueError) as error:  # macOS refuses some; the time limit holds there all the same
            say({"note": str(error)})


def main(soffice: str, folder: str, memory: str, file_size: str) -> None:
    """Serve until the input ends."""
    adopt()
    limit(int(memory), int(file_size))
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
        engine: Listener | OneByOne = Listener(office, importlib.import_module("uno"))
    except ImportError:
        engine = OneByOne(office)
    while True:
        answer(engine, office, requests.get())


if __name__ == "__main__":
    main(*sys.argv[1:])
