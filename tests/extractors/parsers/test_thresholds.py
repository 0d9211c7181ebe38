"""Thresholds: operators, units, ranges, shares; what is no threshold; the measure over the gold."""

from __future__ import annotations

import collections
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.parsers.thresholds import read_thresholds

GOLD = Path(__file__).parents[2] / "gold"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("知晓率不低于95%", [">= 95 %"]),
        ("知晓率≥９５％，支持率≧90%", [">= 95 %", ">= 90 %"]),
        ("满意度高于90%", ["> 90 %"]),
        ("参与率＞90%", ["> 90 %"]),
        ("“注册率”和“活跃度”均达到90%以上", [">= 90 %", ">= 90 %"]),
        ("知晓率、支持率和满意率达到90%以上", [">= 90 %"] * 3),
        ("注册率分别在90%和60%以上", [">= 90 %", ">= 60 %"]),
        ("关注人数不少于本单位职工总数的95%", [">= 95 %"]),
        ("注册率达到百分之九十以上", [">= 90 %"]),
        ("三分之二以上班子成员参加", [">= 66.67 %"]),
        ("半数以上职工参与", [">= 50 %"]),
        ("签订率100%", ["= 100 %"]),
        ("实现文明实践站全覆盖", ["= 100 %"]),
        ("在职党员总数20人以下的全员注册", ["= 100 %", "<= 20 人"]),
        ("多层次、全覆盖的学习培训", []),
        ("开展活动不少于2次", [">= 2 次"]),
        ("至少一类活动现场照片1张", [">= 1 类", "= 1 张"]),
        ("至少共建1处文明实践站", [">= 1 处"]),
        ("达到三个节日以上", [">= 3 个"]),
        ("打造1个以上品牌", [">= 1 个"]),
        ("要求达到2种形式以上", [">= 2 种"]),
        ("每年不少于8—10次", [">= 8 次"]),
        ("照片3-5张", [">= 3 张", "<= 5 张"]),
        ("召开2至3次专题会议", [">= 2 次", "<= 3 次"]),
        ("2次活动照片各2张", ["= 2 次", "= 2 张"]),
        ("每月至少开展１次志愿服务", [">= 1 次"]),
        ("全年组织两次集中学习", ["= 2 次"]),
        ("党组半年研究一次精神文明建设工作", ["= 1 次"]),
        ("每季度开展1次隐患排查", ["= 1 次"]),
        ("人均服务时间≥25个小时", [">= 25 小时"]),
        ("千人口献血人次大于100", ["> 100 人次"]),
        ("面积不小于2.4㎡", [">= 2.4 ㎡"]),
        ("投入资金不少于3万元", [">= 3 万元"]),
        ("文件小于2M", ["< 2 M"]),
        ("报告（800字以内）", ["<= 800 字"]),
        ("（说明报告，300字左右）", ["= 300 字"]),
        ("单位门前100米范围内秩序良好", ["<= 100 米"]),
        ("城区45分钟、农村90分钟以内", ["<= 90 分钟"]),
        ("主要指标位居全市前3名", ["<= 3 名"]),
        ("采用信息不少于2条、原创评论1篇", [">= 2 条", "= 1 篇"]),
        ("提示牌（至少3处，1分）", [">= 3 处"]),
        ("PM2.5平均浓度不高于35微克/立方米", ["<= 35 微克/立方米"]),
        ("火灾死亡人数低于0.4人/10万人", ["< 0.4 人/10万人"]),
        ("工作年限不少于3年", [">= 3 年"]),
        ("宣传普及12个主题词", []),
        ("坚定“四个自信”，做到“两个维护”", []),
        ("落实中央八项规定，学习十九大精神", []),
        ("全国第35个爱国卫生月", []),
        ("《中小学生守则10条》", []),
        ("近3年无违法违纪", []),
        ("在3个工作日内办结", []),
        ("60岁以上老人，二级以上医院，县级以上文明村", []),
        ("每月25日前报送，2023年12月31日截止", []),
        ("每少1次扣0.5分", []),
        ("达不到80%的，扣2分", []),
        ("活动少于4次不得分", []),
        ("健身点按1处/1500人配建", ["= 1 处/1500人"]),
        ("沿河每隔150米至少有2只果皮箱", [">= 2 只"]),
        ("6项以上得3分，4-5项得2分", []),
        ("考核权重占20%", []),
        ("抽查20%的单位", []),
        ("益办发〔2020〕13号", []),
        ("推进最多跑一次改革", []),
        ("组织三八节活动", []),
        ("每季度更换宣传栏", []),
        ("", []),
    ],
)
def test_thresholds(text: str, found: list[str]) -> None:
    assert [f"{t.operator} {t.value} {t.unit}" for t in read_thresholds(text)] == found


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("干部职工知晓率达到80%以上", "干部职工知晓率"),
        ("组建不少于20人的志愿服务队", "志愿服务队"),
        ("公益广告（至少3类）", "公益广告"),
        ("发布创建信息，全年不少于24条", "发布创建信息"),
        ("照片2张、活动记录4份", "照片"),
        ("空气优良天数比例：A≥85%；B≥80%；C＜80%", "空气优良天数比例"),
        ("2024年10月底前新栽行道树60棵", "新栽行道树"),
        ("今年底前，改造旱厕15座", "改造旱厕"),
        ("健身点按1处/1500人配建", "健身点"),
        ("小区出入口悬挂不少于2块宣传牌", "宣传牌"),
        ("各社区要有一支合唱队", "合唱队"),
        ("达到30小时且无违纪", "小时"),
    ],
)
def test_subjects(text: str, subject: str) -> None:
    assert read_thresholds(text)[0].subject == subject


def test_evidence_counts_can_be_excluded() -> None:
    text = "开展活动不少于4次，知晓率达到90%，上传照片2张、记录1份"
    every = read_thresholds(text)
    assert [t.about for t in every] == ["activity", "rate", "evidence", "evidence"]
    assert read_thresholds(text, evidence=False) == every[:2]


def _key(operator: str, value: float | Decimal, unit: str) -> tuple[str, float, str]:
    return operator, round(float(value), 4), unit.replace("㎡", "m2")


def _read(slug: str) -> collections.Counter[tuple[str, float, str]]:
    got: collections.Counter[tuple[str, float, str]] = collections.Counter()
    seen: set[str] = set()
    for line in (GOLD / slug / "tasks.jsonl").read_text("utf-8").splitlines():
        task = json.loads(line)
        texts = [task["requirement"], task["evidence"]]
        if task["criteria"] not in seen:
            seen.add(task["criteria"])
            texts.append(task["criteria"])
        got.update(_key(t.operator, t.value, t.unit) for x in texts if x for t in read_thresholds(x))
    return got


def _counts(entry: dict[str, Any]) -> bool:
    expected = entry["about"] in ("rate", "activity", "facility") and not entry.get("uncertain")
    return expected and str(entry["where"])[:2] in ("T1", "T2", "T3")


def _take(got: collections.Counter[tuple[str, float, str]], entry: dict[str, Any], more: tuple[str, ...]) -> bool:
    for op in (entry["op"], entry.get("op_alt", entry["op"]), *more):
        key = _key(op, entry["value"], entry["unit"])
        if got[key] > 0:
            got[key] -= 1
            return True
    return False


def test_the_gold_standard() -> None:
    gold = [json.loads(x) for x in (GOLD / "thresholds.jsonl").read_text("utf-8").splitlines() if x.strip()]
    right = missed = extra = 0
    for slug in sorted({e["slug"] for e in gold}):
        got = _read(slug)
        own = [e for e in gold if e["slug"] == slug]
        for entry in (e for e in own if _counts(e)):
            hit = _take(got, entry, ())
            right, missed = right + hit, missed + (not hit)
        for entry in (e for e in own if not _counts(e)):
            _take(got, entry, (">=", "="))
        extra += sum(got.values())
    assert 2 * right / (2 * right + missed + extra) >= 0.97


_TEXT = st.lists(
    st.sampled_from(
        [
            "不少于",
            "至少",
            "1",
            "3-5",
            "%",
            "次",
            "张",
            "以上",
            "率",
            "和",
            "、",
            "，",
            "（",
            "）",
            "每",
            "百分之",
            "一",
            "万",
            "元",
            "《",
            "”",
            "\n",
            " ",
            "５",
            "分",
        ]
    ),
    max_size=40,
).map("".join)


@settings(max_examples=60, deadline=None)
@given(st.one_of(_TEXT, st.text(max_size=80)))
def test_raw_is_a_piece_of_any_text(text: str) -> None:
    for threshold in read_thresholds(text):
        assert threshold.raw in text
        assert threshold.subject
        assert threshold.unit
        assert threshold.value >= 0


@pytest.mark.parametrize("piece", ["1", "一", "1-", "（", "至少1张（", "率、", "百分之", "“1"])
def test_long_junk(piece: str) -> None:
    assert isinstance(read_thresholds(piece * (20000 // len(piece))), list)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("火灾发生率低于2起/万户", [("<", "2", "起/万户")]),
        ("溺水事故不超过1起", [("<=", "1", "起")]),
        ("河岸两侧50米内无垃圾", [("<=", "50", "米")]),
        ("村口五百米之内有公厕", [("<=", "500", "米")]),
        ("建设300米健身步道", [("=", "300", "米")]),
        ("更新遵德守礼提示牌不少于15幅", [(">=", "15", "幅")]),
        ("送检水样不少于40份", [(">=", "40", "份")]),
        # Names and sayings.
        ("组织百家宴、千人徒步、万家团圆等活动", []),
        ("落实九部门联合印发的意见", []),
        ("每周一升国旗唱国歌", []),
        ("一起动手清扫家园", []),
        ("无安全事故；发生1起，扣5分", []),
        ("出现2起以上，取消参评资格", []),
    ],
)
def test_numbers_that_fit_their_unit(text: str, found: list[tuple[str, str, str]]) -> None:
    assert [(t.operator, f"{t.value}", t.unit) for t in read_thresholds(text, evidence=False)] == found


@pytest.mark.parametrize("text", ["报送照片15幅", "材料不少于2份", "附活动图片，不少于3张"])
def test_a_number_of_what_is_handed_in_is_evidence(text: str) -> None:
    assert read_thresholds(text, evidence=False) == []
    assert [t.about for t in read_thresholds(text)] == ["evidence"]


def test_every_sheet_in_a_column_of_materials_is_evidence() -> None:
    assert read_thresholds("签到表、讲稿，不少于3份", evidence=False, is_material=True) == []
    assert read_thresholds("宣讲稿3篇、简报4期", evidence=False, is_material=True) == []
    assert [t.unit for t in read_thresholds("开展活动6次的照片", evidence=False, is_material=True)] == ["次"]


SHARED = [
    ("开展评选，当选率达到住户总数的20%。", [("当选率", ">=", "20", "%")]),
    ("达到标准的比例为90%", [("标准的比例", "=", "90", "%")]),
    ("水费、电费缴纳率均达98%以上。", [("水费缴纳率", ">=", "98", "%"), ("电费缴纳率", ">=", "98", "%")]),
    ("线上与线下满意率都不低于85%", [("线上满意率", ">=", "85", "%"), ("线下满意率", ">=", "85", "%")]),
    ("水费、电费等缴纳率均达98%以上。", [("水费、电费等缴纳率", ">=", "98", "%")]),
    ("应急物资储备满足15天需要", [("应急物资储备", ">=", "15", "天")]),
    ("市民诉求12小时内答复办理。", [("市民诉求", "<=", "12", "小时")]),
    ("单位门前50米范围内秩序良好", [("单位门前", "<=", "50", "米")]),
    ("开展美育培训，线上与线下不少于2次", [("开展美育培训（线上与线下）", ">=", "2", "次")]),
    (
        "义诊活动（每年不少于8次，其中市级3次以上）",
        [("义诊活动", ">=", "8", "次"), ("义诊活动（市级）", ">=", "3", "次")],
    ),
    ("张贴公益广告，不少于外墙面积的40%", [("外墙面积", ">=", "40", "%")]),
    ("每季度举办1期道德讲堂", [("道德讲堂", "=", "1", "期")]),
    ("接诉后30分钟内到场", [("到场", "<=", "30", "分钟")]),
    ("12小时内答复率100%", [("答复率", "=", "100", "%")]),
    ("年均服务不少于10小时。A.达标率80%以上；B.达标率60%以上。", [("年均服务", ">=", "10", "小时")]),
    ("A.达标率80%以上；B.达标率60%以上。", [("达标率", ">=", "80", "%")]),
]


@pytest.mark.parametrize(("text", "expected"), SHARED)
def test_shares_of_something_and_of_several_things(text: str, expected: list[tuple[str, str, str, str]]) -> None:
    found = read_thresholds(text, evidence=False)
    assert [(one.subject, one.operator, str(one.value), one.unit) for one in found] == expected
