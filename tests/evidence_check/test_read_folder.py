"""Which files of a folder are read, and what stops it."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest
from pebble import ProcessExpired

from assets.evidence_check import read_folder
from assets.evidence_check.read_folder import ReadLimits
from extractors.limits import Limits
from tests.evidence_check.test_inspect_file import picture
from warehouse.errors import QueryError

LIMITS = ReadLimits(Limits(), 60.0, 2 << 30, 1)


def test_files_below_are_read_in_order_and_links_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "材料"
    for name in ("乙/2.jpg", "甲.jpg", ".隐藏/3.jpg", "~$甲.docx", "Thumbs.db", "乙/甲.tmp"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(picture((20, 10)))
    outside = tmp_path / "外.jpg"
    outside.write_bytes(picture())
    (folder / "链接.jpg").symlink_to(outside)
    (folder / "环").symlink_to(folder)
    found = read_folder.read_folder(folder, LIMITS)
    assert [(file.path, file.pixels) for file in found] == [("乙/2.jpg", (20, 10)), ("甲.jpg", (20, 10))]


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_folder, "MAX_FILES", 2)
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(b"x")
    with pytest.raises(QueryError, match="超过 2 个文件"):
        read_folder.read_folder(tmp_path, LIMITS)


class _Died(ProcessExpired):
    """A worker that was killed."""

    def __init__(self) -> None:
        Exception.__init__(self, "killed")


@pytest.mark.parametrize(
    ("error", "words"),
    [(TimeoutError(), "超过时限"), (_Died(), "异常退出"), (MemoryError(), "异常退出")],
)
def test_a_worker_that_hangs_or_dies_costs_its_file_alone(tmp_path: Path, error: Exception, words: str) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(picture())
    future: Future[None] = Future()
    future.set_exception(error)
    found = read_folder._wait("a.jpg", str(path), future)
    assert words in (found.problem or "")
    assert (found.path, found.size, found.is_usable) == ("a.jpg", path.stat().st_size, True)
