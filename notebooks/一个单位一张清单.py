import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="一个单位一张清单", sql_output="polars")

with app.setup:
    import altair as alt
    import marimo as mo
    import polars as pl

    from notebooks import helpers


@app.cell
def _():
    mo.md("""
    # 一个单位一张清单

    约束同一个单位的各份现行通知并成一张清单：哪些事被重复要求，一份材料能用几处，合并后少办几条、少交几件。
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
    units = mo.sql(
        """
        SELECT concat(any_value(unit), '（', coalesce(any_value(place), '所属不明'), '）') AS 单位, unit_id,
               sum(tasks)::BIGINT AS 任务数, count(*) AS 合并后, sum(items_asked)::BIGINT AS 要求的件数,
               sum(items_needed)::BIGINT AS 合并后件数
        FROM mart.unit_obligations
        GROUP BY unit_id
        ORDER BY 任务数 - 合并后 DESC, 任务数 DESC, 单位, unit_id
        """,
        output=False,
        engine=con,
    )
    bound = mo.sql("SELECT DISTINCT notice_id FROM mart.unit_tasks ORDER BY notice_id", output=False, engine=con)
    return bound, units


@app.cell
def _():
    none = "现行通知都没有写明责任单位，列不出各单位的清单。"

    def draw(frame, before, after, title):
        """Draw two bars for each unit: as it is asked for, and merged."""
        long = helpers.to_float_columns(frame.head(helpers.MAX_PARTIES)).unpivot(
            [before, after], index="单位", variable_name="口径", value_name="数目"
        )
        names = frame["单位"].head(helpers.MAX_PARTIES).to_list()
        return (
            alt.Chart(long)
            .mark_bar()
            .encode(
                x=alt.X("数目:Q", title=title, axis=alt.Axis(tickMinStep=1)),
                y=alt.Y("单位:N", title=None, sort=names, axis=alt.Axis(labelLimit=420)),
                yOffset=alt.YOffset("口径:N", sort=[before, after]),
                color=alt.Color(
                    "口径:N",
                    title="口径",
                    scale=alt.Scale(domain=[before, after]),
                    legend=alt.Legend(orient="bottom"),
                ),
                tooltip=["单位", "口径", "数目"],
            )
            .properties(width=480, height=alt.Step(16))
        )

    return draw, none


@app.cell
def _(bound, draw, none, units, warehouse):
    chart_tasks = None
    if not units.is_empty():
        _remark = "要求相同的几条合并为一项；只列合并最多的单位。是否真能合并请对照原文。"
        _bars = draw(units, "任务数", "合并后", "条、项")
        chart_tasks = helpers.finish_chart(_bars, "各单位的任务与合并后的要求", warehouse, bound["notice_id"], _remark)
    helpers.chart_or_note(chart_tasks, none)
    return (chart_tasks,)


@app.cell
def _(bound, draw, units, warehouse):
    chart_items = None
    _listed = units.filter(pl.col("要求的件数") > 0).sort(
        pl.col("要求的件数") - pl.col("合并后件数"), pl.col("要求的件数"), descending=True
    )
    if not _listed.is_empty():
        _remark = "没有写明数量的材料计 1 件，任选其一的只计第一种。"
        _bars = draw(_listed, "要求的件数", "合并后件数", "材料（件）")
        chart_items = helpers.finish_chart(
            _bars, "各单位要交的材料与合并后的材料", warehouse, bound["notice_id"], _remark
        )
    helpers.chart_or_note(chart_items, "现行通知都没有写明责任单位要交的材料。")
    return (chart_items,)


@app.cell
def _():
    mo.md("""
    ## 被重复要求的事
    """)
    return


@app.cell
def _(con):
    repeated = mo.sql(
        """
        SELECT unit AS 单位, place AS 所属, requirement AS 要求, notices AS 通知数, due_on AS 最早到期,
               array_to_string(thresholds, '；') AS 最严的数量, array_to_string(sources, '；') AS 各处出处
        FROM mart.unit_obligations WHERE tasks > 1 ORDER BY tasks DESC, unit, obligation_id
        """,
        output=False,
        engine=con,
    )
    helpers.show_table(repeated, "没有哪个单位被几处重复要求同一件事。")
    return


@app.cell
def _():
    mo.md("""
    ## 一份材料能用几处
    """)
    return


@app.cell
def _(con):
    shared = mo.sql(
        """
        SELECT unit AS 单位, what AS 材料, min_count AS 按最严要交, tasks AS 能用几条, saved AS 可少交,
               array_to_string(sources, '；') AS 各处出处
        FROM mart.shared_evidence ORDER BY saved DESC, unit, material_id
        """,
        output=False,
        engine=con,
    )
    helpers.show_table(shared, "没有能通用的材料。")
    return


if __name__ == "__main__":
    app.run()
