import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="指标对照", sql_output="polars")

with app.setup:
    import altair as alt
    import marimo as mo
    import polars as pl

    from notebooks import helpers, labels
    from schemas import code_labels as marts


@app.cell
def _():
    mo.md("""
    # 指标对照

    一条任务在别的通知里对应哪一条，别的通知有而本通知没有的是什么。
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
        warehouse.options("tasks"), value=warehouse.initial_labels("tasks"), label="对照哪些通知"
    )
    chosen
    return (chosen,)


@app.cell
def _():
    mo.md("""
    ## 每份通知有多少任务能在另一份中找到对应
    """)
    return


@app.cell
def _(chosen, con):
    matched = mo.sql(
        f"""
        SELECT c.notice_a, c.notice_b, a.label AS 本通知, b.label AS 对照通知,
               count(DISTINCT c.task_a) AS 有对应的任务, any_value(a.tasks) AS 任务数,
               count(DISTINCT c.task_a) / any_value(a.tasks) AS 对应比例
        FROM mart.topic_crosswalk AS c
        JOIN mart.notice_labels AS a ON a.notice_id = c.notice_a
        JOIN mart.notice_labels AS b ON b.notice_id = c.notice_b
        WHERE c.notice_a IN {helpers.sql_list(chosen.value)} AND c.notice_b IN {helpers.sql_list(chosen.value)}
        GROUP BY ALL
        ORDER BY 本通知, 对照通知
        """,
        output=False,
        engine=con,
    )
    return (matched,)


@app.cell
def _(matched, warehouse):
    chart_matched = None
    if not matched.is_empty():
        _order = warehouse.labels([*matched["notice_a"], *matched["notice_b"]])
        _heat = helpers.heat_map(
            matched,
            x="对照通知",
            y="本通知",
            value="对应比例",
            columns=_order,
            rows=_order,
            height=42,
            tooltip=["本通知", "对照通知", "有对应的任务", "任务数"],
        )
        _remark = "每行：该通知的任务中，有多大比例能在上方的通知里找到内容大体相同、互相包含或部分相同的任务。"
        _remark += (
            "空白的两份没有对应的任务，或不够相近、没有列入比较。"
            if matched.height < len(_order) ** 2 - len(_order)
            else ""
        )
        chart_matched = helpers.finish_chart(
            _heat, "能找到对应的任务", warehouse, [*matched["notice_a"], *matched["notice_b"]], _remark
        )
    helpers.chart_or_note(chart_matched, "没有对应的任务：对照至少要有两份通知，且有要求同一件事的任务。")
    return (chart_matched,)


@app.cell
def _():
    mo.md("""
    ## 对应得有多紧
    """)
    return


@app.cell
def _(warehouse):
    one = helpers.notice_dropdown(
        warehouse.options("tasks"), value=warehouse.label_with_most("tasks_with_points"), label="看哪份通知"
    )
    one
    return (one,)


@app.cell
def _(con, one):
    partners = mo.sql(
        f"""
        SELECT c.notice_b, l.label, count(DISTINCT c.task_a) AS matched
        FROM mart.topic_crosswalk AS c JOIN mart.notice_labels AS l ON l.notice_id = c.notice_b
        WHERE c.notice_a = {helpers.sql_text(one.value)}
        GROUP BY ALL
        ORDER BY matched DESC, l.label
        """,
        output=False,
        engine=con,
    )
    return (partners,)


@app.cell
def _(con, one, partners):
    relations = mo.sql(
        f"""
        WITH best AS (
            SELECT notice_a, notice_b, task_a, relation, similarity FROM mart.topic_crosswalk
            WHERE notice_a = {helpers.sql_text(one.value)}
                AND notice_b IN {helpers.sql_list(partners["notice_b"].head(helpers.INITIAL_NOTICES))}
            QUALIFY row_number() OVER (
                PARTITION BY task_a, notice_b ORDER BY basis = 'review' DESC, similarity DESC, task_b
            ) = 1
        )
        SELECT x.notice_a, x.notice_b, l.label AS 对照通知, {labels.case("x.relation", marts.RELATIONS)} AS 关系,
               count(*) AS 任务数
        FROM best AS x JOIN mart.notice_labels AS l ON l.notice_id = x.notice_b
        GROUP BY ALL
        ORDER BY 对照通知, 关系
        """,
        output=False,
        engine=con,
    )
    return (relations,)


@app.cell
def _(partners, relations, warehouse):
    chart_relations = None
    if not relations.is_empty():
        _bars = helpers.stacked_bars(
            relations,
            x=alt.X("任务数:Q", title="有对应的任务（条）", axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("对照通知:N", title=None, sort="-x"),
            parts="关系",
            title="与对方的关系",
            words=list(marts.RELATIONS.values()),
            tooltip=["对照通知", "关系", "任务数"],
        ).properties(width=600, height=alt.Step(36))
        _name = warehouse.labels(relations["notice_a"])[0]
        _remark = f"{_name} 的任务，与别的通知中最接近的一条是什么关系。"
        _remark += f"列出对应最多的 {helpers.INITIAL_NOTICES} 份。" if partners.height > helpers.INITIAL_NOTICES else ""
        chart_relations = helpers.finish_chart(
            _bars, "对应任务的关系", warehouse, [*relations["notice_a"], *relations["notice_b"]], _remark
        )
    helpers.chart_or_note(chart_relations, "该通知的任务在别的通知中没有对应。")
    return (chart_relations,)


@app.cell
def _():
    mo.md("""
    ## 未涉及哪些主题
    """)
    return


@app.cell
def _(chosen, warehouse):
    helpers.show_answer(warehouse, 3, chosen.value)
    return


@app.cell
def _(chosen, con):
    topics = mo.sql(
        f"""
        WITH chosen AS (
            SELECT notice_id, label FROM mart.notice_labels WHERE notice_id IN {helpers.sql_list(chosen.value)}
        ),
        pairs AS (
            SELECT notice_id, topic, bool_and(bonus) AS only_bonus FROM mart.task_points
            WHERE topic <> 'other' GROUP BY notice_id, topic
        ),
        counted AS (
            SELECT p.topic, count(*) AS notices FROM pairs AS p JOIN chosen USING (notice_id)
            WHERE NOT p.only_bonus GROUP BY p.topic
        )
        SELECT c.notice_id, c.label AS 通知, t.name AS 主题, k.notices AS 涉及通知数, t.ordinal,
               CASE WHEN p.topic IS NULL THEN '未涉及' WHEN p.only_bonus THEN '仅加分项' ELSE '有' END AS 情形
        FROM chosen AS c CROSS JOIN counted AS k
        JOIN mart.topics AS t ON t.topic = k.topic
        LEFT JOIN pairs AS p ON p.notice_id = c.notice_id AND p.topic = k.topic
        WHERE k.notices < (SELECT count(*) FROM chosen)
        ORDER BY k.notices DESC, t.ordinal, c.label
        """,
        output=False,
        engine=con,
    )
    return (topics,)


@app.cell
def _(topics, warehouse):
    chart_gaps = None
    if not topics.is_empty():
        _order = warehouse.labels(topics["notice_id"])
        _heads = {label: helpers.fold_label(label, helpers.column_width(len(_order)) // 9) for label in _order}
        _frame = helpers.to_float_columns(topics).with_columns(pl.col("通知").replace(_heads))
        _base = alt.Chart(_frame).encode(
            x=alt.X("通知:N", title=None, sort=list(_heads.values()), axis=helpers.label_axis(list(_heads.values()))),
            y=alt.Y(
                "主题:N",
                title=None,
                sort=_frame["主题"].unique(maintain_order=True).to_list(),
                axis=alt.Axis(ticks=False, domain=False),
            ),
            tooltip=["通知", "主题", "情形", "涉及通知数"],
        )
        _cells = _base.mark_rect(stroke="white", strokeWidth=1.5).encode(
            color=alt.Color(
                "情形:N",
                title=None,
                scale=alt.Scale(domain=["有", "仅加分项", "未涉及"], range=["#cfe0ea", "#f6ead2", "#f3d9d3"]),
                legend=alt.Legend(orient="bottom"),
            )
        )
        _texts = (
            _base.mark_text(fontSize=11, color=helpers.ALERT)
            .encode(text="情形:N")
            .transform_filter("datum['情形'] != '有'")
        )
        _all = alt.layer(_cells, _texts).properties(
            width=alt.Step(helpers.column_width(len(_order))), height=alt.Step(20)
        )
        _remark = "只列并非每份通知的基础项目都有的主题，涉及通知多的在前；只有加分项涉及的写“仅加分项”。"
        chart_gaps = helpers.finish_chart(_all, "各通知未涉及的主题", warehouse, topics["notice_id"], _remark)
    helpers.chart_or_note(chart_gaps, "没有未涉及的主题：所选通知不足两份，或主题完全一样。")
    return (chart_gaps,)


@app.cell
def _():
    mo.md("""
    ## 逐条对照
    """)
    return


@app.cell
def _(one, partners, warehouse):
    _others = {label: name for label, name in warehouse.options("tasks").items() if name != one.value}
    _first = [*partners["label"].to_list(), *_others]
    other = helpers.notice_dropdown(_others, value=_first[0] if _first else None, label="与哪份通知逐条对照")
    other
    return (other,)


@app.cell
def _(con, one, other):
    counterparts = mo.sql(
        f"""
        SELECT coalesce(t.name, '未归类') AS 主题, a.requirement AS 本通知的任务, a.points AS 分值,
               {labels.case("c.relation", marts.RELATIONS)} AS 关系, c.similarity AS 相似度,
               b.requirement AS 对方的任务, b.points AS 对方分值,
               {labels.case("c.basis", marts.BASES)} AS 依据
        FROM mart.topic_crosswalk AS c
        JOIN core.tasks AS a ON a.task_id = c.task_a
        JOIN core.tasks AS b ON b.task_id = c.task_b
        LEFT JOIN mart.topics AS t ON t.topic = c.topic
        WHERE c.notice_a = {helpers.sql_text(one.value)} AND c.notice_b = {helpers.sql_text(other.value)}
        ORDER BY t.ordinal, a.ordinal, c.similarity DESC
        """,
        output=False,
        engine=con,
    )
    return (counterparts,)


@app.cell
def _(counterparts):
    helpers.show_table(counterparts, "两份通知之间没有对应的任务；请另选通知。")
    return


@app.cell
def _():
    mo.md("""
    ## 别的通知有、本通知没有的任务
    """)
    return


@app.cell
def _(con, one):
    gaps = mo.sql(
        f"""
        SELECT coalesce(t.name, '未归类') AS 主题, CASE g.kind WHEN 'topic' THEN '整个主题' ELSE '任务' END AS 缺少,
               l.label AS 见于, g.requirement AS 任务要求, g.points AS 分值, g.other_share AS 对方占比,
               g.others AS 有此内容的通知数
        FROM mart.coverage_gaps AS g
        LEFT JOIN mart.topics AS t USING (topic)
        LEFT JOIN mart.notice_labels AS l ON l.notice_id = g.other_notice_id
        WHERE g.notice_id = {helpers.sql_text(one.value)}
        ORDER BY g.kind DESC, g.others DESC, t.ordinal, l.label
        """,
        output=False,
        engine=con,
    )
    return (gaps,)


@app.cell
def _(gaps):
    helpers.show_table(gaps, "没有别的通知可比，或本通知什么都不缺。")
    return


if __name__ == "__main__":
    app.run()
