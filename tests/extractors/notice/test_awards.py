"""Campaign and award: the words of the title first."""

from __future__ import annotations

import pytest

from extractors.notice.awards import read_award, read_campaign

BASIS = "根据《全国文明村镇测评体系》《全国文明单位测评体系》和全国文明校园标准制定。争创全国文明村镇。"


@pytest.mark.parametrize(
    ("title", "level", "award"),
    [
        ("山东省文明村镇考核标准", "省级", "山东省文明村镇"),
        ("关于申报2023年度江苏省文明单位的通知", "省级", "江苏省文明单位"),
        ("广西壮族自治区文明校园测评细则（试行）", "省级", "广西壮族自治区文明校园"),
        ("2021年自治区文明单位创建工作方案", "省级", "自治区文明单位"),
        ("上海市文明单位评选办法", "省级", "上海市文明单位"),
        ("绵阳市文明单位考评细则", "市级", "绵阳市文明单位"),
        ("海淀区文明单位测评标准", "县级", "海淀区文明单位"),
        ("江阴市文明村镇考核办法", "县级", "江阴市文明村镇"),
        ("安吉县文明乡镇（2013版）评分表", None, None),
        ("安吉县文明乡镇评分表", "县级", "安吉县文明乡镇"),
        ("关于开展县级文明校园测评的通知", "县级", "县级文明校园"),
        ("创建全国文明单位任务分解表", "全国", "全国文明单位"),
        ("创建第四届全国县级文明城市任务分解表", "全国", "全国县级文明城市"),
        ("创建全国第七届文明城市任务分解表", "全国", "全国文明城市"),
        ("创建全国文明城市（区）任务分解表", "全国", "全国文明城市"),
        ("创建国家卫生城市（县城）任务分解表", "全国", "国家卫生城市"),
        ("长泰县文明校园创建实施方案", None, None),
        ("全市文明单位创建工作要点", None, None),
        ("县文明校园创建工作领导小组名单", None, None),
        ("甲州市创建国家卫生城市任务表", "全国", "国家卫生城市"),
    ],
)
def test_the_level_is_that_of_the_title(title: str, level: str | None, award: str | None) -> None:
    campaign = read_campaign([title], title)
    assert read_award([title], campaign, title) == (level, award)
    if level:
        assert read_award([title], campaign, f"{title}\n{BASIS}")[0] == level


def test_a_city_is_no_level_of_the_award_for_cities() -> None:
    assert read_award(["福州市文明城市测评任务表"], "文明城市", "") == (None, None)
    assert read_award(["福建省文明城市测评任务表"], "文明城市", "") == ("省级", "福建省文明城市")


def test_what_a_county_level_city_calls_its_own_level_is_that_of_counties() -> None:
    text = "评选市级文明乡镇。获评市级文明乡镇的，通报表彰。"
    assert read_award([], "文明村镇", text, city_level="县级") == ("县级", "市级文明乡镇")
    assert read_award([], "文明村镇", text) == ("市级", "市级文明乡镇")
    assert read_award([], "文明村镇", text, city_level="省级") == ("省级", "市级文明乡镇")


@pytest.mark.parametrize(
    ("title", "text", "campaign"),
    [
        ("新时代文明实践站建设标准", "推进全国文明城市创建，服务全国文明城市创建。", "新时代文明实践"),
        ("2022年志愿服务方案", "依托新时代文明实践中心。", "新时代文明实践"),
        ("2022年任务表", "新时代文明实践站。新时代文明实践所。新时代文明实践站。争创文明城市。", "文明城市"),
        ("国家卫生县城复审任务表", "", "卫生城市"),
        ("创建全国文明城市、国家卫生城市任务表", "", "文明城市"),
        ("创建国家卫生城市和省级文明城市行动计划", "国家卫生城市。国家卫生城市。", "文明城市"),
        ("文明家庭评选办法", "建设文明城市。", "文明家庭"),
        ("省级文明县标兵创建方案", "", "文明城市"),
    ],
)
def test_the_campaign(title: str, text: str, campaign: str) -> None:
    assert read_campaign([title], f"{title}\n{text}") == campaign


@pytest.mark.parametrize(
    ("text", "level", "award"),
    [
        ("确保保留山东省文明单位称号。", "省级", "山东省文明单位"),
        ("争创江苏省文明单位。", "省级", "江苏省文明单位"),
        ("凡获海淀区文明单位称号的，予以通报。", "县级", "海淀区文明单位"),
        ("巩固省级文明单位成果。", "省级", "省级文明单位"),
        ("绵阳市文明单位创建工作专班负责。", None, None),
        ("创建社区文明单位联盟。", None, None),
    ],
)
def test_the_level_in_running_text(text: str, level: str | None, award: str | None) -> None:
    assert read_award(["2024年创建工作方案"], "文明单位", text) == (level, award)
