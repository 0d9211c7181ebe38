"""Tables read from the body text (stages, members, clauses, footnotes, rules, passages), and `core.findings`."""

from __future__ import annotations

from typing import Final

from schemas.core_tables import TO_NOTICE, TO_TABLE
from schemas.core_tasks import TO_TASK
from schemas.specs import (
    ColumnSpec,
    ForeignKey,
    Ordered,
    TableSpec,
    day,
    identifier,
    integer,
    points_list,
    text,
    texts,
)

ORDINAL: Final = integer("ordinal", "次序", "在通知中的先后次序", required=True)
NOTICE_ID: Final = identifier("notice_id", "通知编号", "所属通知")
LOCATOR: Final = text("locator", "位置", "在文件中的位置，供人查找", required=True)

STAGES: Final = TableSpec(
    schema="core",
    name="stages",
    label="实施步骤",
    comment="实施步骤。每行是通知正文中的一个工作阶段及其起止日期。",
    key=("notice_id", "ordinal"),
    foreign_keys=(TO_NOTICE,),
    ordered=(Ordered("starts_on", "ends_on"),),
    columns=(
        NOTICE_ID,
        ORDINAL,
        text("name", "阶段名称", "阶段名称，照原文", required=True),
        day("starts_on", "开始日期", "阶段的第一天；原文未写明时为空"),
        day("ends_on", "结束日期", "阶段的最后一天；原文未写明时为空"),
        text("raw", "时间原文", "起止时间的原文", required=True, blank=True),
        text("text", "阶段内容", "该阶段的工作内容"),
        LOCATOR,
    ),
)

MEMBERS: Final = TableSpec(
    schema="core",
    name="members",
    label="组织人员",
    comment="组织人员。每行是领导小组、专班等名单中的一人。",
    key=("notice_id", "ordinal"),
    foreign_keys=(TO_NOTICE,),
    columns=(
        NOTICE_ID,
        ORDINAL,
        text("group_name", "组织名称", "所在的小组、专班"),
        text("role", "职务", "在组织中的职务，如 组长"),
        text("person", "姓名", "姓名，已去掉排版空格", required=True),
        LOCATOR,
    ),
)

CLAUSES: Final = TableSpec(
    schema="core",
    name="clauses",
    label="正文条款",
    comment="正文条款。每行是通知正文中一条有编号的任务或要求。",
    key=("clause_id",),
    sort=("notice_id", "ordinal"),
    foreign_keys=(TO_NOTICE,),
    columns=(
        identifier("clause_id", "条款编号", "条款的唯一编号"),
        NOTICE_ID,
        ORDINAL,
        text("section", "所在部分", "条款所在的章节标题"),
        text("label", "条款标号", "条款开头的标号，照原文，如 1."),
        text("text", "条款内容", "条款文字，不含标号", required=True),
        points_list("points", "条款分值", "条款中逐处写明的得分，按出现次序"),
        LOCATOR,
    ),
)

FOOTNOTES: Final = TableSpec(
    schema="core",
    name="footnotes",
    label="注释",
    comment="注释。每行是表下注、脚注或尾注中的一条，及其列出的单位。",
    key=("notice_id", "ordinal"),
    foreign_keys=(TO_NOTICE,),
    columns=(
        NOTICE_ID,
        ORDINAL,
        text("mark", "注号", "注释标记，照原文，如 ①；无标记时为空白文字", required=True, blank=True),
        text("text", "注释内容", "注释文字，照原文", required=True),
        texts("orgs", "所列单位", "注释中列出的单位"),
        LOCATOR,
    ),
)

PASSAGES: Final = TableSpec(
    schema="core",
    name="passages",
    label="其他正文",
    comment="其他正文。每行是正文中没有成为条款、任务或其他字段的一段，如主送机关、开头语、指导思想、小标题。",
    key=("notice_id", "ordinal"),
    foreign_keys=(TO_NOTICE,),
    columns=(
        NOTICE_ID,
        ORDINAL,
        text("text", "文字", "这一段的文字，照原文", required=True),
        LOCATOR,
    ),
)


def _amount(name: str, label: str, description: str) -> ColumnSpec:
    """Declare a compared number: points, or a count; a difference may be negative."""
    return ColumnSpec(name, "DECIMAL(9,3)", label, description)


RULE_KINDS: Final = {
    "lead": "谁牵头",
    "deadline": "统一时限",
    "evidence": "材料格式",
    "scoring": "统一的扣分、不得分和否决",
    "tier": "等次线、档次折算",
    "total": "满分",
    "bonus": "加分上限",
    "count": "所称条数",
}
RULE_SCOPES: Final = {"notice": "整份通知", "table": "一张表或一个附件的表", "section": "一个部分"}

RULES: Final = TableSpec(
    schema="core",
    name="rules",
    label="通用规定",
    comment="通用规定。每行是一句对整份通知、一张表或一个部分都有效的话（谁牵头、统一时限、材料格式、扣分、等次线），或通知对自身的一个说法（满分、加分、条数）。",
    key=("rule_id",),
    sort=("notice_id", "ordinal"),
    foreign_keys=(TO_NOTICE, TO_TABLE),
    columns=(
        identifier("rule_id", "规定编号", "规定的唯一编号"),
        NOTICE_ID,
        identifier(
            "table_id", "表格编号", "只对一张表有效时的表格；对整份通知、几张表或一个部分有效时为空", nullable=True
        ),
        ORDINAL,
        text("kind", "规定类型", "规定的是什么", required=True, values=RULE_KINDS),
        text(
            "scope",
            "有效范围",
            "对哪些任务有效；表下的注不知属于哪张表时，不用于任何任务",
            required=True,
            values=RULE_SCOPES,
        ),
        text("section", "所在部分", "只对一个部分有效时的标题"),
        text("text", "原文", "这句话的原文", required=True),
        text("applies_to", "适用对象", "说的是什么，照原文，如 每月任务、图片、优秀、测评标准", required=True),
        _amount("value", "数值", "满分、加分、扣分，等次线或数量的下限，条数；单位见 unit"),
        _amount("value_max", "上限", "等次线、数量或字数的上限"),
        text("unit", "单位", "数值的单位，照原文，如 分、%、张、字、条"),
        integer(
            "tasks",
            "采用任务数",
            "有多少条任务的责任角色、时限或材料取自这条规定；扣分、等次、满分不逐条套用",
            required=True,
            unit="条",
        ),
        LOCATOR,
    ),
)

SEVERITIES: Final = {"info": "提示", "warning": "警告", "error": "错误"}


FINDINGS: Final = TableSpec(
    schema="core",
    name="findings",
    label="问题",
    comment="问题清单。每行是读取或核对时发现的一处疑点：残缺、分值不符、无法识别的表头或单位、已作的修复等。",
    key=("finding_id",),
    sort=("notice_id",),
    foreign_keys=(TO_NOTICE, TO_TABLE, TO_TASK, ForeignKey(("file_id",), "core.files", ("file_id",))),
    columns=(
        identifier("finding_id", "问题编号", "问题的唯一编号"),
        identifier("notice_id", "通知编号", "所属通知；通知未入库时为空，凭文件编号追溯", nullable=True),
        identifier("table_id", "表格编号", "所在表格；与表格无关时为空", nullable=True),
        identifier("task_id", "任务编号", "所涉任务；与任务无关时为空", nullable=True),
        text("rule", "规则", "发现问题的规则代码", required=True),
        text("severity", "严重程度", "问题的严重程度", required=True, values=SEVERITIES),
        text("message", "说明", "问题说明，引用原文", required=True),
        _amount("declared", "标明数", "通知中写明的数（分值或条数）"),
        _amount("computed", "核算数", "按明细核算的数（分值或条数）"),
        text("locator", "位置", "在文件中的位置，供人查找"),
        text("dismissed", "处理意见", "人工核实后认为无需处理的理由、经办人和日期；为空表示尚待处理"),
        identifier("file_id", "文件编号", "所在文件；通知未入库时凭此追溯", nullable=True),
    ),
)
