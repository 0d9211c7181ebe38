import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="评分体系比较", sql_output="polars")

with app.setup:
    import altair as alt
    import marimo as mo
    import polars as pl

    from notebooks import helpers


@app.cell
def _():
    mo.md("""
    # 评分体系比较

    各通知把分值放在哪些主题上，哪些通知的评分体系相近，各靠什么方法测评。加分和特色项目不计入。
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
        warehouse.options("points"),
        value=warehouse.initial_labels("points") or warehouse.initial_labels("tasks"),
    )
    measure = mo.ui.dropdown(
        {"分值占比": "share", "任务占比": "task_share"},
        value="分值占比" if warehouse.initial_labels("points") else "任务占比",
        allow_select_none=False,
        label="比较什么",
    )
    many = mo.ui.dropdown(
        {f"前 {helpers.MAX_TOPICS} 个": helpers.MAX_TOPICS, "全部": 1000},
        value=f"前 {helpers.MAX_TOPICS} 个",
        allow_select_none=False,
        label="列多少主题",
    )
    mo.vstack([chosen, mo.hstack([measure, many], justify="start", wrap=True)])
    return chosen, many, measure


@app.cell
def _():
    mo.md("""
    ## 各主题占多少
    """)
    return


@app.cell
def _(chosen, warehouse):
    helpers.show_answer(warehouse, 1, chosen.value)
    return


@app.cell
def _(chosen, con, measure):
    weights = mo.sql(
        f"""
        SELECT w.notice_id, l.label AS 通知, coalesce(t.name, '未归类') AS 主题, w.points AS 分值, w.tasks AS 任务数,
               w.{measure.value} AS 占比,
               sum(w.{measure.value}) OVER (PARTITION BY w.topic) AS 合计
        FROM mart.topic_weights AS w
        JOIN mart.notice_labels AS l USING (notice_id)
        LEFT JOIN mart.topics AS t USING (topic)
        WHERE w.{measure.value} > 0 AND w.notice_id IN {helpers.sql_list(chosen.value)}
        ORDER BY 合计 DESC, t.ordinal, l.label
        """,
        output=False,
        engine=con,
    )
    return (weights,)


@app.cell
def _(chosen, many, measure, warehouse, weights):
    chart_weights = None
    if not weights.is_empty():
        _topics = weights["主题"].unique(maintain_order=True).to_list()
        _frame = weights.filter(pl.col("主题").is_in(_topics[: many.value]))
        _heat = helpers.heat_map(
            _frame,
            x="通知",
            y="主题",
            value="占比",
            columns=warehouse.labels(weights["notice_id"]),
            rows=_topics[: many.value],
            tooltip=["通知", "主题", "分值", "任务数"],
        )
        _what = "基础分" if measure.value == "share" else "任务"
        _silent = len(set(chosen.value)) - weights["notice_id"].n_unique()
        _part = f"共 {len(_topics)} 个主题，列出前 {many.value} 个" if len(_topics) > many.value else "每列合计 100%"
        _remark = f"各主题占本通知{_what}的比例，按各通知占比之和排列；{_part}，空白表示没有。"
        _remark += f"另有 {_silent} 份所选通知没有写明分值，未列。" if _silent else ""
        _title = f"各通知的主题{measure.selected_key}"
        chart_weights = helpers.finish_chart(_heat, _title, warehouse, weights["notice_id"], _remark)
    helpers.chart_or_note(chart_weights, "所选通知没有写明分值，无法比较分值占比；可改为比较任务占比，或另选通知。")
    return (chart_weights,)


@app.cell
def _():
    mo.md("""
    ## 哪些评分体系相近
    """)
    return


@app.cell
def _(chosen, warehouse):
    helpers.show_answer(warehouse, 5, chosen.value)
    return


@app.cell
def _():
    nearness = mo.ui.dropdown(
        {"分值结构": "weight_cosine", "主题重合": "topic_jaccard", "文字重合": "text_overlap"},
        value="分值结构",
        allow_select_none=False,
        label="按什么比较",
    )
    nearness
    return (nearness,)


@app.cell
def _(chosen, con, nearness):
    similarity = mo.sql(
        f"""
        SELECT s.notice_a, s.notice_b, a.label AS 甲, b.label AS 乙, s.{nearness.value} AS 相似度,
               s.matched_tasks AS 对应任务
        FROM mart.rubric_similarity AS s
        JOIN mart.notice_labels AS a ON a.notice_id = s.notice_a
        JOIN mart.notice_labels AS b ON b.notice_id = s.notice_b
        WHERE s.notice_a <> s.notice_b AND s.{nearness.value} IS NOT NULL
          AND s.notice_a IN {helpers.sql_list(chosen.value)} AND s.notice_b IN {helpers.sql_list(chosen.value)}
        ORDER BY 甲, 乙
        """,
        output=False,
        engine=con,
    )
    return (similarity,)


@app.cell
def _(nearness, similarity, warehouse):
    chart_similarity = None
    if not similarity.is_empty():
        _order = warehouse.labels(similarity["notice_a"])
        _heat = helpers.heat_map(
            similarity,
            x="乙",
            y="甲",
            value="相似度",
            number_format=".2f",
            columns=_order,
            rows=_order,
            height=42,
            tooltip=["甲", "乙", "对应任务"],
        )
        _how = {
            "分值结构": "两份通知各主题比重的夹角余弦：1 为结构相同，0 为没有共同主题；没有分值的通知按任务条数算。",
            "主题重合": "两份通知共有的主题占两者全部主题的比例。",
            "文字重合": "左边通知的任务中，有多大比例在上方通知里有对应的任务；两个方向不同。",
        }[nearness.selected_key]
        if similarity.height < len(_order) * (len(_order) - 1):
            _how += "空白的两份不够相近，没有列入比较。"
        chart_similarity = helpers.finish_chart(
            _heat, f"评分体系的相似度（{nearness.selected_key}）", warehouse, similarity["notice_a"], _how
        )
    helpers.chart_or_note(chart_similarity, "相似度至少要有两份可比的通知。")
    return (chart_similarity,)


@app.cell
def _():
    mo.md("""
    ## 靠什么方法测评
    """)
    return


@app.cell
def _(chosen, warehouse):
    helpers.show_answer(warehouse, 23, chosen.value)
    return


@app.cell
def _(chosen, con):
    methods = mo.sql(
        f"""
        WITH ranked AS (
            SELECT m.notice_id, l.label AS 通知, m.method, m.points, m.tasks, m.share,
                   dense_rank() OVER (ORDER BY total DESC, m.method) AS place
            FROM (SELECT *, sum(coalesce(share, 0)) OVER (PARTITION BY method) AS total FROM mart.method_mix
                  WHERE notice_id IN {helpers.sql_list(chosen.value)}) AS m
            JOIN mart.notice_labels AS l USING (notice_id)
        )
        SELECT notice_id, 通知, CASE WHEN place <= 7 THEN method ELSE '其他方法' END AS 测评方法,
               sum(points) AS 分值, sum(tasks) AS 任务数, sum(share) AS 占比
        FROM ranked
        GROUP BY ALL
        HAVING sum(share) > 0
        ORDER BY 通知, 占比 DESC
        """,
        output=False,
        engine=con,
    )
    return (methods,)


@app.cell
def _(methods, warehouse):
    chart_methods = None
    if not methods.is_empty():
        _frame = methods
        _bars = (
            alt.Chart(helpers.to_float_columns(_frame))
            .mark_bar(height={"band": 0.7})
            .encode(
                x=alt.X("占比:Q", title="占比", axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1])),
                y=alt.Y("通知:N", title=None),
                color=alt.Color("测评方法:N", title="测评方法", legend=alt.Legend(orient="bottom", columns=5)),
                order=alt.Order("占比:Q", sort="descending"),
                tooltip=["通知", "测评方法", "分值", "任务数", alt.Tooltip("占比:Q", format=".1%")],
            )
            .properties(width=620, height=alt.Step(38))
        )
        _remark = "一条任务有几种方法的，分值在各方法间平分；没有分值的通知按任务平分，没有写明方法的未列。"
        chart_methods = helpers.finish_chart(_bars, "各测评方法的比重", warehouse, methods["notice_id"], _remark)
    helpers.chart_or_note(chart_methods, "所选通知没有写明测评方法，无从比较。")
    return (chart_methods,)


if __name__ == "__main__":
    app.run()
