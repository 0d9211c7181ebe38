"""The vocabulary files have the types that the code relies on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_overloads, get_type_hints, is_typeddict

import pytest

from extractors import vocabulary
from extractors.vocabulary import alternation, load_csv, load_text, load_toml

FOLDER = Path(vocabulary.__file__).parent


def types_by_file() -> dict[str, Any]:
    """Return the declared type of each file, from the overloads of `load_toml`."""
    declared: dict[str, Any] = {}
    for overload in get_overloads(load_toml.__wrapped__):  # type: ignore[attr-defined]
        hints = get_type_hints(overload)
        assert get_origin(hints["name"]) is Literal
        declared |= dict.fromkeys(get_args(hints["name"]), hints["return"])
    return declared


def mismatches(value: Any, expected: Any, place: str) -> list[str]:
    """Return where `value` is not of the type `expected`."""
    if expected is Any:
        return []
    if is_typeddict(expected):
        hints = get_type_hints(expected)
        found = [f"{place}: missing {key}" for key in expected.__required_keys__ - set(value)]
        found += [f"{place}: unknown {key}" for key in set(value) - set(hints)]
        return found + [
            m for key in value if key in hints for m in mismatches(value[key], hints[key], f"{place}.{key}")
        ]
    origin, arguments = get_origin(expected), get_args(expected)
    if origin is Mapping:
        if not isinstance(value, dict):
            return [f"{place}: not a table"]
        return [m for key, item in value.items() for m in mismatches(item, arguments[1], f"{place}.{key}")]
    if origin is list:
        if not isinstance(value, list):
            return [f"{place}: not a list"]
        return [m for i, item in enumerate(value) for m in mismatches(item, arguments[0], f"{place}[{i}]")]
    return [] if isinstance(value, expected) else [f"{place}: {value!r} is not {expected.__name__}"]


def test_every_file_has_a_declared_type() -> None:
    assert set(types_by_file()) == {path.stem for path in FOLDER.glob("*.toml")}


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_a_file_has_its_declared_type(name: str) -> None:
    assert mismatches(load_toml(name), types_by_file()[name], name) == []  # type: ignore[call-overload]


def test_mismatches_are_reported() -> None:
    headers = types_by_file()["headers"]
    broken = {
        "fixed": [{"role": "points", "exact": "分值"}],
        "open": [],
        "roster": {"words": [1]},
        "form": {"words": []},
    }
    assert mismatches(broken, headers, "headers") == [
        "headers: missing contact",
        "headers.fixed[0].exact: not a list",
        "headers.roster.words[0]: 1 is not str",
    ]


def test_a_holiday_has_one_rule() -> None:
    rules = {"day", "lunar", "term", "nth"}
    assert all(len(rules & set(entry)) == 1 for entry in load_toml("deadlines")["festival"])


def test_tables_and_texts() -> None:
    assert {row["level"] for row in load_csv("divisions")} == {"province", "prefecture", "county"}
    assert "\t" in load_text("topic_model.tsv").splitlines()[0]


def test_longer_words_are_tried_first() -> None:
    assert re.findall(alternation(["单位", "单位（部门）", "a.b"]), "单位（部门）单位a.baxb") == [
        "单位（部门）",
        "单位",
        "a.b",
    ]
