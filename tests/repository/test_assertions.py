"""Every test states something: itself, or by a function of its file."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

REFUSALS: Final = frozenset({"raises", "fail"})
"""What pytest has for a test that states what must not pass."""


def find_silent_tests(source: str) -> list[str]:
    """Return the tests of a file that neither state anything nor call a function of the file that does."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    stating = {function.name for function in functions if states_something(function)}
    return [
        function.name
        for function in functions
        if function.name.startswith("test_") and function.name not in stating and not stating & names_in(function)
    ]


def states_something(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Assert) or (isinstance(node, ast.Attribute) and node.attr in REFUSALS)
        for node in ast.walk(function)
    )


def names_in(function: ast.FunctionDef) -> set[str]:
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}


def test_every_test_states_something(repository: Path) -> None:
    silent = {
        path.relative_to(repository).as_posix(): found
        for path in (repository / "tests").rglob("test_*.py")
        if (found := find_silent_tests(path.read_text("utf-8")))
    }
    assert silent == {}


def test_a_test_that_only_runs_is_found() -> None:
    helper = "def check(one):\n    assert one\n\n"
    stating = "def test_a():\n    assert 1\n\ndef test_b():\n    with pytest.raises(E):\n        f()\n\n"
    silent = "def test_c():\n    check(1)\n\ndef test_d():\n    f(1)\n"
    assert find_silent_tests(helper + stating + silent) == ["test_d"]
