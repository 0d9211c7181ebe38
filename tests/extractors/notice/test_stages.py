"""Stages of the plan as rows: name, days, and the sentences behind them."""

from __future__ import annotations

from datetime import date

from tests.extractors.notice.build import notice


def test_a_stage_has_its_text_and_one_without_sentences_has_none() -> None:
    found = notice(
        "三、实施步骤",
        "（一）动员部署阶段（2022年3月1日至3月31日）。制定方案，召开会议。",
        "（二）总结验收阶段（2022年11月1日至11月30日）",
        "四、要求",
    )
    assert [(one.name, one.starts_on, one.ends_on, one.text) for one in found.stages] == [
        ("动员部署阶段", date(2022, 3, 1), date(2022, 3, 31), "制定方案，召开会议。"),
        ("总结验收阶段", date(2022, 11, 1), date(2022, 11, 30), None),
    ]
