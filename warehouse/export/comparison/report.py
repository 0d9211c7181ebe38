"""Comparison as a PDF report in A4 portrait, typeset by typst from a template that an office can replace.

The template reads the content as JSON. A section is a dict of `title`, `findings` (heading, text), `pictures` (title,
svg, note) and `tables` (title, note, empty, `columns` of name, width and number, `rows` of texts). Charts are drawn as
SVG by Vega-Lite without network access; their text stays text.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any, Final

from warehouse.errors import QueryError, WarehouseError
from warehouse.export.comparison import narrative
from warehouse.export.comparison.load import Comparison, Row, load_comparison
from warehouse.export.comparison.narrative import OTHER_TOPIC
from warehouse.export.comparison.tables import (
    BY_COUNT_SUFFIX,
    EVIDENCE_LABELS,
    NUMERIC_KINDS,
    ORDER_NOTE,
    TITLE,
    Column,
    Table,
    concentration_table,
    deadlines_table,
    due_months_table,
    evidence_table,
    format_cell,
    format_threshold,
    methods_table,
    parties_table,
    similarity_table,
    thresholds_table,
    topic_weights_table,
    unique_tasks_table,
)
from warehouse.extras import install_command
from warehouse.formatting import CHART_COLORS

REQUIRED_PACKAGES: Final = ("typst", "altair", "vl_convert")
FONT_FAMILIES: Final = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "DengXian",
    "SimHei",
    "SimSun",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Serif CJK SC",
)
"""Chinese fonts of Linux, macOS and Windows in order of preference."""
PACKAGE_IMPORT: Final = "@preview/"
"""Import of a typst package, which would be downloaded."""
TOPIC_ROWS: Final = 15
THRESHOLD_ROWS: Final = 30
PARTIES_PER_NOTICE: Final = 5
"""Number of parties listed per notice."""
UNIQUE_TASKS_PER_NOTICE: Final = 6
"""Number of unique tasks listed per notice."""
MAX_TEXT: Final = 90
"""Maximum characters of a requirement in a table."""
MAX_NAMED_NOTICES: Final = 4
"""Up to this number of notices, column headers have their labels; otherwise numbers."""
FILES_NOTE: Final = "文件见“比较的通知”。"
_TABLE_NAME: Final = re.compile(r"（(?:core|mart)\.[a-z_]+）")
NOTICE_NUMBERS: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫"
Section = dict[str, Any]
CHART_TOPICS: Final = 12
"""Maximum number of topics in a chart."""
MAX_GROUPED_NOTICES: Final = 4
"""Up to this number of notices, weights are grouped bars; otherwise a heat map."""
MAX_STACKED_KINDS: Final = 8
"""Maximum number of methods or kinds of material in a stacked chart; the rest is summed up."""
OTHER_KINDS: Final = "其余"
CHART_WIDTH: Final = 470
TEXT_COLOR, LABEL_COLOR, GRID_COLOR = "#1f2d3d", "#5a6672", "#e6eaee"
HEAT_COLORS: Final = ("#f3f7fa", "#a9cbdc", "#4f93b3", "#17506e")
ChartRows = list[dict[str, Any]]


class ReportUnavailableError(WarehouseError):
    """A package or font that reports need is missing; the message names what to install."""


def write_report(warehouse: Path, notice_ids: Sequence[str], target: Path, template: Path | None = None) -> None:
    """Write the comparison as PDF; the same warehouse and fonts give identical bytes.

    Args:
        warehouse: Published warehouse file.
        notice_ids: Notices to compare, in the order of the report.
        target: File to write.
        template: Typst file to use instead of `report.typ` beside this module. It reads `sys.inputs.data` as JSON:
            title, subtitle, fonts and sections. Its images must be in the same folder.

    Raises:
        ReportUnavailableError: The extra `explore` or a Chinese font is missing.
        QueryError: The number of notices is out of range, an id is unknown, the template has an error, or `target`
            cannot be written.
        WarehouseError: As raised by `warehouse.store.connect`.
    """
    fonts = _find_fonts()
    comparison = load_comparison(warehouse, notice_ids)
    with _open_template(template) as source:
        pdf = _compile(source, _build_content(comparison, fonts))
    try:
        target.write_bytes(pdf)
    except OSError as error:
        raise QueryError(f"无法写入 {target}。请检查文件夹是否存在、文件是否正被打开。（{error}）") from error


def build_sections(comparison: Comparison, font: str) -> list[Section]:
    """Return all sections of the report; `font` is an installed font family."""
    return [
        _section("主要情况", findings=narrative.build_findings(comparison)),
        _section("比较的通知", tables=[_notices_table(comparison)]),
        _weights_section(comparison, font),
        _section("量化指标", tables=[_thresholds_table(comparison)]),
        _responsibility_section(comparison, font),
        _section("独有事项", tables=[_unique_tasks_table(comparison)]),
        _work_section(comparison, font),
    ]


def draw_weights(comparison: Comparison, font: str) -> str | None:
    """Return a chart of the topics whose weights differ most; None if no task has a topic."""
    topics = [
        topic
        for topic in comparison.topics_by_spread
        if comparison.weight_spread(topic) > 0 and topic.topic != OTHER_TOPIC
    ][:CHART_TOPICS]
    values: ChartRows = [
        {"主题": topic.name, "通知": notice.label, "比重": topic.weight(notice.notice_id)}
        for topic in topics
        for notice in comparison.notices
    ]
    order = [topic.name for topic in topics]
    labels = [notice.label for notice in comparison.notices]
    if len(labels) > MAX_GROUPED_NOTICES:
        positive = [value for value in values if value["比重"] > 0]
        return _draw_heat_map(
            positive, columns=("通知", labels), rows=("主题", order), value="比重", number_format=".1%", font=font
        )
    alt = _altair()
    bars = alt.Chart(alt.Data(values=values)).mark_bar()
    encoded = bars.encode(
        x=alt.X("比重:Q", title="占本通知的比重", axis=alt.Axis(format=".0%")),
        y=alt.Y("主题:N", sort=order, title=None),
        yOffset=alt.YOffset("通知:N", sort=labels),
        color=_color("通知", labels),
    )
    return _to_svg(encoded.properties(width=CHART_WIDTH, height=alt.Step(9)), font) if values else None


def draw_concentration(comparison: Comparison, font: str) -> str | None:
    """Return a chart of the shares of the top party and the top three; None if no notice names a party."""
    alt = _altair()
    kinds = (("最重一家", "top1_share"), ("最重三家合计", "top3_share"))
    values = [
        {"通知": comparison.labels[row["notice_id"]], "范围": name, "比重": row[column]}
        for row in comparison.concentration
        for name, column in kinds
    ]
    if not values:
        return None
    order = [name for name, _ in kinds]
    base = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X("比重:Q", title="占本通知的比重", axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1])),
        y=alt.Y("通知:N", sort=[comparison.labels[row["notice_id"]] for row in comparison.concentration], title=None),
        yOffset=alt.YOffset("范围:N", sort=order),
    )
    text = base.mark_text(align="left", dx=3, fontSize=11, color=TEXT_COLOR).encode(
        text=alt.Text("比重:Q", format=".1%")
    )
    bars = base.mark_bar().encode(color=_color("范围", order))
    return _to_svg((bars + text).properties(width=CHART_WIDTH, height=alt.Step(15)), font)


def draw_methods(comparison: Comparison, font: str) -> str | None:
    """Return a chart of the share of each method; None if no notice names one."""
    rows = [(row["method"], row["notice_id"], row["share"]) for row in comparison.methods]
    return _draw_stacked(comparison, rows, name="测评方法", title="占本通知的比重", number_format=".0%", font=font)


def draw_evidence(comparison: Comparison, font: str) -> str | None:
    """Return a chart of the materials by kind; None if no notice requires any."""
    rows = [(str(EVIDENCE_LABELS.get(row["kind"])), row["notice_id"], row["items"]) for row in comparison.materials]
    return _draw_stacked(comparison, rows, name="材料", title="件数（写明的最少数量）", number_format="d", font=font)


def draw_due_months(comparison: Comparison, font: str) -> str | None:
    """Return a chart of the tasks due in each month; None if there is no due day."""
    values: ChartRows = [
        {"月份": f"{row['month']} 月", "通知": comparison.labels[row["notice_id"]], "任务": row["tasks"]}
        for row in comparison.months
    ]
    notice_ids = {row["notice_id"] for row in comparison.months}
    labels = [notice.label for notice in comparison.notices if notice.notice_id in notice_ids]
    months = [f"{month} 月" for month in range(1, 13)]
    return _draw_heat_map(
        values, columns=("月份", months), rows=("通知", labels), value="任务", number_format="d", font=font
    )


def _build_content(comparison: Comparison, fonts: Sequence[str]) -> dict[str, Any]:
    return {
        "title": TITLE + "报告",
        "subtitle": "、".join(notice.label for notice in comparison.notices),
        "fonts": list(fonts),
        "sections": build_sections(comparison, fonts[0]),
    }


def _find_fonts() -> list[str]:
    """Return the installed Chinese fonts.

    Raises:
        ReportUnavailableError: A package or a Chinese font is missing.
    """
    if missing := [name for name in REQUIRED_PACKAGES if importlib.util.find_spec(name) is None]:
        raise ReportUnavailableError(
            f"缺少生成报告所需的程序包（{'、'.join(missing)}）。请运行：{install_command('explore')}；"
            "比较工作簿（xlsx）不需要这些程序包。"
        )
    import typst

    installed = set(typst.Fonts(include_embedded_fonts=False).families())
    fonts: list[str] = [name for name in FONT_FAMILIES if name in installed]
    if not fonts:
        raise ReportUnavailableError(
            "系统中没有中文字体，报告中的汉字会成为空框。请安装思源黑体（fonts-noto-cjk）、微软雅黑等中文字体后再生成。"
        )
    return fonts


@contextlib.contextmanager
def _open_template(template: Path | None) -> Iterator[Path]:
    if template is None:
        with resources.as_file(resources.files("warehouse.export.comparison") / "report.typ") as own:
            yield own
        return
    try:
        text = template.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"无法读取报告模板 {template}。请检查路径，模板须为 UTF-8 文本。（{error}）") from error
    if PACKAGE_IMPORT in text:
        raise QueryError(f"报告模板 {template} 引用了网上的程序包（{PACKAGE_IMPORT}…）。请去掉引用，报告不连接网络。")
    yield template


def _compile(source: Path, content: dict[str, Any]) -> bytes:
    import typst

    inputs = {"data": json.dumps(content, ensure_ascii=False)}
    compile_pdf: Callable[..., Any] = typst.compile
    try:
        # The timestamp keeps the creation time out of the file.
        return bytes(compile_pdf(str(source), root=str(source.parent), sys_inputs=inputs, timestamp=0))
    except typst.TypstError as error:
        raise QueryError(f"报告模板有误：{error.message}。请检查模板 {source.name}。") from error


def _section(
    title: str,
    *,
    findings: Sequence[narrative.Finding] = (),
    pictures: Sequence[Section | None] = (),
    tables: Sequence[Section] = (),
) -> Section:
    return {
        "title": title,
        "findings": [{"heading": item.heading, "text": item.text} for item in findings],
        "pictures": [item for item in pictures if item is not None],
        "tables": list(tables),
    }


def _notices_table(comparison: Comparison) -> Section:
    gaps = {finding.heading: finding.text for finding in narrative.find_gaps(comparison)}
    table = Table(
        name="",
        title="通知、出处和没有写明的内容",
        note="基础分不含加分项。",
        source="通知简称表（mart.notice_labels）、任务表（core.tasks）",
        columns=[
            Column("序号", width=4),
            Column("通知", width=13),
            Column("标题、文号、印发日期、文件", width=30),
            Column("任务数", "count", 6),
            Column("基础分", "number", 6),
            Column("没有写明的内容", width=22),
        ],
        rows=[
            [
                NOTICE_NUMBERS[index],
                notice.label,
                narrative.format_source(notice),
                notice.tasks,
                notice.points,
                gaps.get(notice.label),
            ]
            for index, notice in enumerate(comparison.notices)
        ],
        empty="没有通知。",
    )
    return _render_table(comparison, table)


def _weights_section(comparison: Comparison, font: str) -> Section:
    table = topic_weights_table(comparison)
    order = {topic.name: index for index, topic in enumerate(comparison.topics_by_spread)}
    differing = sorted(table.rows, key=lambda row: order[row[0]])
    title = f"权重相差最大的 {min(TOPIC_ROWS, len(differing))} 个主题"
    note = table.note.replace(ORDER_NOTE, "按相差从大到小排列。")
    table = replace(table, title=title, note=note, rows=differing)
    svg = draw_weights(comparison, font)
    picture = _render_picture("相差最大的主题在各通知中的比重", svg, "没有写明分值的通知按任务条数计算。", table)
    rendered = [
        _render_table(comparison, table, TOPIC_ROWS),
        _render_table(comparison, similarity_table(comparison)),
    ]
    return _section("主题权重", pictures=[picture], tables=rendered)


def _thresholds_table(comparison: Comparison) -> Section:
    full = thresholds_table(comparison)
    rows = [
        [
            row["name"],
            comparison.labels[row["notice_id"]],
            format_threshold(row),
            row["raw"],
            row["locator"],
        ]
        for row in comparison.thresholds
        if row["differs"]
    ]
    columns = [
        Column("主题", width=11),
        Column("通知", width=13),
        Column("要求", width=20),
        Column("原文", width=22),
        Column("位置", width=14),
    ]
    note = (
        "只列至少两份通知在同一主题、同一单位上都有要求而数值不全相同的；是否同一件事请对照原文。文件见“比较的通知”。"
    )
    table = replace(full, title="各通知不同的数量要求", note=note, columns=columns, rows=rows)
    return _render_table(comparison, replace(table, empty="所选通知之间没有可比而不同的数量要求。"), THRESHOLD_ROWS)


def _responsibility_section(comparison: Comparison, font: str) -> Section:
    concentration = concentration_table(comparison)
    parties = parties_table(comparison)
    counts: dict[str, int] = {}
    rows = []
    for row in parties.rows:
        counts[row[0]] = counts.get(row[0], 0) + 1
        if counts[row[0]] <= PARTIES_PER_NOTICE:
            rows.append(row)
    heaviest = replace(parties, title=f"各通知中承担最多的 {PARTIES_PER_NOTICE} 个单位", rows=rows)
    picture = _render_picture("最重一家、最重三家占多少", draw_concentration(comparison, font), "", concentration)
    return _section(
        "责任分布",
        pictures=[picture],
        tables=[_render_table(comparison, concentration), _render_table(comparison, heaviest)],
    )


def _unique_tasks_table(comparison: Comparison) -> Section:
    full = unique_tasks_table(comparison)
    counts = {notice.notice_id: 0 for notice in comparison.notices}
    order = {notice.notice_id: index for index, notice in enumerate(comparison.notices)}
    rows = []

    def sort_key(row: Row) -> tuple[int, bool, float]:
        return order[row["notice_id"]], not row["topic_alone"], -(row["points"] or 0)

    for row in sorted(comparison.unique_tasks, key=sort_key):
        counts[row["notice_id"]] += 1
        if counts[row["notice_id"]] <= UNIQUE_TASKS_PER_NOTICE:
            text = _clip(row["requirement"])
            rows.append([comparison.labels[row["notice_id"]], row["name"], text, row["points"], row["locator"]])
    columns = [
        Column("通知", width=13),
        Column("主题", width=12),
        Column("任务要求", width=40),
        Column("分值", "number", 5),
        Column("位置", width=14),
    ]
    title = f"别的通知未见相近要求的事项（每份最多列 {UNIQUE_TASKS_PER_NOTICE} 条，主题也只此一份的、分值大的在前）"
    totals = "、".join(
        f"{notice.label} {counts[notice.notice_id]} 条" for notice in comparison.notices if counts[notice.notice_id]
    )
    note = f"{full.note}{FILES_NOTE}共有：{totals}；全部见比较工作簿的“{full.name}”表。" if totals else full.note
    return _render_table(comparison, replace(full, title=title, note=note, columns=columns, rows=rows))


def _work_section(comparison: Comparison, font: str) -> Section:
    charts: Sequence[tuple[str, Callable[[Comparison, str], str | None], Table]] = (
        ("各测评方法的比重", draw_methods, methods_table(comparison)),
        ("各类材料的件数", draw_evidence, evidence_table(comparison)),
        ("各月到期的任务（次，不分年度）", draw_due_months, due_months_table(comparison)),
    )
    pictures = [_render_picture(title, draw(comparison, font), table.note, table) for title, draw, table in charts]
    empty_tables = [_render_table(comparison, table) for (_, _, table) in charts if not table.rows]
    return _section(
        "测评方法、材料和时限",
        pictures=pictures,
        tables=[_render_table(comparison, deadlines_table(comparison)), *empty_tables],
    )


def _render_picture(title: str, svg: str | None, note: str, table: Table) -> Section | None:
    return None if svg is None else {"title": title, "svg": svg, "note": f"{note}来源：{_name_source(table)}。"}


def _name_source(table: Table) -> str:
    """Return the source of a table without the names that only people who write SQL know."""
    return _TABLE_NAME.sub("", table.source)


def _render_table(comparison: Comparison, table: Table, limit: int | None = None) -> Section:
    """Return at most `limit` rows of the table as texts; many notices in the header are replaced by their numbers."""
    rows = table.rows[:limit]
    short_names = (
        {notice.label: NOTICE_NUMBERS[index] for index, notice in enumerate(comparison.notices)}
        if len(comparison.notices) > MAX_NAMED_NOTICES
        else {}
    )
    names = [_short_header(column.name, short_names) for column in table.columns]
    note = table.note
    if any(name.startswith(tuple(NOTICE_NUMBERS)) for name in names):
        note += "列名中的①、②等是“比较的通知”中的序号，带 * 的按任务条数计算。"
    if len(rows) < len(table.rows):
        note += f"另有 {len(table.rows) - len(rows)} 行，见比较工作簿的“{table.name}”表。"
    return {
        "title": table.title,
        "note": f"{note}来源：{_name_source(table)}。",
        "empty": table.empty,
        "columns": [
            {"name": name, "width": column.width, "number": column.kind in NUMERIC_KINDS}
            for name, column in zip(names, table.columns, strict=True)
        ],
        "rows": [
            [format_cell(value, column.kind) for value, column in zip(row, table.columns, strict=True)] for row in rows
        ],
    }


def _short_header(name: str, short_names: dict[str, str]) -> str:
    for label, number in short_names.items():
        if name.startswith(label):
            return number + name.removeprefix(label).replace(BY_COUNT_SUFFIX, "*")
    return name


def _clip(text: str | None) -> str | None:
    return text if text is None or len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def _draw_stacked(
    comparison: Comparison,
    rows: Sequence[tuple[str, str, Any]],
    *,
    name: str,
    title: str,
    number_format: str,
    font: str,
) -> str | None:
    """Return a stacked bar per notice; the rarest kinds are summed up."""
    alt = _altair()
    totals: dict[str, float] = {}
    for kind, _, value in rows:
        totals[kind] = totals.get(kind, 0.0) + float(value or 0)
    kinds = sorted(totals, key=lambda kind: (-round(totals[kind], 9), kind))
    main_kinds = kinds if len(kinds) <= MAX_STACKED_KINDS else kinds[: MAX_STACKED_KINDS - 1]
    order = main_kinds if len(main_kinds) == len(kinds) else [*main_kinds, OTHER_KINDS]
    sums: dict[tuple[str, str], float] = {}
    for kind, notice_id, value in rows:
        key = (comparison.labels[notice_id], kind if kind in main_kinds else OTHER_KINDS)
        sums[key] = sums.get(key, 0.0) + float(value or 0)
    values: ChartRows = [
        {"通知": label, name: kind, "值": value, "次序": order.index(kind)} for (label, kind), value in sums.items()
    ]
    if not values:
        return None
    labels = [notice.label for notice in comparison.notices if any(value["通知"] == notice.label for value in values)]
    bars = alt.Chart(alt.Data(values=values)).mark_bar()
    encoded = bars.encode(
        x=alt.X("值:Q", title=title, axis=alt.Axis(format=number_format, tickCount=8)),
        y=alt.Y("通知:N", sort=labels, title=None),
        color=_color(name, order),
        order=alt.Order("次序:Q"),
    )
    return _to_svg(encoded.properties(width=CHART_WIDTH, height=alt.Step(24)), font)


def _draw_heat_map(
    values: ChartRows,
    *,
    columns: tuple[str, Sequence[str]],
    rows: tuple[str, Sequence[str]],
    value: str,
    number_format: str,
    font: str,
) -> str | None:
    """Return a heat map with its values; `columns` and `rows` are the name of a key and its values in order."""
    if not values:
        return None
    alt = _altair()
    (x, x_values), (y, y_values) = columns, rows
    angle = -30 if max(len(name) for name in x_values) > 4 else 0
    base = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X(
            f"{x}:N", scale=alt.Scale(domain=list(x_values)), title=None, axis=alt.Axis(orient="top", labelAngle=angle)
        ),
        y=alt.Y(f"{y}:N", sort=list(y_values), title=None),
    )
    largest = max(float(row[value]) for row in values)
    scale = alt.Scale(domain=[0, largest or 1], range=list(HEAT_COLORS))
    fields = base.mark_rect(stroke="white").encode(color=alt.Color(f"{value}:Q", scale=scale, legend=None))
    dark = alt.datum[value] > largest * 0.55
    text = base.mark_text(fontSize=11).encode(
        text=alt.Text(f"{value}:Q", format=number_format),
        color=alt.when(dark).then(alt.value("white")).otherwise(alt.value(TEXT_COLOR)),
    )
    return _to_svg((fields + text).properties(width=CHART_WIDTH, height=alt.Step(20)), font)


def _color(name: str, order: Sequence[str]) -> Any:
    alt = _altair()
    scale = alt.Scale(
        domain=list(order), range=[CHART_COLORS[place % len(CHART_COLORS)] for place in range(len(order))]
    )
    columns = 2 if any(len(value) > 8 for value in order) else 5
    legend = alt.Legend(orient="bottom", columns=columns, title=None, labelLimit=320, symbolType="square")
    return alt.Color(f"{name}:N", scale=scale, sort=list(order), legend=legend)


def _to_svg(chart: Any, font: str) -> str:
    import vl_convert

    label_style: Mapping[str, Any] = {"labelFontSize": 12, "labelColor": TEXT_COLOR, "labelLimit": 320}
    styled = (
        chart.configure(font=font)
        .configure_view(stroke=None)
        .configure_axis(
            **label_style, titleFontSize=11, titleColor=LABEL_COLOR, titleFontWeight="normal", gridColor=GRID_COLOR
        )
        .configure_legend(**label_style)
    )
    return str(vl_convert.vegalite_to_svg(styled.to_json(), allowed_base_urls=[]))


def _altair() -> Any:
    import altair

    return altair
