"""Words that belong to a format, not to notices: names of page parts, of worksheets. TOML files of this folder."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def format_words(name: str) -> dict[str, Any]:
    """Return the parsed file `<name>.toml` beside this module."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))
