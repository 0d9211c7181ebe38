import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="问题与出处", sql_output="polars")

with app.setup:
    import altair as alt
    import marimo as mo
    import polars as pl

    from notebooks import helpers, labels
    from schemas import code_labels as marts


@app.cell
def _():
    mo.md("""
    # 问题与出处

    读取和核对时发现了哪些疑点，分值对不对得上，每一处在原文的什么位置。
    """)
    return


@app.cell
def _():
    warehouse = helpers.open_warehouse()
    con = warehouse.connection
    helpers.show_warehouse(warehouse)
    return con, warehouse


@app.cell
def _(warehouse):
    chosen = helpers.notice_multiselect(
        warehouse.options(), value=list(warehouse.options())[: helpers.MAX_NOTICES], label="看哪些通知"
    )
    settled = mo.ui.switch(value=False, label="也列出已处理的")
    mo.vstack([chosen, settled])
    return chosen, settled


@app.cell
def _():
    mo.md("""
    ## 有哪些疑点
    """)
    return


@app.cell
def _(chosen, con, settled):
    by_rule = mo.sql(
        f"""
        SELECT {labels.case("rule", labels.RULES)} AS 规则, {labels.case("severity", labels.SEVERITIES)} AS 程度,
               count(*) AS 处数, list(DISTINCT notice_id) AS notice_ids
        FROM core.findings
        WHERE notice_id IN {helpers.sql_list(chosen.value)} AND (dismissed IS NULL OR {settled.value})
        GROUP BY ALL
        ORDER BY 处数 DESC, 规则
        """,
        output=False,
        engine=con,
    )
    return (by_rule,)


@app.cell
def _(by_rule, chosen, warehouse):
    chart_rules = None
    if not by_rule.is_empty():
        _bars = (
            alt.Chart(helpers.to_float_columns(by_rule.drop("notice_ids")))
            .mark_bar(height={"band": 0.7})
            .encode(
                x=alt.X("处数:Q", title="疑点（处）", axis=alt.Axis(tickMinStep=1)),
                y=alt.Y("规则:N", title=None, sort=by_rule["规则"].unique(maintain_order=True).to_list()),
                color=alt.Color(
                    "程度:N", title="程度", scale=helpers.SEVERITY_SCALE, legend=alt.Legend(orient="bottom")
                ),
                tooltip=["规则", "程度", "处数"],
            )
            .properties(width=540, height=alt.Step(24))
        )
        _remark = "警告和错误需要对照原文核对；提示只说明程序看到了什么。"
        chart_rules = helpers.finish_chart(_bars, "疑点的种类和程度", warehouse, chosen.value, _remark)
    helpers.chart_or_note(chart_rules, "所选通知没有待核对的疑点。")
    return (chart_rules,)


@app.cell
def _():
    mo.md("""
    ## 分值对不对得上
    """)
    return


@app.cell
def _(chosen, warehouse):
    helpers.show_answer(warehouse, 7, chosen.value)
    return


@app.cell
def _(chosen, con):
    audit = mo.sql(
        f"""
        SELECT a.notice_id, l.label AS 通知, {labels.case("a.kind", marts.AUDITS)} AS 核对, a.scope AS 范围,
               a.declared AS 标明, a.computed AS 核算, a.difference AS 差额,
               concat_ws(' ', f.source_path, a.locator) AS 出处
        FROM mart.rubric_audit AS a
        JOIN mart.notice_labels AS l USING (notice_id)
        JOIN core.notices AS n USING (notice_id)
        LEFT JOIN core.files AS f USING (file_id)
        WHERE a.notice_id IN {helpers.sql_list(chosen.value)}
        ORDER BY abs(a.difference) DESC NULLS LAST, l.label, a.locator
        """,
        output=False,
        engine=con,
    )
    return (audit,)


@app.cell
def _(audit, warehouse):
    chart_audit = None
    _compared = audit.drop_nulls("差额")
    if not _compared.is_empty():
        _frame = (
            helpers.to_float_columns(_compared)
            .with_columns(结果=pl.when(pl.col("差额") == 0).then(pl.lit("相符")).otherwise(pl.lit("不符")))
            .group_by("通知", "结果")
            .agg(pl.len().alias("处数"))
            .sort("通知", "结果")
        )
        _bars = (
            alt.Chart(_frame)
            .mark_bar(height={"band": 0.7})
            .encode(
                x=alt.X("处数:Q", title="核对（处）", axis=alt.Axis(tickMinStep=1)),
                y=alt.Y("通知:N", title=None),
                color=alt.Color(
                    "结果:N",
                    title="标明与核算",
                    scale=alt.Scale(domain=["相符", "不符"], range=[helpers.PALETTE[2], helpers.ALERT]),
                    legend=alt.Legend(orient="bottom"),
                ),
                tooltip=["通知", "结果", "处数"],
            )
            .properties(width=540, height=alt.Step(34))
        )
        _remark = "标明的总分、指标分值、任务分值，与按明细或括注核算的相比；没有标明的不计。"
        chart_audit = helpers.finish_chart(_bars, "分值的核对", warehouse, _compared["notice_id"], _remark)
    helpers.chart_or_note(chart_audit, "所选通知没有标明可核对的分值。")
    return (chart_audit,)


@app.cell
def _(audit, warehouse):
    chart_differences = None
    _wrong = audit.filter(pl.col("差额").is_not_null() & (pl.col("差额") != 0)).head(helpers.MAX_PARTIES)
    if not _wrong.is_empty():
        _long = (
            helpers.to_float_columns(_wrong)
            .with_row_index("序", offset=1)
            .with_columns(
                行=pl.concat_str(
                    "序",
                    pl.lit(". "),
                    "通知" if _wrong["通知"].n_unique() > 1 else pl.lit(""),
                    pl.lit(" "),
                    pl.col("范围").fill_null("整份通知").str.replace(r"^(.{15}).{2,}$", "$1…"),
                    pl.lit("（"),
                    "核对",
                    pl.lit("）"),
                )
            )
            .unpivot(["标明", "核算"], index=["行", "差额", "出处"], variable_name="来源", value_name="数值")
        )
        _order = _long["行"].unique(maintain_order=True).to_list()
        _order.sort(key=lambda row: int(row.split(".")[0]))
        _base = alt.Chart(_long).encode(
            y=alt.Y("行:N", title=None, sort=_order, axis=alt.Axis(labelLimit=460)),
            x=alt.X("数值:Q", title="分值（分）"),
        )
        _lines = _base.mark_line(color="#9aa5b1", strokeWidth=2).encode(detail="行:N")
        _dots = _base.mark_circle(size=110, opacity=1).encode(
            color=alt.Color(
                "来源:N",
                title=None,
                scale=alt.Scale(domain=["标明", "核算"], range=[helpers.ACCENT, helpers.ALERT]),
            ),
            tooltip=["行", "来源", "数值", "差额", "出处"],
        )
        _all = alt.layer(_lines, _dots).properties(width=440, height=alt.Step(26))
        _remark = f"差额最大的 {_wrong.height} 处；不符可能是通知本身的问题，也可能是读错，请按下表的出处核对。"
        chart_differences = helpers.finish_chart(_all, "标明与核算不符之处", warehouse, _wrong["notice_id"], _remark)
    helpers.chart_or_note(chart_differences, "没有标明与核算不符之处。")
    return (chart_differences,)


@app.cell
def _(audit):
    helpers.show_table(audit.drop("notice_id"), "所选通知没有可核对的分值。")
    return


@app.cell
def _():
    mo.md("""
    ## 逐处列出
    """)
    return


@app.cell
def _(chosen, con, settled):
    findings = mo.sql(
        f"""
        SELECT {labels.case("d.severity", labels.SEVERITIES)} AS 程度, {labels.case("d.rule", labels.RULES)} AS 规则,
               d.message AS 说明, l.label AS 通知, concat_ws(' ', f.source_path, d.locator) AS 出处,
               d.dismissed AS 处理意见
        FROM core.findings AS d
        LEFT JOIN mart.notice_labels AS l USING (notice_id)
        LEFT JOIN core.notices AS n USING (notice_id)
        LEFT JOIN core.files AS f ON f.file_id = coalesce(d.file_id, n.file_id)
        WHERE (d.notice_id IS NULL OR d.notice_id IN {helpers.sql_list(chosen.value)})
          AND (d.dismissed IS NULL OR {settled.value})
        ORDER BY CASE d.severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, l.label, d.rule, d.finding_id
        """,
        output=False,
        engine=con,
    )
    return (findings,)


@app.cell
def _(findings):
    helpers.show_table(findings, "所选通知没有待核对的疑点。")
    return


@app.cell
def _():
    mo.md("""
    ## 没有入库的文件
    """)
    return


@app.cell
def _(warehouse):
    helpers.show_unloaded_files(warehouse)
    return


if __name__ == "__main__":
    app.run()
