"""How an extra of the program is installed, as it can be typed here."""

from __future__ import annotations

import sys
from pathlib import Path


def install_command(extra: str) -> str:
    """Return the command: with the pinned versions in the folder of a clone, else for the installed program.

    The interpreter is named, as the `pip` of the search path is mostly another one's.
    """
    here = Path.cwd()
    # Not resolved: the interpreter of an environment is a link to that of the system.
    python = Path(sys.executable)
    interpreter = python.relative_to(here) if python.is_relative_to(here) else python
    is_clone = (here / "constraints.txt").is_file() and (here / "pyproject.toml").is_file()
    what = f'-c constraints.txt -e ".[{extra}]"' if is_clone else f'"wenming-warehouse[{extra}]"'
    return f"{interpreter} -m pip install {what}"
