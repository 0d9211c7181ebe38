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
    read_material_row,
)

CELLS: list[tuple[str, list[tuple[str, int | None]]]] = [
    ("说明报告1份、活动图片不少于4张", [("report", 1), ("photo", 4)]),
    ("2次活动照片各2张", [("photo", 4)]),
    ("活动方案、总结、图片各1份", [("plan", 1), ("report", 1), ("photo", 1)]),
    ("提供开展活动的情况（说明报告，实景图片）。", [("report", None), ("photo", None)]),
    ("提供规范文件；活动照片3-5张", [("document", None), ("photo", 3)]),
    ("新闻报道截图2张", [("screenshot", 2)]),
    ("300字以上工作说明、台账目录1份", [("report", None), ("list", 1)]),
    ("会议记录、签到表、现场照片", [("minutes", None), ("list", None), ("photo", None)]),
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
    ("缴费发票扫描件，签到表原件", [("certificate", None), ("list", None)]),
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
    ("合影5张以内、板报图3张", [("photo", None), ("photo", 3)]),
    ("训练照片不超过6张", [("photo", None)]),
    ("简报最多3篇、纪要至少2份", [("news", None), ("minutes", 2)]),
    ("培训课件限2份", [("document", None)]),
    ("两三张合影、七八份问卷", [("photo", 2), ("other", 7)]),
    ("十五六张合影", [("photo", 15)]),
    ("一百二十份问卷", [("other", 120)]),
    ("廿五张合影", [("photo", None)]),
    ("第二十张合影", [("photo", None)]),
    ("数十张合影", [("photo", None)]),
    ("统一两张合影", [("photo", 2)]),
    ("预案一式三份", [("plan", 3)]),
    ("每季度至少1份巡河记录", [("minutes", 4)]),
    ("每月2期简报", [("news", 24)]),
    ("登记表（不少于三个村民小组）", [("table", None)]),
    ("网络报道截屏（市级媒体3篇）", [("screenshot", None)]),
    ("合影4张（每张配20字说明）", [("photo", 4), ("report", None)]),
    ("绿化、亮化设施照片3张", [("photo", 3)]),
    ("人大代表、政协委员", []),
    ("作出声明", []),
    ("“活动方案”“签到表”“主持人致辞”“现场照片”", [("plan", None), ("list", None), ("other", None), ("photo", None)]),
    (
        "申报表→公示→评审意见→谈体悟→现场照片2张",
        [("table", None), ("document", None), ("document", None), ("other", None), ("photo", 2)],
    ),
    ("全部资料（包括通知、测评表、聘书复印件等）", [("document", None), ("table", None), ("certificate", None)]),
    ("全套资料（含会议照片、签到册）", [("document", None), ("photo", None), ("list", None)]),
    ("义诊倡议书（可在公众号发布，附截图）", [("document", None), ("screenshot", None)]),
    ("经费明细表、缴费单等凭证", [("table", None), ("document", None)]),
    ("倡议书、宣传单等活动图片资料", [("photo", None)]),
    ("村规民约、家训等宣传内容的照片6张", [("photo", 6)]),
    ("活动照片和纪录", [("photo", None), ("minutes", None)]),
    ("年会会议记录或会议记录复印页", [("minutes", None)]),
    ("值班记录和有横幅的照片", [("minutes", None), ("photo", None)]),
    ("实施细则和年度培训计划", [("document", None), ("plan", None)]),
    ("评比结果、年度总结", [("document", None), ("report", None)]),
    ("植树活动的文字、图文、视频资料", [("document", None), ("photo", None), ("other", None)]),
    ("文字、图片说明", [("report", None)]),
    ("倡议书、签订的责任书样张", [("document", None), ("document", None)]),
    ("好人事迹材料5篇", [("document", 5)]),
    ("献血证、志愿者证复印件", [("certificate", None), ("certificate", None)]),
    ("说明报告（一）组织领导", [("report", None)]),
    ("奖证（牌）照片", [("photo", None)]),
    ("图书、读书活动照片", [("photo", None)]),
    ("宣传信息2条、推荐书目1份", [("news", 2), ("list", 1)]),
    ("张贴海报5张", []),
    ("人均捐书2本", []),
    ("会议照片；活动经费投入；工作小结", [("photo", None), ("other", None), ("report", None)]),
    ("会议照片；逾期不予受理；工作小结", [("photo", None), ("report", None)]),
    ("检查评比情况；活动照片", [("report", None), ("photo", None)]),
    ("反映活动情况，照片3张", [("photo", 3)]),
    ("8—10人的宣讲队伍及成员名单", [("list", None)]),
    ("活动图片共6张以上及总结", [("photo", 6), ("report", None)]),
    ("义诊的图片，或者慰问的图片共4张", [("photo", 4)]),
    ("春节、元宵活动照片各2张以上", [("photo", 4)]),
    ("春节、元宵等活动照片各2张", [("photo", 2)]),
    ("一个社区、一所学校、一个村各1次活动照片", [("photo", 3)]),
    ("会议记录、会议照片各2张", [("minutes", None), ("photo", 2)]),
    ("实景图片（每年不少于6次，每次活动2—3张）", [("photo", 12)]),
    ("5次义诊的方案和照片，每次活动2张照片", [("plan", 5), ("photo", 10)]),
    ("宣传计划（红头文件，不少于2次）", [("plan", 2)]),
    ("截图（达到20条以上）", [("screenshot", 20)]),
    ("统计表（达到三个节日以上）", [("table", None)]),
    ("宣传照片（每季度不少于2张）", [("photo", 8)]),
    ("工作总结，6月底、12月底前各报送1份", [("report", 2)]),
    ("3月、9月底前各报送1份总结", [("report", 2)]),
    ("①会议照片2张②会议纪要", [("photo", 2), ("minutes", None)]),
    ("捐款明细、项目简介、宣传册1本、简讯2篇", [("table", None), ("report", None), ("document", 1), ("news", 2)]),
    ("志愿者注册、人员在册", []),
    ("1)无需提供；2)项目说明（300字以内），照片1张。", [("report", None), ("photo", 1)]),
    ("照片2张（纸质材料无需报送）", [("photo", 2)]),
    ("承诺书汇总、公示文件", [("document", None), ("document", None)]),
    ("任务完成情况的汇总", [("report", None)]),
    ("10月10日前交办公室汇总", []),
    (
        "成立领导机构（以红头文件为据）；会议记录；检查记录；活动经费投入；值班制度",
        [
            ("document", None),
            ("minutes", None),
            ("minutes", None),
            ("other", None),
            ("document", None),
        ],
    ),
    ("推荐表，每季度末上传1条", [("table", None)]),
    ("推荐表及佐证材料，每季度1条", [("table", None), ("document", 4)]),
    ("会议照片；随机抽查台账；工作小结", [("photo", None), ("report", None)]),
    ("院内有结合行业特色的文明行为规范和公益广告等宣传内容", []),
    (
        "组织机构、成员花名册、签到簿、回执、活动记录、相关报道",
        [
            ("other", None),
            ("list", None),
            ("list", None),
            ("certificate", None),
            ("minutes", None),
            ("news", None),
        ],
    ),
    (
        "学雷锋、文明出行劝导活动照片、方案、总结、签到表、记录",
        [
            ("photo", None),
            ("plan", None),
            ("report", None),
            ("list", None),
            ("minutes", None),
        ],
    ),
]

OCCASIONS: list[tuple[str, str, int]] = [
    ("每场照片2张", "组织宣讲不少于4场", 8),
    ("每场照片2张", "组织宣讲4场、文艺演出2场", 2),
    ("每次照片2张", "每季度召开会议1次", 8),
    ("会议照片各2张", "每半年专题研究1次", 4),
    ("每个节日照片3张", "在元宵、端午、重阳开展活动", 9),
    ("每次照片2张", "在元宵、端午、重阳开展活动，每个节日不少于2次", 12),
    ("每个节日照片3张", "利用传统节日开展活动", 3),
    ("照片3张", "组织宣讲不少于4场", 3),
]

SENTENCES: list[tuple[str, list[tuple[str, int | None]]]] = [
    ("组织学习。提供说明报告1份、活动图片不少于4张（4分）。", [("report", 1), ("photo", 4)]),
    ("提供4个节日活动照片各1张（2分）。", [("photo", 4)]),
    ("开展宣传，提供至少2张宣传展示图片（1分）。", [("photo", 2)]),
    ("提供学习型单位建设方案和开展培训活动的图片各1张", [("plan", None), ("photo", 1)]),
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
    ("介绍家风建设做法（文字材料）。", [("document", None)]),
    ("说明开展诚信教育的情况（说明报告，300字左右）和图片2张。", [("report", None), ("photo", 2)]),
    ("举办讲座3次，提供讲座照片，每次2张。", [("photo", 6)]),
    ("提供“我们的节日”活动图片，每个节日2张。", [("photo", 2)]),
    ("餐饮店张贴标识、提供公筷。", []),
    ("出台志愿服务激励办法（规范文件）。", [("document", None)]),
    ("加强宣传（新闻、短视频）。", []),
    ("完善制度（含请假、值班制度）。", []),
    ("落实长效机制。（材料提供科室：办公室）", []),
    (
        "巡河有记录可查，包括方案、登记表、巡河照片（3-6张并附说明）等。",
        [("plan", None), ("table", None), ("photo", 3), ("report", None)],
    ),
    ("台账规范（含签到表、合影2张），并报送简报1期。", [("list", None), ("photo", 2), ("news", 1)]),
    ("资料齐全，主要包括年度计划、会议记录；评选先进，印发通知。", [("plan", None), ("minutes", None)]),
    ("例会有记录。", []),
    ("建有资料室，包括图书、报刊。", []),
    ("落实包括巡查、通报在内的各项制度。", []),
]


@pytest.mark.parametrize(("text", "requirement", "number"), OCCASIONS)
def test_the_requirement_says_how_many_occasions_there_are(text: str, requirement: str, number: int) -> None:
    assert [item.min_count for item in read_evidence(text, requirement)] == [number]


LEAST_WORDS: list[tuple[str, list[int | None]]] = [
    ("签到表、200字以上文字说明，图片不少于2张", [None, 200, None]),
    ("说明报告300字以上、图片2张", [300, None]),
    ("工作总结不少于1000字、活动照片", [1000, None]),
    ("文字说明，300字左右", [300]),
    ("800字左右的情况说明和图片", [800, None]),
    ("学习心得（800—1200字）", [800]),
    ("300字至500字的简介、合影", [300, None]),
    ("述职报告不超过3000字", [None]),
    ("倡议书限200字、小结不低于400字", [None, 400]),
    ("合影2～3张，说明（200-300字）", [None]),
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


def test_a_number_with_its_bracket_belongs_to_the_material_before() -> None:
    assert [one.raw for one in read_evidence("小结1份（800-1000字）、板报图2—4张、合影")] == ["小结", "板报图", "合影"]


def test_a_number_per_occasion_keeps_the_points() -> None:
    [photo] = find_evidence("提供至少3次植树活动的照片，每次活动2张照片（1分）。")
    assert (photo.min_count, str(photo.points), photo.raw) == (6, "1", "至少3次植树活动的照片")


def test_a_table_that_sums_up_keeps_its_name() -> None:
    assert [(item.kind, item.raw) for item in read_evidence("台账汇总表")] == [("table", "台账汇总表")]


def test_a_bracket_belongs_to_the_material_before_it() -> None:
    found = read_evidence("照片（不少于3张）、新闻链接（1条）、情况说明（500字左右）及合影")
    assert [item.raw for item in found] == ["照片", "新闻链接", "情况说明", "合影"]
    found = read_evidence("诚信教育的情况（说明报告，300字左右）和图片2张")
    assert [item.raw for item in found] == ["说明报告", "图片"]


def test_names_in_quotes_are_quoted_without_them() -> None:
    found = read_evidence("“学雷锋”活动年度计划、“会议通知”“评分表”")
    assert [item.raw for item in found] == ["“学雷锋”活动年度计划", "会议通知", "评分表"]


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


ROWS: list[tuple[str, list[tuple[str, int | None]]]] = [
    ("开展“学习强国”比学活动的方案（红头文件）；", [("plan", None)]),
    ("成立志愿服务队成员名单（红头便函文件）；", [("list", None)]),
    ("成立领导小组的组织机构（红头文件）", [("document", None)]),
    ("组织义诊照片3—5张；", [("photo", 3)]),
    ("开展普法工作的会议记录复印件；", [("minutes", None)]),
    ("落实责任制，制定工作方案和值班计划（红头文件）", [("plan", None), ("plan", None)]),
    ("开展环保宣传的图片资料。例如：倡议书、签名活动等；", [("photo", None)]),
    ("培训照片。要形成学习型机关。", [("photo", None)]),
    ("单位的有关公示情况（红黑榜发布）；", [("report", None)]),
    ("会议记录、决算等资料；按时提供整改报告。", [("minutes", None), ("document", None), ("report", None)]),
    ("制定年度学习计划；", []),
    ("设施齐全可用，有专人管理。", []),
    ("签订文明承诺书", []),
]


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_rows_of_a_column_of_materials(text: str, expected: list[tuple[str, int | None]]) -> None:
    assert kinds(read_material_row(text)) == expected


def test_a_column_of_materials() -> None:
    assert is_material_list([*MATERIALS, "提供活动照片2张", DUTIES[2]])
    assert not is_material_list([*DUTIES, *MATERIALS[:3]])
    assert not is_material_list(["提供活动照片2张"] * 5)
    assert not is_material_list(MATERIALS[:2])
