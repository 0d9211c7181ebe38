"""The English pages name only files, folders and definitions that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "assets/README.md",
    "extractors/README.md",
    "extractors/body/README.md",
    "extractors/layout/README.md",
    "extractors/notice/README.md",
    "extractors/parsers/README.md",
    "extractors/readers/README.md",
    "extractors/tables/README.md",
    "extractors/topics/README.md",
    "extractors/vocabulary/README.md",
    "notebooks/README.md",
    "pipelines/README.md",
    "pipelines/deploy/README.md",
    "schemas/README.md",
    "tests/README.md",
    "tests/gold/audits/README.md",
    "tests/gold/counterparts/README.md",
    "warehouse/README.md",
    "warehouse/explorer/README.md",
    "warehouse/export/README.md",
)
ROOMS = ("assets", "extractors", "notebooks", "pipelines", "schemas", "tests", "warehouse")

ELSEWHERE = {
    ".py": "the ending",
    "Asia/Shanghai": "a time zone",
    "corrections/": "beside any warehouse file",
    "core/*": "keys of assets",
    "ops/runs": "the key of an asset",
    "progress/": "beside any warehouse file",
    "raw/.fetch": "written by fetching",
    "warehouse/.dagster": "written by `wenming up`",
    "warehouse/.dagster/output/": "written by `wenming up`",
    "warehouse/.wenming.duckdb.editions/": "written by builds",
    "warehouse/.wenming.duckdb.runs/": "written by builds",
    "warehouse/corrections/*.csv": "decisions of an office",
    "warehouse/corrections/版式.csv": "decisions of an office",
    "warehouse/corrections/单位.csv": "decisions of an office",
    "warehouse/corrections/归属.csv": "decisions of an office",
    "warehouse/exports/": "written by exports",
    "warehouse/progress/": "written by imports",
    "warehouse/wenming.duckdb": "written by builds",
    "wenming.toml": "settings of an office",
    "包.zip/通知.docx": "an example of a source path",
    "对应关系.csv": "decisions of an office",
    "版式.csv": "decisions of an office",
    "操作记录.csv": "decisions of an office",
    "单位.csv": "decisions of an office",
    "归属.csv": "decisions of an office",
}
"""What looks like a path and is not in the repository -> what it is."""

SCHEMAS = ("cn", "core", "mart", "ops", "tasks")
"""What precedes a point in names of tables and columns, not of definitions."""

_QUOTED = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"[\w.*<>/-]+")
_FILE_ENDING = re.compile(r"\.(?:py|md|toml|csv|tsv|sql|html|js|css|typ|yaml|service|jsonl|txt)$")
_DEFINITION = re.compile(r"([a-z_]\w*)\.([A-Za-z_]\w*)")


def quoted(page: Path) -> list[str]:
    """What is in code on the page, without blocks and what a recipe tells to write or run."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    return _QUOTED.findall(re.sub(r"New file `[^`]+`", "", text))


def is_path(text: str) -> bool:
    return (
        text not in ELSEWHERE
        and _PATH.fullmatch(text) is not None
        and not text.startswith("/")
        and ("/" in text or _FILE_ENDING.search(text) is not None)
    )


def exists(text: str, page: Path, repository: Path) -> bool:
    """Whether the path is in the repository, beside the page, or below its folder; `<name>` matches anything."""
    pattern = re.sub(r"<\w+>", "*", text).rstrip("/")
    return any(
        next(place.glob(pattern), None) for place in (repository, page.parent, repository / "extractors")
    ) or any(page.parent.rglob(pattern) if page.parent != repository else ())


@cache
def definitions(repository: Path) -> dict[str, set[str]]:
    """Name of a product or test module or package -> what the modules of that name define or import."""
    found: dict[str, set[str]] = {}
    for room in ROOMS:
        for file in (repository / room).rglob("*.py"):
            name = file.parent.name if file.name == "__init__.py" else file.stem
            names = found.setdefault(name, set())
            found.setdefault(file.parent.name, set()).add(file.stem)
            found.setdefault(file.parent.parent.name, set()).add(file.parent.name)
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    names.add(node.name)
                elif isinstance(node, ast.Name):
                    names.add(node.id)
                elif isinstance(node, ast.alias):
                    names.add(node.asname or node.name)
    return found


def test_every_english_page_is_checked(repository: Path) -> None:
    pages = {
        page.relative_to(repository).as_posix()
        for room in ROOMS
        for page in (repository / room).rglob("README.md")
        if not re.search(r"[\u4e00-\u9fff]", page.read_text("utf-8").split("\n", 1)[0])
    }
    assert pages - set(PAGES) == set()


@pytest.mark.parametrize("name", PAGES)
def test_every_path_exists(name: str, repository: Path) -> None:
    page = repository / name
    assert [text for text in quoted(page) if is_path(text) and not exists(text, page, repository)] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_definition_exists(name: str, repository: Path) -> None:
    known = definitions(repository)
    wrong = [
        text
        for text in quoted(repository / name)
        if (match := _DEFINITION.match(text))
        and not _FILE_ENDING.search(text)
        and match[1] not in SCHEMAS
        and match[1] in known
        and match[2] not in known[match[1]]
    ]
    assert wrong == []


def test_nothing_is_listed_as_elsewhere_for_no_page(repository: Path) -> None:
    used = {text for name in PAGES for text in quoted(repository / name)}
    assert set(ELSEWHERE) - used == set()


def test_a_path_that_is_gone_is_found(repository: Path) -> None:
    page = repository / "extractors/README.md"
    assert is_path("readers/geometry/cut.py")
    assert not exists("readers/geometry/cut.py", page, repository)
    assert exists("readers/docx/runs.py", page, repository)
    assert exists("tests/gold/<slug>/", page, repository)
