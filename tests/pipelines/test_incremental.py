"""A second build does only what has changed, and ends in the warehouse that a first build would have made."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import pipelines.commands.build
from assets.ingest import worker_pool
from pipelines.cli import INTERRUPTED
from pipelines.cli_common import OK, SOME_FAILED
from tests.pipelines.conftest import Workspace
from tests.pipelines.sample_notices import as_docx, as_text
from warehouse.store import load


@pytest.fixture(scope="module")
def first(start: Callable[..., Workspace]) -> Workspace:
    """Two notices and an empty file, built."""
    return start({"甲.md": as_text("甲州", 3), "乙/乙.md": as_text("乙州"), "空.md": ""})


@pytest.fixture
def built(first: Workspace, core_alone: None, tmp_path: Path) -> Workspace:
    """A copy of it for one test."""
    return first.copy(tmp_path)


def without_times(content: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    """The content without `core.files.ingested_at`."""
    return content | {"files": [(*row[:7], *row[8:]) for row in content["files"]]}


def test_nothing_changed_means_nothing_done(
    built: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    before, file = built.content(), built.warehouse.stat()
    for module, name in ((worker_pool, "read_in_pool"), (pipelines.commands.build, "_run_job")):
        monkeypatch.setattr(module, name, None)
    os.utime(built.raw / "甲.md")
    assert built.build() == SOME_FAILED
    shown = capsys.readouterr().out
    assert "没有变化" in shown
    assert "空.md" in shown
    assert built.content() == before
    assert (built.warehouse.stat().st_mtime_ns, built.warehouse.stat().st_ino) == (file.st_mtime_ns, file.st_ino)


def test_one_changed_file_changes_its_rows_alone(built: Workspace) -> None:
    before = built.content()
    built.put("甲.md", as_text("甲州", 3, extra="召开创建工作推进会"))
    built.put("空.md", as_text("丙州"))
    assert built.build() == OK
    after = built.content()
    of_file = "JOIN core.files USING (file_id) WHERE source_path = '乙/乙.md'"
    ((notice,),) = built.ask(f"SELECT notice_id FROM core.notices {of_file}")
    for table in ("notices", "tables", "indicators", "tasks", "clauses", "stages"):
        assert [row for row in before[table] if notice in row] == [row for row in after[table] if notice in row]
    old, new = ([row for row in content["files"] if row[1] == "乙/乙.md"] for content in (before, after))
    assert old == new
    texts = {row[0] for row in built.ask("SELECT requirement FROM core.tasks")}
    assert "召开创建工作推进会" in texts
    assert built.ask("SELECT count(*) FROM core.tasks") == [(9,)]
    assert built.ask("SELECT count(*) FROM core.files") == built.ask("SELECT count(*) FROM ops.sources") == [(3,)]
    assert built.build("--full") == OK
    assert without_times(built.content()) == without_times(after)


def test_removed_files_take_their_rows_along(built: Workspace) -> None:
    (built.raw / "甲.md").unlink()
    (built.raw / "空.md").unlink()
    assert built.build() == OK
    assert built.status() == {"乙/乙.md": "loaded"}
    assert built.ask("SELECT count(*) FROM core.notices") == [(1,)]
    assert built.ask("SELECT count(DISTINCT table_id) FROM core.cells") == [(1,)]


def test_a_better_format_and_an_earlier_twin_take_over_and_what_goes_gives_way_again(built: Workspace) -> None:
    (built.raw / "空.md").unlink()
    built.put("甲.docx", as_docx("甲州", 3))
    built.put("乙/乙二.md", as_text("乙州"))
    assert built.build() == OK
    better = {"乙/乙.md": "loaded", "乙/乙二.md": "duplicate", "甲.docx": "loaded", "甲.md": "duplicate"}
    assert built.status() == better
    assert built.ask("SELECT count(*) FROM core.tasks") == [(6,)]
    (built.raw / "甲.docx").unlink()
    built.put("0.md", as_text("乙州"))
    assert built.build() == OK
    rows = built.ask("SELECT source_path, duplicate_of FROM core.files WHERE status = 'duplicate' ORDER BY ALL")
    assert rows == [("乙/乙.md", "0.md"), ("乙/乙二.md", "0.md")]
    assert {path for path, status in built.status().items() if status == "loaded"} == {"0.md", "甲.md"}
    assert built.ask("SELECT count(*) FROM core.tasks") == [(6,)]
    after = without_times(built.content())
    assert built.build("--full") == OK
    assert without_times(built.content()) == after


def test_an_interrupted_build_leaves_the_old_warehouse(
    built: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = built.content()

    def interrupted(aside: Path, *_: object, **__: object) -> None:
        aside.write_bytes(b"half of it")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(load, "build_file", interrupted)
        built.put("甲.md", as_text("甲州", 4))
        capsys.readouterr()
        assert built.build() == INTERRUPTED
    message = capsys.readouterr().err
    assert "已中断" in message
    assert "Traceback" not in message
    assert built.content() == before
    assert [path.name for path in built.folder.iterdir() if "building" in path.name] == []
    assert built.build() == SOME_FAILED
    assert built.ask("SELECT doc_number FROM core.notices WHERE doc_number IS NOT NULL") == [("甲州文明办〔2021〕4号",)]


def test_a_damaged_warehouse_is_built_anew_but_no_other_file_is(
    built: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    before = without_times(built.content())
    built.warehouse.write_bytes(built.warehouse.read_bytes()[:20000])
    assert built.build() == SOME_FAILED
    assert "全部重建" in capsys.readouterr().out
    assert without_times(built.content()) == before
    built.warehouse.write_text("一份别的文件", "utf-8")
    assert built.build() == 2
    assert built.warehouse.read_text("utf-8") == "一份别的文件"
    assert "不予覆盖" in capsys.readouterr().err
