"""`core.files` and `core.notices`: the source files below raw/, and the metadata of each notice."""

from __future__ import annotations

from typing import Final

from schemas.specs import (
    ForeignKey,
    Ordered,
    TableSpec,
    big_integer,
    day,
    flag,
    identifier,
    integer,
    moment,
    points,
    share,
    text,
    texts,
)

FORMATS: Final = {
    "docx": "Word 文档",
    "doc": "旧版 Word 文档",
    "wps": "WPS 文字",
    "pdf": "可复制文字的 PDF",
    "pdf_scan": "扫描件 PDF 或图片",
    "xlsx": "Excel 工作簿",
    "xls": "旧版 Excel 工作簿",
    "html": "网页",
    "ofd": "OFD 版式文件",
    "text": "纯文本或 Markdown",
    "rtf": "RTF 文档",
    "odt": "ODF 文档",
    "zip": "压缩包",
}

STATUSES: Final = {
    "loaded": "已入库",
    "needs_review": "已入库，但有表格待人工认定，任务可能不全",
    "not_a_notice": "已读取，但不是通知，不含任务",
    "duplicate": "与另一文件重复，未再入库",
    "unreadable": "无法读取",
    "no_tables": "已读取，但没有表格",
}

SHA256_PATTERN: Final = r"^[0-9a-f]{64}$"

FILES: Final = TableSpec(
    schema="core",
    name="files",
    label="文件",
    comment="原始文件目录。每行是 raw 目录下的一个文件，说明是否入库、为何未入库、怎样补救。",
    key=("file_id",),
    sort=("source_path",),
    columns=(
        identifier("file_id", "文件编号", "文件的唯一编号，由内容和位置算出，同样的文件在任何机器上编号相同"),
        text("source_path", "文件路径", "相对于 raw 目录的路径，用 / 分隔", required=True),
        text("sha256", "内容指纹", "文件内容的 SHA-256（十六进制）；文件打不开时为空", pattern=SHA256_PATTERN),
        text("format", "文件格式", "按内容而不是按扩展名判断的格式；判断不出时为空", values=FORMATS),
        big_integer("bytes", "文件大小", "文件大小", unit="字节"),
        text("status", "处理结果", "文件的处理结果", required=True, values=STATUSES),
        text("reason", "原因", "未入库的原因，或待认定的是什么；无须处理时为空"),
        moment("ingested_at", "入库时间", "读取这个文件的时间"),
        text("extractor_version", "读取程序版本", "读取这个文件的程序版本；版本变化后会重新读取"),
        text("remedy", "处理办法", "未入库或待认定时建议怎样处理；无须处理时为空"),
        text("duplicate_of", "重复于", "与之重复、已保留的文件路径；不重复时为空"),
        text("container", "所在压缩包", "从哪个压缩包中取出；不在压缩包中时为空"),
    ),
)

DOCUMENT_KINDS: Final = {
    "notice": "通知、公文（没有逐条列出的任务）",
    "rubric": "测评体系、评分标准（有分值）",
    "task_list": "任务清单（无分值）",
    "plan": "方案、计划",
    "roster": "人员名单",
    "form": "待填的表",
    "other": "其他，不是通知",
}

NOTICE_SCOPES: Final = {"ours": "本级", "superior": "上级", "reference": "参考"}
"""Whose notice it is, as seen by the people who keep the warehouse."""

AWARD_LEVELS: Final = {"全国": "全国级", "省级": "省、自治区、直辖市级", "市级": "地级市级", "县级": "县、区级"}

NOTICES: Final = TableSpec(
    schema="core",
    name="notices",
    label="通知",
    comment="通知目录。每行是一份正式印发的测评通知，取自标题、文号、落款和正文首段。",
    key=("notice_id",),
    foreign_keys=(ForeignKey(("file_id",), "core.files", ("file_id",)),),
    ordered=(Ordered("period_start", "period_end"),),
    columns=(
        identifier("notice_id", "通知编号", "通知的唯一编号"),
        identifier("file_id", "文件编号", "通知所在的文件"),
        text("title", "标题", "通知标题，不含书名号以外的修饰"),
        text("doc_number", "文号", "发文字号，照原文"),
        text("issuer", "发文机关", "印发通知的机关或单位，照原文"),
        text("province", "省", "所属省、自治区、直辖市全称"),
        text("city", "市", "所属地级市、自治州、盟或直辖市全称"),
        text("county", "县", "所属县、区、县级市全称；市级通知为空"),
        text("division_code", "区划代码", "最小一级区划的六位代码（GB/T 2260）", pattern=r"^[1-9][0-9]{5}$"),
        day("issued_on", "印发日期", "落款日期"),
        day("period_start", "周期开始", "测评或创建周期的第一天"),
        day("period_end", "周期结束", "测评或创建周期的最后一天"),
        integer("year", "年度", "通知所指的年度", unit="年", minimum=1980, maximum=2100),
        text("campaign", "创建类别", "文明单位、文明城市、文明校园、文明村镇等"),
        text("award_level", "荣誉级别", "所创荣誉的级别", values=AWARD_LEVELS),
        text("award", "荣誉名称", "所创荣誉的全称，如省级文明单位"),
        text("subject", "事由", "去掉年份、版次和“试行”等字样的标题，用来识别同一通知的历次版本"),
        texts("corrected", "已更正字段", "经人工更正的字段名，更正记录见 warehouse/corrections"),
        share(
            "confidence",
            "把握",
            "对各表理解的把握中最低的一个，从 0 到 1；只占全文很小部分的表不计，没有表格的为空",
        ),
        text(
            "kind", "文件类别", "这份文件是什么；“其他”没有任务、指标，也不进汇总", required=True, values=DOCUMENT_KINDS
        ),
        text("kind_reason", "类别依据", "为什么认定为这一类别"),
        points(
            "stated_total",
            "所称总分",
            "文中或合计行写明的满分，不含加分；没有写明时为各一级指标标明分值之和，都没有时为空",
        ),
        points(
            "stated_bonus", "所称加分", "文中写明的加分上限；没有写明时为加分类一级指标标明的分值之和，都没有时为空"
        ),
        integer("version", "版次", "同一通知的第几版，从 1 起", required=True, minimum=1),
        flag("is_current", "是否现行", "是否为同一通知的最新版"),
        identifier("supersedes", "上一版", "同一通知上一版的通知编号；没有上一版时为空", nullable=True),
        text(
            "scope",
            "归属",
            "这份通知是本级的、上级的还是供参考的，依据见 mart.notice_scope；还没有认定的为空",
            values=NOTICE_SCOPES,
        ),
        big_integer("table_chars", "表内字数", "各表格中非空白字符总数", required=True, unit="字"),
        big_integer("accounted_chars", "已解析字数", "其中已落入字段或问题清单的字符数", required=True, unit="字"),
        big_integer(
            "text_chars",
            "全文字数",
            "全文（正文和表格）中非空白字符总数，版式文件的页眉、页脚和页码除外",
            required=True,
            unit="字",
        ),
        big_integer(
            "accounted_text_chars",
            "全文已解析字数",
            "其中已落入单元格、字段、条款、其他正文或问题清单的字符数",
            required=True,
            unit="字",
        ),
    ),
)
