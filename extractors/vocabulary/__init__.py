"""Words as data: the TOML and CSV files of this folder, read once per process."""

from __future__ import annotations

import csv
import io
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def toml(name: str) -> dict[str, Any]:
    """The parsed file `<name>.toml` of the vocabulary."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def rows(name: str) -> list[dict[str, str]]:
    """The rows of the file `<name>.csv` of the vocabulary, one dict per row."""
    return list(csv.DictReader(io.StringIO(files(__package__).joinpath(f"{name}.csv").read_text("utf-8"))))
