"""`mart.*` tables computed in Python while publishing; the others are SQL files in `warehouse/transform/marts`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from schemas.code_labels import RELATIONS
from schemas.core_tables import TO_NOTICE
from schemas.core_tasks import TO_TASK
from schemas.specs import ForeignKey, TableSpec, day, flag, identifier, integer, share, text, texts

TASK_VERSIONS: Final = TableSpec(
    schema="mart",
    name="task_versions",
    label="任务沿革",
    comment="任务沿革。每行把一条任务与同一通知上一版中的对应任务连起来，一对一；没有对应的为新增或删去。",
    key=("task_id",),
    foreign_keys=(TO_TASK, ForeignKey(("previous_task_id",), "core.tasks", ("task_id",))),
    columns=(
        identifier("task_id", "任务编号", "新版中的任务"),
        identifier("previous_task_id", "上一版任务", "上一版中的对应任务"),
        share("similarity", "文字相似度", "两条任务要求的相似程度，1 为文字相同"),
    ),
)

TOPICS: Final = TableSpec(
    schema="mart",
    name="topics",
    label="主题",
    comment="主题表。每行是一个统一主题，用于把各地叫法不同的指标放在一起比较。",
    key=("topic",),
    sort=("ordinal",),
    columns=(
        text("topic", "主题代码", "主题的代码", required=True, pattern=r"^[a-z][a-z0-9_]*$"),
        text("name", "主题名称", "主题的中文名称", required=True),
        text("includes", "包括", "这个主题包括哪些内容", required=True),
        integer("ordinal", "次序", "排列次序，从 1 起", required=True, minimum=1),
    ),
)

DUE_DAYS: Final = TableSpec(
    schema="mart",
    name="due_days",
    label="到期日",
    comment="到期日。每行是一条任务的一个到期日；时间段取最后一天，每月、每季度等定期任务在表题或通知所指的年度内逐个列出，不受实施阶段所限。",
    key=("task_id", "ordinal", "due_on"),
    foreign_keys=(TO_TASK,),
    columns=(
        identifier("task_id", "任务编号", "所属任务"),
        integer("ordinal", "次序", "对应 core.task_deadlines 的次序", required=True),
        replace(day("due_on", "到期日", "到期的日期"), nullable=False, minimum=None, maximum=None),
        flag("is_before_issue", "早于印发", "到期日早于通知的印发日期，不算未完成"),
    ),
)

_PAIRED = (
    identifier("notice_a", "通知编号", "任务 a 所属通知"),
    identifier("notice_b", "对方通知", "任务 b 所属通知"),
)

TASK_PAIRS: Final = TableSpec(
    schema="mart",
    name="task_pairs",
    label="任务配对",
    comment="任务配对。每行是一条任务和另一份现行通知中最可能要求同一件事的一条任务，由程序按文字、事项、做法、材料、"
    "对象和计量计算；把握 0.7 以上的供 mart.topic_crosswalk 使用，其余是待人工认定的候选（mart.match_candidates）。",
    key=("task_a", "task_b"),
    sort=("notice_a",),
    foreign_keys=(
        ForeignKey(("task_a",), "core.tasks", ("task_id",)),
        ForeignKey(("task_b",), "core.tasks", ("task_id",)),
    ),
    columns=(
        identifier("task_a", "任务编号", "任务 a"),
        identifier("task_b", "对方任务", "另一份通知中的任务 b"),
        *_PAIRED,
        text("topic", "主题代码", "任务 a 的主题，未归类的为 other", required=True, pattern=r"^[a-z][a-z0-9_]*$"),
        share("similarity", "文字相似度", "两条要求的二字组的余弦，1 为文字相同"),
        share("inside_a", "甲被包含", "任务 a 的二字组中在任务 b 里也有的比例"),
        share("inside_b", "乙被包含", "任务 b 的二字组中在任务 a 里也有的比例"),
        share("confidence", "把握", "两条任务要求同一件事的概率，由人工认定的例子训练得出"),
        text("relation", "关系", "甲对乙的关系", required=True, values=RELATIONS),
        text("reason", "依据", "两条任务共有的事项、做法、材料、计量，以及文字相近程度", required=True),
    ),
)

TASK_SUBJECTS: Final = TableSpec(
    schema="mart",
    name="task_subjects",
    label="任务事项",
    comment="任务事项。每行是一条任务说到的一个事项，如移风易俗、志愿服务，说法不同的归为一个（warehouse/transform/task_words.toml）；"
    "要求没有说明事项的看所属指标。没有行的任务看不出事项，不能判断别的通知有没有同样的要求。",
    key=("task_id", "subject"),
    foreign_keys=(TO_TASK,),
    columns=(
        identifier("task_id", "任务编号", "所属任务"),
        text("subject", "事项", "事项的名称", required=True),
        flag("is_specific", "具体事项", "是具体的事项，不是创建、环境、主题活动这样的大类"),
    ),
)

NOTICE_PAIRS: Final = TableSpec(
    schema="mart",
    name="notice_pairs",
    label="通知配对",
    comment="通知配对。每行是一份现行通知和主题比重与它最相近的另一份现行通知，"
    "由程序计算；供 mart.rubric_similarity 使用。",
    key=("notice_a", "notice_b"),
    foreign_keys=(
        replace(TO_NOTICE, columns=("notice_a",)),
        replace(TO_NOTICE, columns=("notice_b",)),
    ),
    columns=(
        *_PAIRED,
        share("weight_cosine", "比重相似度", "各主题比重的余弦，1 为比重完全一样"),
        share("topic_jaccard", "主题重合度", "共有主题数占两者全部主题数的比例"),
    ),
)

UNIT_RELATIONS: Final = {
    "sole": "别处没有相同的要求",
    "head": "代表条，内容最全",
    "equal": "与代表条相同",
    "subset": "是代表条的一部分",
}

UNIT_TASKS: Final = TableSpec(
    schema="mart",
    name="unit_tasks",
    label="单位任务",
    comment="单位任务。每行是一个单位在全部现行通知中的一条任务，文字相同、整段包含和人工认定相同的"
    "归在一起，由程序计算；供 mart.unit_obligations 使用。科室在同一发文单位内同名的算一个单位，"
    "其他单位在同一地方内同名的算一个；统称（各科室）摊给通知点名的单位。",
    key=("unit_id", "task_id"),
    foreign_keys=(TO_TASK, TO_NOTICE, ForeignKey(("obligation_id",), "core.tasks", ("task_id",))),
    columns=(
        text("unit_id", "单位编号", "同一单位在各份通知中相同", required=True),
        text("unit", "单位名称", "最短的写法", required=True),
        text("place", "所属", "科室为所属的发文单位，其他单位为所在地方；不明的为空"),
        identifier("task_id", "任务编号", "任务"),
        identifier("notice_id", "通知编号", "任务所属通知"),
        text("party", "责任单位", "在这份通知中的规范名称", required=True),
        text("role", "责任角色", "牵头还是配合", required=True, values={"lead": "牵头", "support": "配合"}),
        flag("is_collective", "因统称承担", "通知没有点名，因各科室之类的统称承担"),
        text("reported_by", "填报名称", "填报进展用的名称：点名的为本单位，因统称承担的为统称", required=True),
        identifier("obligation_id", "代表任务", "代表这项要求的任务"),
        text("relation", "与代表任务的关系", "与代表任务的关系", required=True, values=UNIT_RELATIONS),
    ),
)

UNIT_MATERIALS: Final = TableSpec(
    schema="mart",
    name="unit_materials",
    label="单位材料",
    comment="单位材料。每行是一个单位的一条任务要的一种材料，同一份材料能用的几处编号相同，"
    "由程序计算；供 mart.shared_evidence 使用。",
    key=("unit_id", "task_id", "ordinal"),
    foreign_keys=(TO_TASK,),
    columns=(
        text("unit_id", "单位编号", "同 mart.unit_tasks", required=True),
        identifier("task_id", "任务编号", "任务"),
        integer("ordinal", "次序", "材料在任务中的次序，同 core.task_evidence", required=True),
        text("material_id", "材料编号", "首条任务的编号和材料在其中的次序", required=True),
    ),
)

BURDEN_MEASURES: Final = {
    "wording": "材料的类型和写法、写明的数量、要求中的用语",
    "words": "材料的最少字数",
    "repeat": "同一单位名下同样的材料",
    "recurring": "每月或更密的期限、要求中的用语",
    "urgent": "到期日与印发日期相隔的天数",
}

BURDEN_RULES: Final = TableSpec(
    schema="mart",
    name="burden_rules",
    label="减负规则",
    comment="减负规则。每行是对照为基层减负的规定要看的一个方面、用什么词去找、依据哪份文件；"
    "由 warehouse/transform/burden_rules.toml 载入，供 mart.burden 使用。用语为正则表达式。",
    key=("rule",),
    sort=("ordinal",),
    columns=(
        text("rule", "规则代码", "规则的代码", required=True, pattern=r"^[a-z][a-z0-9_]*$"),
        integer("ordinal", "次序", "排列次序，从 1 起", required=True, minimum=1),
        text("name", "名称", "规则的中文名称", required=True),
        text("measure", "看什么", "在哪里找", required=True, values=BURDEN_MEASURES),
        texts("kinds", "材料类型", "这些类型的材料一律算，取值见 core.task_evidence.kind"),
        text("evidence_words", "材料用语", "写有这些词的材料也算"),
        text("text_words", "要求用语", "任务要求、评分标准、材料要求中写有这些词的算"),
        text("count_words", "数量用语", "量化指标写有这些词、单位在 count_units 之中的算"),
        texts("count_units", "数量单位", "量化指标的单位，照原文"),
        text("unless", "不算的用语", "写有这些词的不算；measure=repeat 时为比较前去掉的泛称"),
        integer("bound", "界限", "字数的下限、天数的上限；measure=repeat 时为去掉泛称后至少剩几个字"),
        flag("additive", "可相加", "数量相加是否有意义"),
        text("aspect", "对照的方面", "对照规定的哪个方面", required=True),
        text("source", "依据", "依据的文件", required=True),
        text("advice", "减负建议", "可以怎样减", required=True),
    ),
)
