"""raw/ holds what manifest.csv says, byte for byte."""

from __future__ import annotations

import csv
import hashlib
import re
from datetime import date
from pathlib import Path

import pytest

COLUMNS = ["path", "sha256", "bytes", "publisher", "published", "retrieved", "source", "note"]
UNKNOWN = "未记录"
OWN_FILES = {"manifest.csv", "README.md", "sources.toml"}
ATTACHMENTS = "_files/"
"""Ends the folder of a page's attachments; editions of a page may share them."""


@pytest.fixture(scope="module")
def raw(repository: Path) -> Path:
    return repository / "raw"


@pytest.fixture(scope="module")
def manifest(raw: Path) -> list[dict[str, str]]:
    with (raw / "manifest.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == COLUMNS
        return list(reader)


def test_every_file_is_listed_once(raw: Path, manifest: list[dict[str, str]]) -> None:
    listed = [row["path"] for row in manifest]
    below = (path.relative_to(raw) for path in raw.rglob("*") if path.is_file())
    found = {path.as_posix() for path in below if not path.parts[0].startswith(".")} - OWN_FILES
    assert len(listed) == len(set(listed))
    assert set(listed) == found


def test_bytes_are_those_that_were_published(raw: Path, manifest: list[dict[str, str]]) -> None:
    for row in manifest:
        content = (raw / row["path"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (int(row["bytes"]), row["sha256"]), row["path"]


def test_no_notice_is_kept_twice(manifest: list[dict[str, str]]) -> None:
    checksums = [row["sha256"] for row in manifest if ATTACHMENTS not in row["path"]]
    assert len(checksums) == len(set(checksums))


def test_folders_are_division_code_and_name(manifest: list[dict[str, str]]) -> None:
    for row in manifest:
        folder, _, name = row["path"].partition("/")
        assert re.fullmatch(r"[1-9]\d{5}-[\u4e00-\u9fff]+", folder), folder
        assert name
        page, _, attachment = name.rpartition(ATTACHMENTS)
        assert "/" not in page + attachment


def test_what_is_unknown_is_recorded_as_unknown(manifest: list[dict[str, str]]) -> None:
    for row in manifest:
        assert all(row[column].strip() == row[column] != "" for column in COLUMNS[:-1]), row
        for column in ("published", "retrieved"):
            if row[column] != UNKNOWN:
                date.fromisoformat(row[column])
