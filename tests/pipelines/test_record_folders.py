"""Corrections and progress of a warehouse are beside it and not those of a warehouse in the same folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.record_folders import claim_record_folder, find_record_folder
from pipelines.settings import load_settings


def publish(path: Path) -> Path:
    """Leave what a publication leaves."""
    path.write_bytes(b"")
    path.with_name(f".{path.name}.edition").write_text("1", "ascii")
    return path


def test_a_warehouse_alone_keeps_its_records_in_the_folder(tmp_path: Path) -> None:
    for name in ("wenming.duckdb", "甲州.duckdb", "w.db"):
        assert find_record_folder(tmp_path / name) == tmp_path
        assert claim_record_folder(tmp_path / name) is None
    assert list(tmp_path.iterdir()) == []


def test_one_made_beside_another_gets_a_folder_of_its_own_and_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corrections").mkdir()
    first, second = publish(tmp_path / "甲.duckdb"), tmp_path / "乙.duckdb"
    own = tmp_path / "乙.files"
    assert find_record_folder(second) == own
    message = claim_record_folder(second) or ""
    assert all(part in message for part in ("甲.duckdb", str(own), "不采用"))
    publish(second)
    assert (find_record_folder(first), find_record_folder(second)) == (tmp_path, own)
    assert (claim_record_folder(first), claim_record_folder(second)) == (None, None)
    for name in ("WENMING_CORRECTIONS", "WENMING_PROGRESS"):
        monkeypatch.delenv(name)
    settings = load_settings(warehouse=second)
    assert (settings.corrections, settings.progress) == (own / "corrections", own / "progress")
    assert load_settings(warehouse=first).progress == tmp_path / "progress"


def test_warehouses_that_always_shared_their_records_keep_them_and_are_told_how_to_part(tmp_path: Path) -> None:
    first, second = publish(tmp_path / "wenming.duckdb"), publish(tmp_path / "乙.duckdb")
    assert claim_record_folder(second) is None
    (tmp_path / "progress").mkdir()
    assert find_record_folder(first) == find_record_folder(second) == tmp_path
    message = claim_record_folder(second) or ""
    assert all(part in message for part in ("wenming.duckdb", str(tmp_path / "乙.files"), "progress"))
    assert "乙.duckdb" in (claim_record_folder(first) or "")
    (tmp_path / "乙.files").mkdir()
    assert claim_record_folder(first) is None
    assert find_record_folder(second) == tmp_path / "乙.files"


def test_a_warehouse_that_was_deleted_to_be_built_anew_finds_its_records_again(tmp_path: Path) -> None:
    first = publish(tmp_path / "甲.duckdb")
    publish(tmp_path / "乙.duckdb")
    first.unlink()
    assert find_record_folder(first) == tmp_path


def test_the_usual_warehouse_never_leaves_the_folder(tmp_path: Path) -> None:
    publish(tmp_path / "甲.duckdb")
    assert find_record_folder(tmp_path / "wenming.duckdb") == tmp_path
    (tmp_path / "乙.duckdb").mkdir()
    (tmp_path / ".丙.duckdb").write_bytes(b"")
    assert "乙" not in (claim_record_folder(tmp_path / "丁.duckdb") or "")
