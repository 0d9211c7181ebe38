"""Periods and dates, one example per notation."""

from __future__ import annotations

from datetime import date

import pytest

from extractors.parsers.dates import Span, month_days, read_date, read_spans


def first_span(text: str, year: int | None = None) -> Span | None:
    return next(iter(read_spans(text, year, max_count=1)), None)


WINDOWS = [
    ("2023年2月下旬", "2023-02-21", "2023-02-28"),
    ("2024年2月下旬", "2024-02-21", "2024-02-29"),
    ("2023年2月下旬至8月上旬", "2023-02-21", "2023-08-10"),
    ("2024年3月中旬至8月31日", "2024-03-11", "2024-08-31"),
    ("2021年1月1日—1月22日", "2021-01-01", "2021-01-22"),
    ("2021年2月18日—26日", "2021-02-18", "2021-02-26"),
    ("2021年4月7日-2021年7月 10日", "2021-04-07", "2021-07-10"),
    ("3月11日—9月30日", "2022-03-11", "2022-09-30"),
    ("8月9号—8月20号", "2022-08-09", "2022-08-20"),
    ("10月", "2022-10-01", "2022-10-31"),
    ("11月—12月", "2022-11-01", "2022-12-31"),
    ("3-5月", "2022-03-01", "2022-05-31"),
    ("2023年3—5月", "2023-03-01", "2023-05-31"),
    ("12月—2月", "2022-12-01", "2023-02-28"),
    ("2024年11月至次年2月", "2024-11-01", "2025-02-28"),
    ("2017年10月-12月迎检", "2017-10-01", "2017-12-31"),
    ("三月至五月", "2022-03-01", "2022-05-31"),
    ("5月中下旬", "2022-05-11", "2022-05-31"),
    ("2024年2月中下旬", "2024-02-11", "2024-02-29"),
    ("9月上中旬", "2022-09-01", "2022-09-20"),
    ("11月上半月", "2022-11-01", "2022-11-15"),
    ("2月下半月", "2022-02-16", "2022-02-28"),
    ("5月上旬至6月中下旬", "2022-05-01", "2022-06-30"),
    ("上半年", "2022-01-01", "2022-06-30"),
    ("第四季度", "2022-10-01", "2022-12-31"),
    ("第二、三季度", "2022-04-01", "2022-09-30"),
    ("2018-2019年", "2018-01-01", "2019-12-31"),
    ("2018年1月-2019年8月", "2018-01-01", "2019-08-31"),
    ("2024年12月20日—2025年1月10日", "2024-12-20", "2025-01-10"),
    ("2023.3.1-2023.5.31", "2023-03-01", "2023-05-31"),
    ("2023.3.1-5.31", "2023-03-01", "2023-05-31"),
    ("2021年7月10日前", None, "2021-07-10"),
    ("9月底前", None, "2022-09-30"),
    ("2023年底前", None, "2023-12-31"),
    ("12月5日起", "2022-12-05", None),
    ("二〇二三年二月二十七日", "2023-02-27", "2023-02-27"),
]


@pytest.mark.parametrize(("text", "start", "end"), WINDOWS)
def test_windows(text: str, start: str | None, end: str | None) -> None:
    span = first_span(text, 2022)
    assert span is not None
    assert (span.start and span.start.isoformat(), span.end and span.end.isoformat()) == (start, end)


@pytest.mark.parametrize("text", ["长期", "适时", "第一阶段", "十三五", "2月30日", "13月", "3.5分", "100%", "", "1.5M"])
def test_no_dates(text: str) -> None:
    assert first_span(text, 2022) is None


def test_without_a_year_nothing_is_guessed() -> None:
    assert first_span("3月至5月") is None


def test_the_year_is_carried_on_from_one_window_to_the_next() -> None:
    spans = read_spans("2024年1月上旬、7月上旬")
    assert [(str(s.start), str(s.end)) for s in spans] == [("2024-01-01", "2024-01-10"), ("2024-07-01", "2024-07-10")]


def test_raw_is_the_phrase_as_written() -> None:
    assert [s.raw for s in read_spans("请于2024年3月10日前报送，4月15日前反馈")] == ["2024年3月10日前", "4月15日前"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("某某局2021年4月2日", date(2021, 4, 2)),
        ("二○二三年十二月三十一日", date(2023, 12, 31)),
        ("发布时间：2024-03-05", date(2024, 3, 5)),
        ("2024年3月", None),
        ("2023年2月30日", None),
    ],
)
def test_full_dates(text: str, day: date | None) -> None:
    assert read_date(text) == day


def test_ten_day_parts() -> None:
    assert month_days(2023, 2, "下旬") == (date(2023, 2, 21), date(2023, 2, 28))
    assert month_days(2023, 4, "底") == (date(2023, 4, 30), date(2023, 4, 30))
    assert month_days(2023, 13) is None
