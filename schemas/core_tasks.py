"""`core.tasks` and the tables that belong to a task: parties, deadlines, evidence, thresholds, scoring rules."""

from __future__ import annotations

from typing import Final

from schemas.core_tables import TO_NOTICE, TO_TABLE
from schemas.specs import (
    ForeignKey,
    Ordered,
    TableSpec,
    day,
    flag,
    identifier,
    integer,
    points,
    points_list,
    quantity,
    share,
    text,
    texts,
)

TO_TASK: Final = ForeignKey(("task_id",), "core.tasks", ("task_id",))

TASKS: Final = TableSpec(
    schema="core",
    name="tasks",
    label="任务",
    comment="任务清单。每行是表格中最细的一条要求（或正文中一条有编号的任务），是汇总分值、责任和时限的基本单位。",
    key=("task_id",),
    sort=("notice_id", "table_id", "ordinal"),
    foreign_keys=(TO_NOTICE, TO_TABLE, ForeignKey(("indicator_id",), "core.indicators", ("indicator_id",))),
    columns=(
        identifier("task_id", "任务编号", "任务的唯一编号"),
        identifier("notice_id", "通知编号", "所属通知"),
        identifier("table_id", "表格编号", "所在表格；取自正文的任务为空", nullable=True),
        identifier("indicator_id", "指标编号", "所属最内层指标；没有层级时为空", nullable=True),
        integer("ordinal", "序号", "任务的先后次序", required=True),
        integer("row", "表内行号", "在表格正文中的行号，从 0 起，不计表头；取自正文的任务为空"),
        text("label", "条目标号", "条目开头的标号，照原文，如 1）"),
        text("requirement", "任务要求", "要做什么、达到什么，不含标号；原文无法辨认时为空并记入问题清单"),
        text("criteria", "评价标准", "覆盖若干条任务的较宽标准，照原文"),
        points(
            "points",
            "分值",
            "本行分值。一个分值格覆盖多行时只记在第一行，其余为空，直接求和不会重复；无分值列时为要求中所写得分之和",
        ),
        integer("points_rows", "共用分值行数", "同一分值格覆盖几行", required=True, unit="行", minimum=1),
        points_list("inline_points", "行内分值", "要求文字中逐处写明的得分，按出现次序；扣分和封顶不计"),
        text("evidence", "材料要求", "材料、佐证栏的文字，照原文"),
        texts("methods", "测评方法", "测评方法，已拆分"),
        text("deadline", "完成时限", "时限栏的文字，照原文"),
        text("leader", "责任领导", "责任领导或分管领导"),
        texts("persons", "责任人", "责任人，按原文次序"),
        flag("bonus", "是否加分", "是否为加分或特色项目，不计入基础分"),
        text("topic", "主题", "统一主题代码，用于跨通知比较；未归类时为空", pattern=r"^[a-z][a-z0-9_]*$"),
        share("topic_score", "主题把握", "归入该主题的把握程度，0 到 1"),
        texts("repaired", "已修复字段", "原表残缺、已按同一通知正文修复的字段名"),
        text("remark", "备注", "备注栏的文字，照原文"),
        text("scoring", "评分标准", "评分标准、计分办法栏的文字，照原文"),
        text("locator", "位置", "在文件中的位置，供人查找", required=True),
        texts("corrected", "已更正字段", "经人工更正的字段名，更正记录见 warehouse/corrections"),
    ),
)

PARTY_KINDS: Final = {
    "department": "内设科室",
    "unit": "单位",
    "collective": "统称",
    "group": "专班、小组、队伍",
    "assessor": "只负责考核评分",
}
DEFINED_AT: Final = {
    "bracket": "括注“以下简称”",
    "note": "注释",
    "body": "正文",
    "cell": "表格中另有全称",
    "repair": "只差一字的已知名称",
    "decision": "人工认定",
}

PARTIES: Final = TableSpec(
    schema="core",
    name="parties",
    label="责任单位",
    comment=(
        "责任单位名录。每行是一份通知中的一个责任单位，连同它的各种写法；无法辨认的单位文字也各占一行，没有规范名称，并写明原因。"
    ),
    key=("party_id",),
    sort=("notice_id", "ordinal"),
    foreign_keys=(TO_NOTICE, ForeignKey(("parent_id",), "core.parties", ("party_id",))),
    columns=(
        identifier("party_id", "单位编号", "单位在通知中的唯一编号"),
        identifier("notice_id", "通知编号", "所属通知"),
        integer("ordinal", "次序", "在通知中首次出现的先后次序", required=True),
        text("name", "规范名称", "同一通知中的全称，或人工认定的名称；无法辨认的为空"),
        text("kind", "单位类别", "单位属于哪一类；无法辨认的为空", values=PARTY_KINDS),
        texts("printed", "各种写法", "通知中的各种写法，按出现次序"),
        text("defined_at", "依据", "简写与全称的对应见于何处；始终写全称、通知又没有说明的为空", values=DEFINED_AT),
        text("defined_locator", "依据位置", "说明或全称所在的位置；人工认定的为理由、经办人和日期"),
        identifier(
            "parent_id", "上级单位", "名称以其开头的同一通知中的单位，如 县公安局交警大队 的 县公安局", nullable=True
        ),
        text("illegible", "无法辨认的原因", "不能作为单位名称的原因；能辨认的为空"),
        text("function", "职能", "人工认定的职能，不同城市职能相同的单位写同一个词，用于跨城市比较"),
        text("locator", "位置", "首次出现的位置，供人查找", required=True),
    ),
)
ROLE_BASES: Final = {
    "cell": "本格的标签或标记",
    "header": "表头、分栏或标题",
    "rule": "通知的统一规定（见 core.rules）",
    "order": "通知没有写明，按列名先后",
}
FACT_BASES: Final = {
    "cell": "本条任务的文字",
    "header": "任务所属的标题",
    "rule": "通知的统一规定（见 core.rules）",
}
EVIDENCE_BASES: Final = {"cell": "本条任务的文字", "rule": "通知的统一规定（见 core.rules）"}

TASK_PARTIES: Final = TableSpec(
    schema="core",
    name="task_parties",
    label="责任分工",
    comment="责任分工。每行是一条任务的一个责任单位；排在最前的为牵头，通知另有说明的从其说明。",
    key=("task_id", "ordinal"),
    foreign_keys=(TO_TASK, ForeignKey(("party_id",), "core.parties", ("party_id",))),
    columns=(
        identifier("task_id", "任务编号", "所属任务"),
        integer("ordinal", "次序", "在该任务中的先后次序", required=True),
        text("party", "责任单位", "责任单位规范名称（同一通知中的全称）", required=True),
        text("raw", "原文写法", "责任单位在原文中的写法", required=True),
        text("role", "责任角色", "牵头还是配合", required=True, values={"lead": "牵头", "support": "配合"}),
        text("scope", "负责部分", "只负责其中一部分时的标记，如 ①"),
        flag("role_stated", "角色写明", "牵头、配合是否为通知写明（分栏、标签或标记）；否则按列名先后认定"),
        flag("collective", "是否统称", "是否为统称，如 各科室、局属各单位，一个名称指多个单位"),
        text("basis", "角色依据", "牵头、配合依据什么认定", required=True, values=ROLE_BASES),
        identifier("party_id", "单位编号", "在责任单位名录 core.parties 中的编号", nullable=True),
    ),
)

TASK_DEADLINES: Final = TableSpec(
    schema="core",
    name="task_deadlines",
    label="任务时限",
    comment="任务时限。每行是从时限文字中读出的一个期限或时间段。",
    key=("task_id", "ordinal"),
    foreign_keys=(TO_TASK,),
    ordered=(Ordered("starts_on", "ends_on"),),
    columns=(
        identifier("task_id", "任务编号", "所属任务"),
        integer("ordinal", "次序", "在该任务中的先后次序", required=True),
        text(
            "kind",
            "时限类型",
            "时限属于哪一类",
            required=True,
            values={
                "window": "时间段",
                "by": "截止日",
                "recurring": "定期",
                "event": "与活动或节日同步",
                "ongoing": "长期",
                "unknown": "无法判断",
            },
        ),
        day("starts_on", "开始日期", "时间段的第一天"),
        day("ends_on", "截止日期", "时间段的最后一天或截止日"),
        text(
            "recurrence",
            "重复规则",
            "定期任务的重复规则（RRULE，RFC 5545）",
            pattern=r"^FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;[A-Z]+=[^;]+)*$",
        ),
        text("anchor", "依据事件", "与之同步的节日或事件"),
        text("raw", "原文", "这一时限的原文", required=True),
        text("basis", "依据", "时限写在哪里", required=True, values=FACT_BASES),
    ),
)

EVIDENCE_KINDS: Final = {
    "report": "说明报告",
    "photo": "图片",
    "document": "文件",
    "plan": "方案、计划",
    "minutes": "会议记录",
    "table": "统计表",
    "screenshot": "截图",
    "list": "名单、目录",
    "certificate": "证书、证明",
    "news": "新闻报道",
    "link": "网址链接",
    "other": "其他",
}

TASK_EVIDENCE: Final = TableSpec(
    schema="core",
    name="task_evidence",
    label="材料清单",
    comment="材料清单。每行是一条任务要求提交的一种材料及其数量。",
    key=("task_id", "ordinal"),
    foreign_keys=(TO_TASK,),
    columns=(
        identifier("task_id", "任务编号", "所属任务"),
        integer("ordinal", "次序", "在该任务中的先后次序", required=True),
        text("kind", "材料类型", "材料属于哪一类", required=True, values=EVIDENCE_KINDS),
        integer("min_count", "最少数量", "至少几份（张、次），单位见 unit；原文未写明时为空"),
        text("unit", "数量单位", "数量的单位，照原文，如 份、张"),
        integer("min_words", "最少字数", "文字材料的最少字数", unit="字"),
        points("points", "材料分值", "这份材料对应的分值"),
        text("raw", "原文", "这份材料的原文", required=True),
        text("choice", "任选标记", "同一任务中标记相同的几种材料任选其一；不可任选时为空"),
        integer("shared_rows", "共用任务数", "材料格为几条任务共用时的任务数；只属本条时为空"),
        flag("is_repeated", "是否重复列出", "共用的材料格已列在前面的任务下；一份材料只计一次"),
        text("format", "格式要求", "通知对这类材料统一规定的格式、数量、字数，照原文（见 core.rules）；没有规定时为空"),
        text("basis", "依据", "这份材料或它的最少数量写在哪里", required=True, values=EVIDENCE_BASES),
    ),
)

TASK_THRESHOLDS: Final = TableSpec(
    schema="core",
    name="task_thresholds",
    label="量化指标",
    comment="量化指标。每行是任务中写明的一个数量门槛。",
    key=("task_id", "ordinal"),
    foreign_keys=(TO_TASK,),
    columns=(
        identifier("task_id", "任务编号", "所属任务"),
        integer("ordinal", "次序", "在该任务中的先后次序", required=True),
        text("subject", "对象", "门槛针对什么"),
        text(
            "operator",
            "比较符",
            "怎样比较",
            required=True,
            values={">=": "不低于", ">": "高于", "<=": "不高于", "<": "低于", "=": "等于"},
        ),
        quantity("value", "数值", "门槛的数值，单位见 unit", required=True),
        text("unit", "单位", "数值的单位，照原文，如 %、次、小时"),
        text("raw", "原文", "这一门槛的原文", required=True),
    ),
)

SCORING_RULES: Final = TableSpec(
    schema="core",
    name="scoring_rules",
    label="计分规则",
    comment="计分规则。每行是任务的一条得分、扣分、封顶、分档或一票否决规则。",
    key=("task_id", "ordinal"),
    foreign_keys=(TO_TASK,),
    columns=(
        identifier("task_id", "任务编号", "所属任务"),
        integer("ordinal", "次序", "在该任务中的先后次序", required=True),
        text(
            "effect",
            "规则类型",
            "规则起什么作用",
            required=True,
            values={"award": "得分", "deduct": "扣分", "cap": "封顶", "grade": "分档", "veto": "一票否决"},
        ),
        text("condition", "条件", "在什么情况下适用"),
        points("points", "分值", "得分或扣分的大小，一律为正数"),
        points("cap", "上限", "累计最多加分或扣分"),
        text("raw", "原文", "这条规则的原文", required=True),
        text("choice", "互斥标记", "同一任务中标记相同的几条规则只适用其一；不互斥时为空"),
    ),
)
