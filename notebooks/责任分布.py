import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="责任分布", sql_output="polars")

with app.setup:
    import altair as alt
    import marimo as mo
    import polars as pl

    from notebooks import helpers, labels
    from schemas import code_labels as marts


@app.cell
def _():
    mo.md("""
    # 责任分布

    任务和分值落在哪些单位、哪些人身上，是否集中在少数几家。
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
        warehouse.options("tasks_with_party"), value=warehouse.initial_labels("tasks_with_party")
    )
    chosen
    return (chosen,)


@app.cell
def _():
    mo.md("""
    ## 是否集中在少数单位

    洛伦兹曲线越往下弯，任务越集中；贴近对角线，则各单位大致平均。
    """)
    return


@app.cell
def _(chosen, warehouse):
    helpers.show_answer(warehouse, 12, chosen.value)
    return


@app.cell
def _(chosen, con):
    lorenz = mo.sql(
        f"""
        WITH load AS (
            SELECT r.notice_id, l.label AS 通知, r.share AS load,
                   row_number() OVER (PARTITION BY r.notice_id ORDER BY r.share, r.party) AS place,
                   count(*) OVER (PARTITION BY r.notice_id) AS parties,
                   sum(r.share) OVER (PARTITION BY r.notice_id) AS total
            FROM mart.responsibility_load AS r JOIN mart.notice_labels AS l USING (notice_id)
            WHERE r.notice_id IN {helpers.sql_list(chosen.value)}
        )
        SELECT notice_id, 通知, place / parties AS 单位占比,
               sum(load) OVER (PARTITION BY notice_id ORDER BY place) / total AS 责任占比
        FROM load WHERE total > 0
        UNION ALL
        SELECT DISTINCT notice_id, 通知, 0, 0 FROM load WHERE total > 0
        ORDER BY 通知, 单位占比
        """,
        output=False,
        engine=con,
    )
    return (lorenz,)


@app.cell
def _(lorenz, warehouse):
    chart_lorenz = None
    if not lorenz.is_empty():
        _even = pl.DataFrame({"单位占比": [0.0, 1.0], "责任占比": [0.0, 1.0]})
        _share = alt.Axis(format=".0%", tickCount=5)
        _lines = (
            alt.Chart(helpers.to_float_columns(lorenz))
            .mark_line(strokeWidth=2.2)
            .encode(
                x=alt.X("单位占比:Q", title="责任单位的累计比例（从承担最少的算起）", axis=_share),
                y=alt.Y("责任占比:Q", title="承担责任的累计比例", axis=_share),
                color=alt.Color("通知:N", title="通知"),
                order="单位占比:Q",
                tooltip=["通知", alt.Tooltip("单位占比:Q", format=".0%"), alt.Tooltip("责任占比:Q", format=".0%")],
            )
        )
        _diagonal = (
            alt.Chart(_even)
            .mark_line(strokeDash=[5, 4], color="#9aa5b1")
            .encode(x=alt.X("单位占比:Q"), y=alt.Y("责任占比:Q"))
        )
        _all = alt.layer(_diagonal, _lines).properties(width=440, height=440)
        _remark = "任务的分值在其各责任单位间平分；没有分值的通知按任务条数平分。虚线表示完全平均。"
        chart_lorenz = helpers.finish_chart(_all, "责任的洛伦兹曲线", warehouse, lorenz["notice_id"], _remark)
    helpers.chart_or_note(chart_lorenz, "所选通知没有写明责任单位，无从看责任是否集中。")
    return (chart_lorenz,)


@app.cell
def _(chosen, con):
    concentration = mo.sql(
        f"""
        SELECT c.notice_id, l.label AS 通知, c.parties AS 责任单位数, c.hhi AS 集中度, c.gini AS 基尼系数,
               c.top1_share AS 最大一家占比, c.top3_share AS 最大三家占比
        FROM mart.responsibility_concentration AS c JOIN mart.notice_labels AS l USING (notice_id)
        WHERE c.parties > 0 AND c.notice_id IN {helpers.sql_list(chosen.value)}
        ORDER BY c.gini DESC NULLS LAST, l.label
        """,
        output=False,
        engine=con,
    )
    return (concentration,)


@app.cell
def _(concentration, warehouse):
    chart_concentration = None
    if not concentration.is_empty():
        _names = ["基尼系数", "集中度", "最大一家占比", "最大三家占比"]
        _frame = helpers.to_float_columns(concentration).unpivot(
            _names, index=["notice_id", "通知"], variable_name="量", value_name="数值"
        )
        _frame = _frame.drop_nulls("数值")
        _base = alt.Chart(_frame).encode(
            y=alt.Y("通知:N", title=None, sort=concentration["通知"].to_list()),
            x=alt.X("数值:Q", title=None, scale=alt.Scale(domain=[0, 1.12]), axis=alt.Axis(values=[0, 0.5, 1])),
            tooltip=["通知", "量", alt.Tooltip("数值:Q", format=".3f")],
        )
        _bars = _base.mark_bar(height={"band": 0.6}, color=helpers.ACCENT)
        _texts = _base.mark_text(align="left", dx=4, fontSize=11, color=helpers.INK).encode(
            text=alt.Text("数值:Q", format=".2f")
        )
        _all = (
            alt.layer(_bars, _texts)
            .properties(width=130, height=alt.Step(30))
            .facet(column=alt.Column("量:N", title=None, sort=_names))
        )
        _remark = "基尼系数：0 为各单位平均，1 为全在一家。集中度（赫芬达尔指数）：各单位比重的平方和。"
        chart_concentration = helpers.finish_chart(
            _all, "责任集中的程度", warehouse, concentration["notice_id"], _remark
        )
    helpers.chart_or_note(chart_concentration, "所选通知没有写明责任单位，算不出集中程度。")
    return (chart_concentration,)


@app.cell
def _():
    mo.md("""
    ## 一份通知里各单位承担多少
    """)
    return


@app.cell
def _(warehouse):
    one = helpers.dropdown_from_most(warehouse, "tasks_with_party", label="看哪份通知")
    hide = mo.ui.switch(value=True, label="隐去姓名（导出的图和文件同样隐去）")
    mo.hstack([one, hide], justify="start", wrap=True)
    return hide, one


@app.cell
def _(one, warehouse):
    helpers.show_answer(warehouse, 11, [one.value])
    return


@app.cell
def _(con, one):
    load = mo.sql(
        f"""
        SELECT notice_id, party AS 责任单位, lead_tasks AS 牵头任务, support_tasks AS 配合任务, tasks AS 任务数,
               points_lead AS 牵头分值, points_shared AS 分摊分值, share AS 占比, "rank" AS 位次
        FROM mart.responsibility_load
        WHERE notice_id = {helpers.sql_text(one.value)}
        ORDER BY tasks DESC, party
        """,
        output=False,
        engine=con,
    )
    return (load,)


@app.cell
def _(load, warehouse):
    chart_load = None
    if not load.is_empty():
        _top = load.head(helpers.MAX_PARTIES)
        _frame = (
            helpers.to_float_columns(_top)
            .unpivot(["牵头任务", "配合任务"], index="责任单位", variable_name="角色", value_name="条数")
            .with_columns(pl.col("角色").str.replace("任务", ""))
            .filter(pl.col("条数") > 0)
        )
        _order = alt.Y("责任单位:N", title=None, sort=_top["责任单位"].to_list())
        _tasks = (
            alt.Chart(_frame)
            .mark_bar(height={"band": 0.7})
            .encode(
                x=alt.X("条数:Q", title="任务数（条）", axis=alt.Axis(tickMinStep=1)),
                y=_order,
                color=alt.Color("角色:N", title="角色", sort=["牵头", "配合"], legend=alt.Legend(orient="bottom")),
                order=alt.Order("角色:N"),
                tooltip=["责任单位", "角色", "条数"],
            )
            .properties(width=320, height=alt.Step(24))
        )
        _scored = helpers.to_float_columns(_top).filter(pl.col("分摊分值") > 0)
        _points = (
            alt.Chart(_scored)
            .mark_bar(height={"band": 0.7}, color=helpers.PALETTE[2])
            .encode(
                x=alt.X("分摊分值:Q", title="分摊的分值（分）"),
                y=alt.Y(
                    "责任单位:N", title=None, sort=_top["责任单位"].to_list(), axis=alt.Axis(labels=False, ticks=False)
                ),
                tooltip=["责任单位", "牵头分值", "分摊分值", alt.Tooltip("占比:Q", format=".1%")],
            )
            .properties(width=240, height=alt.Step(24))
        )
        _all = _tasks if _scored.is_empty() else alt.hconcat(_tasks, _points, spacing=14)
        _cut = helpers.describe_longest(load.height, "个单位", "任务最多")
        _remark = _cut + (
            "该通知没有写明分值，只计任务数。" if _scored.is_empty() else "几家共担的任务，分值在各家间平分。"
        )
        chart_load = helpers.finish_chart(_all, "各单位承担的任务和分值", warehouse, load["notice_id"], _remark)
    helpers.chart_or_note(chart_load, "该通知没有写明责任单位。")
    return (chart_load,)


@app.cell
def _(con, hide, one):
    people = mo.sql(
        f"""
        WITH ranked AS (
            SELECT person, sum(tasks) AS total,
                   row_number() OVER (ORDER BY sum(tasks) DESC, person) AS place,
                   CASE WHEN {hide.value} THEN concat('第 ', place, ' 位') ELSE person END AS 人员
            FROM mart.person_load WHERE notice_id = {helpers.sql_text(one.value)} GROUP BY person
        )
        SELECT p.notice_id, r.人员, {labels.case("p.role", labels.PERSON_ROLES)} AS 角色,
               p.tasks AS 任务数, p.points AS 分值
        FROM mart.person_load AS p JOIN ranked AS r USING (person)
        WHERE p.notice_id = {helpers.sql_text(one.value)}
        ORDER BY r.place, 角色
        """,
        output=False,
        engine=con,
    )
    return (people,)


@app.cell
def _(hide, people, warehouse):
    chart_people = None
    if not people.is_empty():
        _order = people["人员"].unique(maintain_order=True).to_list()
        _bars = (
            alt.Chart(helpers.to_float_columns(people.filter(pl.col("人员").is_in(_order[: helpers.MAX_PARTIES]))))
            .mark_bar(height={"band": 0.7})
            .encode(
                x=alt.X("任务数:Q", title="任务数（条）", axis=alt.Axis(tickMinStep=1)),
                y=alt.Y("人员:N", title=None, sort=_order),
                color=alt.Color("角色:N", title="角色", legend=alt.Legend(orient="bottom")),
                tooltip=["人员", "角色", "任务数", "分值"],
            )
            .properties(width=560, height=alt.Step(24))
        )
        _cut = helpers.describe_longest(len(_order), "人", "任务最多")
        _remark = _cut + ("姓名已隐去，按任务多少编号。" if hide.value else "")
        chart_people = helpers.finish_chart(_bars, "各责任人承担的任务", warehouse, people["notice_id"], _remark)
    helpers.chart_or_note(chart_people, "该通知没有写明责任领导或责任人。")
    return (chart_people,)


@app.cell
def _(load):
    helpers.show_table(load.drop("notice_id"), "该通知没有写明责任单位。")
    return


@app.cell
def _():
    mo.md("""
    ## 没有责任单位、或没有明确牵头的任务
    """)
    return


@app.cell
def _(chosen, warehouse):
    mo.vstack(
        [
            helpers.show_answer(warehouse, 13, chosen.value),
            helpers.show_answer(warehouse, 14, chosen.value),
        ]
    )
    return


@app.cell
def _(chosen, con):
    orphans = mo.sql(
        f"""
        SELECT l.label AS 通知,
               {labels.case("o.reason", marts.ORPHANS)} AS 情形,
               o.parties AS 所列单位, o.points AS 分值, o.requirement AS 任务要求
        FROM mart.orphan_tasks AS o JOIN mart.notice_labels AS l USING (notice_id)
        WHERE o.notice_id IN {helpers.sql_list(chosen.value)}
        ORDER BY l.label, o.reason, o.task_id
        """,
        output=False,
        engine=con,
    )
    return (orphans,)


@app.cell
def _(orphans):
    helpers.show_table(orphans, "所选通知的每条任务都写明了责任单位和牵头单位。")
    return


if __name__ == "__main__":
    app.run()
