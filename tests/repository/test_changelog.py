"""The changelog is in the sections that people know, and its newest version is that of the program."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

SECTIONS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]


@pytest.fixture(scope="module")
def versions(repository: Path) -> list[tuple[str, str]]:
    """Heading and text of each version, newest first."""
    parts = (repository / "CHANGELOG.md").read_text("utf-8").split("\n## ")[1:]
    return [(part.split("\n", 1)[0], part.split("\n", 1)[1]) for part in parts]


def test_the_newest_version_is_that_of_the_program(repository: Path, versions: list[tuple[str, str]]) -> None:
    version = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    released = [heading for heading, _ in versions if not heading.startswith("[Unreleased]")]
    assert re.fullmatch(rf"\[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d", released[0])
    days = [heading[-10:] for heading in released]
    assert days == sorted(days, reverse=True)


def test_every_version_has_each_section_once_in_order(versions: list[tuple[str, str]]) -> None:
    for heading, text in versions:
        found = re.findall(r"^### (.+)$", text, re.MULTILINE)
        places = [SECTIONS.index(name) for name in found]
        assert all(one < other for one, other in pairwise(places)), heading
