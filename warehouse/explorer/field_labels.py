"""Chinese names of the fields that a person may correct."""

from __future__ import annotations

from typing import Final

import schemas

LEVELS: Final = {"tasks": "core.tasks", "indicators": "core.indicators", "notices": "core.notices"}
OTHER_LABELS: Final = {"tasks.parties": "责任单位"}
"""Fields that are no columns of their table."""


def label_field(name: str) -> str:
    """Return the Chinese name of a field such as `tasks.points`; the name itself if it has none."""
    level, _, column = name.partition(".")
    if name in OTHER_LABELS:
        return OTHER_LABELS[name]
    columns = schemas.TABLES[LEVELS[level]].column if level in LEVELS else {}
    return columns[column].label if column in columns else name
