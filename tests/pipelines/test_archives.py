"""Archives below raw/: one notice, or a row for every notice in them; changed, removed, repeated."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.cli_common import OK, SOME_FAILED
from tests.extractors.readers.test_archive import zip_in_gbk
from tests.extractors.test_attachments import LETTER, RUBRIC, packed
from tests.pipelines.conftest import Workspace

pytestmark = pytest.mark.usefixtures("core_alone")
OTHER = (LETTER + RUBRIC).replace("甲州", "乙州")
FILES = "SELECT source_path, status, format, container FROM core.files ORDER BY source_path"


@pytest.fixture(scope="module")
def first(start: Callable[..., Workspace]) -> Workspace:
    """An archive of two notices, built."""
    return start({"包.zip": packed({"甲.txt": LETTER + RUBRIC, "乙.txt": OTHER})})


@pytest.fixture
def built(first: Workspace, tmp_path: Path) -> Workspace:
    return first.copy(tmp_path)


def test_a_letter_and_its_attachment_are_one_row_and_every_notice_of_an_archive_has_its_own(
    workspace: Workspace,
) -> None:
    files = {"甲州通知.txt": (LETTER + RUBRIC).encode(), "乙州通知.txt": OTHER.encode(), "坏.docx": b"PK\x03\x04"}
    one: dict[str, str | bytes] = {"通知.txt": LETTER.replace("甲州", "丙州"), "附件1.md": RUBRIC}
    workspace.put("一份.zip", packed(one))
    workspace.put("包.zip", zip_in_gbk(files))
    assert workspace.build() == SOME_FAILED
    assert workspace.ask(FILES) == [
        ("一份.zip", "loaded", "zip", None),
        ("包.zip", "loaded", "zip", None),
        ("包.zip/乙州通知.txt", "loaded", "text", "包.zip"),
        ("包.zip/坏.docx", "unreadable", None, "包.zip"),
        ("包.zip/甲州通知.txt", "loaded", "text", "包.zip"),
    ]
    assert workspace.ask("SELECT count(*) FROM core.notices") == [(3,)]
    assert workspace.ask("SELECT count(*) FROM core.tasks") == [(6,)]


def test_an_unchanged_archive_is_not_opened_again_and_a_changed_one_loses_its_old_members(
    built: Workspace, capfd: pytest.CaptureFixture[str]
) -> None:
    before = built.ask("SELECT source_path, ingested_at FROM core.files ORDER BY ALL")
    assert built.build() == OK
    assert built.ask("SELECT source_path, ingested_at FROM core.files ORDER BY ALL") == before
    path = built.put("包.zip", packed({"甲.txt": LETTER + RUBRIC, "丙.txt": OTHER.replace("乙州", "丙州")}))
    os.utime(path, ns=(1, 1))
    assert built.build() == OK
    assert [row[0] for row in built.ask(FILES)] == ["包.zip", "包.zip/丙.txt", "包.zip/甲.txt"]
    # A person removed no file, then one.
    assert "移除 0 个" in "".join(capfd.readouterr())
    path.unlink()
    assert built.build() == OK
    assert "移除 1 个" in "".join(capfd.readouterr())
    assert built.ask(FILES) == []
    assert built.ask("SELECT count(*) FROM core.tasks") == [(0,)]


@pytest.mark.fuzz
def test_a_notice_that_also_lies_beside_the_archive_is_a_duplicate_whatever_came_first(built: Workspace) -> None:
    beside = built.put("a.txt", LETTER + RUBRIC)
    assert built.build() == OK
    one_by_one = built.status()
    assert one_by_one["包.zip/甲.txt"] == "duplicate"
    built.warehouse.unlink()
    assert built.build() == OK
    assert built.status() == one_by_one
    beside.unlink()
    assert built.build() == OK
    assert built.status()["包.zip/甲.txt"] == "loaded"
