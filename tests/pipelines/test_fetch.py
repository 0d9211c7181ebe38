"""`wenming fetch` at the terminal, its settings, and the job and schedule that Dagster shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dagster as dg
import pytest

from assets.fetch_assets import fetched_files
from assets.ingest import discover_files
from assets.ingest.read_file import read_candidate
from assets.resources import FetchResource
from extractors import Limits, extract
from pipelines.cli_common import OK, SOME_FAILED
from pipelines.definitions import FETCH_JOB, JOB, build_definitions
from pipelines.errors import WRONG_USAGE, SettingsError
from pipelines.settings import Settings, load_settings
from tests.assets.site import Reply, Site, running, write_sources
from tests.extractors.test_attachments import RUBRIC, TASKS
from tests.pipelines.conftest import CommandResult, Workspace
from tests.pipelines.test_attachments import LINES

TITLE = "关于印发创建测评任务的通知"
LINKS = "<p><a href='/att/P01.txt'>附件1.细则</a> <a href='/att/2.txt'>创建任务清单.txt</a></p>"
LOGGING = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as one:
        one.page("/list.html", f"<html><body><a href='/1.html'>{TITLE}</a></body></html>")
        one.page("/1.html", f"<html><body><div class='TRS_Editor'>{LINES}{LINKS}</div></body></html>")
        one.answers["/att/P01.txt"] = Reply(RUBRIC.encode(), headers={"Content-Type": "text/plain"})
        one.answers["/att/2.txt"] = Reply(TASKS.encode(), headers={"Content-Type": "text/plain"})
        yield one


def entry(site: Site, name: str = "甲州", path: str = "/list.html") -> str:
    return f'name = "{name}"\nurl = "{site.url}{path}"\ntake = ["测评"]\nallow_private = true'


def test_what_was_fetched_is_read_as_one_notice(
    workspace: Workspace, site: Site, run_command: Callable[..., CommandResult]
) -> None:
    write_sources(workspace.raw, entry(site))
    looked = run_command("fetch", "--raw", str(workspace.raw), "--dry-run")
    assert (looked.code, "将下载 1" in looked.out, "只查看，未下载" in looked.out) == (OK, True, True)
    message = run_command("fetch", "--raw", str(workspace.raw))
    assert (message.code, "甲州：新增 3" in message.out, "wenming build" in message.out) == (OK, True, True)
    # What a build makes of a page with such files is tested in test_attachments.py.
    found = {
        one.source_path: one for one in discover_files.make_plan(workspace.raw, {}, version="1", max_bytes=1 << 20).read
    }
    names = {f"甲州/{TITLE}_files/{name}" for name in ("附件1.细则.txt", "创建任务清单.txt")}
    assert set(found) == {f"甲州/{TITLE}.html", *names}
    page = read_candidate(found[f"甲州/{TITLE}.html"], extract, Limits()).extraction
    assert page is not None
    assert {f"甲州/{name}" for name in page.attached} == names
    assert len(page.tasks) == 3
    assert "attachment_link" not in {finding.rule for finding in page.findings}


def test_exit_status_and_messages(workspace: Workspace, site: Site, run_command: Callable[..., CommandResult]) -> None:
    raw = ("fetch", "--raw", str(workspace.raw))
    message = run_command(*raw)
    assert (message.code, "没有来源文件" in message.err, "raw/README.md" in message.err) == (WRONG_USAGE, True, True)
    write_sources(workspace.raw, entry(site), entry(site, "乙州", "/none.html"))
    message = run_command(*raw)
    assert message.code == SOME_FAILED
    assert "甲州：新增 3" in message.out
    assert "乙州：已失效 1" in message.out
    assert "来源无法读取" in message.out.replace("\n", "")
    assert run_command(*raw, "--only", "甲州").code == OK
    message = run_command(*raw, "--only", "丙州")
    assert (message.code, "可用的来源：甲州、乙州" in message.err) == (WRONG_USAGE, True)
    (workspace.raw / "manifest.csv").write_text("甲,乙\n", "utf-8")
    message = run_command(*raw)
    assert (message.code, "表头不对" in message.err) == (SOME_FAILED, True)


def test_the_job_fetches_and_is_no_part_of_the_build(workspace: Workspace, site: Site) -> None:
    defs = build_definitions(Settings(raw=workspace.raw, warehouse=workspace.warehouse))
    write_sources(workspace.raw, entry(site), entry(site, "乙州", "/none.html"))
    done = defs.resolve_job_def(FETCH_JOB).execute_in_process(run_config=LOGGING)
    [event] = done.get_asset_materialization_events()
    metadata = event.materialization.metadata
    assert event.asset_key == dg.AssetKey(["raw", "fetched"])
    assert (metadata["新增"].value, metadata["已失效"].value, metadata["来源数"].value) == (3, 1, 2)
    assert (workspace.raw / "甲州" / f"{TITLE}.html").is_file()
    assert "raw__fetched" not in {node.name for node in defs.resolve_job_def(JOB).nodes}


def test_the_asset_rests_without_sources_and_fails_where_none_can_be_read(workspace: Workspace, site: Site) -> None:
    resource = FetchResource(raw=str(workspace.raw), agent="test")
    rested = fetched_files(fetch=resource)
    assert isinstance(rested, dg.MaterializeResult)
    assert "没有要查看的来源" in str(rested.metadata)
    write_sources(workspace.raw, entry(site, path="/none.html"))
    with pytest.raises(dg.Failure, match="没有一个来源可以读取"):
        fetched_files(fetch=resource)


def test_the_schedule_is_nightly_and_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(settings: Settings) -> tuple[object, ...]:
        schedule = build_definitions(settings).resolve_schedule_def("nightly_fetch")
        return schedule.cron_schedule, schedule.execution_timezone, schedule.job_name, schedule.default_status

    stopped = dg.DefaultScheduleStatus.STOPPED
    assert shown(Settings()) == ("0 2 * * *", "Asia/Shanghai", FETCH_JOB, stopped)
    monkeypatch.setenv("WENMING_FETCH_CRON", "30 5 * * 1-5")
    monkeypatch.setenv("WENMING_FETCH_TIMEZONE", "Asia/Urumqi")
    assert shown(load_settings()) == ("30 5 * * 1-5", "Asia/Urumqi", FETCH_JOB, stopped)
    monkeypatch.setenv("WENMING_FETCH_CRON", "99 5 * * *")
    with pytest.raises(SettingsError, match="fetch_cron"):
        build_definitions(load_settings())


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [("CRON", "nightly", "须为五段"), ("TIMEZONE", "Mars/Base", "没有这个时区"), ("AGENT", "文明", "只能用英文字母")],
)
def test_settings_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    monkeypatch.setenv(f"WENMING_FETCH_{name}", value)
    with pytest.raises(SettingsError, match=message):
        load_settings()
