"""Every command of the pages for users runs on the five published notices, and every option that they name exists."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

import pipelines.commands.build
from pipelines.cli import app, run
from pipelines.cli_common import OK, SOME_FAILED
from tests.pipelines.conftest import CommandResult, run_without_dagster
from tests.repository.guide_pages import list_pages, read_blocks, read_commands, read_named_commands

PAGES = ("README.md", "GUIDE.zh-CN.md", "pipelines/README.md", "warehouse/README.md")
ENDLESS = frozenset({"fetch", "mcp", "serve", "up", "watch"})
"""Commands that run until they are stopped, or use the network; their options are checked."""
RunCommand = Callable[..., CommandResult]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> tuple[Path, str]:
    """A folder in use (built, a second snapshot, what a unit hands in), and what the first command said."""
    folder = tmp_path_factory.mktemp("pages")
    shutil.copytree(repository / "raw", folder / "raw")
    with pytest.MonkeyPatch.context() as patch, pytest.MonkeyPatch.context() as output:
        said: list[str] = []
        output.setattr("rich.console.Console.print", lambda self, *texts, **_: said.extend(map(str, texts)))
        patch.chdir(folder)
        for name in ("WENMING_CORRECTIONS", "WENMING_PROGRESS"):
            patch.delenv(name, raising=False)
        patch.setattr(pipelines.commands.build, "_run_job", run_without_dagster)
        assert run(["build"]) == 0
        output.undo()
        assert run(["export", "tasks", "--notice", "淄博", "--output", "交回"]) == 0
        # A second snapshot, to compare with the first.
        decision = ["--ownership", "淄博市国防动员办公室=本级", "--reason", "本办印发", "--who", "张工"]
        assert run(["review", *decision]) == 0
    (folder / "材料" / "1-方案").mkdir(parents=True)
    (folder / "材料" / "1-方案" / "方案.txt").write_text("工会志愿服务方案", "utf-8")
    return folder, "\n".join(said)


@pytest.fixture
def clone(built: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, which is the current one, with the settings of a newcomer."""
    shutil.copytree(built[0], tmp_path / "clone")
    monkeypatch.chdir(tmp_path / "clone")
    for name in ("WENMING_CORRECTIONS", "WENMING_PROGRESS"):
        monkeypatch.delenv(name)
    return tmp_path / "clone"


def is_endless(arguments: list[str]) -> bool:
    return arguments[0] in ENDLESS or (arguments[0] == "notebook" and len(arguments) > 1)


@pytest.mark.walk
@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_runs(
    page: str, clone: Path, repository: Path, run_command: RunCommand, without_dagster: None
) -> None:
    commands = read_commands((repository / page).read_text("utf-8"))
    assert len(commands) > 3
    failed = []
    for arguments in commands:
        if not is_endless(arguments):
            result = run_command(*arguments)
            # Exit status 1 of `check` says that something is missing, as it is here.
            if result.code not in ((OK, SOME_FAILED) if arguments[0] == "check" else (OK,)):
                failed.append((arguments, result.code, result.err[-400:]))
    assert failed == []


def test_the_first_page_shows_what_the_first_command_says(built: tuple[Path, str], repository: Path) -> None:
    for name in ("README.md", "README.zh-CN.md"):
        (first, *counts) = read_blocks((repository / name).read_text("utf-8"), "")[0].splitlines()
        assert len(counts) == 5
        for line in (first.partition("用时")[0], *counts):
            assert line in built[1]


def test_every_option_that_a_page_names_exists(repository: Path) -> None:
    if shutil.which("git") is None or not (repository / ".git").exists():
        pytest.skip("no git checkout")
    root: Any = typer.main.get_command(app)
    wrong = []
    for page in list_pages(repository):
        if page.name == "CHANGELOG.md":
            continue  # An option that is gone stays in the history.
        text = page.read_text("utf-8")
        for arguments in (*read_commands(text), *read_named_commands(text)):
            if not arguments[0].isascii() or arguments[0].startswith("-"):
                continue
            command: Any = root.commands.get(arguments[0])
            if members := getattr(command, "commands", None):
                command = members.get(arguments[1] if len(arguments) > 1 else "")
                command = command if command or len(arguments) > 1 else root
            known = {option for one in getattr(command, "params", ()) for option in one.opts} | {"--help"}
            used = {word.partition("=")[0] for word in arguments if word.startswith("--") and word.strip("-")}
            if command is None or (command is not root and used - known):
                wrong.append((page.relative_to(repository).as_posix(), *arguments))
    assert wrong == []
