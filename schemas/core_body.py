"""Tables read from the body text (`stages`, `members`, `clauses`, `footnotes`, `passages`), and `core.findings`."""

from __future__ import annotations

from typing import Final

from schemas.core_tables import TO_NOTICE, TO_TABLE
from schemas.core_tasks import TO_TASK
from schemas.specs import ColumnSpec, ForeignKey, Ordered, TableSpec, day, identifier, integer, points_list, text, texts

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

SEVERITIES: Final = {"info": "提示", "warning": "警告", "error": "错误"}


def _amount(name: str, label: str, description: str) -> ColumnSpec:
    """Declare a compared number: points, or a count of rows; a difference may be negative."""
    return ColumnSpec(name, "DECIMAL(9,3)", label, description)


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
