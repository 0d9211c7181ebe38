import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="材料与时限", sql_output="polars")

with app.setup:
    import altair as alt
    import marimo as mo
    import polars as pl

    from notebooks import helpers, labels


@app.cell
def _():
    mo.md("""
    # 材料与时限

    什么时候要完成多少任务，要交哪些材料、由谁来交。
    """)
    return


@app.cell
def _():
    warehouse = helpers.open_warehouse()
    con = warehouse.connection
    helpers.show_warehouse(warehouse)
    return con, warehouse


@app.cell
def _():
    mo.md("""
    ## 哪一旬到期最多
    """)
    return


@app.cell
def _(warehouse):
    dated = helpers.dropdown_from_most(warehouse, "tasks_with_deadline", label="看哪份通知的时限")
    dated
    return (dated,)


@app.cell
def _(dated, warehouse):
    helpers.show_answer(warehouse, 17, [dated.value])
    return


@app.cell
def _(con, dated):
    calendar = mo.sql(
        f"""
        SELECT notice_id, "month" AS 月份, ten_day AS 旬, tasks_due AS 到期任务
        FROM mart.deadline_calendar
        WHERE notice_id = {helpers.sql_text(dated.value)} AND tasks_due > 0
        ORDER BY "month", 旬
        """,
        output=False,
        engine=con,
    )
    return (calendar,)


@app.cell
def _(calendar, dated, warehouse):
    chart_calendar = None
    if not calendar.is_empty():
        _months = helpers.fill_months(calendar["月份"].to_list())
        _heat = helpers.heat_map(
            calendar,
            x="月份",
            y="旬",
            value="到期任务",
            number_format="d",
            columns=_months,
            rows=["上旬", "中旬", "下旬"],
            height=46,
        )
        _silent = next(
            row["tasks"] - row["tasks_with_deadline"]
            for row in warehouse.notices.iter_rows(named=True)
            if row["notice_id"] == dated.value
        )
        _remark = "定期任务在每个到期的旬各计一次；长期任务和日期无法判断的不计。"
        _remark += f"另有 {_silent} 条任务没有写明时限。" if _silent else ""
        chart_calendar = helpers.finish_chart(_heat, "各旬到期的任务", warehouse, calendar["notice_id"], _remark)
    helpers.chart_or_note(chart_calendar, "该通知没有可以落到日期的时限。")
    return (chart_calendar,)


@app.cell
def _():
    mo.md("""
    ## 时限写得有多明确
    """)
    return


@app.cell
def _(warehouse):
    chosen = helpers.notice_multiselect(warehouse.options("tasks"), value=warehouse.initial_labels("tasks"))
    chosen
    return (chosen,)


@app.cell
def _(chosen, warehouse):
    helpers.show_answer(warehouse, 19, chosen.value)
    return


@app.cell
def _(chosen, con):
    kinds = mo.sql(
        f"""
        SELECT t.notice_id, l.label AS 通知, {labels.case("coalesce(d.kind, 'none')", labels.DEADLINES)} AS 时限类型,
               count(*) AS 条数
        FROM core.tasks AS t
        JOIN mart.notice_labels AS l USING (notice_id)
        LEFT JOIN core.task_deadlines AS d USING (task_id)
        WHERE t.notice_id IN {helpers.sql_list(chosen.value)}
        GROUP BY ALL
        ORDER BY 通知, 时限类型
        """,
        output=False,
        engine=con,
    )
    return (kinds,)


@app.cell
def _(kinds, warehouse):
    chart_kinds = None
    if not kinds.is_empty():
        _bars = helpers.stacked_bars(
            kinds,
            x=alt.X("条数:Q", title="占时限的比例", stack="normalize", axis=alt.Axis(format=".0%")),
            y=alt.Y("通知:N", title=None),
            parts="时限类型",
            title="时限类型",
            words=list(labels.DEADLINES.values()),
            tooltip=["通知", "时限类型", "条数"],
            colors=[*helpers.PALETTE[:6], "#d9dee3"],
            legend_columns=7,
        ).properties(width=600, height=alt.Step(36))
        _remark = "一条任务写有几个时限的，各计一次。"
        chart_kinds = helpers.finish_chart(_bars, "时限的写法", warehouse, kinds["notice_id"], _remark)
    helpers.chart_or_note(chart_kinds, "所选通知没有任务，无从统计时限。")
    return (chart_kinds,)


@app.cell
def _():
    mo.md("""
    ## 要交哪些材料
    """)
    return


@app.cell
def _(chosen, warehouse):
    helpers.show_answer(warehouse, 20, chosen.value)
    return


@app.cell
def _(chosen, con):
    evidence = mo.sql(
        f"""
        SELECT t.notice_id, l.label AS 通知, {labels.case("e.kind", labels.EVIDENCE)} AS 材料类型,
               count(*) AS 项数, sum(coalesce(e.min_count, 1)) AS 至少份数
        FROM core.task_evidence AS e
        JOIN core.tasks AS t USING (task_id)
        JOIN mart.notice_labels AS l USING (notice_id)
        WHERE t.notice_id IN {helpers.sql_list(chosen.value)}
        GROUP BY ALL
        ORDER BY 通知, 项数 DESC
        """,
        output=False,
        engine=con,
    )
    return (evidence,)


@app.cell
def _(evidence, warehouse):
    chart_evidence = None
    if not evidence.is_empty():
        _kinds = (
            evidence.group_by("材料类型").agg(pl.col("项数").sum()).sort("项数", "材料类型", descending=[True, False])
        )
        _heat = helpers.heat_map(
            evidence,
            x="通知",
            y="材料类型",
            value="项数",
            number_format="d",
            columns=warehouse.labels(evidence["notice_id"]),
            rows=_kinds["材料类型"].to_list(),
            height=26,
            tooltip=["通知", "材料类型", "至少份数"],
        )
        _remark = "格内为材料的项数（任务每要求一种材料计一项）；没有写明材料的通知未列。"
        chart_evidence = helpers.finish_chart(_heat, "各通知要求的材料", warehouse, evidence["notice_id"], _remark)
    helpers.chart_or_note(chart_evidence, "所选通知没有写明要交的材料。")
    return (chart_evidence,)


@app.cell
def _():
    mo.md("""
    ## 材料落在谁身上
    """)
    return


@app.cell
def _(warehouse):
    burdened = helpers.dropdown_from_most(warehouse, "tasks_with_evidence", label="看哪份通知的材料")
    burdened
    return (burdened,)


@app.cell
def _(burdened, con):
    burden = mo.sql(
        f"""
        WITH summed AS (
            SELECT notice_id, coalesce(party, '未写明责任单位') AS 责任单位,
                   {labels.case("kind", labels.EVIDENCE)} AS 材料类型, sum(items) AS 份数
            FROM mart.evidence_burden
            WHERE notice_id = {helpers.sql_text(burdened.value)}
            GROUP BY ALL
        )
        SELECT *, sum(份数) OVER (PARTITION BY 责任单位) AS 合计 FROM summed
        ORDER BY 合计 DESC, 责任单位, 份数 DESC
        """,
        output=False,
        engine=con,
    )
    return (burden,)


@app.cell
def _(burden, warehouse):
    chart_burden = None
    if not burden.is_empty():
        _order = burden["责任单位"].unique(maintain_order=True).to_list()
        _largest = burden.filter(pl.col("责任单位").is_in(_order[: helpers.MAX_PARTIES]))
        _kinds = (
            _largest.group_by("材料类型").agg(pl.col("份数").sum()).sort("份数", "材料类型", descending=[True, False])
        )
        _bars = (
            alt.Chart(helpers.to_float_columns(_largest))
            .mark_bar(height={"band": 0.7})
            .encode(
                x=alt.X("份数:Q", title="材料（份、张、次）", axis=alt.Axis(tickMinStep=1)),
                y=alt.Y("责任单位:N", title=None, sort=_order),
                color=alt.Color(
                    "材料类型:N",
                    title="材料类型",
                    scale=alt.Scale(domain=_kinds["材料类型"].to_list(), range=helpers.WIDE_PALETTE),
                    legend=alt.Legend(orient="bottom", columns=6),
                ),
                order=alt.Order("份数:Q", sort="descending"),
                tooltip=["责任单位", "材料类型", "份数", "合计"],
            )
            .properties(width=600, height=alt.Step(26))
        )
        _remark = helpers.describe_longest(len(_order), "个单位", "材料最多")
        chart_burden = helpers.finish_chart(_bars, "各单位要交的材料", warehouse, burden["notice_id"], _remark)
    helpers.chart_or_note(chart_burden, "该通知没有写明要交的材料。")
    return (chart_burden,)


@app.cell
def _():
    mo.md("""
    ## 到期清单
    """)
    return


@app.cell
def _(con, dated):
    due = mo.sql(
        f"""
        SELECT d.due_on AS 到期日, t.requirement AS 任务要求, t.deadline AS 时限原文,
               string_agg(p.party, '、' ORDER BY p.ordinal) AS 责任单位
        FROM mart.due_days AS d
        JOIN core.tasks AS t USING (task_id)
        LEFT JOIN core.task_parties AS p USING (task_id)
        WHERE t.notice_id = {helpers.sql_text(dated.value)}
        GROUP BY d.due_on, t.task_id, t.ordinal, t.requirement, t.deadline
        ORDER BY 到期日, t.ordinal
        """,
        output=False,
        engine=con,
    )
    return (due,)


@app.cell
def _(due):
    helpers.show_table(due, "该通知没有可以落到日期的时限。")
    return


if __name__ == "__main__":
    app.run()
