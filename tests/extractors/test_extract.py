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


def test_a_catalogue_of_the_page_is_neither_title_nor_table_nor_task() -> None:
    rows = "".join(
        f"<tr><td>{a}</td><td>{b}</td><td>{c}</td><td>{d}</td></tr>"
        for a, b, c, d in (
            ("索引号", "0072/2021-0003", "主题分类", "精神文明"),
            ("发布机构", "石台县文明办", "成文日期", "2021-05-06"),
            ("文号", "石文明办〔2021〕7号", "有效性", "有效"),
        )
    )
    body = "<p>各乡镇：</p><p>现将有关事项通知如下。</p><p>一、时间。6月底前完成自查。</p>"
    page = f"<html><body><table>{rows}</table><h1>关于开展县级文明村镇测评的通知</h1>{body}</body></html>"
    found = extract(page.encode(), "a.html")
    notice = found.notice
    assert (notice.title, notice.doc_number, notice.issuer, str(notice.issued_on)) == (
        "关于开展县级文明村镇测评的通知",
        "石文明办〔2021〕7号",
        "石台县文明办",
        "2021-05-06",
    )
    assert (found.tables, found.cells, found.tasks) == ([], [], [])
    assert [f.rule for f in found.findings] == ["publication"]


def test_a_deadline_that_is_not_read_to_its_end_is_a_finding() -> None:
    page = """2023年任务清单

| 任务 | 责任单位 | 完成时限 |
|---|---|---|
| 制定工作方案，明确专人负责。 | 办公室 | 2023年国检前一个月 |
| 开展志愿服务活动，做好记录。 | 人事处 | 6月底前 |
"""
    found = extract(page.encode(), "a.md")
    assert [(d.kind, d.starts_on, str(d.ends_on)) for d in found.task_deadlines] == [
        ("unknown", None, "None"),
        ("by", None, "2023-06-30"),
    ]
    (finding,) = [f for f in found.findings if f.rule == "deadline_unread"]
    assert "2023年国检前一个月" in finding.message
