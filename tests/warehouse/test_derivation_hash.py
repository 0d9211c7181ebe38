"""A changed program never passes results of the previous one for its own: nothing is missing in the hashes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse.transform import view_files

PRODUCT = ("assets", "extractors", "notebooks", "pipelines", "schemas", "warehouse")


def imported_modules(path: Path) -> Iterator[str]:
    """The modules of the product that a file imports, at its top or within a function."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        yield from (name for name in names if name.split(".")[0] in PRODUCT)


def test_what_the_computation_imports_is_hashed(repository: Path) -> None:
    """Declared tables (`schemas`) count as the statements that create them."""
    for path in (repository / "warehouse" / "transform").rglob("*.py"):
        for module in imported_modules(path):
            assert f"{module}.".startswith(("warehouse.transform.", "schemas.")), f"{path.name} imports {module}"


def test_modules_and_data_of_folders_below_are_hashed(tmp_path: Path) -> None:
    (tmp_path / "matching" / "__pycache__").mkdir(parents=True)
    for name in ("words.toml", "matching/model.py", "matching/weights.csv", "matching/mart.sql"):
        (tmp_path / name).touch()
    (tmp_path / "matching" / "__pycache__" / "model.pyc").touch()
    found = [name for name, _ in view_files._package_files(tmp_path)]
    assert found == ["matching/model.py", "matching/weights.csv", "words.toml"]


def test_marts_behind_computed_results_are_hashed_with_what_they_read() -> None:
    names = [view.full_name for view in view_files._with_dependencies(view_files.COMPUTED_FROM)]
    assert names == ["mart.task_points", "mart.topic_weights"]


@pytest.mark.parametrize("name", ["matching/model.py", "words.toml"])
def test_a_changed_or_moved_file_gives_another_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "matching").mkdir()
    (tmp_path / "matching" / "model.py").write_text("one = 1\n", "utf-8")
    (tmp_path / "words.toml").write_text("one = 1\n", "utf-8")
    view_files.all_views()  # They are read once, and not from the folder of this test.
    monkeypatch.setattr("importlib.resources.files", lambda _: tmp_path)
    computed = view_files.computation_hash.__wrapped__
    before = computed()
    (tmp_path / name).write_text("one = 2\n", "utf-8")
    assert computed() != before
    (tmp_path / name).write_text("one = 1\n", "utf-8")
    assert computed() == before
    (tmp_path / name).rename(tmp_path / "moved.toml")
    assert computed() != before
