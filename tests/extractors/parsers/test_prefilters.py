"""Cheap filters before a long pattern miss nothing that the pattern finds."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import date

import pytest
from lunar_python import Lunar

from extractors.normalize import find_matches
from extractors.parsers import general_rules, grades, responsible_units, scoring, stated_amounts, unit_segmentation
from extractors.parsers import quantities as thresholds
from extractors.parsers.admin_divisions import find_mentions
from extractors.parsers.deadlines import anchors, limits_in_text, tokens
from extractors.parsers.deadlines.anchors import lunar_to_solar
from extractors.parsers.deadlines.model import Period
from extractors.parsers.evidence import counts, nouns, requests
from extractors.parsers.points import inline_points
from extractors.parsers.quantities import _QUANTITY_START, compact_text
from extractors.parsers.scoring import _tokenize
from extractors.parsers.stated_amounts import find_bonus

_RUNS = 400
_LIMITS = (
    "报送",
    "上传至",
    "报市文明办",
    "3月至10月",
    "上半年",
    "6月底前",
    "5日内",
    "会议后",
    "每周五",
    "季度末",
    "20240312",
)
_CHARACTERS = re.compile(r"[\u3000-\u9fff\uff00-\uffef]|[0-9A-Z%./~()-]|[—–―−〜“”]")


def _texts(pattern: re.Pattern[str], words: Sequence[str] = ()) -> list[str]:
    """Return random texts of the characters of a pattern and of words."""
    rng = random.Random(pattern.pattern)
    alphabet = [*sorted(set(_CHARACTERS.findall(pattern.pattern))), *"第月日年前", *sorted(words)]
    return ["".join(rng.choices(alphabet, k=24)) for _ in range(_RUNS)]


def test_every_token_begins_with_a_start_character() -> None:
    token_pattern, starts = tokens._token_pattern(), tokens._token_start_pattern()
    for text in _texts(token_pattern, sorted(anchors._holidays_by_word())):
        assert all(starts.match(text, found.start()) for found in token_pattern.finditer(text)), text


def test_a_single_character_token_has_one_kind() -> None:
    for mark, kind in tokens._SINGLE_CHARACTER_TOKENS.items():
        for text in (mark, f"3月{mark}5日", f"每月{mark}前"):
            found = tokens._token_pattern().match(text, text.index(mark))
            assert found is not None
            assert (found.lastgroup, found.group()) == (kind, mark)


def test_the_limit_filter_misses_no_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    alphabet = [
        *sorted(set(_CHARACTERS.findall(tokens.RECURRENCE_START))),
        *"1234567890.-/，。（）年月日前底末旬止",
        *_LIMITS,
    ]
    rng, period, limit_count = random.Random(2), Period(None, None, 2024), 0
    for _ in range(_RUNS):
        text = "".join(rng.choices(alphabet, k=10))
        filtered = limits_in_text.find_deadlines(text, period)
        with monkeypatch.context() as patch:
            patch.setattr(limits_in_text, "_may_hold_limit", lambda _: True)
            assert limits_in_text.find_deadlines(text, period) == filtered, text
        limit_count += bool(filtered)
    assert limit_count > _RUNS / 20


def test_numbers_and_nouns_begin_with_a_start_character() -> None:
    for pattern, starts in (
        (thresholds.QUANTITY, _QUANTITY_START),
        (nouns.head_noun_pattern(), nouns._noun_start_pattern()),
        (counts._count_pattern(), counts._NUMBER_START),
        (scoring._POINTS, scoring._POINTS_START),
        (scoring._VETO, scoring._VETO_START),
        (requests.request_verb_pattern(), requests._verb_start_pattern()),
        (general_rules._form_noun_pattern(), general_rules._form_noun_start_pattern()),
    ):
        for text in _texts(pattern, ["照片", "不少于", "以上", "等", "提供", "1分"]):
            unfiltered = [(m.span(), m.groups()) for m in pattern.finditer(text)]
            assert [(m.span(), m.groups()) for m in find_matches(pattern, starts, text)] == unfiltered, text


def test_the_scoring_filter_misses_no_rule() -> None:
    for text in _texts(scoring._VETO, ["扣", "加", "倍", "一票否决", "不得", "降一级", "为A", "（1", "50%", "优秀"]):
        if not scoring.may_score(text):
            assert not _tokenize(text), text
            assert not inline_points(text), text


def test_the_rewrite_filter_misses_no_notation() -> None:
    alphabet = "起至到-~月日前三3两二个季度半年末底/次每Q4”之以期间当天20240312"
    rng = random.Random(1)
    for _ in range(_RUNS):
        text = "".join(rng.choices(alphabet, k=12))
        if not tokens._REWRITE_SIGN.search(text):
            assert not any(rule.search(text) for rule, _ in tokens._REWRITE_RULES), text


@pytest.mark.parametrize("text", ["活动结束后5日内报送", "文件下发之日起10个工作日内上报", "会议之后半个月内提交"])
def test_the_event_filter_keeps_timed_events(text: str) -> None:
    assert anchors.may_have_timed_event(text)
    assert [event.is_timed for event in anchors.find_events(text)] == [True]


def test_compact_text_keeps_its_line_feeds() -> None:
    compact = compact_text("知晓率 ≥９０％\n(每年)２ 次，\u200b照片")
    assert compact.text == "知晓率≥90%\n（每年）2次，照片"
    assert compact.source_of(9, 11) == "每年"
    assert compact.source_of(12, 14) == "２ 次"


@pytest.mark.parametrize(("year", "month"), [(2023, 1), (2023, 12), (2024, 1), (2025, 6), (2033, 11)])
def test_days_of_the_lunar_calendar_are_those_of_the_library(year: int, month: int) -> None:
    solar = Lunar.fromYmd(year, month, 29).getSolar()
    assert lunar_to_solar(year, month, 29) == date(solar.getYear(), solar.getMonth(), solar.getDay())
    assert lunar_to_solar(year, month, 31) is None


def test_runs_are_segmented_alike_without_cost_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    lexicon = responsible_units.PartyLexicon(body="")
    for name in ("宣传科", "县教育局", "机关纪委", "市委宣传部", "团县委"):
        lexicon.add(name)
    alphabet = [
        "宣传",
        "宣传科",
        "县教育局",
        "教育局",
        "机关纪委",
        "市委宣传部",
        "团县委",
        "各科室",
        "民政",
        "局",
        "（",
        "）",
    ]
    rng = random.Random(3)
    runs = ["".join(rng.choices(alphabet, k=rng.randint(1, 3))) for _ in range(120)]
    filtered = [unit_segmentation.segment_run(run, [], lexicon) for run in runs]
    monkeypatch.setattr(unit_segmentation, "_MIN_TWO_PIECE_COST", 0.0)
    monkeypatch.setattr(unit_segmentation, "_MIN_PIECE_COST", -1e9)
    assert filtered == [unit_segmentation.segment_run(run, [], lexicon) for run in runs]
    assert [lexicon.segment(run, ()) for run in runs] == filtered


def test_score_tokens_without_points_letters_or_deductions() -> None:
    assert [mark.effect for mark in _tokenize("未按时报送的，酌情扣分；弄虚作假的一票否决")] == ["deduct", "veto"]
    assert [mark.effect for mark in _tokenize("符合上述要求为A")] == ["grade"]


def test_divisions_do_not_overlap() -> None:
    found = find_mentions("湖南省长沙市长沙县")
    assert [(m.start, m.end, m.name) for m in found] == [(0, 3, "湖南省"), (3, 6, "长沙市"), (6, 9, "长沙县")]


def test_a_short_form_is_known_as_long_as_a_name_of_it_is() -> None:
    lexicon = responsible_units.PartyLexicon(body="")
    for name in ("水务科", "水务局", "水务科"):
        lexicon.add(name)
    assert lexicon.is_known_or_short("水务")
    assert lexicon.remove("水务科") == 2
    assert lexicon.is_known_or_short("水务")
    lexicon.remove("水务局")
    assert not lexicon.is_known_or_short("水务")
    assert not lexicon.is_known_or_short("水务科")


def test_the_filters_of_grades_and_figures_miss_none() -> None:
    words = ["为优秀", "记5分", "得3分", "90分以上", "优秀：", "共8项", "测评项目", "，", "；"]
    for text in _texts(grades._RESULT, words):
        assert grades._NAME_SIGN.search(text) or not grades._NAME.search(text), text
        runs = [run for run in grades._runs(text) if len(run) >= grades._MIN_OPTIONS]
        assert not runs or grades._results(text), text
        assert find_bonus(text) if stated_amounts._bonus_pattern().search(text) else not find_bonus(text), text
