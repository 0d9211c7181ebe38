"""The command that installs an extra names the interpreter that runs the program."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from warehouse.extras import install_command


def test_in_a_clone_the_pinned_versions_are_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("constraints.txt", "pyproject.toml"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    assert install_command("explore") == '.venv/bin/python -m pip install -c constraints.txt -e ".[explore]"'


def test_elsewhere_the_extra_of_the_installed_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "constraints.txt").touch()
    monkeypatch.chdir(tmp_path)
    assert install_command("mcp") == f'{sys.executable} -m pip install "wenming-warehouse[mcp]"'
