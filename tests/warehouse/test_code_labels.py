"""A code has the same label in the questions, the Chinese views, the pages and the notebooks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources

import pytest

import schemas
from schemas.code_labels import AUDITS, BASES, CHANGES, ORPHANS, RELATIONS
from warehouse.explorer.rendering import code_label

CASE = re.compile(r"CASE\s+(?:\w+\.)?(\w+)((?:\s+WHEN '[^']*' THEN '[^']*')+)(?:\s+ELSE '([^']*)')?")
PAIR = re.compile(r"WHEN '([^']*)' THEN '([^']*)'")


def values(table: str, column: str) -> Mapping[str, str]:
    return schemas.TABLES[table].column[column].values


WORDS: dict[str, list[Mapping[str, str]]] = {
    "relation": [RELATIONS],
    "basis": [
        BASES,
        *(values(f"core.{name}", "basis") for name in ("task_parties", "task_deadlines", "task_evidence")),
    ],
    "change": [CHANGES],
    "reason": [ORPHANS],
    "kind": [
        AUDITS,
        *(values(f"core.{name}", "kind") for name in ("task_evidence", "task_deadlines", "rules")),
    ],
    "severity": [values("core.findings", "severity")],
}
"""The vocabularies that a column of this name may take its codes from."""


def label_branches() -> list[tuple[str, str, dict[str, str], str]]:
    """File, column, words of the codes and the word for all others, of every CASE over a column of `WORDS`."""
    found = []
    for folder in ("questions", "transform/cn"):
        for file in (resources.files("warehouse") / folder).iterdir():
            if file.name.endswith(".sql"):
                for column, branches, otherwise in CASE.findall(file.read_text("utf-8")):
                    found.append((f"{folder}/{file.name}", column, dict(PAIR.findall(branches)), otherwise))
    return [one for one in found if any(one[2].keys() <= known.keys() for known in WORDS.get(one[1], []))]


def test_the_questions_and_views_say_the_words_of_the_codes() -> None:
    for file, column, branches, otherwise in label_branches():
        fitting = [known for known in WORDS[column] if branches.items() <= known.items()]
        assert fitting, (file, branches)
        assert not otherwise or otherwise in {word for known in fitting for word in known.values()}, (file, otherwise)


def test_every_vocabulary_of_marts_is_used_by_a_view_or_question() -> None:
    columns = {column for _, column, *_ in label_branches()}
    assert columns == set(WORDS)


@pytest.mark.parametrize(
    ("kind", "known"), [("relation", RELATIONS), ("basis", BASES), ("audit", AUDITS), ("change", CHANGES)]
)
def test_the_pages_say_them_too(kind: str, known: Mapping[str, str]) -> None:
    assert {name: code_label(name, kind) for name in known} == dict(known)
