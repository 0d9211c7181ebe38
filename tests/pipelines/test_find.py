"""`wenming find`: tasks in other words, what may be meant, and where the task stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from pipelines.cli_common import OK
from pipelines.errors import WRONG_USAGE
from tests.pipelines.conftest import CommandResult
from tests.warehouse.conftest import five

__all__ = ["five"]

RunCommand = Callable[..., CommandResult]


def test_other_words_find_the_task_with_its_place(five: Path, run_command: RunCommand) -> None:
    done = run_command("find", "志愿者服务时间", "--format", "json", "--warehouse", str(five))
    assert done.code == OK, done.err
    (found,) = [row for row in json.loads(done.out) if "志愿服务活动时长" in row["任务要求"]]
    assert "时长" in found["对上的词语"]
    assert "yiyang-2021.txt 表" in found["出处"]


def test_words_are_separate_arguments_and_a_notice_narrows(five: Path, run_command: RunCommand) -> None:
    done = run_command("find", "交通", "礼让", "--notice", "淄博", "--limit", "3", "--warehouse", str(five))
    assert done.code == OK
    assert "文明出行" in "".join(done.out.split())
    assert "汕尾" not in done.out


def test_what_may_be_meant_and_nothing_found(five: Path, run_command: RunCommand) -> None:
    done = run_command("find", "志原服务", "--warehouse", str(five))
    assert "您是不是要找：志愿服务" in done.out
    done = run_command("find", "海底采矿许可", "--warehouse", str(five))
    assert done.code == OK
    assert "没有与“海底采矿许可”意思相近的任务" in done.out
    assert run_command("find", "--warehouse", str(five)).code == WRONG_USAGE
    assert run_command("find", "阅读", "--format", "xlsx", "--warehouse", str(five)).code == WRONG_USAGE
