"""The views that come with the package: `marts/*.sql` and `cn/*.sql`, which build on them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

from schemas import VIEW_FOLDERS, ViewSpec, read_view
from schemas.ddl import literal, quoted


def views(schema: str) -> list[ViewSpec]:
    """The views of `mart` or `cn`, sorted by name. Raises ValueError where a file lacks its head comment."""
    folder = resources.files("warehouse") / VIEW_FOLDERS[schema]
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".sql")), key=lambda item: item.name)
    return [read_view(schema, item.name.removesuffix(".sql"), item.read_text("utf-8")) for item in files]


def view_statements() -> Iterator[str]:
    """CREATE VIEW and COMMENT ON statements of every view, for a warehouse that has its tables."""
    for view in (view for schema in VIEW_FOLDERS for view in views(schema)):
        name = f"{quoted(view.schema)}.{quoted(view.name)}"
        yield view.sql
        yield f"COMMENT ON VIEW {name} IS {literal(view.comment)}"
        for column, meaning in view.columns.items():
            yield f"COMMENT ON COLUMN {name}.{quoted(column)} IS {literal(meaning)}"
