"""The marts (`marts/*.sql`) and the Chinese views on them (`cn/*.sql`), and the hashes that detect changes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final

from schemas import VIEW_FOLDERS, ViewSpec, build_ddl, read_view, sort_views
from schemas.ddl import literal, quoted

DERIVATION: Final = "derivation"
"""Key in `ops.meta`: hash of the program that derived the file, see `derivation_hash`."""


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
    for item in sorted(resources.files("warehouse.transform").iterdir(), key=lambda item: item.name):
        if item.name.endswith(".toml"):
            digest.update(item.read_bytes())
    # Table comments are not part of `schemas.fingerprint()`.
    digest.update("\n".join(build_ddl()).encode())
    return digest.hexdigest()


_COMPUTING: Final = (".py", "task_words.toml", "match_model.json")
"""How the names of files end on which computed results depend."""


@cache
def computation_hash() -> str:
    """Return the SHA-256 of what decides the expensive results, which are reused from the previous warehouse file.

    All modules of this package count, not a list kept by hand: results computed by a changed module never pass for
    fresh ones.
    """
    digest = hashlib.sha256()
    modules = (item for item in resources.files("warehouse.transform").iterdir() if item.name.endswith(_COMPUTING))
    for module in sorted(modules, key=lambda item: item.name):
        digest.update(module.read_bytes())
    for view in all_views():
        if view.full_name in ("mart.task_points", "mart.topic_weights"):
            digest.update(view.sql.encode())
    return digest.hexdigest()
