"""Words as data: the TOML, CSV and TSV files of this folder, each read once per process."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Literal, overload

from extractors.vocabulary.models import (
    BodyWords,
    DeadlineWords,
    HeaderWords,
    IdentityWords,
    ThresholdWords,
    WordLists,
    WordTables,
)


@overload
def load_toml(name: Literal["contacts", "demands", "header_phrases", "methods", "parties", "rows"]) -> WordLists: ...
@overload
def load_toml(
    name: Literal["checks", "evidence", "general_rules", "layouts", "material_forms", "scoring", "topics"],
) -> WordTables: ...
@overload
def load_toml(name: Literal["body"]) -> BodyWords: ...
@overload
def load_toml(name: Literal["deadlines"]) -> DeadlineWords: ...
@overload
def load_toml(name: Literal["headers"]) -> HeaderWords: ...
@overload
def load_toml(name: Literal["identity"]) -> IdentityWords: ...
@overload
def load_toml(name: Literal["thresholds"]) -> ThresholdWords: ...
@cache
def load_toml(name: str) -> Any:
    """Return the parsed file `<name>.toml`."""
    return tomllib.loads(load_text(f"{name}.toml"))


def load_csv(name: str) -> list[dict[str, str]]:
    """Return the rows of `<name>.csv` as dicts."""
    return list(csv.DictReader(io.StringIO(load_text(f"{name}.csv"))))


def load_text(filename: str) -> str:
    """Return the text of a file."""
    return files(__package__).joinpath(filename).read_text("utf-8")


def alternation(words: Iterable[str]) -> str:
    """Return a regular expression, in a group of its own, that matches any of `words`, longer ones first."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(re.escape, ordered))})"
