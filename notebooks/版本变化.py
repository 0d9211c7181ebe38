import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="版本变化", sql_output="polars")

with app.setup:
    import altair as alt
    import marimo as mo
    import polars as pl

    from notebooks import helpers, labels
    from schemas import code_labels as marts


@app.cell
def _():
    mo.md("""
    # 版本变化

    同一通知新旧两版之间，增加、删去、改动了什么，分值、责任单位和时限怎样变化。
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
    editions = mo.sql(
        """
        SELECT n.notice_id, n.supersedes AS previous_id, concat(p.label, ' → ', l.label) AS 新旧两版
        FROM core.notices AS n
        JOIN mart.notice_labels AS l ON l.notice_id = n.notice_id
        JOIN mart.notice_labels AS p ON p.notice_id = n.supersedes
        ORDER BY 新旧两版, n.notice_id
        """,
        output=False,
        engine=con,
    )
    return (editions,)


@app.cell
def _():
    none = "仓库里的通知都只有一个版本，没有可比的变化。放入同一通知的另一版并重新构建后，此处列出逐条变化。"
    return (none,)


@app.cell
def _():
    mo.md("""
    ## 各类变化有多少
    """)
    return


@app.cell
def _(editions, warehouse):
    helpers.show_answer(warehouse, 6, editions["notice_id"].to_list())
    return


@app.cell
def _(con):
    counted = mo.sql(
        f"""
        SELECT c.notice_id, c.previous_id, concat(p.label, ' → ', l.label) AS 新旧两版,
               {labels.case("c.change", marts.CHANGES)} AS 变化, count(*) AS 处数
        FROM mart.notice_changes AS c
        JOIN mart.notice_labels AS l ON l.notice_id = c.notice_id
        JOIN mart.notice_labels AS p ON p.notice_id = c.previous_id
        GROUP BY ALL
        ORDER BY 新旧两版, 变化
        """,
        output=False,
        engine=con,
    )
    return (counted,)


@app.cell
def _(counted, editions, none, warehouse):
    chart_changes = None
    if not counted.is_empty():
        _pairs = counted["新旧两版"].unique(maintain_order=True).to_list()[: helpers.MAX_NOTICES]
        _selected = counted.filter(pl.col("新旧两版").is_in(_pairs))
        _bars = helpers.stacked_bars(
            _selected,
            x=alt.X("处数:Q", title="变化（处）", axis=alt.Axis(tickMinStep=1)),
            # The newer edition below the older one: side by side they would leave no room for the bars.
            y=alt.Y(
                "新旧两版:N", title=None, axis=alt.Axis(labelExpr="split(replace(datum.label, ' → ', '\\n→ '), '\\n')")
            ),
            parts="变化",
            title="变化",
            words=list(marts.CHANGES.values()),
            tooltip=["新旧两版", "变化", "处数"],
        ).properties(width=480, height=alt.Step(38))
        _remark = "一条任务可以同时有几处变化，各计一次；只把年份换成本年的不算改动。"
        chart_changes = helpers.finish_chart(
            _bars, "新旧两版之间的变化", warehouse, [*_selected["notice_id"], *_selected["previous_id"]], _remark
        )
    helpers.chart_or_note(chart_changes, none if editions.is_empty() else "新旧两版内容相同，没有变化。")
    return (chart_changes,)


@app.cell
def _():
    mo.md("""
    ## 各主题的分值变化
    """)
    return


@app.cell
def _(editions):
    pair = helpers.notice_dropdown(
        {row["新旧两版"]: row["notice_id"] for row in editions.iter_rows(named=True)},
        value=editions["新旧两版"][0] if editions.height else None,
        label="看哪两版",
    )
    pair
    return (pair,)


@app.cell
def _(con, pair):
    topics = mo.sql(
        f"""
        WITH two AS (SELECT notice_id, supersedes FROM core.notices WHERE notice_id = {helpers.sql_text(pair.value)}),
        points AS (
            SELECT w.topic, coalesce(sum(w.points) FILTER (w.notice_id = two.notice_id), 0) AS 新版分值,
                   coalesce(sum(w.points) FILTER (w.notice_id = two.supersedes), 0) AS 旧版分值
            FROM two JOIN mart.topic_weights AS w ON w.notice_id IN (two.notice_id, two.supersedes)
            GROUP BY w.topic
        )
        SELECT two.notice_id, two.supersedes, coalesce(t.name, '未归类') AS 主题, p.旧版分值, p.新版分值,
               p.新版分值 - p.旧版分值 AS 增减
        FROM points AS p CROSS JOIN two LEFT JOIN mart.topics AS t USING (topic)
        WHERE p.新版分值 <> p.旧版分值
        ORDER BY 增减 DESC, t.ordinal
        """,
        output=False,
        engine=con,
    )
    return (topics,)


@app.cell
def _(editions, none, topics, warehouse):
    chart_topics = None
    if not topics.is_empty():
        _frame = helpers.to_float_columns(topics).with_columns(
            走向=pl.when(pl.col("增减") > 0).then(pl.lit("变重")).otherwise(pl.lit("变轻"))
        )
        _bars = (
            alt.Chart(_frame)
            .mark_bar(height={"band": 0.65})
            .encode(
                x=alt.X("增减:Q", title="新版比旧版增减的分值（分）"),
                y=alt.Y("主题:N", title=None, sort=_frame["主题"].to_list()),
                color=alt.Color("走向:N", title="走向", scale=helpers.GROWTH_SCALE),
                tooltip=["主题", "旧版分值", "新版分值", "增减"],
            )
            .properties(width=520, height=alt.Step(24))
        )
        _ids = [*topics["notice_id"], *topics["supersedes"]]
        chart_topics = helpers.finish_chart(
            _bars, "新旧两版各主题分值的增减", warehouse, _ids, "分值不变的主题未列；加分和特色项目不计。"
        )
    helpers.chart_or_note(chart_topics, none if editions.is_empty() else "两版各主题的分值都没有变化，或没有写明分值。")
    return (chart_topics,)


@app.cell
def _():
    mo.md("""
    ## 逐条变化
    """)
    return


@app.cell
def _(con, pair):
    changes = mo.sql(
        f"""
        SELECT {labels.case("change", marts.CHANGES)} AS 变化, before AS 变化前, after AS 变化后
        FROM mart.notice_changes
        WHERE notice_id = {helpers.sql_text(pair.value)}
        ORDER BY change, task_id NULLS LAST, previous_task_id
        """,
        output=False,
        engine=con,
    )
    return (changes,)


@app.cell
def _(changes, editions, none):
    helpers.show_table(changes, none if editions.is_empty() else "新旧两版内容相同，没有变化。")
    return


if __name__ == "__main__":
    app.run()
