"""Chinese labels of warehouse codes, and fonts; see also `schemas.code_labels`.

Codes without a label are shown unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import schemas
from schemas.ddl import literal

FONTS: Final = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, SimHei, Noto Sans SC, sans-serif"
"""Chinese fonts of Linux, macOS and Windows in order of preference."""

SEVERITIES: Final = schemas.TABLES["core.findings"].column["severity"].values
DEADLINES: Final[Mapping[str, str]] = {
    **schemas.TABLES["core.task_deadlines"].column["kind"].values,
    "none": "未写明",
}
TABLES: Final[Mapping[str, str]] = {**schemas.TABLES["core.tables"].column["kind"].values, "prose": "正文"}
EVIDENCE: Final = schemas.TABLES["core.task_evidence"].column["kind"].values
PERSON_ROLES: Final[Mapping[str, str]] = {"leader": "责任领导", "person": "责任人"}
RULES: Final[Mapping[str, str]] = {
    "annotation": "批注未读取",
    "attachment_link": "附件另有链接",
    "bad_characters": "字符编码有误",
    "bad_span": "合并区域有误",
    "body_differs": "正文与表格不一致",
    "cell_lines": "每格一行的表",
    "contact_in_name": "文件名含联系方式",
    "correction_stale": "更正记录已失效",
    "damaged_file": "文件不完整",
    "deadline_unread": "时限未读全",
    "debris": "疑似乱码",
    "dismissal_stale": "处理意见已失效",
    "doubtful_figure": "数字辨认存疑",
    "embedded_file": "内嵌附件",
    "evidence_repeated": "材料重复索要",
    "extension_mismatch": "扩展名与内容不符",
    "form_text": "没有任务的表",
    "heading_vs_parts": "标题分值与下级之和不符",
    "heading_vs_tasks": "标题分值与各项之和不符",
    "heading_without_points": "标题未标分值",
    "headings_vs_tasks": "各标题分值与各项之和不符",
    "hidden_columns": "有隐藏列",
    "hidden_merged_text": "合并格内有隐藏文字",
    "hidden_rows": "有隐藏行",
    "hidden_sheet": "有隐藏工作表",
    "inline_vs_points": "括注分值与分值栏不符",
    "layout_doubt": "表格版式存疑",
    "lost_page": "页面损坏",
    "lost_part": "内容缺失",
    "no_deadline": "未写完成时限",
    "no_party": "未写责任单位",
    "no_points": "未写分值",
    "no_tasks": "未读出任务",
    "no_requirement": "任务文字不可读",
    "page_without_text": "页面没有文字",
    "picture": "图片中的文字",
    "field_unreadable": "栏目无法解析",
    "finding_dropped": "提示与内容不符",
    "publication": "网页标注的发布信息",
    "repaired": "已按正文补正",
    "stale_year": "年份可能过时",
    "stated_count": "所称条数不符",
    "title_row": "标题行",
    "topic_other": "未能归入主题",
    "total_vs_stated": "总分与所称不符",
    "total_vs_tasks": "合计与各项之和不符",
    "traditional_characters": "原文为繁体字",
    "unknown_header": "不认识的表头",
    "unknown_mark": "不认识的标记",
    "unread_text": "文字未归入栏目",
    "validation": "未通过校验",
}


def case(column: str, words: Mapping[str, str]) -> str:
    """Return a SQL expression that replaces codes by labels; codes without a label stay unchanged."""
    branches = " ".join(f"WHEN {literal(code)} THEN {literal(word)}" for code, word in words.items())
    return f"CASE {column} {branches} ELSE {column} END"
