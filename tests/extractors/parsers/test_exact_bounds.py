"""Bounds of parsers, met exactly: years, days of a period, lengths and numbers at, below and above each of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from extractors.parsers.deadlines.anchors import holiday_date, holiday_dates, lunar_to_solar
from extractors.parsers.deadlines.model import Period
from extractors.parsers.evidence import read_evidence
from extractors.parsers.item_labels import unstack
from extractors.parsers.misread_units import find_misread
from extractors.parsers.persons import is_person_list
from extractors.parsers.scoring import read_scoring
from extractors.parsers.thresholds import read_thresholds

HOLIDAYS = (
    ("七一建党节", "07-01", "07-01"),
    ("七夕节", "08-22", "08-10"),
    ("三八妇女节", "03-08", "03-08"),
    ("三月三", "04-22", "04-11"),
    ("世界地球日", "04-22", "04-22"),
    ("世界无烟日", "05-31", "05-31"),
    ("世界水日", "03-22", "03-22"),
    ("世界环境日", "06-05", "06-05"),
    ("世界读书日", "04-23", "04-23"),
    ("中元节", "08-30", "08-18"),
    ("中华慈善日", "09-05", "09-05"),
    ("中国医师节", "08-19", "08-19"),
    ("中秋节", "09-29", "09-17"),
    ("五一劳动节", "05-01", "05-01"),
    ("五四青年节", "05-04", "05-04"),
    ("元宵节", "02-05", "02-24"),
    ("元旦", "01-01", "01-01"),
    ("全国交通安全日", "12-02", "12-02"),
    ("全国助残日", "05-21", "05-19"),
    ("全民国防教育日", "09-16", "09-21"),
    ("八一建军节", "08-01", "08-01"),
    ("公民道德宣传日", "09-20", "09-20"),
    ("六一儿童节", "06-01", "06-01"),
    ("农民丰收节", "09-23", "09-22"),
    ("冬至", "12-22", "12-22"),
    ("国家公祭日", "12-13", "12-13"),
    ("国家安全教育日", "04-15", "04-15"),
    ("国家宪法日", "12-04", "12-04"),
    ("国家扶贫日", "10-17", "10-17"),
    ("国庆节", "10-01", "10-01"),
    ("国际减灾日", "10-13", "10-13"),
    ("国际家庭日", "05-15", "05-15"),
    ("国际志愿者日", "12-05", "12-05"),
    ("国际护士节", "05-12", "05-12"),
    ("国际禁毒日", "06-26", "06-26"),
    ("学雷锋纪念日", "03-05", "03-05"),
    ("安全教育日", "03-27", "03-25"),
    ("小年", "01-14", "02-02"),
    ("抗战胜利纪念日", "09-03", "09-03"),
    ("教师节", "09-10", "09-10"),
    ("春节", "01-22", "02-10"),
    ("植树节", "03-12", "03-12"),
    ("母亲节", "05-14", "05-12"),
    ("消费者权益日", "03-15", "03-15"),
    ("消防日", "11-09", "11-09"),
    ("清明节", "04-05", "04-04"),
    ("烈士纪念日", "09-30", "09-30"),
    ("父亲节", "06-18", "06-16"),
    ("端午节", "06-22", "06-10"),
    ("腊八节", "01-18", "01-18"),
    ("记者节", "11-08", "11-08"),
    ("重阳节", "10-23", "10-11"),
    ("防灾减灾日", "05-12", "05-12"),
    ("除夕", "01-21", "02-09"),
    ("龙抬头", "02-21", "03-11"),
)
SPRING = date(2023, 1, 22)
DAY = timedelta(1)


@pytest.mark.parametrize(("name", "before", "after"), HOLIDAYS)
def test_the_day_of_every_holiday(name: str, before: str, after: str) -> None:
    days = [holiday_date(name, year) for year in (2023, 2024)]
    assert [f"{day:%m-%d}" if day else None for day in days] == [before, after]


@pytest.mark.parametrize(
    ("lunar", "solar"),
    [
        ((1900, 1, 1), None),
        ((1901, 1, 1), date(1901, 2, 19)),
        ((2099, 12, 30), date(2100, 2, 8)),
        ((2100, 1, 1), None),
        ((2098, 12, 0), date(2099, 1, 20)),
        ((2099, 12, 0), None),
        ((2023, 12, 0), date(2024, 2, 9)),
        ((2023, 12, 30), date(2024, 2, 9)),
        ((2023, 12, 31), None),
        ((2023, -2, 29), date(2023, 4, 19)),
        ((2023, -2, 30), None),
        ((2024, -2, 1), None),
        ((2023, 13, 1), None),
    ],
)
def test_the_calendar_knows_two_centuries(lunar: tuple[int, int, int], solar: date | None) -> None:
    assert lunar_to_solar(*lunar) == solar


@pytest.mark.parametrize(("year", "is_known"), [(1901, False), (1902, True), (2098, True), (2099, False)])
def test_holidays_are_known_in_the_years_of_the_calendar(year: int, is_known: bool) -> None:
    assert [holiday_date(name, year) is not None for name in ("元旦", "春节", "母亲节")] == [is_known] * 3


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (SPRING, SPRING + 30 * DAY, [SPRING]),
        (SPRING - 30 * DAY, SPRING, [SPRING]),
        (SPRING, SPRING, [SPRING]),
        (SPRING + DAY, SPRING + 385 * DAY, [date(2024, 2, 10)]),
        (SPRING, SPRING + 384 * DAY, [SPRING, date(2024, 2, 10)]),
        (SPRING, SPRING + 383 * DAY, [SPRING]),
    ],
)
def test_a_holiday_on_the_first_or_last_day_is_inside(start: date, end: date, found: list[date]) -> None:
    assert holiday_dates("春节", Period(start, end, 2023), None) == found


@pytest.mark.parametrize(("days", "number"), [(549, 2), (550, 2), (551, 1)])
def test_a_long_period_has_the_holiday_of_its_year(days: int, number: int) -> None:
    start = date(2023, 1, 1)
    assert len(holiday_dates("春节", Period(start, start + days * DAY, 2023), None)) == number


@pytest.mark.parametrize(
    ("names", "misread"),
    [
        ({"勿公室": 1, "办公室": 2}, {"勿公室": "办公室"}),
        ({"勿公室": 2, "办公室": 2}, {"勿公室": "办公室"}),
        ({"勿公室": 3, "办公室": 2}, {}),
        ({"勿事股": 1, "办事股": 2}, {"勿事股": "办事股"}),
        ({"勿室": 1, "办室": 2}, {}),
    ],
)
def test_the_rarer_of_two_names_alike_is_misread(names: dict[str, int], misread: dict[str, str]) -> None:
    assert find_misread(names, {"办公室", "办事股", "办室"}, "") == misread


def test_a_usual_name_is_not_misread_for_another() -> None:
    assert find_misread({"勿事股": 1, "办事股": 2}, {"办事股", "勿事股"}, "") == {}


@pytest.mark.parametrize(
    ("text", "is_list"),
    [
        ("李小明、王小红、张小军、赵小兰、钱小平、孙小立、", True),
        ("李小明、王小红、张小军、赵小兰、钱小平、孙小立、、", False),
        ("李小明、王红", True),
        ("李", False),
    ],
)
def test_a_cell_holds_six_names_at_most(text: str, is_list: bool) -> None:
    assert is_person_list(text) is is_list


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("工\n作", "工\n作"),
        ("工\n作\n制", "工作制"),
        ("工\n作\r制", "工作制"),
        ("工作\n制度", "工作\n制度"),
        ("责\n任\n单\n位", "责任单位"),
    ],
)
def test_a_vertical_heading_has_three_lines_at_least(raw: str, line: str) -> None:
    assert unstack(raw, "工作制度责任单位") == line


@pytest.mark.parametrize(("length", "kept"), [(27, 27), (28, 28), (29, 28), (40, 28)])
def test_characters_of_what_is_measured(length: int, kept: int) -> None:
    phrase = "甲" * (length - 3) + "满意率"
    assert [found.subject for found in read_thresholds(f"{phrase}达到80%以上。")] == [phrase[-kept:]]


@pytest.mark.parametrize(("length", "is_alone"), [(5, False), (6, True), (7, True)])
def test_a_long_phrase_is_cut_at_a_joint_if_enough_remains(length: int, is_alone: bool) -> None:
    measured = "乙" * (length - 3) + "满意度"
    phrase = "甲" * 30 + "、" + measured
    (found,) = read_thresholds(f"{phrase}达到80%以上。")
    assert found.subject == (measured if is_alone else phrase[-28:])


def test_a_long_phrase_ends_with_what_is_measured() -> None:
    (found,) = read_thresholds("扎实推进各项文明实践工作的覆盖范围以及参与各方的群众满意度等达到80%以上。")
    assert found.subject == "推进各项文明实践工作的覆盖范围以及参与各方的群众满意度"


@pytest.mark.parametrize(("length", "kept"), [(3, 3), (4, 4), (157, 157), (158, 158), (159, 158), (161, 158)])
def test_characters_of_a_condition(length: int, kept: int) -> None:
    (rule,) = read_scoring("缺" * length + "的，扣2分。")
    assert len(rule.condition or "") == kept


@pytest.mark.parametrize(("length", "count"), [(13, 1), (14, 1), (15, 0)])
def test_the_longest_name_of_a_material(length: int, count: int) -> None:
    assert len(read_evidence("单" * (length - 4) + "公示情况")) == count


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("全套资料（包括方案、图片）", ["方案", "图片"]),
        ("全套资料（包括方案）", ["全套资料", "方案"]),
        ("全套资料（方案、图片）", ["方案", "图片"]),
    ],
)
def test_two_materials_in_a_bracket_stand_for_the_name_before_it(text: str, names: list[str]) -> None:
    assert [item.raw for item in read_evidence(text)] == names
