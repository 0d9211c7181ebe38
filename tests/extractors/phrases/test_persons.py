"""Names in person columns: padded, glued, wrapped."""

from __future__ import annotations

import pytest

from extractors.phrases.persons import known_names, split_persons

KNOWN = known_names(["李静雯", "徐恺", "戴芳乐"], ["蔡文芳"])


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("戴芳乐\n\n李静雯", ["戴芳乐", "李静雯"]),
        ("戴芳\n乐李\n静雯", ["戴芳乐", "李静雯"]),
        ("戴芳乐李静雯", ["戴芳乐", "李静雯"]),
        ("徐恺、蔡文芳", ["徐恺", "蔡文芳"]),
        ("于  昉  张志斌  宗  凯", ["于昉", "张志斌", "宗凯"]),
        ("徐恺（兼）", ["徐恺"]),
        ("徐恺", ["徐恺"]),
        ("----", []),
        ("", []),
        ("徐恺\n徐恺", ["徐恺"]),
    ],
)
def test_split_persons(cell: str, names: list[str]) -> None:
    assert split_persons(cell, KNOWN) == names
