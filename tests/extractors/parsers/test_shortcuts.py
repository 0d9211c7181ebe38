"""What is looked at first to save time misses nothing that the whole pattern finds."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import date

import pytest
from lunar_python import Lunar

from extractors import normalize
from extractors.normalize import matches_at, strip_artefacts, without
from extractors.parsers import responsible_units
from extractors.parsers.admin_divisions import mentions
from extractors.parsers.deadlines import event_anchors, holidays, inline_deadlines, lexer, recurrence, rewrite_rules
from extractors.parsers.deadlines.holidays import lunar_day
from extractors.parsers.deadlines.model import Period
from extractors.parsers.evidence import patterns as evidence
from extractors.parsers.points import inline_points
from extractors.parsers.scoring import patterns as scoring
from extractors.parsers.scoring.tokens import marks
from extractors.parsers.thresholds import patterns as thresholds
from extractors.parsers.thresholds.offset_text import Solid
from extractors.parsers.thresholds.quantities import _FIRST

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
    master, begins = lexer._master(), lexer._begins()
    for said in _texts(master, sorted(holidays._names())):
        assert all(begins.match(said, found.start()) for found in master.finditer(said)), said


def test_a_mark_that_is_a_token_by_itself_is_no_other() -> None:
    for mark, kind in lexer._ALONE.items():
        for said in (mark, f"3月{mark}5日", f"每月{mark}前"):
            found = lexer._master().match(said, said.index(mark))
            assert found is not None
            assert (found.lastgroup, found.group()) == (kind, mark)


def test_no_time_limit_is_missed_where_none_may_be_held(monkeypatch: pytest.MonkeyPatch) -> None:
    stock = [*sorted(set(_CHARACTERS.findall(recurrence.EVERY))), *"1234567890.-/，。（）年月日前底末旬止", *_LIMITS]
    chosen, period, held = random.Random(2), Period(None, None, 2024), 0
    for _ in range(_RUNS):
        said = "".join(chosen.choices(stock, k=10))
        quick = inline_deadlines.find_deadlines(said, period)
        with monkeypatch.context() as patch:
            patch.setattr(inline_deadlines, "_may_hold_limit", lambda text: True)
            assert inline_deadlines.find_deadlines(said, period) == quick, said
        held += bool(quick)
    assert held > _RUNS / 20


def test_numbers_and_nouns_begin_with_a_character_that_is_looked_for() -> None:
    for pattern, begins in (
        (thresholds.QUANTITY, _FIRST),
        (evidence.head_noun(), evidence._noun_begins()),
        (evidence.count(), evidence._NUMBER_BEGINS),
    ):
        for said in _texts(pattern, ["照片", "不少于", "以上", "等"]):
            plain = [(m.span(), m.groups()) for m in pattern.finditer(said)]
            assert [(m.span(), m.groups()) for m in matches_at(pattern, begins, said)] == plain, said


def test_no_scoring_rule_is_missed_where_none_is_looked_for() -> None:
    for said in _texts(scoring.VETO, ["扣", "加", "倍", "一票否决", "不得", "降一级", "为A", "（1", "50%", "优秀"]):
        if not scoring.ANY.search(said):
            assert not marks(said), said
            assert not inline_points(said), said


def test_no_notation_is_respelled_where_none_is_looked_for() -> None:
    stock = "起至到-~月日前三3两二个季度半年末底/次每Q4”之以期间当天20240312"
    chosen = random.Random(1)
    for _ in range(_RUNS):
        said = "".join(chosen.choices(stock, k=12))
        if not rewrite_rules._ANY.search(said):
            assert not any(rule.search(said) for rule, _ in rewrite_rules._RULES), said


@pytest.mark.parametrize("said", ["活动结束后5日内报送", "文件下发之日起10个工作日内上报", "会议之后半个月内提交"])
def test_a_timed_event_is_looked_for(said: str) -> None:
    assert event_anchors.may_be_timed(said)
    assert [event.timed for event in event_anchors.read_events(said)] == [True]


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
    monkeypatch.setattr(normalize, "_is_solid", lambda _: False)
    assert normalize.clean(cell) == quick


def test_what_is_left_knows_its_place() -> None:
    left, places = without("  一 二\u200b三", re.compile(r"[\s\u200b]"))
    assert (left, list(places)) == ("一二三", [2, 4, 6])
    assert list(without("一二", re.compile(" "))[1]) == [0, 1]


def test_a_solid_text_is_even_and_keeps_its_lines() -> None:
    solid = Solid.of("知晓率 ≥９０％\n(每年)２ 次，\u200b照片")
    assert solid.text == "知晓率≥90%\n（每年）2次，照片"
    assert solid.raw(9, 11) == "每年"
    assert solid.raw(12, 14) == "２ 次"


@pytest.mark.parametrize(("year", "month"), [(2023, 1), (2023, 12), (2024, 1), (2025, 6), (2033, 11)])
def test_days_of_the_lunar_calendar_are_those_of_the_library(year: int, month: int) -> None:
    solar = Lunar.fromYmd(year, month, 29).getSolar()
    assert lunar_day(year, month, 29) == date(solar.getYear(), solar.getMonth(), solar.getDay())
    assert lunar_day(year, month, 31) is None


def test_runs_of_names_are_cut_alike_without_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    lexicon = responsible_units.PartyLexicon(body="")
    for name in ("宣传科", "县教育局", "机关纪委", "市委宣传部", "团县委"):
        lexicon.learn(name)
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
    monkeypatch.setattr(responsible_units, "_LEAST_TWO", 0.0)
    monkeypatch.setattr(responsible_units, "_LEAST", -1e9)
    assert quick == [responsible_units._segment(run, [], lexicon) for run in runs]
    assert [lexicon.cut(run, ()) for run in runs] == quick


def test_marks_without_points_letters_or_deductions() -> None:
    assert [mark.effect for mark in marks("未按时报送的，酌情扣分；弄虚作假的一票否决")] == ["deduct", "veto"]
    assert [mark.effect for mark in marks("符合上述要求为A")] == ["grade"]


def test_divisions_do_not_overlap() -> None:
    found = mentions("湖南省长沙市长沙县")
    assert [(m.start, m.end, m.name) for m in found] == [(0, 3, "湖南省"), (3, 6, "长沙市"), (6, 9, "长沙县")]


def test_a_short_form_is_known_as_long_as_a_name_of_it_is() -> None:
    lexicon = responsible_units.PartyLexicon(body="")
    for name in ("水务科", "水务局", "水务科"):
        lexicon.learn(name)
    assert lexicon.knows("水务")
    assert lexicon.forget("水务科") == 2
    assert lexicon.knows("水务")
    lexicon.forget("水务局")
    assert not lexicon.knows("水务")
    assert not lexicon.knows("水务科")
