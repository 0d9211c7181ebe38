"""The pictures of the report as SVG, drawn by Vega-Lite without network; the text in them stays text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from warehouse.export.comparison.load import Comparison
from warehouse.export.comparison.narrative import UNTOLD
from warehouse.export.comparison.summary_tables import MATERIALS
from warehouse.formatting import CHART_COLORS

THEMES: Final = 12
"""Themes that a picture has room for."""
BESIDE: Final = 4
"""Notices up to which bars stand side by side; of more, the shares stand in tinted fields."""
KINDS: Final = 8
"""Methods or kinds of material that a picture tells apart; the rest is one."""
REST: Final = "其余"
WIDTH: Final = 470
INK, GREY, PALE = "#1f2d3d", "#5a6672", "#e6eaee"
HEAT: Final = ("#f3f7fa", "#a9cbdc", "#4f93b3", "#17506e")

Values = list[dict[str, Any]]


def weights(found: Comparison, font: str) -> str | None:
    """The themes that are weighted most differently; None where no task has a theme."""
    themes = [theme for theme in found.by_spread if found.spread(theme) > 0 and theme.topic != UNTOLD][:THEMES]
    values: Values = [
        {"主题": theme.name, "通知": one.label, "比重": theme.weight(one.notice_id)}
        for theme in themes
        for one in found.notices
    ]
    order = [theme.name for theme in themes]
    labels = [one.label for one in found.notices]
    if len(labels) > BESIDE:
        shown = [value for value in values if value["比重"] > 0]
        return _heat(shown, columns=("通知", labels), rows=("主题", order), value="比重", form=".1%", font=font)
    alt = _altair()
    bars = alt.Chart(alt.Data(values=values)).mark_bar()
    coded = bars.encode(
        x=alt.X("比重:Q", title="占本通知的比重", axis=alt.Axis(format=".0%")),
        y=alt.Y("主题:N", sort=order, title=None),
        yOffset=alt.YOffset("通知:N", sort=labels),
        color=_colour("通知", labels),
    )
    return _svg(coded.properties(width=WIDTH, height=alt.Step(9)), font) if values else None


def load(found: Comparison, font: str) -> str | None:
    """What the heaviest party and the three heaviest bear; None where no notice names a party."""
    alt = _altair()
    kinds = (("最重一家", "top1_share"), ("最重三家合计", "top3_share"))
    values = [
        {"通知": found.labels[row["notice_id"]], "范围": name, "比重": row[column]}
        for row in found.concentration
        for name, column in kinds
    ]
    if not values:
        return None
    order = [name for name, _ in kinds]
    base = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X("比重:Q", title="占本通知的比重", axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1])),
        y=alt.Y("通知:N", sort=[found.labels[row["notice_id"]] for row in found.concentration], title=None),
        yOffset=alt.YOffset("范围:N", sort=order),
    )
    text = base.mark_text(align="left", dx=3, fontSize=11, color=INK).encode(text=alt.Text("比重:Q", format=".1%"))
    bars = base.mark_bar().encode(color=_colour("范围", order))
    return _svg((bars + text).properties(width=WIDTH, height=alt.Step(15)), font)


def methods(found: Comparison, font: str) -> str | None:
    """The share of each method; None where no notice names one."""
    rows = [(row["method"], row["notice_id"], row["share"]) for row in found.methods]
    return _stacked(found, rows, name="测评方法", title="占本通知的比重", form=".0%", font=font)


def materials(found: Comparison, font: str) -> str | None:
    """Items by kind of material; None where no notice asks for any."""
    rows = [(str(MATERIALS.get(row["kind"])), row["notice_id"], row["items"]) for row in found.materials]
    return _stacked(found, rows, name="材料", title="件数（写明的最少数量）", form="d", font=font)


def months(found: Comparison, font: str) -> str | None:
    """Tasks due in each month; None where nothing has a day."""
    values: Values = [
        {"月份": f"{row['month']} 月", "通知": found.labels[row["notice_id"]], "任务": row["tasks"]}
        for row in found.months
    ]
    named = {row["notice_id"] for row in found.months}
    labels = [one.label for one in found.notices if one.notice_id in named]
    year = [f"{month} 月" for month in range(1, 13)]
    return _heat(values, columns=("月份", year), rows=("通知", labels), value="任务", form="d", font=font)


def _stacked(
    found: Comparison, rows: Sequence[tuple[str, str, Any]], *, name: str, title: str, form: str, font: str
) -> str | None:
    """A bar per notice of its kinds, one behind the other; the rarest kinds are taken together."""
    alt = _altair()
    totals: dict[str, float] = {}
    for kind, _, value in rows:
        totals[kind] = totals.get(kind, 0.0) + float(value or 0)
    kinds = sorted(totals, key=lambda kind: (-round(totals[kind], 9), kind))
    named = kinds if len(kinds) <= KINDS else kinds[: KINDS - 1]
    order = named if len(named) == len(kinds) else [*named, REST]
    sums: dict[tuple[str, str], float] = {}
    for kind, notice_id, value in rows:
        key = (found.labels[notice_id], kind if kind in named else REST)
        sums[key] = sums.get(key, 0.0) + float(value or 0)
    values: Values = [
        {"通知": label, name: kind, "值": value, "次序": order.index(kind)} for (label, kind), value in sums.items()
    ]
    if not values:
        return None
    labels = [one.label for one in found.notices if any(value["通知"] == one.label for value in values)]
    bars = alt.Chart(alt.Data(values=values)).mark_bar()
    coded = bars.encode(
        x=alt.X("值:Q", title=title, axis=alt.Axis(format=form, tickCount=8)),
        y=alt.Y("通知:N", sort=labels, title=None),
        color=_colour(name, order),
        order=alt.Order("次序:Q"),
    )
    return _svg(coded.properties(width=WIDTH, height=alt.Step(24)), font)


def _heat(
    values: Values,
    *,
    columns: tuple[str, Sequence[str]],
    rows: tuple[str, Sequence[str]],
    value: str,
    form: str,
    font: str,
) -> str | None:
    """Tinted fields with their figures; `columns` and `rows` are the name of a key and its values in order."""
    if not values:
        return None
    alt = _altair()
    (x, across), (y, down) = columns, rows
    slant = -30 if max(len(name) for name in across) > 4 else 0
    base = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X(
            f"{x}:N", scale=alt.Scale(domain=list(across)), title=None, axis=alt.Axis(orient="top", labelAngle=slant)
        ),
        y=alt.Y(f"{y}:N", sort=list(down), title=None),
    )
    largest = max(float(one[value]) for one in values)
    scale = alt.Scale(domain=[0, largest or 1], range=list(HEAT))
    fields = base.mark_rect(stroke="white").encode(color=alt.Color(f"{value}:Q", scale=scale, legend=None))
    dark = alt.datum[value] > largest * 0.55
    text = base.mark_text(fontSize=11).encode(
        text=alt.Text(f"{value}:Q", format=form),
        color=alt.when(dark).then(alt.value("white")).otherwise(alt.value(INK)),
    )
    return _svg((fields + text).properties(width=WIDTH, height=alt.Step(20)), font)


def _colour(name: str, order: Sequence[str]) -> Any:
    alt = _altair()
    scale = alt.Scale(
        domain=list(order), range=[CHART_COLORS[place % len(CHART_COLORS)] for place in range(len(order))]
    )
    columns = 2 if any(len(one) > 8 for one in order) else 5
    legend = alt.Legend(orient="bottom", columns=columns, title=None, labelLimit=320, symbolType="square")
    return alt.Color(f"{name}:N", scale=scale, sort=list(order), legend=legend)


def _svg(chart: Any, font: str) -> str:
    import vl_convert

    letters: Mapping[str, Any] = {"labelFontSize": 12, "labelColor": INK, "labelLimit": 320}
    dressed = (
        chart.configure(font=font)
        .configure_view(stroke=None)
        .configure_axis(**letters, titleFontSize=11, titleColor=GREY, titleFontWeight="normal", gridColor=PALE)
        .configure_legend(**letters)
    )
    return str(vl_convert.vegalite_to_svg(dressed.to_json(), allowed_base_urls=[]))


def _altair() -> Any:
    import altair

    return altair
