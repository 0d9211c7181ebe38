"""The texts of pipelines/deploy say nothing that is not there."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml  # type: ignore[import-untyped]

from pipelines import json_logging
from pipelines.cli import app
from pipelines.settings import CONFIG_VARIABLE, PREFIX, Settings

FOLDER = Path("pipelines/deploy")
OF_COMPOSE = {"UID", "GID", "MEM_LIMIT", "DATA", "SERVE_ADDRESS", "SERVE_PORT"}
"""Variables that compose.yaml itself asks for; README.md explains them."""


@pytest.fixture(scope="module")
def folder(repository: Path) -> Path:
    return repository / FOLDER


@pytest.fixture(scope="module")
def options() -> dict[str, set[str]]:
    """Options of every command of `wenming`."""
    group: Any = typer.main.get_command(app)
    return {
        name: {option for parameter in one.params for option in parameter.opts} for name, one in group.commands.items()
    }


def test_units_run_commands_that_exist(folder: Path, options: dict[str, set[str]]) -> None:
    units = sorted(folder.glob("*.service"))
    assert len(units) == 2
    for unit in units:
        started = re.findall(r"^ExecStart=(.*)$", unit.read_text("utf-8"), re.MULTILINE)
        (program, command, *arguments), *more = [shlex.split(one) for one in started]
        assert not more
        assert program.endswith("/.venv/bin/wenming")
        assert {one for one in arguments if one.startswith("-")} <= options[command]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd")
def test_systemd_takes_the_units(folder: Path, tmp_path: Path) -> None:
    checked = []
    for unit in sorted(folder.glob("*.service")):
        # The program, the user and the folders are those of another machine.
        text = re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", unit.read_text("utf-8"), flags=re.MULTILINE)
        text = re.sub(r"^(User|Group)=wenming$", r"\1=root", text, flags=re.MULTILINE).replace("%h/wenming", "/tmp")
        (tmp_path / unit.name).write_text(text, "utf-8")
        checked.append(str(tmp_path / unit.name))
    result = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *checked], capture_output=True, text=True, check=False
    )
    assert (result.returncode, [line for line in result.stderr.splitlines() if str(tmp_path) in line]) == (0, [])


def test_compose_runs_commands_that_exist(folder: Path, options: dict[str, set[str]]) -> None:
    compose = yaml.safe_load((folder / "compose.yaml").read_text("utf-8"))
    assert compose["services"].keys() == {"up", "explorer"}
    for service in compose["services"].values():
        command, *arguments = service["command"]
        assert {one for one in arguments if one.startswith("-")} <= options[command]
        assert (folder / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        (port,) = service["ports"]
        assert arguments[arguments.index("--port") + 1] == port.rsplit(":", 1)[1]
        # Nothing is open to the network unless somebody says so.
        assert "127.0.0.1" in port


def test_every_variable_is_a_setting_or_explained(folder: Path) -> None:
    settings = {name.upper() for name in Settings.model_fields}
    known = (
        settings | OF_COMPOSE | {json_logging.LOG_VARIABLE.removeprefix(PREFIX), CONFIG_VARIABLE.removeprefix(PREFIX)}
    )
    pages = {name: (folder / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md")}
    for file in sorted(folder.iterdir()):
        named = set(re.findall(rf"{PREFIX}([A-Z_]+)", file.read_text("utf-8")))
        assert named - {"NAME"} <= known, file.name
    for name in OF_COMPOSE:
        assert all(PREFIX + name in page for page in pages.values()), name


def test_the_pages_explain_every_file_and_name_commands_that_exist(folder: Path, options: dict[str, set[str]]) -> None:
    for name in ("README.md", "README.zh-CN.md"):
        page = (folder / name).read_text("utf-8")
        assert {one.name for one in folder.iterdir() if one.name not in page and "README" not in one.name} == set(), (
            name
        )
        assert set(re.findall(r"[`/\\]wenming ([a-z]+)\b", page)) <= options.keys() | {"export", "progress"}, name


def test_the_image_holds_what_the_package_holds(folder: Path, repository: Path) -> None:
    dockerfile = (folder / "Dockerfile").read_text("utf-8")
    ignored = (folder / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    copied = {name for line in re.findall(r"^COPY (?!--)(.*) \S+$", dockerfile, re.MULTILINE) for name in line.split()}
    assert packages <= copied
    assert all((repository / name).exists() for name in copied)
    assert {f"!{name}" for name in copied} <= set(ignored)
    entry = json.loads(re.findall(r"^ENTRYPOINT (.*)$", dockerfile, re.MULTILINE)[0])
    assert entry[-1] in project["project"]["scripts"]
