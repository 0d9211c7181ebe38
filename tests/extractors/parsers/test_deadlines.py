"""Deadlines: every notation seen, its days in a year, and time limits inside sentences."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from extractors.parsers.deadlines import (
    Deadline,
    Period,
    Stage,
    find_deadlines,
    read_deadlines,
    read_heading_deadline,
)

YEAR = Period(date(2024, 1, 1), date(2024, 12, 31), 2024)
CELLS: list[tuple[str, str, str, str]] = [
    ("3月上旬", "window", "03-01..03-10", ""),
    ("3月中旬", "window", "03-11..03-20", ""),
    ("2月下旬", "window", "02-21..02-29", ""),
    ("3月底", "window", "03-31..03-31", ""),
    ("3月底前", "by", "..03-31", ""),
    ("10月31日前", "by", "..10-31", ""),
    ("10月31日", "window", "10-31..10-31", ""),
    ("2024年10月31日前", "by", "..10-31", ""),
    ("3月24日下午5:00前", "by", "..03-24", ""),
    ("1月上旬、7月上旬", "window", "01-01..01-10 07-01..07-10", ""),
    ("2月、4月、6月、8月上旬", "window", "02-01..02-10 04-01..04-10 06-01..06-10 08-01..08-10", ""),
    ("2月下旬至8月上旬", "window", "02-21..08-10", ""),
    ("8月9号—8月20号", "window", "08-09..08-20", ""),
    ("第二、三季度", "window", "04-01..06-30 07-01..09-30", ""),
    ("二季度前", "by", "..06-30", ""),
    ("上半年", "window", "01-01..06-30", ""),
    ("下半年", "window", "07-01..12-31", ""),
    ("年底前", "by", "..12-31", ""),
    ("年内", "window", "01-01..12-31", ""),
    ("全年", "window", "01-01..12-31", ""),
    ("12月", "window", "12-01..12-31", ""),
    ("3-11月", "window", "03-01..11-30", ""),
    ("2024年3月—11月", "window", "03-01..11-30", ""),
    ("2024.10.31", "window", "10-31..10-31", ""),
    ("2024-10-31", "window", "10-31..10-31", ""),
    ("2024.10.31前", "by", "..10-31", ""),
    ("10.31前", "by", "..10-31", ""),
    ("6.15前", "by", "..06-15", ""),
    ("2024年6.15前", "by", "..06-15", ""),
    ("6月15前", "by", "..06-15", ""),
    ("6月15之前完成", "by", "..06-15", ""),
    ("6月15", "window", "06-15..06-15", ""),
    ("①长期②5月底", "ongoing+window", "05-31..05-31", ""),
    ("①5月底；②长期坚持", "window+ongoing", "05-31..05-31", ""),
    ("①②长期③6月底前", "ongoing+by", "..06-30", ""),
    ("1.长期 2.5月底", "ongoing+window", "05-31..05-31", ""),
    ("长期坚持；5月底前", "ongoing+by", "..05-31", ""),
    ("3月底前完成，长期坚持", "by+ongoing", "..03-31", ""),
    ("3月至长期", "window", "03-01..", ""),
    ("6月底前，适时开展", "by", "..06-30", ""),
    ("适时，不晚于6月", "by", "..06-30", ""),
    ("1.5、2.8", "window", "01-05..01-05 02-08..02-08", ""),
    ("5.1—5.31", "window", "05-01..05-31", ""),
    ("6.1至9.30", "window", "06-01..09-30", ""),
    ("9.15-10.1", "window", "09-15..10-01", ""),
    ("8.1~10.1", "window", "08-01..10-01", ""),
    ("5.1-31", "window", "05-01..05-31", ""),
    ("5.1", "event", "05-01..05-01", "5.1"),
    ("9月开学前", "event", "", "9月开学"),
    ("9月底开学前", "event", "", "9月底开学"),
    ("10月考核前两周完成", "event", "", "10月考核"),
    ("6月开始前", "event", "", "6月开始"),
    ("6月至9月开学前", "event", "06-01..", "开学"),
    ("3月至考核前", "event", "03-01..", "考核"),
    ("9月1日开学前", "by", "..08-31", "开学"),
    ("9月中秋节前", "by", "..09-16", "中秋节"),
    ("10月国庆节前", "by", "..09-30", "国庆节"),
    ("5月“五一”节前", "by", "..04-30", "五一节"),
    ("6月至国庆节前", "window", "06-01..09-30", "国庆节"),
    ("3月提前完成", "window", "03-01..03-31", ""),
    ("9月完成前期工作", "window", "09-01..09-30", ""),
    ("每月25日前", "recurring", "", "FREQ=MONTHLY;BYMONTHDAY=25"),
    ("每季度", "recurring", "", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"),
    ("每季度末", "recurring", "", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"),
    ("每月中旬", "recurring", "", "FREQ=MONTHLY;BYMONTHDAY=20"),
    ("每月上旬、下旬", "recurring", "", "FREQ=MONTHLY;BYMONTHDAY=10,-1"),
    ("每月初和月末", "recurring", "", "FREQ=MONTHLY;BYMONTHDAY=10,-1"),
    ("每月初、月中和月底", "recurring", "", "FREQ=MONTHLY;BYMONTHDAY=10,20,-1"),
    ("每月上、中、下旬", "recurring", "", "FREQ=MONTHLY;BYMONTHDAY=10,20,-1"),
    ("每月中下旬", "recurring", "", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("每月初、中下旬和月底", "recurring", "", "FREQ=MONTHLY;BYMONTHDAY=10,-1"),
    ("每月底", "recurring", "", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("半年一次", "recurring", "", "FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=-1"),
    ("每半年一次", "recurring", "", "FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=-1"),
    ("每周五", "recurring", "", "FREQ=WEEKLY;BYDAY=FR"),
    ("每年", "recurring", "", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31"),
    ("3月起每月", "recurring", "03-01..", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("每学期", "recurring", "", "FREQ=MONTHLY;BYMONTH=1,7;BYMONTHDAY=-1"),
    ("每两个月", "recurring", "", "FREQ=MONTHLY;BYMONTH=2,4,6,8,10,12;BYMONTHDAY=-1"),
    ("每年6月底前", "recurring", "", "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=-1"),
    ("春节、端午节、中秋节", "event", "02-10..02-10 06-10..06-10 09-17..09-17", "春节"),
    ("重阳节", "event", "10-11..10-11", "重阳节"),
    ("3月上旬（与3·5雷锋纪念日同步）", "window", "03-01..03-10", "3·5雷锋纪念日"),
    ("与节日同步", "event", "", "节日"),
    ("适时", "ongoing", "", ""),
    ("视情况开展", "ongoing", "", ""),
    ("长期", "ongoing", "", ""),
    ("常年坚持", "ongoing", "", ""),
    ("即时", "ongoing", "", ""),
    ("随时", "ongoing", "", ""),
    ("持续推进", "ongoing", "", ""),
    ("活动结束后5个工作日内", "event", "", "活动结束"),
    ("接到通知后3日内", "event", "", "接到通知"),
    ("检查前", "event", "", "检查"),
    ("十月三十一日前", "by", "..10-31", ""),
    ("二〇二四年六月底前", "by", "..06-30", ""),
    ("６月３０日前", "by", "..06-30", ""),
    ("10月31日（星期五）17:30前", "by", "..10-31", ""),
    ("自3月1日起至10月31日", "window", "03-01..10-31", ""),
    ("即日起至11月30日", "by", "..11-30", ""),
    ("“七一”前", "by", "..06-30", "七一"),
    ("前三季度", "window", "01-01..09-30", ""),
    ("半年末", "recurring", "", "FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=-1"),
    ("1次/月", "recurring", "", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("2次/年", "recurring", "", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31"),
    ("Q3", "window", "07-01..09-30", ""),
    ("20241031", "window", "10-31..10-31", ""),
    ("待定", "unknown", "", ""),
    ("按时完成", "unknown", "", ""),
    ("25日前", "unknown", "", ""),
    ("当月底前", "unknown", "", ""),
    ("国庆节前", "by", "..09-30", "国庆节"),
    ("5月、10月", "window", "05-01..05-31 10-01..10-31", ""),
    ("11月中旬前完成", "by", "..11-20", ""),
    ("6月底、11月底前", "by", "..06-30 ..11-30", ""),
    ("每季度最后一个月25日前", "recurring", "", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=25"),
    ("立即", "ongoing", "", ""),
    ("2024年第四季度", "window", "10-01..12-31", ""),
    ("3月份", "window", "03-01..03-31", ""),
    ("全年开展，12月底前总结", "window+by", "01-01..12-31 ..12-31", ""),
    ("5月前半月", "window", "05-01..05-15", ""),
    ("10月上、中旬", "window", "10-01..10-20", ""),
    ("6月首个工作日前", "by", "..06-03", ""),
    ("9月第三个工作日", "window", "09-04..09-04", ""),
    ("8月最后一个工作日", "window", "08-30..08-30", ""),
    ("每月首个工作日", "recurring", "", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1"),
    ("每季度第一个工作日前", "recurring", "", "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1"),
    ("每周首个工作日", "recurring", "", "FREQ=WEEKLY;BYDAY=MO"),
    ("每年首个工作日", "recurring", "", "FREQ=YEARLY;BYMONTH=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1"),
    ("清明、重阳等传统节日", "event", "04-04..04-04 10-11..10-11", "清明"),
    # what a bracket calls the same day
    ("2月10日（正月初一）至2月24日（正月十五）", "window", "02-10..02-24", ""),
    ("2月1日（周四，腊月廿二）-2月8日（农历腊月廿九）", "window", "02-01..02-08", ""),
    ("2月9日（除夕）至2月24日（元宵节）", "window", "02-09..02-24", "元宵节"),
    ("4月4日（清明节）前", "by", "..04-04", ""),
    ("端午节（6月10日）前", "by", "..06-09", "端午节"),
    ("国庆节（10月1日）期间", "event", "10-01..10-01", "国庆节"),
    ("20**年3月5至20**年6月20日", "window", "03-05..06-20", ""),
    ("20××年3月底前", "by", "..03-31", ""),
    ("6月15至7月20日", "window", "06-15..07-20", ""),
    ("每半月一次", "recurring", "", "FREQ=MONTHLY;BYMONTHDAY=15,-1"),
    ("我们的节日（端午、中秋）", "event", "06-10..06-10 09-17..09-17", "端午"),
]
"""Text, kinds, days as from..to, and the rule of recurrence or the anchor of the first."""


def spans(found: list[Deadline]) -> str:
    days = [(d.starts_on, d.ends_on) for d in found if d.starts_on or d.ends_on]
    return " ".join(f"{a:%m-%d}..{b:%m-%d}" if a and b else f"{a:%m-%d}.." if a else f"..{b:%m-%d}" for a, b in days)


@pytest.mark.parametrize(("text", "kinds", "days", "more"), CELLS)
def test_cells(text: str, kinds: str, days: str, more: str) -> None:
    found = read_deadlines(text, YEAR)
    assert "+".join(dict.fromkeys(d.kind for d in found)) == kinds
    assert spans(found) == days
    assert (found[0].recurrence or found[0].anchor or "") == more
    assert all(d.raw in text for d in found)


@pytest.mark.parametrize(
    "text",
    [
        "2024年国检前一个月", "2024年第47周", "2024年春季学期", "2024年换届之前", "2024年汛期", "2024年XX月XX日前",
        "2024年 月 日前", "2024年l0月底前", "今年两会后", "2024年第3周周五", "6月3O日前", "2024年6月XX日",
        "2024年测评前完成，另行通知",
    ],
)  # fmt: skip
def test_what_limits_a_year_or_a_month_and_is_not_read_leaves_no_window(text: str) -> None:
    (found,) = read_deadlines(text, YEAR)
    assert (found.kind, found.starts_on, found.ends_on, found.is_unread) == ("unknown", None, None, True)
    assert found.raw in text


@pytest.mark.parametrize(
    "text",
    [
        "6月31日前", "2月30日", "11月31号前", "2024.9.31前", "2024-06-31", "4.31前", "6月31日至7月15日", "6月1日至31日",
        "2101年1月1日前", "2101年底前", "二一〇一年三月前", "3021年6月底前", "2101-1-1", "2024年12月至2101年3月",
        "每年6月31日前",
    ],
)  # fmt: skip
def test_what_is_in_no_calendar_is_no_other_day(text: str) -> None:
    (found,) = read_deadlines(text, YEAR)
    assert (found.kind, found.starts_on, found.ends_on, found.recurrence) == ("unknown", None, None, None)
    assert found.is_unread
    assert found.raw == text


def test_a_leap_day_is_one_in_a_leap_year_only() -> None:
    assert spans(read_deadlines("2月29日前", YEAR)) == "..02-29"
    (found,) = read_deadlines("2023年2月29日前", YEAR)
    assert (found.ends_on, found.is_unread) == (None, True)


def test_one_impossible_day_leaves_the_others() -> None:
    found = read_deadlines("6月30日、9月31日前", YEAR)
    assert [(d.ends_on, d.is_unread) for d in found] == [(date(2024, 6, 30), False), (None, True)]


@pytest.mark.parametrize(
    ("text", "ends_on"),
    [("2100年6月底前", date(2100, 6, 30)), ("24年6月底前", date(2024, 6, 30)), ("99年12月底前", date(1999, 12, 31))],
)
def test_years_of_the_calendar(text: str, ends_on: date) -> None:
    (found,) = read_deadlines(text, YEAR)
    assert (found.ends_on, found.is_unread) == (ends_on, False)


@pytest.mark.parametrize("text", ["请于6月31日前报送总结。", "更新宣传栏（6月31日前）", "2101年1月1日前上报材料"])
def test_an_impossible_limit_in_a_sentence_is_told(text: str) -> None:
    (found,) = find_deadlines(text, YEAR)
    assert (found.ends_on, found.is_unread) == (None, True)


@pytest.mark.parametrize(
    "text",
    [
        "2024年",
        "2024年度",
        "2024年内完成",
        "2024年开展活动4次",
        "2024年长期坚持",
        "2024年，每逢节前",
        "今年日常开展",
        "6月开展1次",
        "6月（3次）",
    ],
)
def test_other_words_beside_a_date_leave_its_window(text: str) -> None:
    assert not any(found.is_unread for found in read_deadlines(text, YEAR))
    assert read_deadlines(text, YEAR)[0].kind == "window"


def test_a_year_right_before_another_time_is_its_year() -> None:
    (found,) = read_deadlines("2024年开学后两周内", YEAR)
    assert (found.kind, found.anchor) == ("event", "开学")


@pytest.mark.parametrize("text", ["", "  ", "----", "——"])
def test_cells_without_a_deadline(text: str) -> None:
    assert read_deadlines(text, YEAR) == []


@pytest.mark.parametrize(
    ("year", "festival", "day"),
    [
        (2021, "春节", date(2021, 2, 12)),
        (2023, "春节", date(2023, 1, 22)),
        (2025, "中秋节", date(2025, 10, 6)),
        (2026, "端午节", date(2026, 6, 19)),
        (2022, "清明节", date(2022, 4, 5)),
        (2024, "国庆节", date(2024, 10, 1)),
        (2023, "重阳节", date(2023, 10, 23)),
    ],
)
def test_holidays_follow_the_lunar_calendar_of_the_year(year: int, festival: str, day: date) -> None:
    [found] = read_deadlines(festival, Period(date(year, 1, 1), date(year, 12, 31), year))
    assert (found.kind, found.starts_on, found.ends_on) == ("event", day, day)


def test_a_month_takes_the_year_of_a_period_over_new_year() -> None:
    school = Period(date(2023, 9, 1), date(2024, 8, 31), 2023)
    assert [d.ends_on for d in read_deadlines("11月底前", school)] == [date(2023, 11, 30)]
    assert [d.ends_on for d in read_deadlines("5月底前", school)] == [date(2024, 5, 31)]


def test_without_a_year_there_are_no_days() -> None:
    [found] = read_deadlines("10月底前", Period())
    assert (found.kind, found.starts_on, found.ends_on) == ("by", None, None)


def test_a_stage_of_the_plan_gives_its_days() -> None:
    stages = [
        Stage("动员部署", date(2024, 3, 1), date(2024, 3, 31)),
        Stage("迎检", date(2024, 9, 1), date(2024, 9, 30)),
    ]
    [found] = read_deadlines("动员部署阶段", YEAR, stages)
    assert (found.starts_on, found.ends_on) == (date(2024, 3, 1), date(2024, 3, 31))


def test_the_days_of_a_recurrence() -> None:
    [found] = read_deadlines("每月25日前", YEAR)
    rule = rrulestr(found.recurrence or "", dtstart=datetime(2024, 1, 1))
    days = [day.date() for day in rule.between(datetime(2024, 1, 1), datetime(2024, 12, 31), inc=True)]
    assert (len(days), days[0], days[-1]) == (12, date(2024, 1, 25), date(2024, 12, 25))


HIDDEN: list[tuple[str, list[str]]] = [
    ("每月25日前报送活动信息。", ["recurring"]),
    ("请于10月31日前将总结报送文明办。", ["by"]),
    ("统计时限为每月25日前", ["recurring"]),
    ("6月底、11月底前各上传1份", ["by", "by"]),
    ("按照《2021—2023年行动计划》开展工作。", []),
    ("近两年未发生安全事故。", []),
    ("围绕“3·15”消费者权益日开展宣传。", []),
    ("获得2023年度先进单位称号。", []),
    ("每周组织一次志愿服务活动。", []),
]


@pytest.mark.parametrize(("text", "kinds"), HIDDEN)
def test_limits_inside_a_sentence(text: str, kinds: list[str]) -> None:
    assert [d.kind for d in find_deadlines(text, YEAR)] == kinds


@pytest.mark.parametrize(
    ("text", "days"),
    [("3月份", (date(2024, 3, 1), date(2024, 3, 31))), ("第一季度", (date(2024, 1, 1), date(2024, 3, 31)))],
)
def test_a_month_heads_its_tasks(text: str, days: tuple[date, date]) -> None:
    found = read_heading_deadline(text, YEAR)
    assert found is not None
    assert (found.starts_on, found.ends_on) == days
    assert read_heading_deadline("组织领导", YEAR) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("四月份专项整治", "04-01..04-30"),
        ("5月：读书月", "05-01..05-31"),
        ("第二季度（巩固提升）", "04-01..06-30"),
        ("三、九月重点工作", "09-01..09-30"),
        ("五月花歌咏比赛", None),
        ("3月12日植树", None),
        ("2024年重点工作", None),
        ("组织领导", None),
    ],
)
def test_a_month_alone_or_set_apart_heads_its_tasks(text: str, days: str | None) -> None:
    found = read_heading_deadline(text, YEAR)
    assert (spans([found]) if found else None) == days


def test_a_month_among_months_heads_its_tasks_whatever_follows() -> None:
    assert read_heading_deadline("6月安全生产月", YEAR) is None
    found = read_heading_deadline("6月安全生产月", YEAR, is_one_of_several=True)
    assert found is not None
    assert spans([found]) == "06-01..06-30"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("一、6月底前完成的任务", "..06-30"),
        ("校园环境整治（9月底前完成）", "..09-30"),
        ("校园环境整治（完成时限：9月15日前）", "..09-15"),
        ("动员部署阶段（3月1日—3月31日）", "03-01..03-31"),
        ("文明劝导（每月）", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("组织领导（2024年1月—12月）", None),
        ("校园环境整治（牵头单位：市教育局，9月底前）", None),
        ("6月底前建成的公园", None),
        ("每月测评", None),
        ("长期坚持的任务", None),
    ],
)
def test_a_time_limit_alone_or_in_brackets_heads_its_tasks(text: str, days: str | None) -> None:
    found = read_heading_deadline(text, YEAR)
    assert (found and (found.recurrence or spans([found]))) == days


@pytest.mark.parametrize(("text", "is_time"), [("三、长期坚持的任务", True), ("常态化工作", True), ("日常保洁", False)])
def test_a_word_for_no_end_heads_its_tasks_among_headings_of_times(text: str, is_time: bool) -> None:
    found = read_heading_deadline(text, YEAR, is_one_of_several=True)
    assert (found is not None and found.kind == "ongoing") is is_time


NAMED_HOLIDAYS: list[tuple[str, list[str]]] = [
    ("在清明、重阳开展“我们的节日”活动", ["04-04", "10-11"]),
    ("开展“我们的节日·七夕”活动", ["08-10"]),
    ("利用元旦、三八、六一开展趣味运动会，与“我们的节日”区分开", ["01-01", "03-08", "06-01"]),
    ("以五ー、十ー为节点开展文体活动", ["05-01", "10-01"]),
    ("在元旦和传统节日慰问困难职工", ["01-01", "02-10", "02-24", "04-04", "06-10", "08-10", "09-17", "10-11"]),
    ("开展“我们的节日”主题活动", ["02-10", "02-24", "04-04", "06-10", "08-10", "09-17", "10-11"]),
    ("开展文体活动，不要与传统节日活动混淆", []),
    ("丰富职工生活", []),
]


@pytest.mark.parametrize(("context", "days"), NAMED_HOLIDAYS)
def test_holidays_that_are_named_are_all_there_are(context: str, days: list[str]) -> None:
    found = read_deadlines("与节日同步", YEAR, (), context)
    assert sorted(f"{d.starts_on:%m-%d}" for d in found if d.starts_on) == days


PLACED: list[tuple[str, str]] = [
    ("6月：组织防汛演练", "06-01..06-30"),
    ("（2）7月至8月 开展暑期托管", "07-01..08-31"),
    ("9-10月：评选文明家庭；11月：公示名单", "09-01..10-31 11-01..11-30"),
    ("3月、9月：清理楼道", "03-01..03-31 09-01..09-30"),
    ("5月开展家风讲座", "05-01..05-31"),
    ("下半年组织复查", "07-01..12-31"),
    ("10月下旬，召开总结会", "10-21..10-31"),
    ("2024年4月—6月，开展集中整治", "04-01..06-30"),
    ("更新橱窗（8月中旬）。", "08-11..08-20"),
    ("更新橱窗（4月、10月）；完善台账", "04-01..04-30 10-01..10-31"),
    ("评选最美家庭，9月上中旬。", "09-01..09-20"),
    ("组织体检。完成时间：11月", "11-01..11-30"),
    ("签订责任书（时限：全年）", "01-01..12-31"),
    ("组织体检（完成时间：）。", ""),
    ("签订责任书\n5月：上墙公示", "05-01..05-31"),
    ("9月底前铺好路面", "..09-30"),
    ("宣传到位。于10月30日（周三）前，刷白围墙", "..10-30"),
    ("（3）6月底前、11月底前各清淤一遍", "..06-30 ..11-30"),
    ("8月底前对小区的楼道刷漆", "..08-31"),
    ("端午节前走访一遍老党员", "..06-09"),
    # No time limits.
    ("6月底前建起的凉亭加装护栏", ""),
    ("范围：6月底前建起的凉亭", ""),
    ("6月底前未铺好路面的扣2分", ""),
    ("查现场（分两步。6月底前亮灯得2分）", ""),
    ("《志愿服务办法》（2024年3月）学习到位", ""),
    ("落实上级印发（2024年3月）的意见", ""),
    ("2022年5月，中央作出部署", ""),
    ("5月开展的活动有记录", ""),
    ("1月至6月空气优良天数达标", ""),
    ("3月学雷锋活动有声势", ""),
    ("全年组织志愿服务不少于8次", ""),
    ("服务时间：周一至周五", ""),
    ("每季度组织一次演练", ""),
]


@pytest.mark.parametrize(("text", "days"), PLACED)
def test_dates_that_are_limits_by_their_place(text: str, days: str) -> None:
    assert spans(find_deadlines(text, YEAR)) == days


@pytest.mark.parametrize("text", ["各村于4月18日（周四）前，交齐名册", "4月18日前交齐名册", "清点。4月底前移交"])
def test_a_limit_without_a_year_has_no_days(text: str) -> None:
    [found] = find_deadlines(text, Period())
    assert (found.kind, found.starts_on, found.ends_on) == ("by", None, None)
    assert found.raw in text
    assert found.raw.startswith("4月")


def test_a_share_is_no_date_where_the_year_is_unknown() -> None:
    assert find_deadlines("已挂牌，7/12。", Period()) == []


def test_a_column_led_by_dates_needs_no_mark_behind_them() -> None:
    assert find_deadlines("全年受理来信", YEAR) == []
    assert spans(find_deadlines("全年受理来信", YEAR, is_led=True)) == "01-01..12-31"
    assert find_deadlines("3月以来的工作", YEAR, is_led=True) == []


def test_what_recurs_is_a_limit_where_it_heads_its_line() -> None:
    assert [d.recurrence for d in find_deadlines("每月：检查一次", YEAR)] == ["FREQ=MONTHLY;BYMONTHDAY=-1"]
    assert find_deadlines("每月检查一次", YEAR) == []


def test_the_month_of_a_photo_is_no_limit() -> None:
    assert find_deadlines("3月开展学雷锋活动照片2张", YEAR, is_material=True) == []
    assert spans(find_deadlines("3月：活动照片2张", YEAR, is_material=True)) == "03-01..03-31"


def _expected(entry: dict[str, Any]) -> set[tuple[str | None, str | None]]:
    return {(start, end) for start, end in entry["windows"]}


def test_the_gold_standard_of_one_notice(gold: Path) -> None:
    lines = (gold / "huarong-2021" / "deadlines.jsonl").read_text("utf-8").splitlines()
    right = 0
    for line in lines:
        entry = json.loads(line)
        year = entry["year"]
        period = Period(date(year, 1, 1), date(year, 12, 31), year) if year else Period()
        found = read_deadlines(entry["text"], period)
        iso = {(d.starts_on and d.starts_on.isoformat(), d.ends_on and d.ends_on.isoformat()) for d in found}
        recurring = entry["kind"] == "recurring"
        right += entry["kind"] in {d.kind for d in found} and (recurring or iso - {(None, None)} == _expected(entry))
    assert right / len(lines) >= 0.95


@given(st.text(alphabet="每月日年季度周前底上中下旬至、，—-0123456789一二三十春节“”（）起/内长期适时 \n", max_size=40))
def test_any_text_is_read(text: str) -> None:
    for found in (*read_deadlines(text, YEAR), *find_deadlines(text, YEAR)):
        assert found.raw in text
        if found.starts_on and found.ends_on:
            assert found.starts_on <= found.ends_on


def test_long_junk_is_read() -> None:
    for piece in ("3月、", "每", "（", "月底前", "1", "春节、"):
        assert isinstance(read_deadlines(piece * (50_000 // len(piece)), YEAR), list)


DEMANDED: list[tuple[str, list[str]]] = [
    ("校务公开栏每月更新", ["每月"]),
    ("主要领导每季度专题研究创建工作", ["每季度"]),
    ("分管领导每半年调度一次", ["每半年调度一次"]),
    ("每月的台账齐全", []),
    ("建立每季度通报制度", []),
    ("班主任每学期家访2次", []),
    ("每月人均服务2小时", []),
    ("每月少于2次的不得分", []),
    ("每月举办1次未成年人法治课堂", ["每月举办1次"]),
    ("每月未举办的扣2分", []),
    ("每月末端网点巡查1次", ["每月"]),
    ("每周开放时间不少于42小时，每年检查2次", []),
    ("利用清明、端午等节日开展主题活动", ["清明", "端午"]),
    ("围绕清明、中秋开展“我们的节日”活动", ["清明", "中秋"]),
    ("在清明、国庆节等纪念日中，提供4次活动的图片", []),
    ("1)培训职工；2)端午期间举办龙舟赛", ["端午期间"]),
    ("端午前夕给老人包粽子", ["端午前夕"]),
    ("送戏下乡。在中秋前后各村演一场", ["中秋前后"]),
    ("中秋前后的演出有照片", []),
    ("清明期间未值守的扣1分", []),
    ("村务公开，按季度公布账目", ["按季度"]),
    ("端午龙舟赛期间开展宣传", []),
    ("利用传统节日开展活动", []),
    ("开展春节慰问活动", []),
    ("活动规范，6月至9月重点河段每周不少于2次", ["6月至9月"]),
    ("3月至5月开展的活动有照片", []),
]


@pytest.mark.parametrize(("text", "expected"), DEMANDED)
def test_what_a_requirement_demands_where_no_column_says_when(text: str, expected: list[str]) -> None:
    assert [one.raw for one in find_deadlines(text, YEAR, is_undated=True)] == expected
    assert find_deadlines(text, YEAR) == []


def test_days_right_after_the_end_of_an_event() -> None:
    [found] = find_deadlines("每场照片2张，活动结束5日内上传", YEAR, is_material=True)
    assert (found.kind, found.anchor) == ("event", "活动结束")
    assert find_deadlines("活动结束5张照片", YEAR, is_material=True) == []
