"""The marts (`marts/*.sql`) and the Chinese views on them (`cn/*.sql`), and the hashes that detect changes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from schemas import VIEW_FOLDERS, ViewSpec, build_ddl, read_view, sort_views
from schemas.ddl import literal, quoted

DERIVATION: Final = "derivation"
"""Key in `ops.meta`: hash of the program that derived the file, see `derivation_hash`."""
COMPUTED_FROM: Final = ("mart.topic_weights",)
"""Marts that results are computed from which are reused from the previous warehouse file."""


def read_views(schema: str) -> list[ViewSpec]:
    """Return the views of the schema `mart` or `cn`, sorted by name.

    Raises:
        ValueError: A file lacks its head comment.
    """
    folder = resources.files("warehouse.transform") / VIEW_FOLDERS[schema]
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".sql")), key=lambda item: item.name)
    return [read_view(schema, item.name.removesuffix(".sql"), item.read_text("utf-8")) for item in files]


@cache
def all_views() -> tuple[ViewSpec, ...]:
    """Return all views in dependency order."""
    return tuple(sort_views(view for schema in VIEW_FOLDERS for view in read_views(schema)))


def view_comments(view: ViewSpec) -> Iterator[str]:
    """Yield the COMMENT ON statements of a view."""
    name = f"{quoted(view.schema)}.{quoted(view.name)}"
    yield f"COMMENT ON {view.kind} {name} IS {literal(view.comment)}"
    for column, meaning in view.columns.items():
        yield f"COMMENT ON COLUMN {name}.{quoted(column)} IS {literal(meaning)}"


@cache
def derivation_hash() -> str:
    """Return the SHA-256 of everything that decides what is derived from core: SQL, code, data and declared tables."""
    digest = hashlib.sha256(computation_hash().encode())
    for view in all_views():
        digest.update(f"{view.full_name}\0{view.sql}\0{view.comment}\0{view.columns}\0{view.scope}\0".encode())
    # Table comments are not part of `schemas.fingerprint()`.
    digest.update("\n".join(build_ddl()).encode())
    return digest.hexdigest()


@cache
def computation_hash() -> str:
    """Return the SHA-256 of what decides the expensive results, which are reused from the previous warehouse file.

    Nothing is listed by hand: all modules and data files of this package count, and the marts that the results are
    computed from with all that they read. A test fails where a module of this package imports one of another package.
    """
    digest = hashlib.sha256()
    for name, file in _package_files(resources.files("warehouse.transform")):
        digest.update(f"{name}\0".encode() + file.read_bytes())
    for view in _with_dependencies(COMPUTED_FROM):
        digest.update(view.sql.encode())
    return digest.hexdigest()


def _package_files(folder: Traversable, parent: str = "") -> Iterator[tuple[str, Traversable]]:
    """Yield the modules and data files below a folder, with their paths in it; SQL counts by view."""
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _package_files(item, f"{parent}{item.name}/")
        elif not item.name.endswith((".sql", ".pyc")):
            yield f"{parent}{item.name}", item


def _with_dependencies(names: Collection[str]) -> list[ViewSpec]:
    """Return the named views and all that they read, in dependency order."""
    wanted = set(names)
    for view in reversed(all_views()):
        if view.full_name in wanted:
            wanted |= view.dependencies
    return [view for view in all_views() if view.full_name in wanted]
