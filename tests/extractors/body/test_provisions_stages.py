"""Dated stages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractors.body.outline import read_outline
from extractors.body.provisions import read_stages, stated_period
from tests.extractors.body.letters import COMPANY, JOINT, WRAPPED, letter
from tests.extractors.published import document_of

SLUGS = ["zibo-2023", "huarong-2021", "shanwei-2016", "tongchuan", "yiyang-2021", "hb-xiaogan-2022", "sd-mixed-2024"]
YEARS = {"hb-xiaogan-2022": 2022}


def days(text: str, year: int | None = None) -> list[tuple[str, str, str]]:
    return [(s.name, str(s.starts_on), str(s.ends_on)) for s in read_stages(read_outline(letter(text)), year)]


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("file_format", ["text", "docx"])
def test_stages_of_published_notices(notices: Path, gold: Path, slug: str, file_format: str) -> None:
    path = next((notices / file_format).glob(f"{slug}.*"))
    stages = read_stages(read_outline(document_of(path)), YEARS.get(slug))
    facts = json.loads((gold / slug / "facts.json").read_text("utf-8"))["stages"]
    assert [(s.name, s.starts_on and str(s.starts_on), s.ends_on and str(s.ends_on)) for s in stages] == [
        (f["name"], f["start"], f["end"]) for f in facts
    ]
    for stage, fact in zip(stages, facts, strict=True):
        assert stage.raw in fact["raw"]
        assert stage.text == fact.get("text", stage.text)


def test_dates_behind_a_full_stop_and_in_brackets() -> None:
    assert days(JOINT) == [
        ("宣传发动阶段", "2019-05-01", "2019-05-31"),
        ("全面创建阶段", "2019-06-01", "2021-08-31"),
        ("总结验收阶段", "2021-09-01", "2021-10-31"),
    ]


def test_unlabelled_stages_take_the_notice_year_and_carry_it_on() -> None:
    assert days(WRAPPED, 2024) == [
        ("动员部署阶段", "2024-03-01", "2024-03-31"),
        ("全面推进阶段", "2024-04-01", "2024-10-31"),
        ("总结评估阶段", "2024-11-01", "2025-01-31"),
    ]


def test_open_ends() -> None:
    assert days(COMPANY, 2023) == [
        ("启动阶段", "None", "2023-01-10"),
        ("推进阶段", "2023-02-01", "2023-10-31"),
        ("总结阶段", "2023-11-01", "None"),
    ]


def test_without_any_year_a_stage_has_no_days() -> None:
    first = "一、实施步骤\n（一）动员（3月中下旬）：开会。"
    text = f"{first}\n（二）创建（2021年4月）：创建。\n（三）验收阶段：5月至6月2日前。"
    assert days(text) == [
        ("动员", "None", "None"),
        ("创建", "2021-04-01", "2021-04-30"),
        ("验收阶段", "2021-05-01", "2021-06-02"),
    ]
    assert days("一、实施步骤\n（一）动员阶段（2月29日前）。开会。") == [("动员阶段", "None", "None")]
    assert next(s.raw for s in read_stages(read_outline(letter(text)), None)) == "3月中下旬"


def test_an_item_without_a_date_is_no_stage_even_where_no_year_is_known() -> None:
    assert days("一、实施步骤\n（一）加强领导，落实责任。") == []


def test_an_undated_item_of_a_stage_section_is_no_stage() -> None:
    assert days("一、实施步骤\n（一）动员（2024年3月）：开会。\n（二）加强领导，落实责任。") == [
        ("动员", "2024-03-01", "2024-03-31")
    ]


def test_numbered_steps_below_a_stage_are_its_text() -> None:
    text = "一、实施步骤\n第一阶段：动员（2024年3月）\n1.制定方案。\n2.召开会议。"
    stages = read_stages(read_outline(letter(text)), None)
    assert [s.name for s in stages] == ["动员"]
    assert stages[0].text == "1.制定方案。\n2.召开会议。"


def test_stated_period() -> None:
    outline = read_outline(
        letter("一、实施步骤\n创建活动从2024年1月5日至11月30日，共分三个阶段：\n第一阶段：动员（1月）。")
    )
    period = stated_period(outline, None)
    assert period is not None
    assert (str(period.start), str(period.end)) == ("2024-01-05", "2024-11-30")
