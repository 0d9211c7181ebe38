"""Evidence: the head noun decides, brackets override it, numbers multiply."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.normalize import strip_whitespace
from extractors.parsers.evidence import (
    EvidenceItem,
    find_evidence,
    is_complete_statement,
    is_material_list,
    names_material,
    read_evidence,
)

CELLS: list[tuple[str, list[tuple[str, int | None]]]] = [
    ("说明报告1份、活动图片不少于4张", [("report", 1), ("photo", 4)]),
    ("2次活动照片各2张", [("photo", 4)]),
    ("活动方案、总结、图片各1份", [("plan", 1), ("report", 1), ("photo", 1)]),
    ("提供开展活动的情况（说明报告，实景图片）。", [("report", None), ("photo", None)]),
    ("提供规范文件；活动照片3-5张", [("document", None), ("photo", 3)]),
    ("新闻报道截图2张", [("screenshot", 2)]),
    ("300字以上工作说明、台账目录1份", [("report", None), ("list", 1)]),
    ("会议记录、签到表、现场照片", [("minutes", None), ("table", None), ("photo", None)]),
    ("花名册1份，志愿者注册名单截图", [("list", 1), ("screenshot", None)]),
    ("荣誉证书、获奖文件复印件", [("certificate", None), ("document", None)]),
    ("截图每月1张", [("screenshot", 12)]),
    ("活动图片每季度2张", [("photo", 8)]),
    ("①年度计划（红头文件）；②工作总结（800字左右）", [("plan", None), ("report", None)]),
    ("活动照片或新闻报道截图各1张", [("photo", 1), ("screenshot", 1)]),
    ("两支队伍组建名单", [("list", 2)]),
    ("3类以上主题活动照片", [("photo", 3)]),
    ("领导小组文件、工作方案及经费票据", [("document", None), ("plan", None), ("certificate", None)]),
    ("微信公众号推文链接3条以上", [("link", 3)]),
    ("图片（每类各10张）", [("photo", 10)]),
    ("无需报送", []),
    ("问卷调查", []),
    ("——", []),
    ("实地查看", []),
    ("提供学习计划、记录、照片等佐证材料", [("plan", None), ("minutes", None), ("photo", None)]),
    ("简报不少于4期，附活动照片", [("news", 4), ("photo", None)]),
    ("宣讲稿3篇、宣讲照片6张", [("document", 3), ("photo", 6)]),
    ("报名表、获奖照片", [("table", None), ("photo", None)]),
    ("考评决定和值班表", [("document", None), ("table", None)]),
    ("值守登记簿、工作小结", [("minutes", None), ("report", None)]),
    ("班子会议记录复印件", [("minutes", None)]),
    ("缴费发票扫描件，签到表原件", [("certificate", None), ("table", None)]),
    ("活动方案（盖章）、活动通知（红头文件）", [("plan", None), ("document", None)]),
    ("表彰大会安排（红头文件）", [("document", None)]),
    ("年度培训计划（红头便函文件）", [("plan", None)]),
    ("学习八部门联合印发意见的照片", [("photo", None)]),
    ("走访三家企业的图片", [("photo", None)]),
    ("每一期的底稿、照片", [("document", None), ("photo", None)]),
    ("惠民项目说明（500字以内），照片2张", [("report", None), ("photo", 2)]),
    ("创建工作总结【报送材料单位：宣教科】", [("report", None)]),
    ("体检报告单、宣传折页", [("document", None), ("document", None)]),
    ("考试样卷、成绩汇总表", [("document", None), ("table", None)]),
    ("公众号推文截图（每季度2张）", [("screenshot", 8)]),
    ("四个一批人才名单", [("list", None)]),
    ("绿化、亮化设施照片3张", [("photo", 3)]),
    ("人大代表、政协委员", []),
    ("作出声明", []),
]

SENTENCES: list[tuple[str, list[tuple[str, int | None]]]] = [
    ("组织学习。提供说明报告1份、活动图片不少于4张（4分）。", [("report", 1), ("photo", 4)]),
    ("提供4个节日活动照片各1张（2分）。", [("photo", 4)]),
    ("开展宣传，提供至少2张宣传展示图片（1分）。", [("photo", 2)]),
    ("提供学习型单位建设方案和开展培训活动的图片各1张", [("plan", 1), ("photo", 1)]),
    ("提供人财物支持创城工作。", []),
    ("考核任务及考核情况由市委办提供。", []),
    ("为群众提供优质服务。", []),
    ("建立志愿服务队伍，制定工作方案，定期开展活动。", []),
    ("根据主管部门提供的参与人员比例得分。", []),
    ("定期上报工作完成情况（说明报告、图片资料）。", [("report", None), ("photo", None)]),
    ("说明完成任务的情况说明(800字左右)。", [("report", None)]),
    ("提供挂包区域，实地查看挂包区域现状。", [("other", None)]),
    ("提供活动图片或新闻截图不少于2张（2分）。", [("photo", 2), ("screenshot", 2)]),
    ("以①知识竞赛和②实践活动为载体，提供实景图片各2张（1分）。", [("photo", 4)]),
    ("召开道德讲堂（活动记录、现场图片2张）。", [("minutes", None), ("photo", 2)]),
    ("介绍家风建设做法（文字材料）。", [("report", None)]),
    ("出台志愿服务激励办法（规范文件）。", [("document", None)]),
    ("加强宣传（新闻、短视频）。", []),
    ("完善制度（含请假、值班制度）。", []),
    ("落实长效机制。（材料提供科室：办公室）", []),
]


LEAST_WORDS: list[tuple[str, list[int | None]]] = [
    ("签到表、200字以上文字说明，图片不少于2张", [None, 200, None]),
    ("说明报告300字以上、图片2张", [300, None]),
    ("工作总结不少于1000字、活动照片", [1000, None]),
    ("文字说明，300字左右", [300]),
    ("800字左右的情况说明和图片", [800, None]),
]


def kinds(items: list[EvidenceItem]) -> list[tuple[str, int | None]]:
    return [(item.kind, item.min_count) for item in items]


@pytest.mark.parametrize(("text", "expected"), LEAST_WORDS)
def test_the_number_of_words_belongs_to_the_adjacent_noun(text: str, expected: list[int | None]) -> None:
    items = read_evidence(text)
    assert [item.min_words for item in items] == expected
    assert not any("字、" in item.raw for item in items)


@pytest.mark.parametrize(("text", "expected"), CELLS)
def test_cells(text: str, expected: list[tuple[str, int | None]]) -> None:
    assert kinds(read_evidence(text)) == expected


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_sentences(text: str, expected: list[tuple[str, int | None]]) -> None:
    assert kinds(find_evidence(text)) == expected


def test_words_points_and_units_belong_to_their_material() -> None:
    [report, photo] = find_evidence("提供说明报告（500字左右）（0.5分），活动照片2张（1分）。")
    assert (report.min_words, str(report.points), report.unit) == (500, "0.5", None)
    assert (photo.unit, photo.min_count, str(photo.points)) == ("张", 2, "1")
    assert read_evidence("总结（1000字以内）")[0].min_words is None
    assert read_evidence("总结不少于1500字")[0].min_words == 1500


def test_alternatives_share_a_group() -> None:
    first, second, third, fourth = read_evidence("活动照片或截图2张；统计表或名单")
    assert first.group == second.group != third.group == fourth.group
    assert [i.group for i in read_evidence("照片、截图")] == [None, None]


def truth(slug: str, gold: Path) -> tuple[int, int, int]:
    """Right, extra and missed materials of a notice read from the truth's own texts; see EVIDENCE_THRESHOLDS.md."""
    folder = gold / slug
    lines = [json.loads(line) for line in (folder / "tasks.jsonl").read_text("utf-8").splitlines()]
    tasks = {(task["table"], task["row"]): task for task in lines}
    right = extra = missed = 0
    for line in (folder / "evidence.jsonl").read_text("utf-8").splitlines():
        entry: dict[str, Any] = json.loads(line)
        task = tasks[(entry["table"], entry["row"])]
        items = read_evidence(task["evidence"]) if task["evidence"] else find_evidence(task["requirement"] or "")
        got = Counter(kinds(items))
        for item in entry["items"]:
            least = item["min_count"]
            fitting = [
                (k, n) for k in (item["kind"], *item.get("alt", [])) for n in {least, 1 if least is None else least}
            ]
            fitting += [(k, None) for k, n in fitting if n == 1]
            hit = next((one for one in fitting if got[one]), None)
            if hit:
                got[hit] -= 1
                right += 1
            elif item.get("any_of") is None:
                missed += 1
        extra += sum(got.values())
    return right, extra, missed


@pytest.mark.parametrize("slug", ["shanwei-2016", "zibo-2023"])
def test_the_gold_standard_of_two_notices(slug: str, gold: Path) -> None:
    right, extra, missed = truth(slug, gold)
    assert 2 * right / (2 * right + extra + missed) >= 0.95


@given(st.text(alphabet="提供图片照说明报告各不少于至0123一二两张份次（）()、，。；①②或和等的方案 \n", max_size=60))
def test_any_text_is_read_and_quoted(text: str) -> None:
    for item in (*read_evidence(text), *find_evidence(text)):
        assert item.raw in strip_whitespace(text)
        assert item.min_count is None or item.min_count >= 0


def test_a_hundred_thousand_characters_are_read() -> None:
    for piece in ("提供图片2张、", "（", "说明报告（", "、和", "提供", "2次活动照片各2张，"):
        assert isinstance(find_evidence(piece * (100_000 // len(piece))), list)


def test_a_material_excludes_the_number_of_the_previous_one() -> None:
    assert [item.raw for item in read_evidence("说明报告1份、活动图片不少于4张")] == ["说明报告", "活动图片"]


@pytest.mark.parametrize(
    ("text", "all_there"),
    [("已备齐", True), ("材料已全部备齐。", True), ("基本齐全", False), ("照片3张", False), ("已", False)],
)
def test_statements_of_completeness(text: str, all_there: bool) -> None:
    assert is_complete_statement(text) is all_there


def test_points_of_each_of_several() -> None:
    found = find_evidence("提供志愿者总人数及队伍名单（各0.5分）。")
    assert [(item.kind, str(item.points)) for item in found] == [("other", "0.5"), ("list", "0.5")]


MATERIALS = [
    "年度学习安排（红头文件）；",
    "支委会会议记录4份和会议照片2张；",
    "志愿者注册的网络截图；",
    "2.经费支出统计表。",
    "组织干部职工观看警示教育片的图片",
    "说明垃圾分类开展情况（说明报告，实景图片）。",
    "统计无偿献血人数（统计表格）。",
]
DUTIES = [
    "制定年度学习计划。",
    "建立健全值班制度",
    "组织观看警示教育片。",
    "干部职工熟知公民道德规范。",
    "签订文明承诺书",
]


@pytest.mark.parametrize("text", MATERIALS)
def test_names_of_materials(text: str) -> None:
    assert names_material(text)


@pytest.mark.parametrize("text", DUTIES)
def test_duties_that_end_like_materials(text: str) -> None:
    assert not names_material(text)


def test_a_column_of_materials() -> None:
    assert is_material_list([*MATERIALS, "提供活动照片2张", DUTIES[2]])
    assert not is_material_list([*DUTIES, *MATERIALS[:3]])
    assert not is_material_list(["提供活动照片2张"] * 5)
    assert not is_material_list(MATERIALS[:2])
