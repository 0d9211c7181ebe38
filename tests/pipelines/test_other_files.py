"""Files that are no notices: told by build and status, kept out of the marts, overruled by a line of 版式.csv."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from extractors.layouts import LAYOUTS_FILE
from pipelines.cli_common import OK
from tests.pipelines.conftest import CommandResult, Workspace
from tests.pipelines.sample_notices import as_text

RunCommand = Callable[..., CommandResult]
pytestmark = pytest.mark.usefixtures("core_alone")

BUDGET = '科目,金额（元）,日期\n印刷费,"1,200.00",3月5日\n场地租赁,800.00,4月2日\n茶水,96.50,4月9日\n'
FAULTS = (
    "点位,发现问题,检查人,日期\n东门,停车线模糊，照明不足。,王芳,3月5日\n"
    "二号楼,台阶有破损。,李强,3月6日\n食堂,地面油污较多。,赵敏,3月7日\n"
)
HEAD = "文件,发文机关,表头,列,列含义,行,行类别,理由,填写人,日期,文件类别\n"
KINDS = "SELECT f.source_path, n.kind FROM core.notices AS n JOIN core.files AS f USING (file_id) ORDER BY ALL"
TASKS = """
SELECT f.source_path, count(*)
FROM core.tasks JOIN core.notices USING (notice_id) JOIN core.files AS f USING (file_id) GROUP BY ALL ORDER BY ALL
"""


@pytest.fixture
def built(start: Callable[[dict[str, str | bytes]], Workspace], tmp_path: Path) -> Workspace:
    """A workspace with a notice, a budget and a record of faults."""
    files: dict[str, str | bytes] = {"甲.md": as_text("甲州"), "预算.csv": BUDGET, "巡查.csv": FAULTS}
    return start(files).copy(tmp_path)


def test_they_are_told_and_give_nothing(built: Workspace, run_command: RunCommand) -> None:
    assert built.status() == {"甲.md": "loaded", "巡查.csv": "not_a_notice", "预算.csv": "not_a_notice"}
    assert built.ask(KINDS) == [("巡查.csv", "other"), ("甲.md", "rubric"), ("预算.csv", "other")]
    assert built.ask(TASKS) == [("甲.md", 3)]
    ((reason, remedy),) = built.ask("SELECT reason, remedy FROM core.files WHERE source_path = '预算.csv'")
    assert reason == "没有对谁提出要求：表1各列是金额、日期"
    assert LAYOUTS_FILE in remedy
    shown = run_command("status", "--warehouse", str(built.warehouse)).out
    assert "有 2 个文件不是通知" in shown
    assert "预算.csv：没有对谁提出要求" in shown
    assert "内容：通知 1，" in shown


def test_a_line_overrules_it_either_way(built: Workspace, run_command: RunCommand, tmp_path: Path) -> None:
    folder = tmp_path / "corrections"
    folder.mkdir(exist_ok=True)
    lines = "巡查.csv,,,,,,,逐条整改,甲,2026-11-01,任务清单\n甲.md,,,,,,,样张,甲,2026-11-01,不是通知\n"
    (folder / LAYOUTS_FILE).write_text(HEAD + lines, "utf-8")
    place = ("--raw", str(built.raw), "--warehouse", str(built.warehouse))
    result = run_command("build", *place)
    assert result.code == OK
    assert "新读 2 个文件，未变 1 个" in result.out
    assert built.ask(KINDS) == [("巡查.csv", "task_list"), ("甲.md", "other"), ("预算.csv", "other")]
    assert built.ask(TASKS) == [("巡查.csv", 3)]
    assert built.ask("SELECT count(*) FROM core.findings WHERE rule = 'correction_stale'") == [(0,)]
    assert "没有变化" in run_command("build", *place).out
