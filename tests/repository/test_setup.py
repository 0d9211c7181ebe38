"""What `.ci/setup` can install is what pyproject.toml groups, and the least of it needs no extra."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from packaging.requirements import Requirement

GROUPS = ("words", "test", "dev")


def test_a_wrong_group_is_answered_with_the_right_ones(repository: Path) -> None:
    if shutil.which("bash") is None:
        pytest.skip("no bash")
    done = subprocess.run(["bash", ".ci/setup", "word"], cwd=repository, capture_output=True, text=True, check=False)
    assert (done.returncode, f"[{'|'.join(GROUPS)}]" in done.stderr) == (2, True)


def test_each_group_holds_the_one_before(repository: Path) -> None:
    groups = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    for smaller, larger in pairwise(GROUPS):
        assert {"include-group": smaller} in groups[larger]
    words = {Requirement(line).name for line in groups["words"]}
    assert words == {"hypothesis", "pytest", "pytest-xdist", "ruff"}
