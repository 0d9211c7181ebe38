"""What the notebooks share: the open warehouse, the look of a figure, its caption, and words where there is nothing.

Every figure goes through `finish`, which writes below its title which notices it shows and of which date the data are.
Nothing here reaches the network: charts are drawn by the page itself or by vl-convert.
"""

from __future__ import annotations

import html
import os
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

import altair as alt
import duckdb
import marimo as mo
import polars as pl
import polars.selectors as cs

from notebooks.labels import FONTS
from schemas.ddl import literal
from warehouse import store
from warehouse.formatting import CHART_COLORS, format_number, format_value

VARIABLE: Final = "WENMING_WAREHOUSE"
DEFAULT: Final = "warehouse/wenming.duckdb"
PALETTE: Final = CHART_COLORS[:8]
WIDE: Final = list(CHART_COLORS)
"""Colours for up to twelve kinds."""
INK, GREY, PALE, ACCENT, ALERT = "#1f2d3d", "#6b7785", "#e6eaee", PALETTE[0], PALETTE[3]
HEAT: Final = ["#f3f7fa", "#a9cbdc", "#4f93b3", "#17506e"]
SEVERITY: Final = alt.Scale(domain=["错误", "警告", "提示"], range=[ALERT, PALETTE[1], "#9fb4c4"])
TREND: Final = alt.Scale(domain=["变重", "变轻", "相当"], range=[ALERT, ACCENT, "#9aa5b1"])
GROWTH: Final = alt.Scale(domain=["变重", "变轻"], range=[ALERT, ACCENT])
MOVES: Final = alt.Scale(domain=["前移", "后移"], range=[ALERT, ACCENT])
SHOWN: Final = 8
"""Notices that a comparison shows at first; more can be chosen."""
MANY: Final = 25
"""Notices that a picture of all notices has room for."""
THEMES: Final = 24
"""Themes that a comparison lists at first."""
PARTIES: Final = 20
"""Parties or persons that a load chart lists."""
TOP: Final = 16
"""Themes or parties that a chart names at most."""
NAMED: Final = 12
"""Notices that a caption names one by one."""
LINE: Final = 92
"""Width of a line of a caption, in half-width characters."""
ROWS: Final = 300
"""Rows that a table of a notebook shows."""
_CELL: Final = f"border:1px solid {PALE};padding:.3em .6em;text-align:left;vertical-align:top;min-width:3.5em"

CONDITIONS: Final[Mapping[store.Condition, str]] = {
    store.Condition.ABSENT: "还没有数据仓库：{path}。请先运行 wenming build，再打开本页。",
    store.Condition.OUTDATED: "数据仓库由其他版本的程序生成：{path}。请重新运行 wenming build，再打开本页。",
    store.Condition.DAMAGED: "数据仓库文件无法读取，可能已损坏：{path}。请重新运行 wenming build。",
    store.Condition.FOREIGN: "这不是文明测评数据仓库：{path}。请检查设置的路径。",
}
NOTICES_SQL: Final = """
SELECT l.notice_id, l.label, l.is_current, l.tasks, l.points, l.tasks_with_points, l.tasks_with_party,
       l.tasks_with_deadline, l.tasks_with_evidence, n.issued_on,
       f.ingested_at + INTERVAL 8 HOUR AS ingested_at
FROM mart.notice_labels AS l
JOIN core.notices AS n USING (notice_id)
LEFT JOIN core.files AS f USING (file_id)
ORDER BY l.is_current DESC, l.division_code, l.year, l.label
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """An open warehouse. `problem` is Chinese and says why there is none; `con` then holds an empty one.

    `notices` has a row per notice: notice_id, label, is_current, tasks, points, tasks_with_…, issued_on, ingested_at
    (Beijing time).
    """

    con: duckdb.DuckDBPyConnection
    path: Path
    notices: pl.DataFrame
    problem: str | None = None
    keep: object = None

    def labels(self, notice_ids: Iterable[str]) -> list[str]:
        """The short names of these notices, in the order of `notices`."""
        wanted = set(notice_ids)
        return [row["label"] for row in self.notices.iter_rows(named=True) if row["notice_id"] in wanted]

    def options(self, needs: str | None = None) -> dict[str, str]:
        """Label → notice_id for a drop-down; those with something in the column `needs` come first."""
        rows = list(self.notices.iter_rows(named=True))
        if needs:
            rows.sort(key=lambda row: not row[needs])
        return {row["label"]: row["notice_id"] for row in rows}

    def first(self, needs: str, count: int = SHOWN) -> list[str]:
        """Labels of the notices that a comparison starts with: current ones with something in `needs`."""
        rows = [row for row in self.notices.iter_rows(named=True) if row[needs] and row["is_current"]]
        return [row["label"] for row in rows[:count]]

    def best(self, needs: str) -> str | None:
        """Label of the notice with most in the column `needs`; None where there is no notice."""
        rows = list(self.notices.iter_rows(named=True))
        return max(rows, key=lambda row: row[needs] or 0)["label"] if rows else None


def open_desk() -> Desk:
    """Open the published warehouse that the environment or the default path names, read-only.

    Where there is none that can be used, the desk says so and holds an empty warehouse: every query runs.
    """
    path = Path(os.environ.get(VARIABLE) or DEFAULT)
    found = store.check_condition(path)
    if found is store.Condition.CURRENT:
        con = store.connect(path)
        notices = con.sql(NOTICES_SQL).pl()
        empty = "数据仓库里还没有通知。请把通知放入 raw 文件夹，运行 wenming build，再打开本页。"
        return Desk(con, path, notices, None if notices.height else empty)
    folder = tempfile.TemporaryDirectory(prefix="wenming-", ignore_cleanup_errors=True)
    blank = Path(folder.name) / "blank.duckdb"
    store.publish(blank, add={})
    con = store.connect(blank)
    return Desk(con, path, con.sql(NOTICES_SQL).pl(), CONDITIONS[found].format(path=path), folder)


def pick(options: Mapping[str, str], *, value: str | None, label: str) -> mo.ui.dropdown:
    """A drop-down of notices, with a field to search in where there are many."""
    return mo.ui.dropdown(dict(options), value=value, label=label, searchable=len(options) > MANY)


def text(value: str | None) -> str:
    """A SQL literal."""
    return "NULL" if value is None else literal(value)


def listed(values: Iterable[str]) -> str:
    """A SQL list for IN; IN of nothing is true for no row."""
    return "(" + (", ".join(text(value) for value in values) or "NULL") + ")"


def caption(desk: Desk, notice_ids: Iterable[str]) -> list[str]:
    """Which notices a figure shows, when they were issued and when they came into the warehouse; lines of text."""
    wanted = set(notice_ids)
    shown = desk.notices.filter(pl.col("notice_id").is_in(sorted(wanted)))
    names = shown["label"].to_list()
    more = f" 等 {len(names)} 份" if len(names) > NAMED else ""
    said = "通知：" + ("、".join(names[:NAMED]) + more if names else "无")
    issued = sorted(shown["issued_on"].drop_nulls().to_list())
    dates = f"{issued[0]}" if len(set(issued)) == 1 else f"{issued[0]} 至 {issued[-1]}" if issued else "原文未写明"
    undated = f"（另有 {len(names) - len(issued)} 份未写明）" if issued and len(issued) < len(names) else ""
    return [*wrap(said), *wrap(f"印发日期：{dates}{undated}；数据入库日期：{ingested(shown)}")]


def ingested(notices: pl.DataFrame) -> str:
    """The day, or the first and last day, on which these notices were read (Beijing time)."""
    days = sorted({moment.date() for moment in notices["ingested_at"].drop_nulls().to_list()})
    if not days:
        return "无"
    return f"{days[0]}" if len(days) == 1 else f"{days[0]} 至 {days[-1]}"


def breadth(said: str) -> int:
    """Width of a text in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in said)


def wrap(said: str, line: int = LINE) -> list[str]:
    """Cut a text into lines of about `line` half-width characters, after a mark where there is one."""
    lines, current, width, last = [], "", 0, 0
    for letter in said:
        current += letter
        width += breadth(letter)
        if letter in "、；，。":
            last = len(current)
        if width >= line:
            cut = last or len(current)
            lines.append(current[:cut].rstrip())
            current, last = current[cut:], 0
            width = breadth(current)
    return [*lines, current.rstrip()] if current.strip() else lines


def finish(chart: Any, title: str, desk: Desk, notice_ids: Iterable[str], remark: str = "") -> Any:
    """Give a chart its title, the caption below it (with a remark on how to read it) and the common look."""
    below = [*wrap(remark), *caption(desk, notice_ids)]
    axis = {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelColor": INK,
        "titleColor": GREY,
        "titleFontWeight": "normal",
    }
    return (
        chart.properties(
            title=alt.Title(title, subtitle=below, anchor="start", frame="bounds", offset=14),
            background="white",
            padding=16,
            usermeta={"embedOptions": {"actions": False}},
        )
        .configure(font=FONTS)
        .configure_view(stroke=None)
        .configure_axis(**axis, labelLimit=320, gridColor=PALE, domainColor="#c4ccd4", tickColor="#c4ccd4")
        .configure_legend(labelFontSize=12, titleFontSize=12, titleColor=GREY, titleFontWeight="normal", labelLimit=320)
        .configure_header(labelFontSize=12, titleFontSize=12, labelColor=INK)
        .configure_title(fontSize=17, color=INK, subtitleColor=GREY, subtitleFontSize=11.5, subtitleLineHeight=16)
        .configure_range(category=list(PALETTE))
    )


def figure(chart: Any | None, words: str) -> Any:
    """The chart, or words that say why there is none."""
    return nothing(words) if chart is None else chart


def nothing(words: str, kind: str = "提示") -> mo.Html:
    """A framed remark; it reads the same in the browser and in an exported notebook."""
    colour = {"提示": ACCENT, "注意": ALERT}[kind]
    style = f"border-left:4px solid {colour};background:#f5f7f9;color:{INK};padding:.6em 1em;margin:.4em 0"
    return mo.Html(f'<div class="wenming-note" style="{style}">{html.escape(words)}</div>')


def opening(desk: Desk) -> mo.Html:
    """The line at the top of a notebook: which warehouse, how many notices, of which date; or what is missing."""
    if desk.problem:
        return nothing(desk.problem, "注意")
    days = ingested(desk.notices)
    count = desk.notices.height
    return nothing(f"数据仓库：{desk.path.name}；通知 {count} 份；入库日期：{days}。重新构建后刷新本页即可看到新数据。")


def tiles(figures: Sequence[tuple[str, str, str]]) -> mo.Html:
    """A row of large figures: (name, value, remark)."""
    box = f"border:1px solid {PALE};border-radius:6px;padding:.6em 1em;min-width:7.5em;background:white;color:{INK}"
    cells = "".join(
        f'<div style="{box}"><div style="color:{GREY};font-size:.85em">{html.escape(name)}</div>'
        f'<div style="font-size:1.6em">{html.escape(value)}</div>'
        f'<div style="color:{GREY};font-size:.8em">{html.escape(remark)}</div></div>'
        for name, value, remark in figures
    )
    return mo.Html(f'<div style="display:flex;flex-wrap:wrap;gap:.8em;margin:.5em 0">{cells}</div>')


def table(frame: pl.DataFrame, words: str, rows: int = ROWS) -> mo.Html:
    """A plain table with the frame's Chinese column names, or words where it has no row."""
    if frame.is_empty():
        return nothing(words)
    head = "".join(
        f'<th style="{_CELL};background:#eef2f5;position:sticky;top:0">{html.escape(c)}</th>' for c in frame.columns
    )
    body = "".join("<tr>" + "".join(_cell(value) for value in row) + "</tr>" for row in frame.head(rows).iter_rows())
    rest = f"共 {frame.height} 行，此处为前 {rows} 行。" if frame.height > rows else f"共 {frame.height} 行。"
    return mo.Html(
        f'<div style="overflow:auto;max-height:30em;border:1px solid {PALE}"><table style="border-collapse:collapse;'
        f'font-size:.9em;color:{INK};background:white"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        f'<div style="color:{GREY};font-size:.85em">{rest}</div>'
    )


def _cell(value: object) -> str:
    right = ";text-align:right" if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else ""
    return f'<td style="{_CELL}{right}">{html.escape(said(value))}</td>'


def said(value: object) -> str:
    """A value as a Chinese reader writes it; nothing is a dash."""
    if isinstance(value, float | Decimal):
        return format_number(value, 3)
    return format_value(value) or "—"


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with numbers that a chart can hold: DECIMAL and HUGEINT become DOUBLE."""
    return frame.with_columns(cs.decimal().cast(pl.Float64), cs.by_dtype(pl.Int128).cast(pl.Float64))


def folded(label: str, line: int = 12) -> str:
    """A label cut into lines of at most `line` half-width characters; `head_axis` makes an axis show them."""
    lines: list[str] = []
    for word in label.split():
        parts = wrap(word, -(-breadth(word) // -(-breadth(word) // line)))
        for part in parts:
            if lines and breadth(lines[-1]) + breadth(part) < line:
                lines[-1] += " " + part
            else:
                lines.append(part)
    return "\n".join(lines)


def column_width(columns: int) -> int:
    """Width of a column in pixels, so that a few columns fill the page and many still show their figures."""
    return max(64, min(150, 620 // max(columns, 1)))


def months(seen: Sequence[str]) -> list[str]:
    """Every month from the first to the last of these (YYYY-MM), at most those of three years; else those seen."""
    numbers = sorted({int(month[:4]) * 12 + int(month[5:7]) - 1 for month in seen})
    if not numbers or numbers[-1] - numbers[0] >= 36:
        return sorted(set(seen))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(numbers[0], numbers[-1] + 1)]


def head_axis(labels: Sequence[str], orient: Literal["top", "bottom"] = "top") -> alt.Axis:
    """An axis of folded labels, with room for the longest."""
    lines = max((label.count("\n") for label in labels), default=0)
    room = 6 + (15 * lines if orient == "top" else 0)
    return alt.Axis(
        labelExpr="split(datum.label, '\\n')", labelAngle=0, orient=orient, ticks=False, domain=False, labelPadding=room
    )


def heat(
    frame: pl.DataFrame,
    *,
    x: str,
    y: str,
    value: str,
    form: str = ".0%",
    columns: Sequence[str],
    rows: Sequence[str],
    height: int = 22,
    tooltip: Sequence[str] = (),
) -> Any:
    """A heat map with the figure written in every cell; `columns` and `rows` give the order along x and y."""
    width = column_width(len(columns))
    heads = {label: folded(label, width // 7) for label in columns}
    top = max((float(one) for one in frame[value].drop_nulls().to_list()), default=1.0) or 1.0
    told = [alt.Tooltip(f"{name}:N") for name in tooltip] + [alt.Tooltip(f"{value}:Q", format=form)]
    order = list(heads.values())
    base = alt.Chart(plain(frame).with_columns(pl.col(x).replace(heads))).encode(
        x=alt.X(f"{x}:N", title=None, sort=order, axis=head_axis(order)),
        y=alt.Y(f"{y}:N", title=None, sort=list(rows), axis=alt.Axis(ticks=False, domain=False, labelPadding=6)),
        tooltip=told,
    )
    cells = base.mark_rect(stroke="white", strokeWidth=1.5).encode(
        color=alt.Color(
            f"{value}:Q",
            title=value,
            scale=alt.Scale(domain=[0, top], range=HEAT),
            legend=alt.Legend(format=form, gradientLength=160),
        )
    )
    figures = base.mark_text(fontSize=11).encode(
        text=alt.Text(f"{value}:Q", format=form),
        color=alt.condition(alt.datum[value] > top * 0.55, alt.value("white"), alt.value(INK)),
    )
    return alt.layer(cells, figures).properties(width=alt.Step(width), height=alt.Step(height))


def apart(frame: pl.DataFrame, side: str, value: str, share: float) -> pl.DataFrame:
    """Give every name of a slope chart a place (`字位`) that overlaps no other of its side, and its text (`字样`).

    `share` is the least distance, as a part of the whole height of the axis.
    """
    top = float(frame[value].max() or 1)  # type: ignore[arg-type]
    placed = []
    for rows in frame.sort(value).partition_by(side, maintain_order=True):
        last = -1.0
        for row in rows.iter_rows(named=True):
            last = max(row[value], last + share * top)
            placed.append({**row, "字位": last, "字样": f"{row['主题']} {row[value]:.1%}"})
    return pl.DataFrame(placed)
