"""The recipes of CONTRIBUTING.md as steps, and a copy of the repository to follow them in.

A recipe is a section whose sentences say what to write (`New file …:`, `At the end of …:`, `In …, after …:`,
`In …, before …:`, `In …, after …, insert ….`) and what to run (`Run:`); a block of code belongs to the sentence above.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_STEP = re.compile(
    r"New file `(?P<new>[^`]+)`:\n"
    r"|At the end of `(?P<end>[^`]+)`:\n"
    r"|In `(?P<file>[^`]+)`, (?P<side>after|before) `(?P<anchor>[^`]+)`(?:, insert `(?P<inline>[^`]+)`\.|:\n)"
    r"|(?P<run>Run):\n"
)
_BLOCK = re.compile(r"\n```(\w+)\n(.*?)```\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the page says to do: a text to write into a file, or commands to run (`path` is None)."""

    text: str
    path: str | None = None
    anchor: str | None = None
    """The text of the file beside which the new one goes; None for a new file or the end of one."""
    is_before: bool = False
    is_inline: bool = False
    """Written right behind the anchor and not on lines of its own."""
    is_new: bool = False


def read_recipe(page: str, title: str, **placeholders: str) -> list[Step]:
    """Return the steps of a section; `<name>` in it stands for the placeholder of that name."""
    section = page.split(f"\n### {title}\n", 1)[1].split("\n### ", 1)[0]
    for name, value in placeholders.items():
        section = section.replace(f"<{name}>", value)
    return list(_steps(section))


def _steps(section: str) -> Iterator[Step]:
    for match in _STEP.finditer(section):
        if match["inline"]:
            yield Step(match["inline"], match["file"], match["anchor"], match["side"] == "before", is_inline=True)
            continue
        block = _BLOCK.match(section, match.end())
        assert block, f"no block of code behind: {match[0].strip()}"
        if match["run"]:
            yield Step(block[2])
        else:
            path = match["new"] or match["end"] or match["file"]
            yield Step(block[2], path, match["anchor"], match["side"] == "before", is_new=bool(match["new"]))


def copy_repository(repository: Path, folder: Path) -> None:
    """Copy the files that git lists, as they are now, beside the environment that runs the tests."""
    listing = subprocess.run(
        ["git", "-c", "core.quotepath=off", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=repository,
        capture_output=True,
        check=True,
    )
    for name in listing.stdout.decode("utf-8").rstrip("\0").split("\0"):
        if (repository / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(repository / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)


def write(step: Step, folder: Path) -> None:
    """Do a step that writes in a copy of the repository."""
    assert step.path
    path = folder / step.path
    if step.is_new:
        assert not path.exists(), f"{step.path} exists"
        path.write_text(step.text, "utf-8")
        return
    text = path.read_text("utf-8")
    if step.anchor is None:
        path.write_text(text + step.text, "utf-8")
        return
    assert text.count(step.anchor) == 1, f"{step.path} holds {text.count(step.anchor)} times: {step.anchor}"
    at = text.index(step.anchor) + (0 if step.is_before else len(step.anchor))
    if not step.is_inline:
        at = text.rindex("\n", 0, at) + 1 if step.is_before else text.index("\n", at) + 1
    new = f" {step.text}" if step.is_inline and not step.is_before else step.text
    path.write_text(text[:at] + new + text[at:], "utf-8")


def run(line: str, folder: Path) -> tuple[int, str]:
    """Run a command there: its exit status and what it said."""
    command = shlex.split(line, comments=True)
    # What this run of the tests tells its workers is not for the runs that it starts.
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    variables.update(PYTHONPATH=str(folder), PYTHONUTF8="1")
    while command and re.fullmatch(r"[A-Z_]+=\S*", command[0]):
        name, _, value = command.pop(0).partition("=")
        variables[name] = value
    done = subprocess.run(
        command, cwd=folder, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr
