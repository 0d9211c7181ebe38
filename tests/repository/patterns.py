"""List every regular expression of the product: text, flags, place, and whether it is searched for or matched.

`python -m tests.repository.patterns` prints them as JSON. It runs in a process of its own, because only what is
compiled after the spy is in place is seen: all modules are imported, and functions without arguments that keep what
they make (patterns built of vocabulary) are called.
"""

from __future__ import annotations

import ast
import gc
import importlib
import inspect
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
ROOMS: Final = ("extractors", "schemas", "warehouse", "assets", "pipelines")
NOT_OURS: Final = "extractors.readers.office.driver"
"""Runs under the system's Python, beside LibreOffice."""
ANCHORED: Final = {"match", "fullmatch"}


def _importer() -> tuple[str, int] | None:
    """The line of the product that is compiling a pattern; None where a library does, though the product imports it."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and Path(frame.f_code.co_filename).parent.name == "re":
        frame = frame.f_back
    if frame is None:
        return None
    path = Path(frame.f_code.co_filename)
    if path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in ROOMS:
        return path.relative_to(ROOT).as_posix(), frame.f_lineno
    return None


def collect() -> dict[tuple[str, int], tuple[str, int]]:
    """(pattern, flags) -> (file, line)."""
    found: dict[tuple[str, int], tuple[str, int]] = {}
    compiler: Any = importlib.import_module("re._compiler")
    compile_pattern = compiler.compile

    def spy(pattern: Any, flags: int = 0) -> Any:
        place = _importer() if isinstance(pattern, str) else None
        if place is not None:
            found.setdefault((pattern, int(flags)), place)
        return compile_pattern(pattern, flags)

    compiler.compile = spy
    re.purge()
    try:
        for module in list(_modules()):
            for made in list(vars(module).values()):
                if hasattr(made, "cache_info") and made.__module__ == module.__name__ and not _parameters(made):
                    made()
    finally:
        compiler.compile = compile_pattern
    return found


def _parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def _modules() -> Iterator[ModuleType]:
    for room in ROOMS:
        package = importlib.import_module(room)
        for info in pkgutil.walk_packages(package.__path__, f"{room}."):
            if info.name != NOT_OURS and not info.name.endswith("__main__"):
                yield importlib.import_module(info.name)


@cache
def _trees() -> dict[str, ast.Module]:
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
        for room in ROOMS
        for path in Path(ROOT, room).rglob("*.py")
    }


def use_of(file: str, line: int) -> str:
    """How the pattern that is compiled there is used: only anchored (match, fullmatch), else search."""
    for node in _trees()[file].body:
        names = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
        value = getattr(node, "value", None)
        if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "compile"):
            continue
        if node.lineno <= line <= (node.end_lineno or 0) and len(names) == 1 and isinstance(names[0], ast.Name):
            return _use_of_name(names[0].id, file)
    return "search"


def _use_of_name(name: str, file: str) -> str:
    uses: set[str] = set()
    for path in _trees():
        if path == file or name in _imports(path):
            uses |= _uses(path).get(name, set())
    uses.discard("pattern")
    if uses == {"fullmatch"}:
        return "fullmatch"
    return "match" if uses and uses <= ANCHORED else "search"


@cache
def _imports(file: str) -> set[str]:
    """The names that a file imports from modules."""
    return {alias.name for node in _trees()[file].body if isinstance(node, ast.ImportFrom) for alias in node.names}


@cache
def _uses(file: str) -> dict[str, set[str]]:
    """The methods that are called of each name of a file, and "" where it is passed on."""
    nodes = list(ast.walk(_trees()[file]))
    methods = {id(node.value): node.attr for node in nodes if isinstance(node, ast.Attribute)}
    uses: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            uses.setdefault(node.id, set()).add(methods.get(id(node), ""))
    return uses


def main() -> None:
    """Print the list."""
    # Nothing of the trees of syntax is garbage, and to look through them for it takes as long as all else.
    gc.disable()
    listed = [
        {"pattern": pattern, "flags": flags, "file": file, "line": line, "use": use_of(file, line)}
        for (pattern, flags), (file, line) in collect().items()
    ]
    print(json.dumps(sorted(listed, key=lambda one: (one["file"], one["line"]))))


if __name__ == "__main__":
    main()
