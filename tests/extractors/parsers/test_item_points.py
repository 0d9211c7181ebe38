"""The points that one item of a text states for itself behind verbs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.parsers.item_points import stated_points


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("满意率95%以上得6分，85%-95%得4分，85%以下不得分。", "6"),
        ("满意率85%以下不得分，85%—95%得4分，95%以上得6分。", "6"),
        ("达到95%（含）以上得6分，85%（含）-95%得4分，85%以下得1分", "6"),
        ("读书会6次以上得5分，4次得3分，2次得1分", "5"),
        ("设有专门阵地得4分，兼用阵地得2分，无阵地不得分。", "4"),
        ("配备专职人员的得3分，兼职人员的得1分。", "3"),
        ("专用场地得4分，兼用得2分", "4"),
        ("全部整改得5分，部分整改得3分", "5"),
        ("整洁得5分，较整洁得3分，脏乱不得分", "5"),
        ("获国家级表彰得8分，省级得5分，市级得2分。", "8"),
        ("测评优秀得5分，良好得3分，一般得1分。", "5"),
        ("考核70分以上得5分，70分以下不得分", "5"),
        # things that each count
        ("有方案得3分，有总结得2分，有图片得1分", "6"),
        ("制度健全得3分，台账齐全得2分，否则不得分。", "5"),
        ("读书会4次得5分，3次得3分；经费5万元以上得3分，2万元得1分", "8"),
    ],
)
def test_of_the_grades_of_one_thing_the_highest_counts(text: str, points: str) -> None:
    assert stated_points(text) == Decimal(points)


@pytest.mark.parametrize(
    "text",
    ["读书会4次以上得5分；经费5万元以上得3分", "省内报道每篇得3分，市内得1分", "报道得2分，转载得1分，累计最多得8分"],
)
def test_what_several_awards_are_worth_together_may_be_unknown(text: str) -> None:
    assert stated_points(text) is None
