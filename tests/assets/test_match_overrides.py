"""Decisions on counterparts as people write them, and what of them cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.ingest.decisions import OVERRIDES_FILE, read_match_overrides, read_register

HEADER = "甲文件,甲位置,乙文件,乙位置,关系,理由,经办人,日期\n"
ROW = "甲.md,表1 第2行,乙.md,表1 第3行,含于,对照原文,甲,2026-11-01\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("header", [HEADER, "file_a,locator_a,file_b,locator_b,relation,reason,who,when\n"])
def test_a_decision_is_read_in_either_language(tmp_path: Path, header: str, encoding: str) -> None:
    (tmp_path / OVERRIDES_FILE).write_bytes((header + ROW).encode(encoding))
    overrides, problems = read_match_overrides(tmp_path)
    assert problems == []
    assert overrides == [
        {"line": 2, "file_a": "甲.md", "locator_a": "表1 第2行", "file_b": "乙.md", "locator_b": "表1 第3行"}
        | {"relation": "subset", "reason": "对照原文", "who": "甲", "when": "2026-11-01"}
    ]


def test_without_the_file_there_are_no_decisions(tmp_path: Path) -> None:
    overrides, problems = read_match_overrides(tmp_path)
    assert (overrides, problems) == ([], [])


def test_what_cannot_be_used_is_reported_with_its_line_and_the_rest_stands(tmp_path: Path) -> None:
    wrong = ROW.replace("含于", "差不多") + ROW.replace("对照原文", "")
    (tmp_path / OVERRIDES_FILE).write_text(HEADER + wrong + "\n" + ROW.replace("含于", "unrelated"), "utf-8")
    overrides, problems = read_match_overrides(tmp_path)
    assert [(row["line"], row["relation"]) for row in overrides] == [(5, "unrelated")]
    assert problems == [
        f"{OVERRIDES_FILE} 第 2 行的关系“差不多”不认识，可填：相同、含于、包含、部分相同、无关，该条认定未生效",
        f"{OVERRIDES_FILE} 第 3 行未填：理由，该条认定未生效",
    ]


def test_a_file_without_its_columns_is_reported(tmp_path: Path) -> None:
    (tmp_path / OVERRIDES_FILE).write_text("甲文件,关系\n甲.md,相同\n", "utf-8")
    overrides, (problem,) = read_match_overrides(tmp_path)
    assert overrides == []
    assert problem.startswith(f"{OVERRIDES_FILE} 第 1 行缺少列：甲位置、乙文件、乙位置、理由、经办人、日期")


def test_it_is_no_register_of_corrections(tmp_path: Path) -> None:
    (tmp_path / OVERRIDES_FILE).write_text(HEADER + ROW, "utf-8")
    register = read_register(tmp_path)
    assert (register.entries, register.problems) == ([], [])
