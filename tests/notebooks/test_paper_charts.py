"""Charts on paper: the areas of data become smaller, the text does not."""

from __future__ import annotations

import json
import re
from typing import Any

import polars as pl
import pytest

pytest.importorskip("altair", reason="extra explore is not installed")

import altair as alt

from notebooks.paper_charts import LIMITS, draw_for_paper, measure_side, shrink

NAMES = [f"某某市国防动员和退役军人事务办公室 {year}" for year in range(2001, 2041)]


def bars(names: list[str], **size: Any) -> dict[str, Any]:
    frame = pl.DataFrame({"通知": names, "条数": range(len(names))})
    chart = alt.Chart(frame).mark_bar().encode(x="条数:Q", y="通知:N").properties(**size)
    spec: dict[str, Any] = json.loads(chart.configure_axis(labelFontSize=12, labelLimit=320).to_json())
    return spec


def sizes_of_text(svg: str) -> set[str]:
    return set(re.findall(r'font-size="([\d.]+px)"', svg))


def test_a_chart_becomes_as_small_as_the_page_and_its_text_does_not() -> None:
    spec = bars(NAMES, width=500, height=alt.Step(24))
    drawn = draw_for_paper(spec, "serif")
    for side, limit in LIMITS.items():
        assert limit * 0.97 <= measure_side(drawn, side) <= limit + 1
    assert sizes_of_text(drawn) >= {"12px"}
    assert all(name in drawn for name in NAMES)


def test_a_chart_that_fits_is_drawn_as_it_is() -> None:
    small = bars(["甲县", "乙县"], width=200, height=80)
    assert draw_for_paper(small, "serif") == draw_for_paper(shrink(small, "width", 1.0), "serif")
    assert measure_side(draw_for_paper(small, "serif"), "width") < 300


def test_columns_and_areas_keep_room_for_their_text() -> None:
    view = {"width": {"step": 120}, "height": 400}
    assert shrink(view, "width", 0.1)["width"]["step"] == pytest.approx(84)
    assert shrink({"width": {"step": 40}}, "width", 0.1)["width"]["step"] == 40
    assert shrink(view, "height", 0.1)["height"] == 200
    assert view == {"width": {"step": 120}, "height": 400}


def test_every_part_of_a_chart_becomes_smaller() -> None:
    spec = {
        "hconcat": [{"width": 200}, {"layer": [{"width": 300}]}],
        "vconcat": [{"spec": {"width": {"step": 100}}, "facet": {}}],
    }
    assert shrink(spec, "width", 0.8) == {
        "hconcat": [{"width": 160}, {"layer": [{"width": 240}]}],
        "vconcat": [{"spec": {"width": {"step": 80}}, "facet": {}}],
    }
