"""constraints.txt pins everything that the project's environment holds, and nothing but versions."""

from __future__ import annotations

import os
import re
import tomllib
from importlib.metadata import distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OWN = "wenming-warehouse"
# Put there by venv or by whoever made the environment: no requirement of the project asks for them.
TOOLS_OF_THE_ENVIRONMENT = {"setuptools", "wheel"}


@pytest.fixture(scope="module")
def pins(repository: Path) -> dict[str, Requirement]:
    """The pins that hold on this interpreter and platform, by canonical name."""
    found: dict[str, Requirement] = {}
    for line in (repository / "constraints.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            pin = Requirement(line)
            if pin.marker is None or pin.marker.evaluate():
                assert canonicalize_name(pin.name) not in found, f"{pin.name} is pinned twice"
                found[canonicalize_name(pin.name)] = pin
    return found


def needed(name: str, extras: frozenset[str], seen: set[tuple[str, frozenset[str]]]) -> set[str]:
    """The canonical names of all that an installed distribution asks for, itself included."""
    if (name, extras) in seen:
        return set()
    seen.add((name, extras))
    names = {name}
    for line in distribution(name).requires or []:
        required = Requirement(line)
        chosen = extras or {""}
        if required.marker is None or any(required.marker.evaluate({"extra": extra}) for extra in chosen):
            names |= needed(canonicalize_name(required.name), frozenset(required.extras), seen)
    return names


def test_each_line_is_an_exact_version(repository: Path) -> None:
    for line in (repository / "constraints.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+( ; [a-z_]+ [=<>!]+ [\"'][a-z0-9.]+[\"'])?", line), line


def test_all_that_is_asked_for_is_pinned_at_the_installed_version(
    repository: Path, pins: dict[str, Requirement]
) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    required = [Requirement(line) for line in project["project"]["dependencies"]]
    groups = project["dependency-groups"]
    required += [Requirement(line) for line in (*groups["words"], *groups["test"]) if isinstance(line, str)]
    seen: set[tuple[str, frozenset[str]]] = set()
    names = set().union(*(needed(canonicalize_name(one.name), frozenset(one.extras), seen) for one in required))
    assert names - set(pins) == set()
    wrong = {name for name in names if not pins[name].specifier.contains(distribution(name).version)}
    assert wrong == set()


@pytest.mark.skipif(os.environ.get("CI") != "true", reason="an environment of one's own may hold more tools")
def test_nothing_unpinned_is_installed(pins: dict[str, Requirement]) -> None:
    installed = {canonicalize_name(one.metadata["Name"]) for one in distributions()}
    assert installed - set(pins) - TOOLS_OF_THE_ENVIRONMENT - {OWN} == set()


def test_the_pins_fit_what_the_project_asks_for(repository: Path, pins: dict[str, Requirement]) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    lines = list(project["project"]["dependencies"])
    for extra in project["project"]["optional-dependencies"].values():
        lines += [line for line in extra if not line.startswith(OWN)]
    for group in project["dependency-groups"].values():
        lines += [line for line in group if isinstance(line, str)]
    for required in map(Requirement, lines):
        pin = pins[canonicalize_name(required.name)]
        version = next(iter(pin.specifier)).version
        assert required.specifier.contains(version, prereleases=True), f"{required} against {pin}"
