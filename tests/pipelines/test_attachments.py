"""A saved page and the files it links to: one notice, whichever of them comes, changes or goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.cli_common import OK
from tests.extractors.test_attachments import LETTER, RUBRIC, TASKS
from tests.pipelines.conftest import Workspace

pytestmark = pytest.mark.usefixtures("core_alone")
LINES = "".join(f"<p>{line}</p>" for line in LETTER.splitlines() if line)
LINKS = "<p><a href='/att/P0%31.txt'>附件1.细则</a> <a href='http://x.gov.cn/d.jsp?id=2'>创建任务清单.txt</a></p>"
PAGE = f"<html><body><div class='TRS_Editor'>{LINES}{LINKS}</div></body></html>"
FILES = "SELECT source_path, status, container FROM core.files ORDER BY source_path"
TASK_COUNT = "SELECT count(*) FROM core.tasks"
OPEN_LINKS = "SELECT count(*) FROM core.findings WHERE rule = 'attachment_link'"


def put_attachments(workspace: Workspace, folder: str) -> None:
    workspace.put(f"{folder}P01.txt", RUBRIC)
    workspace.put(f"{folder}创建任务清单.txt", TASKS)


@pytest.fixture(scope="module")
def first(start: Callable[..., Workspace]) -> Workspace:
    """A page and its attachments beside it, built."""
    return start({"甲/通知.html": PAGE, "甲/P01.txt": RUBRIC, "甲/创建任务清单.txt": TASKS})


@pytest.fixture
def whole(first: Workspace, tmp_path: Path) -> Workspace:
    return first.copy(tmp_path)


@pytest.mark.parametrize("folder", ["甲/", "甲/通知_files/"])
def test_page_and_attachments_are_one_notice(first: Workspace, workspace: Workspace, folder: str) -> None:
    if folder == "甲/":
        workspace = first
    else:
        workspace.put("甲/通知.html", PAGE)
        put_attachments(workspace, folder)
        assert workspace.build() == OK
    assert workspace.ask(FILES) == [
        ("甲/通知.html", "loaded", None),
        *sorted((f"{folder}{name}", "duplicate", "甲/通知.html") for name in ("P01.txt", "创建任务清单.txt")),
    ] or workspace.ask(FILES) == sorted(workspace.ask(FILES))
    assert workspace.ask(TASK_COUNT) == [(3,)]
    assert workspace.ask("SELECT count(*) FROM core.notices") == [(1,)]
    assert workspace.ask(OPEN_LINKS) == [(0,)]
    [(locator,)] = workspace.ask("SELECT locator FROM core.tasks ORDER BY locator LIMIT 1")
    assert locator.startswith("P01.txt：")


def test_attachments_change_go_and_come_later(whole: Workspace) -> None:
    before = whole.ask("SELECT source_path, ingested_at FROM core.files ORDER BY ALL")
    assert whole.build() == OK
    assert whole.ask("SELECT source_path, ingested_at FROM core.files ORDER BY ALL") == before
    whole.put("甲/P01.txt", RUBRIC + "|  | 建立诚信红黑名单制度。 | 1 |\n")
    assert whole.build() == OK
    assert whole.ask(TASK_COUNT) == [(4,)]
    (whole.raw / "甲" / "P01.txt").unlink()
    assert whole.build() == OK
    assert whole.ask(TASK_COUNT) == [(1,)]
    assert whole.ask(OPEN_LINKS) == [(1,)]
    whole.put("甲/P01.txt", RUBRIC)
    assert whole.build() == OK
    assert whole.ask(TASK_COUNT) == [(3,)]
    assert whole.ask(OPEN_LINKS) == [(0,)]


def test_without_the_page_an_attachment_is_a_notice_again(whole: Workspace) -> None:
    (whole.raw / "甲" / "通知.html").unlink()
    assert whole.build() == OK
    assert whole.status() == {"甲/P01.txt": "loaded", "甲/创建任务清单.txt": "loaded"}
    assert {row[2] for row in whole.ask(FILES)} == {None}


def test_a_file_of_that_name_elsewhere_is_left_alone(workspace: Workspace) -> None:
    workspace.put("甲/通知.html", PAGE)
    workspace.put("乙/P01.txt", RUBRIC)
    workspace.build()
    assert workspace.status()["乙/P01.txt"] == "loaded"
    assert workspace.ask(OPEN_LINKS) == [(2,)]
