"""Decisions about whose notices are, as people write them, and what of them cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.ingest.decisions import read_register
from assets.ingest.ownership import (
    OWNERSHIP_FILE,
    append_ownership_line,
    create_empty_file,
    list_ineffective_ownership,
    read_ownership,
)
from tests.warehouse.progress_frames import Duty, frames, notice_rows
from warehouse import store

HEADER = "文件,发文机关,归属,理由,经办人,日期\n"
ROW = "甲/乙.docx,某县文明办,本级,本办印发,甲,2026-11-01\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("header", [HEADER, "file,issuer,scope,reason,who,when\n"])
def test_a_decision_is_read_in_either_language(tmp_path: Path, header: str, encoding: str) -> None:
    (tmp_path / OWNERSHIP_FILE).write_bytes(
        (header + ROW + ",某市文明办,superior,上级,甲,2026-11-02\n").encode(encoding)
    )
    decided, problems = read_ownership(tmp_path)
    assert problems == []
    assert decided == [
        {"line": 2, "file": "甲/乙.docx", "issuer": "某县文明办", "scope": "ours"}
        | {"reason": "本办印发", "who": "甲", "when": "2026-11-01"},
        {"line": 3, "file": None, "issuer": "某市文明办", "scope": "superior"}
        | {"reason": "上级", "who": "甲", "when": "2026-11-02"},
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",,本级,本办印发,甲,2026-11-01", "未填：文件或发文机关，该条认定未生效，请改正"),
        (",某县文明办,,本办印发,甲,2026-11-01", "未填：归属，"),
        (",某县文明办,本级,,,2026-11-01", "未填：理由、经办人，"),
        (",某县文明办,我们的,本办印发,甲,2026-11-01", "的归属“我们的”不认识，可填：本级、上级、参考，"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_and_the_others_hold(tmp_path: Path, row: str, problem: str) -> None:
    (tmp_path / OWNERSHIP_FILE).write_text(f"{HEADER}{row}\n{ROW}", "utf-8")
    register = read_register(tmp_path)
    assert [row["line"] for row in register.ownership] == [3]
    (told,) = register.problems
    assert told.startswith(f"归属.csv 第 2 行{problem}")
    # It is no part of the register of corrections.
    assert register.entries == []


def test_a_missing_column_is_told(tmp_path: Path) -> None:
    (tmp_path / OWNERSHIP_FILE).write_text("发文机关,归属\n某县文明办,本级\n", "utf-8")
    decided, (problem,) = read_ownership(tmp_path)
    assert decided == []
    assert "缺少列：理由、经办人、日期" in problem


def test_a_line_is_appended_and_an_empty_file_holds_none(tmp_path: Path) -> None:
    folder = tmp_path / "corrections"
    create_empty_file(folder)
    assert read_ownership(folder) == ([], [])
    line = {"issuer": "某县文明办", "scope": "参考", "reason": "=他县", "who": "甲", "when": "2026-11-01"}
    assert append_ownership_line(folder, line) == folder / OWNERSHIP_FILE
    ((decided,), problems) = read_ownership(folder)
    assert problems == []
    assert (decided["issuer"], decided["scope"], decided["reason"]) == ("某县文明办", "reference", "=他县")


def test_a_decision_about_nothing_published_is_told(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    store.publish(path, add=frames(notice_rows(1, (Duty("报送总结"),), issuer="某县 文明办")))
    (tmp_path / OWNERSHIP_FILE).write_text(
        f"{HEADER}没有.docx,,本级,理由,甲,1\n,他县文明办,本级,理由,甲,1\n,某县文明办,本级,理由,甲,1\n"
        "370000/某市/通知1.docx,他县文明办,本级,理由,甲,1\n",
        "utf-8",
    )
    messages = list_ineffective_ownership(path, read_ownership(tmp_path)[0])
    assert [message.partition("，")[0] for message in messages] == [
        "归属.csv 第 2 行所指的文件没有通知（没有.docx）",
        "归属.csv 第 3 行的发文机关“他县文明办”没有印发过库中的通知",
    ]
