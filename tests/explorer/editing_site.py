"""An explorer in which people settle what is in doubt, over a small warehouse of its own; builds leave Dagster out."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

import pipelines.commands.build
from assets.ingest.results import ignore_progress
from pipelines.editing.child_process import make_request
from pipelines.editing.editor import Editor
from pipelines.editing.job_process import run_request
from pipelines.editing.job_queue import JobFailedError, Order, Progress, Work
from pipelines.settings import Settings
from tests import asking
from tests.explorer.sample_site import serving
from tests.pipelines.conftest import run_without_dagster
from warehouse.explorer import create_app

NOTICE = """关于印发《甲州市文明单位测评体系》的通知

甲州市精神文明建设指导委员会办公室

2021年3月1日

| 测评项目 | 测评标准 | 分值 | 责任科室 |
|---|---|---|---|
| 组织领导（9分） | 制定年度创建工作方案，定期研究部署。 | 4 | 办公室 |
|  | 组织开展志愿服务活动，做好活动记录。 | 6 | 综公室 |
"""
DOUBTFUL = """关于印发《甲州市文明单位创建工作台账》的通知

甲州市精神文明建设指导委员会办公室

2021年3月1日

| 甲 | 乙 | 丙 |
|---|---|---|
| 组织领导 | 制定年度创建工作方案，定期研究部署创建工作。 | 10 |
| 志愿服务 | 组织开展志愿服务活动，做好活动记录和信息报送。 | 20 |
| 合计 |  | 30 |
"""
"""A notice with a table whose header says nothing."""
WHY = {"reason": "与印发件一致", "who": "经办甲"}
WAIT_SECONDS = 60.0


@dataclass
class EditingSite:
    """A folder with raw files, the warehouse built from it, and the settings of both."""

    settings: Settings

    @classmethod
    def create(cls, folder: Path, files: dict[str, str | bytes]) -> EditingSite:
        """Write the files and build the warehouse."""
        raw = folder / "raw"
        raw.mkdir(parents=True)
        for name, content in files.items():
            (raw / name).write_bytes(content.encode() if isinstance(content, str) else content)
        settings = Settings(
            raw=raw,
            warehouse=folder / "wenming.duckdb",
            corrections=folder / "corrections",
            progress=folder / "progress",
            workers=1,
            editions=0,
        )
        run_without_dagster(settings, False, ignore_progress)
        return cls(settings)

    def ask(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a query on the published file."""
        return asking.rows(self.settings.warehouse, sql, *parameters)

    def work(self, order: Order, progress: Progress) -> Sequence[str]:
        """Do a job as its process does, but in this one."""
        outcome: dict[str, Any] = {}

        def send(event: Mapping[str, Any]) -> None:
            if "done" in event:
                progress(event["done"], event["total"])
            else:
                outcome.update(event)

        run_request(self.settings, make_request(order), send)
        if "error" in outcome:
            raise JobFailedError(outcome["error"])
        lines: list[str] = outcome["result"]
        return lines


@dataclass
class Visitor:
    """A browser without scripts."""

    web: httpx.Client

    def page(self, address: str) -> str:
        """The text of a page that must be there."""
        answer = self.web.get(address)
        assert answer.status_code == 200, answer.text
        return answer.text

    def seal(self, address: str = "/files") -> str:
        """The seal of the forms of a page."""
        found = re.search(r'name="seal" value="([0-9a-f]{64})"', self.page(address))
        assert found, address
        return found[1]

    def send(self, path: str, fields: dict[str, Any], *, seal: str | None = None, **more: Any) -> httpx.Response:
        """Send a form as its page does."""
        given = WHY | fields | {"seal": self.seal() if seal is None else seal}
        return self.web.post(path, data=given, **more)

    def settle(self, path: str, fields: dict[str, Any], **more: Any) -> list[str]:
        """Send a form that must be taken, wait for its job and return the lines of its report."""
        answer = self.send(path, fields, **more)
        assert answer.status_code == 303, refusal(answer)
        return self.finish(answer)

    def finish(self, answer: httpx.Response) -> list[str]:
        """Wait for the job of an answer and return the lines of its report."""
        found = re.search(r"[?&]job=(\d+)", answer.headers["location"])
        assert found, answer.headers["location"]
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            state = self.web.get(f"/jobs/{found[1]}").json()
            if state["over"]:
                assert state["state"] == "done", state
                lines: list[str] = state["lines"]
                return lines
            time.sleep(0.05)
        raise AssertionError("the job did not end")


def refusal(answer: httpx.Response) -> str:
    """What a refused form was told."""
    found = re.search(r'role="alert">(.*?)</p>', answer.text, re.DOTALL)
    return html.unescape(found[1]) if found else answer.text


@contextmanager
def editing(
    site: EditingSite, *, work: Work | None = None, token: str | None = None, editor_token: str | None = None
) -> Iterator[Visitor]:
    """A visitor of an explorer over the site in which anybody may edit unless there are tokens."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipelines.commands.build, "_run_job", run_without_dagster)
        editor = Editor(site.settings, work=work or site.work)
        app = create_app(
            site.settings.warehouse,
            raw=site.settings.raw,
            editing=editor,
            token=token,
            editor_token=editor_token,
            queries=site.settings.queries,
        )
        with serving(app) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as web:
            yield Visitor(web)
