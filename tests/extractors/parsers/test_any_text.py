"""Random phrases of the grammars' own alphabet: no parser raises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from extractors.parsers.dates import read_date, read_spans
from extractors.parsers.deadlines import Period, find_deadlines, read_deadlines, read_heading_deadline
from extractors.parsers.evidence import find_evidence, read_evidence
from extractors.parsers.item_labels import mark_number, read_heading, split_label
from extractors.parsers.methods import split_methods
from extractors.parsers.numerals import parse_integer
from extractors.parsers.points import cell_points, inline_points
from extractors.parsers.scoring import read_scoring
from extractors.parsers.thresholds import read_thresholds

NUMERALS = ("十", "十", "十十", "百", "千", "万", "〇", "零", "两", "一", "二", "九", "廿", "卅", "半", "几")
DIGITS = ("0", "1", "2", "9", "13", "31", "32", "99", "0000", "2023", "9999", "１", "②", "²", "Ⅱ")
CALENDAR = (
    "年", "月", "日", "号", "前", "底", "初", "末", "上", "中", "下", "旬", "上半年", "第", "每", "季度", "季", "周",
    "星期", "次年", "农历", "工作日", "内", "起", "至", "—", "-", ".", "/", "、", "个", "次",
)  # fmt: skip
REST = (
    "，", "。", "；", "：", "（", "）", "%", "篇", "字", "张", "份", "不少于", "以上", "≥", "分", "扣", "加", "得",
    "最高", "倍", "之", "成", "元", "名", "照片",
)  # fmt: skip
PHRASES = st.lists(st.sampled_from(NUMERALS + CALENDAR) | st.sampled_from(DIGITS + REST), min_size=1, max_size=9).map(
    "".join
)
WHOLE, OPEN, LAST = (
    Period(date(2023, 1, 1), date(2023, 12, 31), 2023),
    Period(None, None, None),
    Period(None, None, 9999),
)

PARSERS: dict[str, Callable[[str], object]] = {
    "parse_integer": parse_integer,
    "read_date": read_date,
    "read_spans": lambda text: read_spans(text, 2023),
    "read_deadlines": lambda text: [read_deadlines(text, period, [], text) for period in (WHOLE, OPEN, LAST)],
    "find_deadlines": lambda text: [find_deadlines(text, period) for period in (WHOLE, OPEN, LAST)],
    "read_heading_deadline": lambda text: read_heading_deadline(text, WHOLE),
    "read_evidence": read_evidence,
    "find_evidence": find_evidence,
    "read_scoring": read_scoring,
    "read_thresholds": lambda text: read_thresholds(text, evidence=False),
    "split_label": split_label,
    "mark_number": mark_number,
    "read_heading": read_heading,
    "cell_points": cell_points,
    "inline_points": inline_points,
    "split_methods": split_methods,
}


@pytest.mark.parametrize("parser", PARSERS)
@settings(max_examples=150, deadline=None)
@example("2023年十十日")
@example("10月十十日前")
@example("二十十、")
@example("十十月底")
@given(text=PHRASES)
def test_no_parser_raises(parser: str, text: str) -> None:
    first, again = PARSERS[parser](text), PARSERS[parser](text)
    assert first == again


@pytest.mark.parametrize("text", ["0月", "13月", "3月32日", "3月十十日", "十十月", "二十十月", "2月30日", "99月99日"])
def test_impossible_days_are_no_dates(text: str) -> None:
    assert read_spans(text, 2023, max_count=1) == []
