"""Files below raw/ whose names are not UTF-8, as a zip from a Chinese Windows leaves them, through whole builds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets.ingest import raw_changes
from pipelines.cli_common import OK, SOME_FAILED
from tests.extractors.test_attachments import LETTER, RUBRIC, packed
from tests.pipelines.conftest import Workspace
from tests.pipelines.sample_notices import as_text


def put(workspace: Workspace, name: bytes, content: str) -> Path:
    path = Path(os.fsdecode(os.fsencode(workspace.raw) + b"/" + name))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    except OSError:
        pytest.skip("the file system takes UTF-8 names only")
    return path


def test_such_files_are_read_kept_and_removed(
    workspace: Workspace, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    put(workspace, "甲.md".encode("gb18030"), as_text("甲州", 3))
    second = put(workspace, "临江".encode("gb18030") + "/乙.md".encode(), as_text("乙州"))
    put(workspace, b"\xff\xfe.md", as_text("丙州"))
    assert workspace.build() == OK
    assert workspace.status() == {"甲.md": "loaded", "临江/乙.md": "loaded", "%FF%FE.md": "loaded"}
    # The names have gone through the processes that read; what follows reads nothing.
    request.getfixturevalue("core_alone")
    read_at = "SELECT source_path, ingested_at FROM core.files WHERE source_path = '甲.md'"
    before = workspace.ask(read_at)
    capsys.readouterr()
    assert workspace.build() == OK
    assert "没有变化" in capsys.readouterr().out
    second.unlink()
    assert workspace.build() == OK
    assert workspace.status() == {"甲.md": "loaded", "%FF%FE.md": "loaded"}
    assert workspace.ask(read_at) == before


def test_the_watch_knows_such_files_again(workspace: Workspace, core_alone: None) -> None:
    put(workspace, "甲.md".encode("gb18030"), as_text("甲州", 3))
    timing = raw_changes.Timing(settle=0, longest=60)
    seen = raw_changes.take_snapshot(workspace.raw, workspace.warehouse, raw_changes.WatchState())
    decision = raw_changes.decide(seen, raw_changes.WatchState(), 1.0, timing)
    assert decision.build
    assert workspace.build() == OK
    again = raw_changes.take_snapshot(workspace.raw, workspace.warehouse, raw_changes.WatchState())
    assert again.listing == again.published
    assert not raw_changes.decide(
        raw_changes.take_snapshot(workspace.raw, workspace.warehouse, decision.state), decision.state, 2.0, timing
    ).build


def test_contacts_in_names_of_members_are_hidden_everywhere(workspace: Workspace, core_alone: None) -> None:
    number = "13800001234"
    files = {f"甲{number}.txt": LETTER + RUBRIC, "甲13800005678.txt": (LETTER + RUBRIC).replace("甲州", "乙州")}
    workspace.put("包.zip", packed({**files, f"{number}.docx": "PK\x03\x04"}))
    assert workspace.build() == SOME_FAILED
    hidden = {path for path in workspace.status() if "〔已隐去〕" in path}
    assert hidden == {"包.zip/甲〔已隐去〕.txt", "包.zip/甲〔已隐去〕（2）.txt", "包.zip/〔已隐去〕.docx"}
    for table in ("core.files", "core.findings", "ops.sources"):
        assert "1380000" not in str(workspace.ask(f"SELECT * FROM {table}"))


def test_a_file_whose_own_name_holds_contacts_stays_and_is_reported(workspace: Workspace, core_alone: None) -> None:
    workspace.put("甲13800001234.md", as_text("甲州", 3))
    workspace.put("乙13800001234.docx", b"PK\x03\x04")
    assert workspace.build() == SOME_FAILED
    assert workspace.status() == {"甲13800001234.md": "loaded", "乙13800001234.docx": "unreadable"}
    result = workspace.ask("SELECT severity, message FROM core.findings WHERE rule = 'contact_in_name'")
    assert len(result) == 1
    assert result[0][0] == "warning"
    assert "改名" in result[0][1]
    assert "1380" not in result[0][1]
    [(remedy,)] = workspace.ask("SELECT remedy FROM core.files WHERE status = 'unreadable'")
    assert "改名" in remedy
