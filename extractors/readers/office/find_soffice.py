"""Where LibreOffice is on this machine, and a Python that can talk to it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

_NAMES = ("soffice", "libreoffice", "loffice")
_UNIX = (
    "/usr/lib/libreoffice/program/soffice",
    "/usr/lib64/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
_PROBE_SECONDS = 30.0


@cache
def soffice() -> Path | None:
    """The program `soffice`, links followed; None where LibreOffice is not installed."""
    found = [path for name in _NAMES if (path := shutil.which(name))]
    if sys.platform == "win32":
        bases = (os.environ.get("PROGRAMFILES"), os.environ.get("PROGRAMFILES(X86)"))
        found += [str(Path(base, "LibreOffice", "program", "soffice.exe")) for base in bases if base]
    else:
        found += [*_UNIX, *map(str, sorted(Path("/opt").glob("libreoffice*/program/soffice"), reverse=True))]
    return next((Path(path).resolve() for path in found if Path(path).is_file()), None)


@cache
def python(program: Path) -> Path:
    """The interpreter for the driver: the first that can import `uno`, else the one that runs this."""
    beside = program.parent
    candidates = [beside / "python.exe", beside / "python", beside.parent / "Resources" / "python"]
    candidates += [Path("/usr/bin/python3")]
    candidates += [Path(found) for name in ("python3", "python") if (found := shutil.which(name))]
    own = Path(sys.executable)
    return next((path for path in [*candidates, own] if path.is_file() and _knows_uno(path)), own)


def _knows_uno(interpreter: Path) -> bool:
    try:
        done = subprocess.run(
            [interpreter, "-I", "-c", "import uno"], capture_output=True, timeout=_PROBE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
