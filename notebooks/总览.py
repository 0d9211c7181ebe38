import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="总览", sql_output="polars")

with app.setup:
    import altair as alt
    import marimo as mo

    from notebooks import helpers, labels


@app.cell
def _():
    mo.md("""
    # 总览

    仓库里有哪些通知，各要素写明了多少，表内文字解析率多少，还有哪些问题待核对。
    """)
    return


@app.cell
def _():
    warehouse = helpers.open_warehouse()
    con = warehouse.connection
    helpers.show_warehouse(warehouse)
    return con, warehouse


@app.cell
def _(con):
    counts = mo.sql(
        """
        SELECT
            (SELECT count(*) FROM core.files) AS files,
            (SELECT count(*) FROM core.files WHERE status IN ('loaded', 'needs_review')) AS loaded,
            (SELECT count(*) FROM core.files WHERE status = 'unreadable') AS unreadable,
            (SELECT count(*) FROM core.notices) AS notices,
            (SELECT count(DISTINCT coalesce(city, province)) FROM core.notices) AS cities,
            (SELECT count(*) FROM core.tables) AS "tables",
            (SELECT count(*) FROM core.findings WHERE rule = 'layout_doubt' AND dismissed IS NULL) AS doubtful,
            (SELECT count(*) FROM core.indicators) AS indicators,
            (SELECT count(*) FROM core.tasks) AS tasks,
            (
                SELECT count(DISTINCT (t.notice_id, p.party))
                FROM core.task_parties AS p JOIN core.tasks AS t USING (task_id)
            ) AS parties,
            (SELECT count(*) FROM core.task_evidence) AS evidence,
            (SELECT count(*) FROM core.findings WHERE dismissed IS NULL) AS findings,
            (SELECT count(*) FROM core.findings WHERE dismissed IS NULL AND severity <> 'info') AS serious,
            (SELECT sum(accounted_chars) / nullif(sum(table_chars), 0) FROM core.notices) AS accounted
        """,
        output=False,
        engine=con,
    )
    return (counts,)


@app.cell
def _(counts):
    count = counts.row(0, named=True)
    helpers.show_tiles(
        [
            ("文件", f"{count['files']}", f"已入库 {count['loaded']}，无法读取 {count['unreadable']}"),
            ("通知", f"{count['notices']}", f"来自 {count['cities']} 个市"),
            ("表格", f"{count['tables']}", f"张，版式存疑 {count['doubtful']}"),
            ("指标", f"{count['indicators']}", "个（各级合计）"),
            ("任务", f"{count['tasks']}", "条"),
            ("责任单位", f"{count['parties']}", "个（各通知分别计）"),
            ("材料", f"{count['evidence']}", "项"),
            ("待核对", f"{count['findings']}", f"其中错误和警告 {count['serious']}"),
            ("文字解析率", "—" if count["accounted"] is None else f"{count['accounted']:.1%}", "表内文字"),
        ]
    )
    return


@app.cell
def _(warehouse):
    several = warehouse.notices.head(helpers.MAX_NOTICES)["notice_id"].to_list()
    cut = (
        f"共 {warehouse.notices.height} 份通知，图中为前 {helpers.MAX_NOTICES} 份。"
        if warehouse.notices.height > helpers.MAX_NOTICES
        else ""
    )
    return cut, several


@app.cell
def _():
    mo.md("""
    ## 任务从哪里来
    """)
    return


@app.cell
def _(con, several):
    by_table = mo.sql(
        f"""
        SELECT l.notice_id, l.label AS 通知, {labels.case("coalesce(b.kind, 'prose')", labels.TABLES)} AS 来源,
               count(*) AS 任务数
        FROM core.tasks AS t
        JOIN mart.notice_labels AS l USING (notice_id)
        LEFT JOIN core.tables AS b USING (table_id)
        WHERE l.notice_id IN {helpers.sql_list(several)}
        GROUP BY ALL
        ORDER BY l.label, 来源
        """,
        output=False,
        engine=con,
    )
    return (by_table,)


@app.cell
def _(by_table, cut, warehouse):
    chart_tasks = None
    if not by_table.is_empty():
        _bars = (
            alt.Chart(helpers.to_float_columns(by_table))
            .mark_bar(height={"band": 0.7})
            .encode(
                x=alt.X("任务数:Q", title="任务数（条）", axis=alt.Axis(tickMinStep=1)),
                y=alt.Y("通知:N", title=None, sort="-x"),
                color=alt.Color("来源:N", title="来自", legend=alt.Legend(orient="bottom")),
                tooltip=["通知", "来源", "任务数"],
            )
            .properties(width=620, height=alt.Step(34))
        )
        chart_tasks = helpers.finish_chart(_bars, "各通知的任务数", warehouse, by_table["notice_id"], cut)
    helpers.chart_or_note(chart_tasks, "没有任务可画：仓库里还没有通知，或通知中没有读出任务。")
    return (chart_tasks,)


@app.cell
def _():
    mo.md("""
    ## 各要素写明了多少

    一份通知没有写分值、责任单位或时限，有关的比较里就没有它。
    """)
    return


@app.cell
def _(con, several):
    coverage = mo.sql(
        f"""
        WITH more AS (
            SELECT notice_id,
                   count(*) FILTER (len(methods) > 0) AS methods,
                   count(*) FILTER (topic IS NOT NULL) AS topics
            FROM core.tasks GROUP BY notice_id
        ),
        wide AS (
            SELECT l.notice_id, l.label, l.tasks,
                   l.tasks_with_points AS 分值, l.tasks_with_party AS 责任单位, l.tasks_with_deadline AS 完成时限,
                   l.tasks_with_evidence AS 材料要求, coalesce(m.methods, 0) AS 测评方法, coalesce(m.topics, 0) AS 主题
            FROM mart.notice_labels AS l LEFT JOIN more AS m USING (notice_id)
            WHERE l.tasks > 0 AND l.notice_id IN {helpers.sql_list(several)}
        )
        SELECT notice_id, label AS 通知, 要素, 写明 / tasks AS 写明比例
        FROM wide UNPIVOT (写明 FOR 要素 IN (分值, 责任单位, 完成时限, 材料要求, 测评方法, 主题))
        ORDER BY label
        """,
        output=False,
        engine=con,
    )
    return (coverage,)


@app.cell
def _(coverage, cut, warehouse):
    chart_coverage = None
    if not coverage.is_empty():
        _heat = helpers.heat_map(
            coverage,
            x="要素",
            y="通知",
            value="写明比例",
            columns=["分值", "责任单位", "完成时限", "材料要求", "测评方法", "主题"],
            rows=coverage["通知"].unique(maintain_order=True).to_list(),
            height=30,
        )
        _remark = f"写明该要素的任务占全部任务的比例；共用一个分值格的各条都算写明分值。{cut}"
        chart_coverage = helpers.finish_chart(_heat, "各要素写明的比例", warehouse, coverage["notice_id"], _remark)
    helpers.chart_or_note(chart_coverage, "没有任务，无从统计各要素写明的比例。")
    return (chart_coverage,)


@app.cell
def _():
    mo.md("""
    ## 表内文字解析率

    表格中的每个字，要么进入某个字段，要么列入问题清单；不到 100% 的通知请先核对。
    """)
    return


@app.cell
def _(con, several):
    accounted = mo.sql(
        f"""
        SELECT l.notice_id, l.label AS 通知, n.table_chars AS 表内字数, n.accounted_chars AS 已解析字数,
               n.accounted_chars / n.table_chars AS 解析率
        FROM core.notices AS n JOIN mart.notice_labels AS l USING (notice_id)
        WHERE n.table_chars > 0 AND n.notice_id IN {helpers.sql_list(several)}
        ORDER BY 解析率, l.label
        """,
        output=False,
        engine=con,
    )
    return (accounted,)


@app.cell
def _(accounted, cut, warehouse):
    chart_accounted = None
    if not accounted.is_empty():
        _base = alt.Chart(helpers.to_float_columns(accounted)).encode(
            y=alt.Y("通知:N", title=None, sort=accounted["通知"].to_list())
        )
        _bars = _base.mark_bar(height={"band": 0.6}, color=helpers.ACCENT).encode(
            x=alt.X("解析率:Q", title="解析率", axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1])),
            tooltip=["通知", "表内字数", "已解析字数", alt.Tooltip("解析率:Q", format=".2%")],
        )
        _texts = _base.mark_text(align="left", dx=6, color=helpers.INK).encode(
            x="解析率:Q", text=alt.Text("解析率:Q", format=".1%")
        )
        _layers = alt.layer(_bars, _texts).properties(width=560, height=alt.Step(34))
        chart_accounted = helpers.finish_chart(_layers, "表内文字解析率", warehouse, accounted["notice_id"], cut)
    helpers.chart_or_note(chart_accounted, "没有含表格的通知，无从统计表内文字。")
    return (chart_accounted,)


@app.cell
def _():
    mo.md("""
    ## 待核对的问题
    """)
    return


@app.cell
def _(con, several):
    by_severity = mo.sql(
        f"""
        SELECT l.notice_id, l.label AS 通知, {labels.case("f.severity", labels.SEVERITIES)} AS 程度, count(*) AS 问题数
        FROM core.findings AS f JOIN mart.notice_labels AS l USING (notice_id)
        WHERE f.dismissed IS NULL AND l.notice_id IN {helpers.sql_list(several)}
        GROUP BY ALL
        ORDER BY l.label, 程度
        """,
        output=False,
        engine=con,
    )
    return (by_severity,)


@app.cell
def _(by_severity, cut, warehouse):
    chart_findings = None
    if not by_severity.is_empty():
        _bars = (
            alt.Chart(helpers.to_float_columns(by_severity))
            .mark_bar(height={"band": 0.7})
            .encode(
                x=alt.X("问题数:Q", title="待核对的问题（处）", axis=alt.Axis(tickMinStep=1)),
                y=alt.Y("通知:N", title=None, sort="-x"),
                color=alt.Color(
                    "程度:N", title="程度", scale=helpers.SEVERITY_SCALE, legend=alt.Legend(orient="bottom")
                ),
                tooltip=["通知", "程度", "问题数"],
            )
            .properties(width=620, height=alt.Step(34))
        )
        chart_findings = helpers.finish_chart(_bars, "各通知待核对的问题", warehouse, by_severity["notice_id"], cut)
    helpers.chart_or_note(chart_findings, "没有待核对的问题。")
    return (chart_findings,)


@app.cell
def _():
    mo.md("""
    ## 通知目录
    """)
    return


@app.cell
def _(con):
    directory = mo.sql(
        """
        SELECT 市, 县, 发文机关, 标题, 文号, 印发日期, 年度, 创建类别, 荣誉级别, 是否现行, 任务数, 基础分, 问题数, 文件
        FROM cn.通知目录
        """,
        output=False,
        engine=con,
    )
    return (directory,)


@app.cell
def _(directory):
    helpers.show_table(directory, "仓库里还没有通知。")
    return


@app.cell
def _(warehouse):
    helpers.show_unloaded_files(warehouse)
    return


if __name__ == "__main__":
    app.run()
