"""`core.tables`, `core.cells` and `core.indicators`: the page as published, and the indicator levels read from it."""

from __future__ import annotations

from typing import Final

from schemas.specs import ForeignKey, Ordered, TableSpec, flag, identifier, integer, points, share, text, texts

TABLE_KINDS: Final = {
    "rubric": "测评体系（有分值）",
    "task_list": "任务清单（无分值）",
    "application": "网上申报",
    "roster": "人员名单",
    "other": "其他",
}

TO_NOTICE: Final = ForeignKey(("notice_id",), "core.notices", ("notice_id",))
TO_TABLE: Final = ForeignKey(("table_id",), "core.tables", ("table_id",))

TABLES: Final = TableSpec(
    schema="core",
    name="tables",
    label="表格",
    comment="表格目录。每行是通知中的一张表；跨页断开的表已接成一张。",
    key=("table_id",),
    sort=("notice_id", "ordinal"),
    foreign_keys=(TO_NOTICE,),
    ordered=(Ordered("first_page", "last_page"),),
    columns=(
        identifier("table_id", "表格编号", "表格的唯一编号"),
        identifier("notice_id", "通知编号", "所属通知"),
        integer("ordinal", "表序", "在通知中是第几张表，从 1 起", required=True, minimum=1),
        text("title", "表题", "表格标题，照原文"),
        text("kind", "表格类型", "表格是做什么用的", required=True, values=TABLE_KINDS),
        integer("n_rows", "行数", "表格正文的行数，不含表头", required=True, unit="行"),
        integer("n_cols", "列数", "页面上的列数", required=True, unit="列"),
        texts("columns", "表头", "各列表头文字，从左到右；无表头的列为空白文字", blank=True),
        texts("roles", "列的含义", "各列被理解成什么，与表头一一对应", blank=True),
        integer("first_page", "起页", "表格开始的页码，从 1 起；没有页码的格式为空", unit="页", minimum=1),
        integer("last_page", "止页", "表格结束的页码", unit="页", minimum=1),
        share(
            "confidence",
            "把握",
            "对这张表理解得有多大把握，从 0 到 1；经人工认定版式的为 1，没有作出判断的为空",
        ),
        text("reading", "读法", "这张表被理解成什么样，一两句话"),
        text("alternative", "另一种读法", "这张表还可能是什么样；没有别的可能时为空"),
        texts("alternative_roles", "另一种含义", "另一种读法下各列的含义，与表头一一对应；没有别的可能时为空"),
    ),
)

CELLS: Final = TableSpec(
    schema="core",
    name="cells",
    label="单元格",
    comment="表格原貌。每行是页面上的一个单元格，合并单元格只占一行；一切判断都能追溯到这里。",
    key=("table_id", "row", "col"),
    foreign_keys=(TO_TABLE,),
    columns=(
        identifier("table_id", "表格编号", "所属表格"),
        integer(
            "row",
            "行号",
            "左上角所在行；正文首行为 0（与任务表的行号一致），表头在其上，为 -1、-2 等",
            required=True,
            minimum=-200,
        ),
        integer("col", "列号", "左上角所在列，从 0 起", required=True),
        integer("row_span", "占行数", "纵向占几行", required=True, unit="行", minimum=1),
        integer("col_span", "占列数", "横向占几列", required=True, unit="列", minimum=1),
        text("text", "文字", "单元格文字，照原文；空单元格为空白文字", required=True, blank=True),
        text("locator", "位置", "在文件中的位置，供人查找", required=True),
    ),
)

INDICATORS: Final = TableSpec(
    schema="core",
    name="indicators",
    label="指标",
    comment="指标体系。每行是一个测评层级（项目、指标、内容等），任务挂在最内层指标上。",
    key=("indicator_id",),
    sort=("notice_id", "ordinal"),
    foreign_keys=(TO_NOTICE, TO_TABLE, ForeignKey(("parent_id",), "core.indicators", ("indicator_id",))),
    columns=(
        identifier("indicator_id", "指标编号", "指标的唯一编号"),
        identifier("notice_id", "通知编号", "所属通知"),
        identifier("table_id", "表格编号", "所在表格；取自正文的指标为空", nullable=True),
        identifier("parent_id", "上级指标", "上一级指标的编号；一级指标为空", nullable=True),
        integer("level", "层级", "第几级，1 为最外层", required=True, minimum=1, maximum=9),
        integer("ordinal", "次序", "在通知中的先后次序", required=True),
        text("code", "指标代码", "原文代码，如 Ⅱ-5；没有代码时为空"),
        text("name", "指标名称", "指标名称，不含代码和括号内的分值", required=True, blank=True),
        points("points", "标明分值", "指标标题上写明的分值；未写明时为空"),
        flag("bonus", "是否加分", "是否属于加分或特色部分，不计入基础分"),
        text("topic", "主题", "统一主题代码，用于跨通知比较；未归类时为空", pattern=r"^[a-z][a-z0-9_]*$"),
        text("locator", "位置", "在文件中的位置，供人查找", required=True),
        texts("corrected", "已更正字段", "经人工更正的字段名，更正记录见 warehouse/corrections"),
    ),
)
