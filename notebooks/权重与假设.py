import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="权重与假设", sql_output="polars")

with app.setup:
    import altair as alt
    import marimo as mo
    import polars as pl

    from notebooks import helpers


@app.cell
def _():
    mo.md("""
    # 权重与假设

    如果换用另一份通知的权重，本通知的各个主题会变得更重还是更轻，各通知的先后会怎样变化。
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
    _ranked = [label for label in warehouse.options("points") if label in warehouse.initial_labels("points", 2)]
    own = helpers.dropdown_from_most(warehouse, "points", label="看哪份通知")
    _rest = [label for label in _ranked if label != warehouse.label_with_most("points")]
    other = helpers.notice_dropdown(
        warehouse.options("points"), value=_rest[0] if _rest else None, label="换用谁的权重"
    )
    mo.hstack([own, other], justify="start", wrap=True)
    return other, own


@app.cell
def _():
    mo.md("""
    ## 各主题的比重怎样变
    """)
    return


@app.cell
def _(con, other, own):
    changed = mo.sql(
        f"""
        SELECT w.notice_id, w.weights_of, coalesce(t.name, '未归类') AS 主题, w.own_points AS 原有分值,
               w.own_share AS 原占比, w.other_share AS 换用后占比, w.own_rank AS 原位次, w.what_if_rank AS 换用后位次,
               w.rank_change AS 位次变化, w.other_share - w.own_share AS 占比变化
        FROM mart.what_if_weights AS w
        LEFT JOIN mart.topics AS t USING (topic)
        WHERE w.notice_id = {helpers.sql_text(own.value)} AND w.weights_of = {helpers.sql_text(other.value)}
        ORDER BY w.own_share DESC, t.ordinal
        """,
        output=False,
        engine=con,
    )
    return (changed,)


@app.cell
def _(changed, other, own, warehouse):
    chart_slope = None
    if not changed.is_empty():
        _pair = [own.value, other.value]
        _sides = {"原占比": "本通知的权重", "换用后占比": "换用的权重"}
        _frame = (
            changed.with_columns(
                pl.col("原占比", "换用后占比").cast(pl.Float64),
                走向=pl.when(pl.col("占比变化") > 0.005)
                .then(pl.lit("变重"))
                .when(pl.col("占比变化") < -0.005)
                .then(pl.lit("变轻"))
                .otherwise(pl.lit("相当")),
            )
            .with_columns(最大=pl.max_horizontal("原占比", "换用后占比"))
            .sort("最大", descending=True)
            .head(helpers.MAX_NAMES)
            .unpivot(
                ["原占比", "换用后占比"], index=["主题", "走向", "占比变化"], variable_name="权重", value_name="占比"
            )
            .with_columns(pl.col("权重").replace(_sides))
        )
        _labels = helpers.spread_labels(_frame, "权重", "占比", 0.034)
        _base = alt.Chart(_labels).encode(
            x=alt.X(
                "权重:N",
                title=None,
                sort=list(_sides.values()),
                # Names have room on both sides.
                scale=alt.Scale(padding=0.9),
                axis=alt.Axis(labelAngle=0, orient="top", domain=False),
            ),
            y=alt.Y("占比:Q", title="占基础分的比例", axis=alt.Axis(format=".0%")),
            color=alt.Color("走向:N", title="走向", scale=helpers.TREND_SCALE, legend=alt.Legend(orient="bottom")),
        )
        _lines = _base.mark_line(point=True, strokeWidth=2, opacity=0.8).encode(
            detail="主题:N", tooltip=["主题", "权重", alt.Tooltip("占比:Q", format=".1%")]
        )
        _label = {"原占比": ("right", -1), "换用后占比": ("left", 1)}
        _names = []
        for _side, (_align, _turn) in _label.items():
            _named = alt.Chart(_labels.filter(pl.col("权重") == _sides[_side])).encode(
                x=alt.X("权重:N", sort=list(_sides.values())),
                color=alt.Color("走向:N", scale=helpers.TREND_SCALE),
            )
            # A name that had to move is tied to its point.
            _names += [
                _named.mark_rule(strokeWidth=0.7, x2Offset=16 * _turn).encode(x2="权重:N", y="占比:Q", y2="字位:Q"),
                _named.mark_text(align=_align, dx=18 * _turn, fontSize=11).encode(y="字位:Q", text="字样:N"),
            ]
        _all = alt.layer(_lines, *_names).properties(width=620, height=520)
        _remark = f"左：{own.selected_key} 自己的权重；右：{other.selected_key} 的权重。"
        _remark += f"占比最大的 {helpers.MAX_NAMES} 个主题。"
        chart_slope = helpers.finish_chart(_all, "换用权重后各主题的比重", warehouse, _pair, _remark)
    helpers.chart_or_note(chart_slope, "换用权重需要两份写明分值的不同通知；请在上面选择，或先放入更多有分值的通知。")
    return (chart_slope,)


@app.cell
def _():
    mo.md("""
    ## 各主题的位次怎样变
    """)
    return


@app.cell
def _(other, own, warehouse):
    helpers.show_answer(warehouse, 10, [own.value], [other.value])
    return


@app.cell
def _(changed, other, own, warehouse):
    chart_ranks = None
    _moved = changed.filter(pl.col("位次变化") != 0) if not changed.is_empty() else changed
    if not _moved.is_empty():
        _frame = (
            _moved.with_columns(走向=pl.when(pl.col("位次变化") > 0).then(pl.lit("前移")).otherwise(pl.lit("后移")))
            .sort(pl.col("位次变化").abs(), descending=True)
            .head(helpers.MAX_NAMES)
            .sort("位次变化", descending=True)
        )
        _bars = (
            alt.Chart(helpers.to_float_columns(_frame))
            .mark_bar(height={"band": 0.65})
            .encode(
                x=alt.X("位次变化:Q", title="位次变化（前移为正）", axis=alt.Axis(tickMinStep=1)),
                y=alt.Y("主题:N", title=None, sort=_frame["主题"].to_list()),
                color=alt.Color("走向:N", title="走向", scale=helpers.MOVE_SCALE),
                tooltip=["主题", "原位次", "换用后位次", "位次变化"],
            )
            .properties(width=560, height=alt.Step(24))
        )
        _remark = f"{own.selected_key} 换用 {other.selected_key} 的权重后，主题按分值排的位次。位次不变的未列。"
        chart_ranks = helpers.finish_chart(
            _bars, "换用权重后主题位次的变化", warehouse, [own.value, other.value], _remark
        )
    helpers.chart_or_note(chart_ranks, "没有位次变化：没有选定两份写明分值的通知，或换用后位次都不变。")
    return (chart_ranks,)


@app.cell
def _():
    mo.md("""
    ## 换用各家权重，各通知的先后

    重合度：各主题在两份通知中较小的比重之和，100% 为比重完全一样。重合度越高，换用那份权重影响越小。
    覆盖率：换用的权重中，有多大比例落在本通知也有的主题上。
    """)
    return


@app.cell
def _(warehouse):
    known = [warehouse.options()[label] for label in warehouse.initial_labels("points")]
    return (known,)


@app.cell
def _(con, known):
    scores = mo.sql(
        f"""
        SELECT s.notice_id, s.weights_of, a.label AS 通知, b.label AS 权重来自,
               s.covered AS 覆盖率, s.overlap AS 重合度,
               row_number() OVER (PARTITION BY s.weights_of ORDER BY s.overlap DESC, s.covered DESC, a.label) AS 位次
        FROM mart.what_if_scores AS s
        JOIN mart.notice_labels AS a ON a.notice_id = s.notice_id
        JOIN mart.notice_labels AS b ON b.notice_id = s.weights_of
        WHERE s.overlap IS NOT NULL AND s.notice_id <> s.weights_of
          AND s.weights_of IN {helpers.sql_list(known)} AND s.notice_id IN {helpers.sql_list(known)}
        ORDER BY b.label, 位次, a.label
        """,
        output=False,
        engine=con,
    )
    return (scores,)


@app.cell
def _(scores, warehouse):
    chart_scores = None
    if not scores.is_empty():
        _frame = scores.with_columns(
            权重来自=pl.col("权重来自").map_elements(helpers.fold_label, return_dtype=pl.String)
        )
        _last = _frame["位次"].max()
        _base = alt.Chart(helpers.to_float_columns(_frame)).encode(
            x=alt.X(
                "权重来自:N", title="换用谁的权重", axis=helpers.label_axis(_frame["权重来自"].to_list(), "bottom")
            ),
            y=alt.Y(
                "位次:Q",
                title="位次",
                scale=alt.Scale(domain=[_last + 0.5, 0.5], nice=False),
                axis=alt.Axis(values=list(range(1, _last + 1))),
            ),
            color=alt.Color("通知:N", title="通知"),
            tooltip=[
                "通知",
                "权重来自",
                "位次",
                alt.Tooltip("覆盖率:Q", format=".1%"),
                alt.Tooltip("重合度:Q", format=".1%"),
            ],
        )
        _dots = _base.mark_circle(size=800, opacity=1)
        _texts = _base.mark_text(fontSize=10).encode(text=alt.Text("重合度:Q", format=".0%"), color=alt.value("white"))
        _all = alt.layer(_base.mark_line(strokeWidth=2, opacity=0.5), _dots, _texts).properties(
            width=alt.Step(130), height=44 * _last + 40
        )
        _remark = f"圆内为重合度；最多列 {helpers.INITIAL_NOTICES} 份写明分值的现行通知；一份通知不与自己的权重比。"
        chart_scores = helpers.finish_chart(
            _all, "换用各家权重后各通知的位次", warehouse, [*scores["notice_id"], *scores["weights_of"]], _remark
        )
    helpers.chart_or_note(chart_scores, "各通知的先后至少要有两份可比的通知。")
    return (chart_scores,)


@app.cell
def _(changed):
    helpers.show_table(
        changed.select("主题", "原有分值", "原占比", "换用后占比", "原位次", "换用后位次", "位次变化"),
        "没有可列的主题：请选择两份写明分值的不同通知。",
    )
    return


if __name__ == "__main__":
    app.run()
