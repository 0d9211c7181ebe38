"""What is looked at first to save time misses nothing that the whole pattern finds."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import date

import pytest
from lunar_python import Lunar

from extractors import normalize
from extractors.normalize import drop_with_offsets, find_matches, strip_artefacts
from extractors.parsers import evidence, responsible_units, scoring
from extractors.parsers import quantities as thresholds
from extractors.parsers.admin_divisions import find_mentions
from extractors.parsers.deadlines import anchors, parser, tokens
from extractors.parsers.deadlines.anchors import lunar_to_solar
from extractors.parsers.deadlines.model import Period
from extractors.parsers.points import inline_points
from extractors.parsers.quantities import _QUANTITY_START, compact_text
from extractors.parsers.scoring import _tokenize

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
    """Texts of the characters that a pattern is written with, and of words."""
    chosen = random.Random(pattern.pattern)
    stock = [*sorted(set(_CHARACTERS.findall(pattern.pattern))), *"第月日年前", *sorted(words)]
    return ["".join(chosen.choices(stock, k=24)) for _ in range(_RUNS)]


def test_a_token_begins_with_a_character_that_is_looked_for() -> None:
    master, begins = tokens._token_pattern(), tokens._token_start_pattern()
    for said in _texts(master, sorted(anchors._holidays_by_word())):
        assert all(begins.match(said, found.start()) for found in master.finditer(said)), said


def test_a_mark_that_is_a_token_by_itself_is_no_other() -> None:
    for mark, kind in tokens._SINGLE_CHARACTER_TOKENS.items():
        for said in (mark, f"3月{mark}5日", f"每月{mark}前"):
            found = tokens._token_pattern().match(said, said.index(mark))
            assert found is not None
            assert (found.lastgroup, found.group()) == (kind, mark)


def test_no_time_limit_is_missed_where_none_may_be_held(monkeypatch: pytest.MonkeyPatch) -> None:
    stock = [
        *sorted(set(_CHARACTERS.findall(tokens.RECURRENCE_START))),
        *"1234567890.-/，。（）年月日前底末旬止",
        *_LIMITS,
    ]
    chosen, period, held = random.Random(2), Period(None, None, 2024), 0
    for _ in range(_RUNS):
        said = "".join(chosen.choices(stock, k=10))
        quick = parser.find_deadlines(said, period)
        with monkeypatch.context() as patch:
            patch.setattr(parser, "_may_hold_limit", lambda text: True)
            assert parser.find_deadlines(said, period) == quick, said
        held += bool(quick)
    assert held > _RUNS / 20


def test_numbers_and_nouns_begin_with_a_character_that_is_looked_for() -> None:
    for pattern, begins in (
        (thresholds.QUANTITY, _QUANTITY_START),
        (evidence._head_noun_pattern(), evidence._noun_start_pattern()),
        (evidence._count_pattern(), evidence._NUMBER_START),
    ):
        for said in _texts(pattern, ["照片", "不少于", "以上", "等"]):
            plain = [(m.span(), m.groups()) for m in pattern.finditer(said)]
            assert [(m.span(), m.groups()) for m in find_matches(pattern, begins, said)] == plain, said


def test_no_scoring_rule_is_missed_where_none_is_looked_for() -> None:
    for said in _texts(scoring._VETO, ["扣", "加", "倍", "一票否决", "不得", "降一级", "为A", "（1", "50%", "优秀"]):
        if not scoring._SCORING_SIGN.search(said):
            assert not _tokenize(said), said
            assert not inline_points(said), said


def test_no_notation_is_respelled_where_none_is_looked_for() -> None:
    stock = "起至到-~月日前三3两二个季度半年末底/次每Q4”之以期间当天20240312"
    chosen = random.Random(1)
    for _ in range(_RUNS):
        said = "".join(chosen.choices(stock, k=12))
        if not tokens._REWRITE_SIGN.search(said):
            assert not any(rule.search(said) for rule, _ in tokens._REWRITE_RULES), said


@pytest.mark.parametrize("said", ["活动结束后5日内报送", "文件下发之日起10个工作日内上报", "会议之后半个月内提交"])
def test_a_timed_event_is_looked_for(said: str) -> None:
    assert anchors.may_have_timed_event(said)
    assert [event.is_timed for event in anchors.find_events(said)] == [True]


def test_invisible_characters_are_never_printable() -> None:
    hidden = [c for c in map(chr, range(0x10000)) if c != "\r" and normalize._INVISIBLE.fullmatch(c)]
    assert len(hidden) > 40
    assert all(strip_artefacts(f"文{c}明") == "文明" for c in hidden)
    assert [c for c in map(chr, range(0x10000)) if c.isspace() and c.isprintable()] == [" "]


@pytest.mark.parametrize(
    "cell", ["文明", "文 明", "文\n明", "文\u200b明", "文<br>明", "[bookmark: a]文明", "A B", "文明\n文明"]
)
def test_a_solid_cell_is_clean(cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = normalize.clean(cell)
    monkeypatch.setattr(normalize, "_is_compact", lambda _: False)
    assert normalize.clean(cell) == quick


def test_what_is_left_knows_its_place() -> None:
    left, places = drop_with_offsets("  一 二\u200b三", re.compile(r"[\s\u200b]"))
    assert (left, list(places)) == ("一二三", [2, 4, 6])
    assert list(drop_with_offsets("一二", re.compile(" "))[1]) == [0, 1]


def test_a_solid_text_is_even_and_keeps_its_lines() -> None:
    solid = compact_text("知晓率 ≥９０％\n(每年)２ 次，\u200b照片")
    assert solid.text == "知晓率≥90%\n（每年）2次，照片"
    assert solid.source_of(9, 11) == "每年"
    assert solid.source_of(12, 14) == "２ 次"


@pytest.mark.parametrize(("year", "month"), [(2023, 1), (2023, 12), (2024, 1), (2025, 6), (2033, 11)])
def test_days_of_the_lunar_calendar_are_those_of_the_library(year: int, month: int) -> None:
    solar = Lunar.fromYmd(year, month, 29).getSolar()
    assert lunar_to_solar(year, month, 29) == date(solar.getYear(), solar.getMonth(), solar.getDay())
    assert lunar_to_solar(year, month, 31) is None


def test_runs_of_names_are_cut_alike_without_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    lexicon = responsible_units.PartyLexicon(body="")
    for name in ("宣传科", "县教育局", "机关纪委", "市委宣传部", "团县委"):
        lexicon.add(name)
    stock = [
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
    chosen = random.Random(3)
    runs = ["".join(chosen.choices(stock, k=chosen.randint(1, 3))) for _ in range(120)]
    quick = [responsible_units._segment(run, [], lexicon) for run in runs]
    monkeypatch.setattr(responsible_units, "_MIN_TWO_PIECE_COST", 0.0)
    monkeypatch.setattr(responsible_units, "_MIN_PIECE_COST", -1e9)
    assert quick == [responsible_units._segment(run, [], lexicon) for run in runs]
    assert [lexicon.segment(run, ()) for run in runs] == quick


def test_marks_without_points_letters_or_deductions() -> None:
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
