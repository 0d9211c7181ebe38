"""What people decided goes with the warehouse: from whatever folder a command is run, never less of it than stood."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import pipelines.commands.build
from assets.ingest import decision_guard, progress_ledger
from assets.ingest.decisions import OVERRIDE_HEADERS as COUNTERPART_HEADERS
from assets.ingest.decisions import OVERRIDES_FILE, REGISTER_FILE, Register, append_correction
from assets.progress_import.import_workbooks import import_progress
from extractors.corrections import Correction
from pipelines.cli_common import LOCKED, OK, SOME_FAILED
from pipelines.settings import Settings
from tests.conftest import leave_out_views
from tests.pipelines.conftest import CommandResult, Workspace, run_without_dagster
from tests.pipelines.sample_notices import as_text
from tests.warehouse.lock_holders import held
from warehouse import store
from warehouse.errors import FewerDecisionsError
from warehouse.store import snapshots

RunCommand = Callable[..., CommandResult]
pytestmark = pytest.mark.usefixtures("marts_of_imports")

COUNTS = (
    "SELECT (SELECT count(*) FROM ops.progress_issues), (SELECT count(*) FROM ops.counterpart_reviews), "
    "(SELECT count(*) FROM ops.sources WHERE corrections IS NOT NULL)"
)
PAIR = "甲.md,表1 第2行,乙.md,表1 第2行,无关,范围不同,甲,2026-11-01\n"


MARTS = ("mart.topics", "mart.notice_labels", "mart.unchanged_tasks", "mart.task_progress")
"""What an import asks."""


@pytest.fixture
def marts_of_imports(without_dagster: None, few_views: Callable[..., None]) -> None:
    few_views(*MARTS)


@pytest.fixture
def lists(tmp_path: Path) -> None:
    """Two files that a unit returned and that are no lists, so that each import of one leaves one line."""
    for name in ("一.xlsx", "二.xlsx"):
        (tmp_path / name).write_bytes(b"no list")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A warehouse with one correction, one decision on counterparts and two imports, all where they lie by default."""
    workspace = Workspace(tmp_path_factory.mktemp("first") / "甲州")
    workspace.put("甲.md", as_text("甲州"))
    workspace.put("乙.md", as_text("乙州"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipelines.commands.build, "_run_job", run_without_dagster)
        patch.setenv("WENMING_WORKERS", "2")
        leave_out_views(patch, *MARTS)
        workspace.build()
        decided(workspace)
    return workspace


@pytest.fixture
def built(first: Workspace, lists: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A copy of it for one test."""
    for name in ("CORRECTIONS", "PROGRESS"):
        monkeypatch.delenv(f"WENMING_{name}")
    return first.copy(tmp_path / "甲州")


def decided(workspace: Workspace) -> None:
    settings = Settings(raw=workspace.raw, warehouse=workspace.warehouse)
    append_correction(
        settings.corrections, "甲.md", Correction("整份通知", "notices.title", "一", "二", "核对", "甲", "2026-11-01")
    )
    (settings.corrections / OVERRIDES_FILE).write_text(",".join(COUNTERPART_HEADERS.values()) + "\n" + PAIR, "utf-8")
    returned = workspace.folder / "交回.xlsx"
    returned.write_bytes(b"no list")
    for _ in range(2):
        import_progress(workspace.warehouse, settings.progress, [returned], now=datetime.now(UTC))
    assert workspace.build() == OK
    assert workspace.ask(COUNTS) == [(2, 1, 1)]


def imports(workspace: Workspace) -> list[Path]:
    return sorted((workspace.folder / "progress").glob("*.parquet"))


def test_folders_of_decisions_lie_beside_the_warehouse_file() -> None:
    plain, named = Settings(), Settings(warehouse=Path("库/w.duckdb"))
    assert plain.warehouse == Path("warehouse/wenming.duckdb")
    assert (named.exports, plain.exports) == (Path("库/exports"), Path("warehouse/exports"))


def test_a_command_from_another_folder_finds_every_decision(
    built: Workspace, run_command: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "别处"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert built.build("--full") == OK
    assert built.ask(COUNTS) == [(2, 1, 1)]
    result = run_command("progress", "import", str(tmp_path / "一.xlsx"), "--warehouse", str(built.warehouse))
    assert result.code == SOME_FAILED
    assert len(imports(built)) == 3
    assert built.ask(COUNTS) == [(3, 1, 1)]
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    ("lose", "message", "full"),
    [
        (
            lambda workspace: (workspace.folder / "corrections").rename(workspace.folder / "旧"),
            "更正记录已发布 1 条，现在只有 0 条",
            ("--full",),
        ),
        (
            lambda workspace: (workspace.folder / "corrections" / OVERRIDES_FILE).unlink(),
            "对应关系认定已发布 1 条，现在只有 0 条",
            (),
        ),
        (
            lambda workspace: (workspace.folder / "progress").rename(workspace.folder / "旧"),
            "进展台账少了 2 次导入",
            (),
        ),
        (lambda workspace: imports(workspace)[0].unlink(), "进展台账少了 1 次导入", ("--full",)),
        (
            lambda workspace: imports(workspace)[0].write_bytes(imports(workspace)[0].read_bytes()[:-9]),
            "可能被截断或损坏",
            (),
        ),
        (lambda workspace: imports(workspace)[0].write_bytes(b""), "可能被截断或损坏", ("--full",)),
    ],
)
def test_a_build_that_would_lose_decisions_stops_and_says_which(
    built: Workspace, run_command: RunCommand, lose: Callable[[Workspace], object], message: str, full: tuple[str, ...]
) -> None:
    lose(built)
    before = built.warehouse.read_bytes()
    command = ("build", "--raw", str(built.raw), "--warehouse", str(built.warehouse), *full)
    result = run_command(*command)
    assert result.code == SOME_FAILED
    assert message in result.err
    assert str(built.folder / "progress") in result.err
    assert built.warehouse.read_bytes() == before
    assert run_command(*command, "--fewer-decisions").code == OK
    assert built.ask(COUNTS) != [(2, 1, 1)] or "截断" in message
    assert run_command(*command).code == OK


def test_a_register_that_can_no_longer_be_read_is_reported_with_its_fault(
    built: Workspace, run_command: RunCommand
) -> None:
    register = built.folder / "corrections" / REGISTER_FILE
    register.write_text("文件,位置\n", "utf-8")
    result = run_command("build", "--raw", str(built.raw), "--warehouse", str(built.warehouse))
    assert result.code == SOME_FAILED
    assert f"{REGISTER_FILE} 第 1 行缺少列" in result.err


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:20000])])
def test_a_warehouse_that_is_lost_still_knows_what_was_decided(
    built: Workspace, lose: Callable[[Path], object]
) -> None:
    runs = built.ask("SELECT count(*) FROM ops.runs WHERE outcome = 'published'")[0][0]
    built.put("丙.md", as_text("丙州"))
    assert built.build() == OK
    lose(built.warehouse)
    (built.folder / "progress").rename(built.folder / "旧")
    assert built.build() == SOME_FAILED
    (built.folder / "旧").rename(built.folder / "progress")
    assert built.build() == OK
    assert built.ask(COUNTS) == [(2, 1, 1)]
    # The run of the edition that was lost is gone with it; all before stay.
    assert built.ask("SELECT count(*) FROM ops.runs WHERE outcome = 'published'") == [(runs + 1,)]
    numbers = [one.number for one in snapshots.read_snapshots(built.warehouse)]
    assert numbers == sorted(set(numbers), reverse=True)
    assert store.check_condition(built.warehouse) is store.Condition.CURRENT


def test_an_older_edition_that_is_restored_forgets_nothing(built: Workspace, run_command: RunCommand) -> None:
    assert run_command("restore", "1", "--warehouse", str(built.warehouse)).code == OK
    assert built.ask(COUNTS) == [(0, 0, 0)]
    (built.folder / "progress").rename(built.folder / "旧")
    assert built.build() == SOME_FAILED
    (built.folder / "旧").rename(built.folder / "progress")
    assert built.build() == OK
    assert built.ask(COUNTS) == [(2, 1, 1)]


def test_an_import_begins_no_second_ledger(built: Workspace, run_command: RunCommand, tmp_path: Path) -> None:
    (built.folder / "progress").rename(built.folder / "旧")
    result = run_command("progress", "import", str(tmp_path / "一.xlsx"), "--warehouse", str(built.warehouse))
    assert result.code == SOME_FAILED
    assert "进展台账少了 2 次导入" in result.err
    assert not (built.folder / "progress").exists()


def test_an_import_that_is_interrupted_after_it_was_published_stays_in_the_ledger(
    built: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = store.publish

    def interrupted(*given: object, **named: object) -> None:
        real(*given, **named)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "publish", interrupted)
    with pytest.raises(KeyboardInterrupt):
        import_progress(built.warehouse, built.folder / "progress", [tmp_path / "一.xlsx"], now=datetime.now(UTC))
    assert (
        set(decision_guard.published_decisions(built.warehouse).digests)
        == progress_ledger.file_digests(built.folder / "progress").keys()
    )
    assert len(imports(built)) == 3


def test_an_import_with_the_clock_ahead_comes_before_the_next(built: Workspace, tmp_path: Path) -> None:
    moments = (datetime(2099, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC))
    for moment in moments:
        import_progress(built.warehouse, built.folder / "progress", [tmp_path / "一.xlsx"], now=moment)
    rows = built.ask("SELECT imported_at FROM ops.progress_issues ORDER BY import_id DESC LIMIT 3")
    assert [at for (at,) in rows] == [moment.replace(tzinfo=None) for moment in reversed(moments)]


def test_the_guard_names_what_is_gone(tmp_path: Path) -> None:
    before = decision_guard.Decisions(["甲.md 表1 tasks.points", "乙.md 表1 tasks.points"], [], {"1": "a", "2": ""})
    register = Register(tmp_path)
    now = decision_guard.Decisions(["甲.md 表1 tasks.points"], [], {"1": "a", "2": "b", "3": "c"})
    with pytest.raises(FewerDecisionsError, match=r"少了：乙\.md 表1 tasks\.points。"):
        decision_guard.require_no_fewer(now, before, register=register, progress=tmp_path)
    other = decision_guard.Decisions(["丙.md 表1 tasks.points", "丁.md 表1 tasks.points"], [], now.imports)
    decision_guard.require_no_fewer(other, before, register=register, progress=tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
@pytest.mark.parametrize(
    "command",
    [
        ("build",),
        ("status",),
        ("sql", "SELECT 1"),
        ("ask", "1"),
        ("restore", "1"),
        ("editions",),
        ("diff",),
        ("progress", "import", "一.xlsx"),
        ("progress", "show"),
        ("review",),
    ],
    ids=" ".join,
)
def test_a_command_names_who_holds_the_warehouse_and_ends_with_three(
    built: Workspace, run_command: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WENMING_LOCK_WAIT", "0.5")
    raw = ("--raw", str(built.raw)) if command == ("build",) else ()
    before = built.warehouse.read_bytes(), len(imports(built))
    with held(built.warehouse) as child:
        result = run_command(*command, *raw, "--warehouse", str(built.warehouse))
    assert result.code == LOCKED
    assert f"进程号 {child.pid}" in result.err
    assert "最多等 0.5 秒" in result.err
    assert "改为只读打开" in result.err
    assert (built.warehouse.read_bytes(), len(imports(built))) == before
    with closing(store.connect(built.warehouse)):
        assert not built.warehouse.with_name(f"{built.warehouse.name}.damaged").exists()
