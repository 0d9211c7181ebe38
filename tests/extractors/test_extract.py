"""The one door: determinism, version, contacts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import extractors
from extractors import extract
from extractors.document import ReadError
from extractors.limits import Limits


def test_the_same_bytes_give_the_same_rows(notices: Path) -> None:
    data = (notices / "text" / "zibo-2023.txt").read_bytes()
    first, again = extract(data, "a.txt"), extract(data, "b.txt")
    assert first == again
    assert first.notice.notice_id == again.notice.notice_id


def test_numbers_of_parts_are_codes_and_no_points() -> None:
    page = """关于印发任务分解表的通知

| 项目类别 | 条目号 | 考评内容 | 达标要求 | 权重（分） | 主办处室 | 协办处室 |
|---|---|---|---|---|---|---|
| 一、思想建设 | 1.1 | 理论武装 | 每季度集中学习不少于1次，有计划、有记录。 | 6 | 机关党委 | 办公室 |
| 一、思想建设 | 1.2 | 志愿服务 | 年内开展活动6次以上，参与面不低于80%。 | 8 | 人事处 | 机关党委、工会 |
| 二、窗口形象 | 2.1 | 优质服务 | 服务大厅设置便民设施，投诉及时办结。 | 10 | 服务中心 |  |
"""
    found = extract(page.encode(), "a.md")
    of = {one.indicator_id: one for one in found.indicators}
    assert [of[task.indicator_id or ""].code for task in found.tasks] == ["1.1", "1.2", "2.1"]
    assert [task.points for task in found.tasks] == [6, 8, 10]
    assert [(one.party, one.role) for one in found.task_parties] == [
        ("机关党委", "lead"),
        ("办公室", "support"),
        ("人事处", "lead"),
        ("机关党委", "support"),
        ("工会", "support"),
        ("服务中心", "lead"),
    ]
    assert found.chars_accounted == found.chars_total


def test_other_bytes_give_other_ids() -> None:
    one, two = extract("甲市文明办通知".encode(), "a.txt"), extract("乙市文明办通知".encode(), "a.txt")
    assert one.notice.notice_id != two.notice.notice_id


def test_ids_are_unique(notices: Path) -> None:
    found = extract((notices / "docx" / "sd-mixed-2024.docx").read_bytes(), "a.docx")
    for rows, key in ((found.tasks, "task_id"), (found.indicators, "indicator_id"), (found.findings, "finding_id")):
        ids = [getattr(r, key) for r in rows]
        assert len(ids) == len(set(ids)) > 0


def test_contacts_reach_no_record(notices: Path) -> None:
    found = extract((notices / "text" / "hb-xiaogan-2022.txt").read_bytes(), "a.txt")
    assert "0000126" not in repr(found)


def test_limits_are_kept(notices: Path) -> None:
    with pytest.raises(ReadError):
        extract((notices / "docx" / "zibo-2023.docx").read_bytes(), "a.docx", limits=Limits(max_bytes=100))


def test_the_version_follows_sources_and_vocabulary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Path(extractors.__file__).parent
    copy = tmp_path / "extractors"
    shutil.copytree(here, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(extractors, "__file__", str(copy / "__init__.py"))
    extractors.version.cache_clear()
    before = extractors.version()
    with (copy / "vocabulary" / "headers.toml").open("a", encoding="utf-8") as stream:
        stream.write("\n# one more word\n")
    extractors.version.cache_clear()
    after = extractors.version()
    extractors.version.cache_clear()
    assert before != after
    assert before.split("+")[0] == after.split("+")[0]
