"""Every import contract of pyproject.toml fails on the import that it forbids."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOMS = ("assets", "extractors", "notebooks", "pipelines", "schemas", "warehouse")
WRONG = {
    "data flows forward: pipelines > assets, notebooks > warehouse > schemas, extractors alone": (
        "warehouse/errors.py",
        "assets.asset_keys",
    ),
    "extractors import nothing of ours": ("extractors/limits.py", "warehouse.errors"),
    "formats: readers > layout > the page model; nothing there knows a word": (
        "extractors/layout/model.py",
        "extractors.readers.sniff",
    ),
    "readers and layout judge nothing": ("extractors/readers/sniff.py", "extractors.parsers.points"),
    "meaning: notice > body, tables > parsers > vocabulary": (
        "extractors/parsers/points.py",
        "extractors.body.outline",
    ),
    "meaning is read from the page model, whatever the format": (
        "extractors/body/outline.py",
        "extractors.readers.sniff",
    ),
    "inside layout: pages > tables and lines > the model": (
        "extractors/layout/rulings.py",
        "extractors.layout.page_layout",
    ),
    "warehouse: explorer > export > questions > query > store > transform": (
        "warehouse/transform/due_dates.py",
        "warehouse.store.locks",
    ),
    "assets: Dagster definitions > fetch, progress_import > ingest": (
        "assets/ingest/results.py",
        "assets.fetch.manifest",
    ),
    "plain code knows no Dagster": ("assets/ingest/duplicates.py", "dagster"),
    "notebooks read the published warehouse only": ("notebooks/labels.py", "assets.asset_keys"),
}
"""Contract -> file and the import that it must not have."""


def contracts(repository: Path) -> set[str]:
    settings = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    return {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


def test_every_contract_has_an_import_that_breaks_it(repository: Path) -> None:
    assert contracts(repository) == set(WRONG)


def test_each_contract_breaks(repository: Path, tmp_path: Path) -> None:
    pytest.importorskip("importlinter", reason="import-linter belongs to the tools of developers")
    for room in ROOMS:
        shutil.copytree(repository / room, tmp_path / room, ignore=shutil.ignore_patterns("[!_a-z]*", "__pycache__"))
    shutil.copy(repository / "pyproject.toml", tmp_path)
    for file, imported in WRONG.values():
        path = tmp_path / file
        path.write_text(path.read_text("utf-8") + f"\n\ndef _wrong() -> None:\n    import {imported}\n", "utf-8")
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    ran = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    output = re.sub(r"\s+", " ", ran.stdout)
    assert [name for name in sorted(WRONG) if f"{name} BROKEN" not in output] == []
