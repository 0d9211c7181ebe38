"""What `tests.mutants` changes, and how it judges."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path

import pytest

from tests.mutants import (
    GOLDEN,
    READINGS,
    ROOM_TESTS,
    ROOMS,
    Mutant,
    Tree,
    asked_folders,
    chosen,
    judge,
    likely_tests,
    mutants,
    reaching,
)
from tests.reaching import EVERY_TEST
from tests.warm import exchange

SOURCE = '''"""What stands here is 1 text."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limits import Limits

LEAST = 3


def large(number: int, log: object) -> bool:
    """Whether a number is 1 of the large."""
    log.info("number 1")
    if number < 0:
        raise ValueError(f"{number} < 0")
    told = "人数不足，请补齐"
    return number >= LEAST and "大" not in told
'''
TEST = """from warehouse.sizes import large
from logging import getLogger


def test_sizes() -> None:
    assert large(3, getLogger())
    assert not large(2, getLogger())
"""


@pytest.fixture(scope="module")
def every(repository: Path) -> list[Mutant]:
    """All changes of the product."""
    return mutants(repository, ROOMS)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A tree of one module and its test."""
    for path, text in {
        "warehouse/__init__.py": "",
        "warehouse/sizes.py": SOURCE,
        "tests/warehouse/test_sizes.py": TEST,
    }.items():
        (tmp_path / "from" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "from" / path).write_text(text, "utf-8")
    return tmp_path / "from"


def test_every_room_of_the_product_is_changed(repository: Path, every: list[Mutant]) -> None:
    packages = {path.parent.name for path in repository.glob("*/__init__.py")} - {"notebooks"}
    assert {one.path.split("/", 1)[0] for one in every} == packages
    for room in packages:
        sample = [one for one in every if one.path.startswith(f"{room}/")][:1]
        assert set(asked_folders(repository, sample, 0)) == set(ROOM_TESTS[room])
        assert all(list((repository / folder).glob("test_*.py")) for folder in ROOM_TESTS[room])


def test_what_runs_is_changed_and_nothing_that_is_only_said(small: Path) -> None:
    assert {(one.line, one.kind, one.before, one.after) for one in mutants(small, ("warehouse",))} == {
        (8, "constant", "3", "4"),
        (8, "constant", "3", "(2)"),
        (14, "comparison", "number < 0", "(number <= 0)"),
        (14, "constant", "0", "1"),
        (14, "constant", "0", "(-1)"),
        (17, "return", 'return number >= LEAST and "大" not in told', "return None"),
        (17, "and/or", 'number >= LEAST and "大" not in told', "(number >= LEAST or '大' not in told)"),
        (17, "comparison", "number >= LEAST", "(number > LEAST)"),
        (17, "comparison", '"大" not in told', "('大' in told)"),
        (17, "constant", '"大"', "'大X'"),
    }


def test_what_changes_nothing_is_left_alone(small: Path) -> None:
    loop = """def firsts(rows, others):
    for row, other in zip(rows, others, strict=True):
        if row:
            continue
        try:
            row.use(other)
        except TypeError:
            continue
"""
    (small / "warehouse/sizes.py").write_text(loop, "utf-8")
    assert [(one.line, one.kind) for one in mutants(small, ("warehouse",))] == [(3, "negation"), (4, "continue")]


def test_every_change_of_a_room_is_python(repository: Path, every: list[Mutant]) -> None:
    sources: dict[str, tuple[bytes, str]] = {}
    for one in chosen(every, 0, 200):
        if one.path not in sources:
            sound = (repository / one.path).read_bytes()
            sources[one.path] = sound, ast.dump(ast.parse(sound))
        source, dumped = sources[one.path]
        assert ast.dump(ast.parse(one.applied(source))) != dumped, str(one)


def test_a_seed_always_chooses_the_same(every: list[Mutant]) -> None:
    assert chosen(every, 7, 20) == chosen(every, 7, 30)[:20]
    assert chosen(every, 7, 20) != chosen(every, 8, 20)
    assert {one.kind for one in chosen(every, 7, 40)} == {one.kind for one in every}


def test_short_texts_golden_files_and_the_tests_that_import_the_module_come_first(repository: Path) -> None:
    of_parties = Mutant("extractors/parsers/responsible_units.py", 1, "constant", 0, 1, "", "")
    assert likely_tests(repository, of_parties)[:2] == [READINGS, GOLDEN]
    assert "tests/extractors/parsers/test_responsible_units.py" in likely_tests(repository, of_parties)
    of_store = Mutant("warehouse/store/__init__.py", 1, "constant", 0, 1, "", "")
    assert GOLDEN not in likely_tests(repository, of_store)
    assert "tests/warehouse/test_store.py" in likely_tests(repository, of_store)


def test_a_change_that_a_test_notices_and_one_that_none_does(small: Path, tmp_path: Path) -> None:
    tree = Tree(small, tmp_path)
    changes = {one.after: one for one in mutants(small, ("warehouse",))}
    assert judge(tree, changes["(number > LEAST)"], {EVERY_TEST}, 0, {}) == (
        "killed",
        "tests/warehouse/test_sizes.py::test_sizes",
    )
    assert judge(tree, changes["(number <= 0)"], {EVERY_TEST}, 0, {}) == ("survived", "the tests of the room")
    assert (tree.root / "warehouse/sizes.py").read_text("utf-8") == SOURCE


def test_a_test_that_always_fails_notices_nothing(small: Path, tmp_path: Path) -> None:
    (small / "tests/warehouse/test_sizes.py").write_text(TEST + "    raise OSError\n", "utf-8")
    tree = Tree(small, tmp_path)
    assert judge(tree, mutants(small, ("warehouse",))[0], {EVERY_TEST}, 0, {})[0] == "unjudged"


STARTING = """import os
import subprocess
import sys

from warehouse.sizes import large
from logging import getLogger


def test_beside() -> None:
    assert not large(2, getLogger())


def test_started() -> None:
    asked = "from warehouse.sizes import large; from logging import getLogger; print(large(3, getLogger()))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout == "True\\n"


def test_broken() -> None:
    assert large(2, getLogger())
"""


def test_only_the_tests_that_reach_a_place_are_run(small: Path, repository: Path, tmp_path: Path) -> None:
    for name in ("reaching.py", "listening.py", "warm.py"):
        (small / "tests" / name).write_bytes((repository / "tests" / name).read_bytes())
    (small / "tests/warehouse/test_sizes.py").write_text(STARTING, "utf-8")
    # What pytest imports before it asks any plugin is heard too.
    (small / "tests/warehouse/conftest.py").write_text("import warehouse.sizes\n", "utf-8")
    tree = Tree(small, tmp_path)
    sample = mutants(small, ("warehouse",))
    found = reaching([tree], sample, tmp_path / "reached", ["tests/warehouse"])
    reached = dict(zip((one.after for one in sample), found.tests, strict=True))
    beside, started, broken = (
        f"tests/warehouse/test_sizes.py::test_{name}" for name in ("beside", "started", "broken")
    )
    assert EVERY_TEST in reached["4"]
    assert reached["(number > LEAST)"] == {beside, started}
    assert reached["('大' in told)"] == {started}
    assert found.failed == {broken}
    assert found.seconds.keys() == {beside, started}
    assert not list(tree.root.glob("*.py"))
    changes = {one.after: one for one in sample}
    tree.collect(["tests/warehouse"])
    for after, told in (
        ("(number > LEAST)", ("killed", started)),
        ("(number >= LEAST or '大' not in told)", ("killed", beside)),
        ("(number <= 0)", ("survived", "the 2 tests that reach it")),
    ):
        assert judge(tree, changes[after], reached[after], 0, found.seconds) == told
        assert (tree.root / "warehouse/sizes.py").read_text("utf-8") == SOURCE
    # A process that Python isolates is not heard: where nothing was, the tests that import the module are run.
    for took, told in (
        (found.seconds, ("killed", started)),
        ({}, ("survived", "no test")),
        ({beside: 1.0}, ("survived", "the tests that import the module")),
    ):
        assert judge(tree, changes["(number > LEAST)"], set(), 0, took) == told
    tree.close()


EXCHANGED = """
from functools import cache

LEAST = 3


def outer(number, least=LEAST):
    return (lambda other: other + 1)(number) > least


class Sizes:
    names = ("small",)

    @property
    def large(self):
        return outer(5)

    @large.setter
    def large(self, value):
        self.kept = value


@cache
def kept(number):
    def doubled():
        return number * 2

    return doubled


living = kept(4)
"""


@pytest.mark.parametrize(
    ("before", "after", "is_whole"),
    [
        ("other + 1", "other + 7", True),
        ("return outer(5)", "return None", True),
        ("self.kept = value", "self.kept = None", True),
        ("return doubled", "return None", False),
        ("number * 2", "number * 3", False),
        ("LEAST = 3", "LEAST = 4", False),
        ("least=LEAST", "least=4", False),
        ('("small",)', '("smal",)', False),
        ("@cache", "", False),
    ],
)
def test_code_is_exchanged_where_nothing_that_runs_at_import_changed(
    before: str, after: str, is_whole: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "exchanged.py"
    path.write_text(EXCHANGED, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "exchanged", raising=False)
    module = importlib.import_module("exchanged")
    sizes = module.Sizes()
    told: list[tuple[object, ...]] = []
    for source in (EXCHANGED, EXCHANGED.replace(before, after)):
        if source == EXCHANGED or exchange(str(path), EXCHANGED, source):
            sizes.large = 5
            told.append((module.outer(2), sizes.large, sizes.kept, module.kept(len(told)) is None))
    monkeypatch.delitem(sys.modules, "exchanged")
    assert len(set(told)) == 1 + is_whole
