"""CONTRIBUTING.md followed to the letter in a copy of the repository."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.repository.recipes import Step, copy_repository, read_recipe, run, write
from warehouse.questions import list_questions

NEXT_NUMBER = str(len(list_questions()) + 1)
RECIPES = {
    "A header word": (("insert", "insert", "run"), 4),
    "A question": (("new", "end", "after", "new", "run"), 7),
    "A mart": (("new", "after", "new", "run"), 5),
    "A reader": (("new", "after", "after", "after", "before", "after", "new", "run"), 5),
}
"""Title of a section -> its steps in order, and the number of commands that it runs."""


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "CONTRIBUTING.md").read_text("utf-8")


def kind(step: Step) -> str:
    if step.path is None:
        return "run"
    if step.anchor is None:
        return "new" if step.is_new else "end"
    return "insert" if step.is_inline else "before" if step.is_before else "after"


@pytest.mark.parametrize("title", RECIPES)
def test_every_step_of_a_recipe_is_understood(page: str, title: str) -> None:
    steps = read_recipe(page, title, number=NEXT_NUMBER)
    kinds, commands = RECIPES[title]
    assert tuple(map(kind, steps)) == kinds
    assert len(steps[-1].text.splitlines()) == commands


@pytest.mark.parametrize("title", RECIPES)
def test_every_place_of_a_recipe_is_there_once(page: str, title: str, repository: Path) -> None:
    for step in read_recipe(page, title, number=NEXT_NUMBER):
        if step.is_new:
            assert step.path
            assert not (repository / step.path).exists()
        elif step.anchor is not None and step.path:
            assert (repository / step.path).read_text("utf-8").count(step.anchor) == 1, step


@pytest.mark.walk
@pytest.mark.parametrize("title", RECIPES)
def test_a_stranger_follows_the_recipe(page: str, title: str, repository: Path, tmp_path: Path) -> None:
    if shutil.which("git") is None or not (repository / ".git").exists():
        pytest.skip("no git checkout")
    copy_repository(repository, tmp_path)
    *written, commands = read_recipe(page, title, number=NEXT_NUMBER)
    for step in written:
        write(step, tmp_path)
    for command in commands.text.splitlines():
        code, said = run(command, tmp_path)
        assert code == 0, f"{command}\n{said[-6000:]}"
