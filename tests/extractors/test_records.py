"""Rules of findings: ids, Chinese titles, and the titles that the notebooks show."""

from __future__ import annotations

import re

import pytest

from extractors.records import Rule, Severity
from notebooks import labels


@pytest.mark.parametrize("rule", Rule)
def test_a_rule_is_its_id_and_has_a_chinese_title(rule: Rule) -> None:
    assert rule == rule.value == rule.name.lower() == str(rule)
    assert type(str(rule)) is str
    assert re.fullmatch(r"[\u4e00-\u9fff]{3,16}", rule.title_zh)


def test_notebooks_show_the_same_titles() -> None:
    titles = {rule.value: rule.title_zh for rule in Rule}
    assert {name: title for name, title in labels.RULES.items() if name in titles}.items() <= titles.items()


def test_severities_are_those_of_the_warehouse() -> None:
    assert {severity.value for severity in Severity} == set(labels.SEVERITIES)
