"""Helpers of the notebooks: open the warehouse, style charts and captions, show tables and notes.

Every chart goes through `finish_chart`, which adds a caption with its notices and the date of the data.
Nothing here uses the network: charts are drawn by the page itself or by vl-convert.
"""

from __future__ import annotations

import html
import os
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
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
from warehouse import questions, store
from warehouse.comparability import Comparability, read_comparability
from warehouse.doubtful_tables import SEE_ORIGINAL, SEE_REVIEW, DoubtfulTables, read_doubtful_tables
from warehouse.formatting import CHART_COLORS, format_number, format_value
from warehouse.questions.describe import describe_left_out

WAREHOUSE_VARIABLE: Final = "WENMING_WAREHOUSE"
DEFAULT_WAREHOUSE: Final = "warehouse/wenming.duckdb"
PALETTE: Final = CHART_COLORS[:8]
WIDE_PALETTE: Final = list(CHART_COLORS)
"""Colors for up to twelve categories."""
INK, GREY, PALE, ACCENT, ALERT = "#1f2d3d", "#6b7785", "#e6eaee", PALETTE[0], PALETTE[3]
HEAT: Final = ["#f3f7fa", "#a9cbdc", "#4f93b3", "#17506e"]
SEVERITY_SCALE: Final = alt.Scale(domain=["错误", "警告", "提示"], range=[ALERT, PALETTE[1], "#9fb4c4"])
TREND_SCALE: Final = alt.Scale(domain=["变重", "变轻", "相当"], range=[ALERT, ACCENT, "#9aa5b1"])
GROWTH_SCALE: Final = alt.Scale(domain=["变重", "变轻"], range=[ALERT, ACCENT])
MOVE_SCALE: Final = alt.Scale(domain=["前移", "后移"], range=[ALERT, ACCENT])
INITIAL_NOTICES: Final = 8
"""Number of notices initially selected in a comparison."""
MAX_NOTICES: Final = 25
"""Maximum number of notices in a chart of all notices."""
MAX_TOPICS: Final = 24
"""Number of topics initially listed in a comparison."""
MAX_PARTIES: Final = 20
"""Maximum number of parties or persons in a load chart."""
MAX_NAMES: Final = 16
"""Maximum number of topics or parties named in a chart."""
MAX_CAPTION_NOTICES: Final = 12
"""Maximum number of notices named in a caption."""
CAPTION_WIDTH: Final = 92
"""Width of a caption line in half-width characters."""
MAX_TABLE_ROWS: Final = 300
"""Maximum number of rows of a displayed table."""
RELOAD: Final = "重新构建后刷新本页即可看到新数据。"
"""What a page says and a report does not."""
TILES: Final = "wenming-tiles"
"""Class of a row of figures."""
_CELL_STYLE: Final = f"border:1px solid {PALE};padding:.3em .6em;text-align:left;vertical-align:top;min-width:3.5em"

CONDITION_MESSAGES: Final[Mapping[store.Condition, str]] = {
    store.Condition.ABSENT: "还没有数据仓库：{path}。请先运行 wenming build，再打开本页。",
    store.Condition.OUTDATED: "数据仓库由其他版本的程序生成：{path}。请重新运行 wenming build，再打开本页。",
    store.Condition.DAMAGED: "数据仓库文件无法读取，可能已损坏：{path}。请重新运行 wenming build。",
    store.Condition.FOREIGN: "这不是文明测评数据仓库：{path}。请检查设置的路径。",
}
NOTICES_SQL: Final = """
SELECT l.notice_id, l.label, l.is_current, l.tasks, l.points, l.tasks_with_points, l.tasks_with_party,
       l.tasks_with_deadline, l.tasks_with_evidence, n.issued_on,
       china_time(f.ingested_at) AS ingested_at
FROM mart.notice_labels AS l
JOIN core.notices AS n USING (notice_id)
LEFT JOIN core.files AS f USING (file_id)
ORDER BY l.is_current DESC, l.division_code, l.year, l.label
"""
UNLOADED_SQL: Final = "SELECT 文件, 处理结果, 原因, 处理办法 FROM cn.文件状态 WHERE 原因 IS NOT NULL"


@dataclass(frozen=True, slots=True)
class OpenWarehouse:
    """Open warehouse. If there is none, `problem` gives the reason in Chinese and `connection` is an empty warehouse.

    `notices` has a row per notice: notice_id, label, is_current, tasks, points, tasks_with_…, issued_on, ingested_at
    (Beijing time). `doubtful` are the tables whose layout is in doubt, `kinds` what the notices are about.
    """

    connection: duckdb.DuckDBPyConnection
    path: Path
    notices: pl.DataFrame
    problem: str | None = None
    temp_folder: object = None
    doubtful: DoubtfulTables = field(default_factory=DoubtfulTables)
    kinds: Comparability = field(default_factory=lambda: Comparability({}))

    def labels(self, notice_ids: Iterable[str]) -> list[str]:
        """Return the labels of these notices, in the order of `notices`."""
        ids = set(notice_ids)
        return [row["label"] for row in self.notices.iter_rows(named=True) if row["notice_id"] in ids]

    def options(self, needs: str | None = None) -> dict[str, str]:
        """Return label → notice_id for a dropdown; notices with a value in the column `needs` come first."""
        rows = list(self.notices.iter_rows(named=True))
        if needs:
            rows.sort(key=lambda row: not row[needs])
        return {row["label"]: row["notice_id"] for row in rows}

    def initial_labels(self, needs: str, count: int = INITIAL_NOTICES) -> list[str]:
        """Return the labels initially selected in a comparison: current notices with a value in `needs`."""
        rows = [row for row in self.notices.iter_rows(named=True) if row[needs] and row["is_current"]]
        return [row["label"] for row in rows[:count]]

    def label_with_most(self, needs: str) -> str | None:
        """Return the label of the notice with the highest value in the column `needs`; None without notices."""
        rows = list(self.notices.iter_rows(named=True))
        return max(rows, key=lambda row: row[needs] or 0)["label"] if rows else None


def open_warehouse() -> OpenWarehouse:
    """Open the published warehouse that the environment or the default path names, read-only.

    If it cannot be used, the result has a problem and an empty warehouse, so that every query runs.
    """
    path = Path(os.environ.get(WAREHOUSE_VARIABLE) or DEFAULT_WAREHOUSE)
    condition = store.check_condition(path)
    if condition is store.Condition.CURRENT:
        connection = store.connect(path)
        notices = connection.sql(NOTICES_SQL).pl()
        empty = "数据仓库里还没有通知。请把通知放入 raw 文件夹，运行 wenming build，再打开本页。"
        problem = None if notices.height else empty
        return OpenWarehouse(
            connection,
            path,
            notices,
            problem,
            doubtful=read_doubtful_tables(connection),
            kinds=read_comparability(connection),
        )
    folder = tempfile.TemporaryDirectory(prefix="wenming-", ignore_cleanup_errors=True)
    empty_path = Path(folder.name) / "blank.duckdb"
    store.publish(empty_path, add={})
    connection = store.connect(empty_path)
    return OpenWarehouse(
        connection, path, connection.sql(NOTICES_SQL).pl(), CONDITION_MESSAGES[condition].format(path=path), folder
    )


def notice_dropdown(options: Mapping[str, str], *, value: str | None, label: str) -> mo.ui.dropdown:
    """Return a dropdown of notices, searchable if there are many."""
    return mo.ui.dropdown(dict(options), value=value, label=label, searchable=len(options) > MAX_NOTICES)


def dropdown_from_most(warehouse: OpenWarehouse, needs: str, *, label: str) -> mo.ui.dropdown:
    """Return a dropdown of notices that begins with the one with most in the column `needs`."""
    return notice_dropdown(warehouse.options(needs), value=warehouse.label_with_most(needs), label=label)


def notice_multiselect(
    options: Mapping[str, str], *, value: Sequence[str], label: str = "比较哪些通知"
) -> mo.ui.multiselect:
    """Return a selection of several notices, as wide as the page."""
    return mo.ui.multiselect(dict(options), value=value, label=label, full_width=True)


def sql_text(value: str | None) -> str:
    """Return a SQL literal."""
    return "NULL" if value is None else literal(value)


def sql_list(values: Iterable[str]) -> str:
    """Return a SQL list for IN; an empty list matches no row."""
    return "(" + (", ".join(sql_text(value) for value in values) or "NULL") + ")"


def build_caption(warehouse: OpenWarehouse, notice_ids: Iterable[str]) -> list[str]:
    """Return the caption lines of a chart: its notices, their dates of issue and of import, and what is in doubt.

    Notices that differ in kind are told.
    """
    ids = set(notice_ids)
    notices = warehouse.notices.filter(pl.col("notice_id").is_in(sorted(ids)))
    labels = notices["label"].to_list()
    more = f" 等 {len(labels)} 份" if len(labels) > MAX_CAPTION_NOTICES else ""
    notices_text = "通知：" + ("、".join(labels[:MAX_CAPTION_NOTICES]) + more if labels else "无")
    issued = sorted(notices["issued_on"].drop_nulls().to_list())
    dates = f"{issued[0]}" if len(set(issued)) == 1 else f"{issued[0]} 至 {issued[-1]}" if issued else "原文未写明"
    undated = f"（另有 {len(labels) - len(issued)} 份未写明）" if issued and len(issued) < len(labels) else ""
    return [
        *wrap_text(notices_text),
        *wrap_text(f"印发日期：{dates}{undated}；数据入库日期：{format_ingested_days(notices)}"),
        *wrap_text(warehouse.kinds.describe(notices["notice_id"].to_list(), filters=None) or ""),
        *wrap_text(warehouse.doubtful.describe_notices(ids, SEE_ORIGINAL) or ""),
    ]


def format_ingested_days(notices: pl.DataFrame) -> str:
    """Return the day, or first and last day, on which these notices were imported (Beijing time)."""
    days = sorted({moment.date() for moment in notices["ingested_at"].drop_nulls().to_list()})
    if not days:
        return "无"
    return f"{days[0]}" if len(days) == 1 else f"{days[0]} 至 {days[-1]}"


def describe_longest(count: int, what: str, heading: str) -> str:
    """Return that only the first `MAX_PARTIES` of a chart are listed, what they have most of; "" where all are."""
    return f"共 {count} {what}，列出{heading}的 {MAX_PARTIES} {what}。" if count > MAX_PARTIES else ""


def display_width(text: str) -> int:
    """Return the width of a text in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def wrap_text(text: str, line_width: int = CAPTION_WIDTH) -> list[str]:
    """Wrap a text to lines of about `line_width` half-width characters, after punctuation if possible."""
    lines, current, width, break_at = [], "", 0, 0
    for character in text:
        current += character
        width += display_width(character)
        if character in "、；，。":
            break_at = len(current)
        if width >= line_width:
            cut = break_at or len(current)
            lines.append(current[:cut].rstrip())
            current, break_at = current[cut:], 0
            width = display_width(current)
    return [*lines, current.rstrip()] if current.strip() else lines


def finish_chart(chart: Any, title: str, warehouse: OpenWarehouse, notice_ids: Iterable[str], remark: str = "") -> Any:
    """Add title, caption (with a remark on how to read the chart) and the common style to a chart."""
    subtitle = [*wrap_text(remark), *build_caption(warehouse, notice_ids)]
    axis = {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelColor": INK,
        "titleColor": GREY,
        "titleFontWeight": "normal",
    }
    return (
        chart.properties(
            title=alt.Title(title, subtitle=subtitle, anchor="start", frame="bounds", offset=14),
            background="white",
            padding=16,
            usermeta={"embedOptions": {"actions": False}},
        )
        .configure(font=FONTS)
        .configure_view(stroke=None)
        .configure_axis(**axis, labelLimit=320, gridColor=PALE, domainColor="#c4ccd4", tickColor="#c4ccd4")
        .configure_axisQuantitative(labelFlush=False)
        .configure_legend(labelFontSize=12, titleFontSize=12, titleColor=GREY, titleFontWeight="normal", labelLimit=320)
        .configure_header(labelFontSize=12, titleFontSize=12, labelColor=INK)
        .configure_title(fontSize=17, color=INK, subtitleColor=GREY, subtitleFontSize=11.5, subtitleLineHeight=16)
        .configure_range(category=list(PALETTE))
    )


def chart_or_note(chart: Any | None, message: str) -> Any:
    """Return the chart, or a note with the reason if there is none."""
    return show_note(message) if chart is None else chart


def show_note(message: str, kind: str = "提示") -> mo.Html:
    """Return a framed note that looks the same in the browser and in an exported notebook."""
    colour = {"提示": ACCENT, "注意": ALERT}[kind]
    style = f"border-left:4px solid {colour};background:#f5f7f9;color:{INK};padding:.6em 1em;margin:.4em 0"
    return mo.Html(f'<div class="wenming-note" style="{style}">{html.escape(message)}</div>')


def show_warehouse(warehouse: OpenWarehouse) -> mo.Html:
    """Return the first line of a notebook: warehouse, number of notices and dates, or the problem."""
    if warehouse.problem:
        return show_note(warehouse.problem, "注意")
    days = format_ingested_days(warehouse.notices)
    count = warehouse.notices.height
    caveat = warehouse.doubtful.describe_notices(warehouse.notices["notice_id"].to_list(), SEE_REVIEW)
    return show_note(
        f"数据仓库：{warehouse.path.name}；通知 {count} 份；入库日期：{days}。{RELOAD}"
        + (f"{caveat}。" if caveat else "")
    )


def show_answer(
    warehouse: OpenWarehouse,
    number: int,
    notice_ids: Iterable[str | None],
    other_ids: Iterable[str | None] | None = None,
) -> mo.Html:
    """Return the answer to a prepared question in words: its conclusion and the notices left out.

    Args:
        warehouse: The open warehouse.
        number: Number of the question.
        notice_ids: The notices to ask about; None for one that is not chosen.
        other_ids: The notices to compare with, the same ones if None.
    """
    ids = [notice_id for notice_id in notice_ids if notice_id]
    others = ids if other_ids is None else [notice_id for notice_id in other_ids if notice_id]
    if not ids or not others:
        return show_note("请先选择通知。")
    question = questions.get_question(number)
    filters = questions.QuestionFilters(notice=ids, other=others)
    # The days of question 18 are chosen in its form; no notebook asks it.
    answer = questions.ask(warehouse.connection, question, filters, today=date.min)
    left_out = describe_left_out(answer.left_out) if answer.result.rows else ""
    message = (answer.conclusion or answer.message) + (f"未列入：{left_out}。" if left_out else "")
    return show_note(f"{question.title}：{message}")


def show_tiles(figures: Sequence[tuple[str, str, str]]) -> mo.Html:
    """Return a row of large figures from (name, value, remark)."""
    box = f"border:1px solid {PALE};border-radius:6px;padding:.6em 1em;min-width:7.5em;background:white;color:{INK}"
    cells = "".join(
        f'<div style="{box}"><div style="color:{GREY};font-size:.85em">{html.escape(name)}</div>'
        f'<div style="font-size:1.6em">{html.escape(value)}</div>'
        f'<div style="color:{GREY};font-size:.8em">{html.escape(remark)}</div></div>'
        for name, value, remark in figures
    )
    style = "display:flex;flex-wrap:wrap;gap:.8em;margin:.5em 0"
    return mo.Html(f'<div class="{TILES}" style="{style}">{cells}</div>')


def show_table(frame: pl.DataFrame, message: str, max_rows: int = MAX_TABLE_ROWS) -> mo.Html:
    """Return a plain HTML table of the frame, or a note if it is empty."""
    if frame.is_empty():
        return show_note(message)
    head = "".join(
        f'<th style="{_CELL_STYLE};background:#eef2f5;position:sticky;top:0">{html.escape(c)}</th>'
        for c in frame.columns
    )
    body = "".join(
        "<tr>" + "".join(_table_cell(value) for value in row) + "</tr>" for row in frame.head(max_rows).iter_rows()
    )
    rest = f"共 {frame.height} 行，此处为前 {max_rows} 行。" if frame.height > max_rows else f"共 {frame.height} 行。"
    return mo.Html(
        f'<div style="overflow:auto;max-height:30em;border:1px solid {PALE}"><table style="border-collapse:collapse;'
        f'font-size:.9em;color:{INK};background:white"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        f'<div style="color:{GREY};font-size:.85em">{rest}</div>'
    )


def _table_cell(value: object) -> str:
    right = ";text-align:right" if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else ""
    return f'<td style="{_CELL_STYLE}{right}">{html.escape(display_value(value))}</td>'


def show_unloaded_files(warehouse: OpenWarehouse) -> mo.Html:
    """Return the files that were not loaded, with the reason and the remedy of each."""
    return show_table(warehouse.connection.sql(UNLOADED_SQL).pl(), "没有未入库的文件。")


def display_value(value: object) -> str:
    """Format a value for display in Chinese; a dash for None."""
    if isinstance(value, float | Decimal):
        return format_number(value, 3)
    return format_value(value) or "—"


def to_float_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """Convert DECIMAL and HUGEINT columns to DOUBLE, which charts support."""
    return frame.with_columns(cs.decimal().cast(pl.Float64), cs.by_dtype(pl.Int128).cast(pl.Float64))


def fold_label(label: str, line_width: int = 12) -> str:
    """Fold a label into lines of at most `line_width` half-width characters, for `label_axis`."""
    lines: list[str] = []
    for word in label.split():
        pieces = wrap_text(word, -(-display_width(word) // -(-display_width(word) // line_width)))
        for piece in pieces:
            if lines and display_width(lines[-1]) + display_width(piece) < line_width:
                lines[-1] += " " + piece
            else:
                lines.append(piece)
    return "\n".join(lines)


def column_width(columns: int) -> int:
    """Return the width of a column in pixels: few columns fill the page, many still show their values."""
    return max(64, min(150, 620 // max(columns, 1)))


def fill_months(months: Sequence[str]) -> list[str]:
    """Return all months (YYYY-MM) from the first to the last; only the given ones if they span three years or more."""
    numbers = sorted({int(month[:4]) * 12 + int(month[5:7]) - 1 for month in months})
    if not numbers or numbers[-1] - numbers[0] >= 36:
        return sorted(set(months))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(numbers[0], numbers[-1] + 1)]


def label_axis(labels: Sequence[str], orient: Literal["top", "bottom"] = "top") -> alt.Axis:
    """Return an axis of folded labels, with space for the longest."""
    lines = max((label.count("\n") for label in labels), default=0)
    room = 6 + (15 * lines if orient == "top" else 0)
    return alt.Axis(
        labelExpr="split(datum.label, '\\n')", labelAngle=0, orient=orient, ticks=False, domain=False, labelPadding=room
    )


def heat_map(
    frame: pl.DataFrame,
    *,
    x: str,
    y: str,
    value: str,
    number_format: str = ".0%",
    columns: Sequence[str],
    rows: Sequence[str],
    height: int = 22,
    tooltip: Sequence[str] = (),
) -> Any:
    """Return a heat map with the value in every cell; `columns` and `rows` give the order along x and y."""
    width = column_width(len(columns))
    heads = {label: fold_label(label, width // 9) for label in columns}
    maximum = max((float(item) for item in frame[value].drop_nulls().to_list()), default=1.0) or 1.0
    tooltips = [alt.Tooltip(f"{name}:N") for name in tooltip] + [alt.Tooltip(f"{value}:Q", format=number_format)]
    x_order = list(heads.values())
    base = alt.Chart(to_float_columns(frame).with_columns(pl.col(x).replace(heads))).encode(
        x=alt.X(f"{x}:N", title=None, sort=x_order, axis=label_axis(x_order)),
        y=alt.Y(f"{y}:N", title=None, sort=list(rows), axis=alt.Axis(ticks=False, domain=False, labelPadding=6)),
        tooltip=tooltips,
    )
    cells = base.mark_rect(stroke="white", strokeWidth=1.5).encode(
        color=alt.Color(
            f"{value}:Q",
            title=value,
            scale=alt.Scale(domain=[0, maximum], range=HEAT),
            legend=alt.Legend(format=number_format, gradientLength=160, orient="bottom"),
        )
    )
    texts = base.mark_text(fontSize=11).encode(
        text=alt.Text(f"{value}:Q", format=number_format),
        color=alt.condition(alt.datum[value] > maximum * 0.55, alt.value("white"), alt.value(INK)),
    )
    return alt.layer(cells, texts).properties(width=alt.Step(width), height=alt.Step(height))


def stacked_bars(
    frame: pl.DataFrame,
    *,
    x: alt.X,
    y: alt.Y,
    parts: str,
    title: str,
    words: Sequence[str],
    tooltip: Sequence[str],
    colors: Sequence[str] = (),
    legend_columns: int | None = None,
) -> Any:
    """Return bars whose parts, and the legend below, stand in the order of `words`.

    Args:
        frame: A row per part of a bar.
        x: Length of a part.
        y: Name of the bar.
        parts: Column that names the part.
        title: Title of the legend.
        words: All names of parts; those that no row has are left out.
        tooltip: Columns shown for a part.
        colors: Color of each word; the usual ones where empty.
        legend_columns: Columns of the legend.
    """
    there = set(frame[parts].to_list())
    domain = [word for word in words if word in there]
    scale = alt.Scale(domain=domain)
    if colors:
        by_word = dict(zip(words, colors, strict=True))
        scale = alt.Scale(domain=domain, range=[by_word[word] for word in domain])
    legend = alt.Legend(orient="bottom", columns=legend_columns) if legend_columns else alt.Legend(orient="bottom")
    return (
        alt.Chart(to_float_columns(frame))
        .transform_calculate(次序=f"indexof({domain}, datum['{parts}'])")
        .mark_bar(height={"band": 0.7})
        .encode(
            x=x,
            y=y,
            color=alt.Color(f"{parts}:N", title=title, scale=scale, legend=legend),
            order="次序:Q",
            tooltip=list(tooltip),
        )
    )


def spread_labels(frame: pl.DataFrame, side: str, value: str, min_distance: float) -> pl.DataFrame:
    """Add to each name of a slope chart a position (`字位`) without overlaps on its side, and its text (`字样`).

    `min_distance` is the minimum distance as a share of the axis height.
    """
    maximum = float(frame[value].max() or 1)  # type: ignore[arg-type]
    placed = []
    for rows in frame.sort(value).partition_by(side, maintain_order=True):
        position = -1.0
        for row in rows.iter_rows(named=True):
            position = max(row[value], position + min_distance * maximum)
            placed.append({**row, "字位": position, "字样": f"{row['主题']} {row[value]:.1%}"})
    return pl.DataFrame(placed)
