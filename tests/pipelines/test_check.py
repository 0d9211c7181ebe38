"""`wenming check`: a folder of evidence against the list of a unit of a published notice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipelines.cli_common import SOME_FAILED
from pipelines.errors import WRONG_USAGE
from tests.evidence_check.test_inspect_file import picture, word
from tests.pipelines.conftest import CommandResult
from tests.warehouse.conftest import five

__all__ = ["five"]

RunCommand = Callable[..., CommandResult]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of evidence for the first tasks of a trade union."""
    root = tmp_path / "材料"
    for name, data in {
        "12-公民道德建设/1.jpg": picture(taken="2021:05:06 08:00:00"),
        "12-公民道德建设/2.jpg": picture((640, 480), taken="2019:05:06 08:00:00"),
        "潇湘家书/活动总结.docx": word("潇湘家书活动", "2021年4月1日"),
        "IMG_001.jpg": picture((500, 500)),
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def digests(folder: Path) -> dict[str, tuple[str, int]]:
    """What stands in a folder: the bytes and times of every file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) for path in files}


def test_a_folder_is_checked_and_left_as_it_is(
    five: Path, folder: Path, tmp_path: Path, run_command: RunCommand
) -> None:
    before = digests(folder)
    target = tmp_path / "核对.xlsx"
    asked = ("--notice", "益阳", "--party", "工会", "--output", str(target), "--warehouse", str(five))
    done = run_command("check", str(folder), *asked)
    assert done.code == SOME_FAILED, done.err
    assert "拍摄日期 2019-05-06" in "".join(done.out.split()).replace("拍摄日期", "拍摄日期 ")
    assert "IMG_001.jpg" in done.out
    assert "材料 4 个：确定对应 3，推测 0，对不上 1" in done.out
    headers = [line.strip("┃").split("┃") for line in done.out.splitlines() if "┃" in line]
    assert [[name.strip() for name in row] for row in headers] == [
        ["任务", "材料", "应有", "已有", "缺"],
        ["文件", "对应", "把握", "问题"],
        ["文件", "为什么"],
    ]
    assert digests(folder) == before
    book = load_workbook(target)
    rows = list(book["文件"].iter_rows(values_only=True))
    (named,) = [row for row in rows if row[0] == "12-公民道德建设/1.jpg"]
    assert str(named[-1]).startswith("12-开展《新时代公民道德建设")
    assert any("yiyang-2021.txt 表8" in str(row[-1]) for row in book["对照清单"].iter_rows(values_only=True))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--party", "没有这个单位"), "没有符合条件的任务"),
        (("--party", "机关"), "请写全名称"),
        (("--party", "工会", "--output", "结果.csv"), "只写成 xlsx"),
    ],
)
def test_what_cannot_be_checked_is_explained(
    five: Path, folder: Path, run_command: RunCommand, arguments: tuple[str, ...], words: str
) -> None:
    done = run_command("check", str(folder), "--notice", "益阳", *arguments, "--warehouse", str(five))
    assert done.code == WRONG_USAGE
    assert words in done.err


def test_nothing_is_written_into_the_folder(five: Path, folder: Path, run_command: RunCommand) -> None:
    done = run_command(
        "check", str(folder), "--party", "工会", "--output", str(folder / "子" / "核对.xlsx"), "--warehouse", str(five)
    )
    assert done.code == WRONG_USAGE
    assert "不能写在材料目录里" in done.err
    assert not (folder / "子").exists()


def test_a_folder_that_is_empty_or_missing_is_refused(five: Path, tmp_path: Path, run_command: RunCommand) -> None:
    (tmp_path / "空").mkdir()
    for name, words in (("空", "没有材料"), ("无", "找不到材料目录")):
        done = run_command(
            "check", str(tmp_path / name), "--notice", "益阳", "--party", "工会", "--warehouse", str(five)
        )
        assert done.code == WRONG_USAGE
        assert words in done.err
