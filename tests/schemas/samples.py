"""A made-up notice with a row in every table and a value in every column."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

import schemas

IMPORT = "20260101T200000000000Z"

Rows = dict[str, list[dict[str, Any]]]


def notice(number: int = 1) -> Rows:
    """The rows of notice `number`, by table; every id and path carries the number."""
    file, name = f"file-{number}", f"notice-{number}"
    table, task = f"{name}-t1", f"{name}-k1"
    outer, inner = f"{name}-i1", f"{name}-i2"
    path = f"370000/某市/通知{number}.docx"
    where = {"locator": "表1 第2行"}
    indicator = {"notice_id": name, "table_id": table, "points": Decimal("5"), "bonus": False, "topic": "integrity"}
    party = {"task_id": task, "raw": "甲", "scope": "①", "role_stated": True, "collective": False}
    party["party_id"] = unit = f"{name}-u1"
    party["basis"] = "header"
    rows: Rows = {
        "core.files": [
            {"file_id": file, "source_path": path, "sha256": "ab" * 32, "format": "docx", "bytes": 2048}
            | {"status": "loaded", "reason": "无", "ingested_at": datetime(2026, 1, 1, 20), "extractor_version": "1"}
            | {"remedy": "无", "duplicate_of": "无", "container": "无"}
        ],
        "core.notices": [
            {"notice_id": name, "file_id": file, "title": f"通知{number}", "doc_number": f"某文明办〔2023〕{number}号"}
            | {"issuer": "某市文明办", "province": "某省", "city": "某市", "county": "某县", "division_code": "370100"}
            | {"issued_on": date(2023, 3, 1), "period_start": date(2023, 1, 1), "period_end": date(2023, 12, 31)}
            | {"year": 2023, "campaign": "文明单位", "award_level": "省级", "award": "省级文明单位", "version": 1}
            | {
                "is_current": True,
                "supersedes": None,
                "scope": None,
                "subject": "文明单位测评",
                "corrected": ["city"],
            }
            | {"table_chars": 300, "accounted_chars": 300, "kind": "rubric", "kind_reason": "写有分值"}
            | {"stated_total": Decimal("100"), "stated_bonus": Decimal("5")}
            | {"text_chars": 900, "accounted_text_chars": 900}
        ],
        "core.tables": [
            {"table_id": table, "notice_id": name, "ordinal": 1, "title": "测评清单", "kind": "rubric", "n_rows": 2}
            | {
                "n_cols": 2,
                "columns": ["测评内容", ""],
                "roles": ["requirement", ""],
                "alternative_roles": [],
                "first_page": 1,
                "last_page": 2,
            }
        ],
        "core.cells": [
            {"table_id": table, "row": 0, "col": 0, "row_span": 1, "col_span": 1, "text": "测评内容"} | where,
            {"table_id": table, "row": 0, "col": 1, "row_span": 1, "col_span": 1, "text": ""} | where,
        ],
        "core.indicators": [
            {"indicator_id": outer, "parent_id": None, "level": 1, "ordinal": 1, "code": "Ⅰ-1", "name": "诚信建设"}
            | {"corrected": ["name"]}
            | indicator
            | where,
            {"indicator_id": inner, "parent_id": outer, "level": 2, "ordinal": 2, "code": "Ⅱ-1", "name": "诚信教育"}
            | {"corrected": []}
            | indicator
            | where,
        ],
        "core.tasks": [
            {"task_id": task, "notice_id": name, "table_id": table, "indicator_id": inner, "ordinal": 1, "row": 0}
            | {"label": "1）", "requirement": f"开展诚信教育{number}", "criteria": "诚信建设制度化", "points_rows": 1}
            | {"points": Decimal("3.40"), "inline_points": [Decimal("1"), Decimal("0.5")], "evidence": "报告1份"}
            | {"methods": ["材料审核", "实地考察"], "deadline": "10月底前", "leader": "张三", "persons": ["李四"]}
            | {"bonus": False, "topic": "integrity", "topic_score": 0.9, "repaired": ["evidence"], "remark": "无"}
            | {"scoring": "缺一项扣1分", "corrected": ["deadline"]}
            | where
        ],
        "core.parties": [
            {"party_id": unit, "notice_id": name, "ordinal": 1, "name": "甲科", "kind": "department", "printed": ["甲"]}
            | {
                "defined_at": "note",
                "defined_locator": "第9段",
                "parent_id": unit,
                "illegible": "无",
                "function": "宣传",
            }
            | where,
            {
                "party_id": f"{unit}2",
                "notice_id": name,
                "ordinal": 2,
                "name": "乙科",
                "kind": "unit",
                "printed": ["乙科"],
            }
            | where,
        ],
        "core.task_parties": [
            party | {"ordinal": 1, "party": "甲科", "role": "lead"},
            party | {"ordinal": 2, "party": "乙科", "role": "support", "scope": None, "party_id": f"{unit}2"},
        ],
        "core.task_deadlines": [
            {"task_id": task, "ordinal": 1, "kind": "by", "starts_on": date(2023, 10, 1), "anchor": "国庆节"}
            | {"ends_on": date(2023, 10, 31), "recurrence": "FREQ=YEARLY;BYMONTH=10", "raw": "10月底前"}
            | {"basis": "cell"}
        ],
        "core.task_evidence": [
            {"task_id": task, "ordinal": 1, "kind": "report", "min_count": 1, "unit": "份", "min_words": 500}
            | {"points": Decimal("1"), "raw": "报告1份", "choice": "甲"}
            | {"shared_rows": None, "is_repeated": False, "format": "报告500字以内", "basis": "cell"}
        ],
        "core.task_thresholds": [
            {"task_id": task, "ordinal": 1, "subject": "知晓率", "operator": ">=", "value": Decimal("95")}
            | {"unit": "%", "raw": "≥95%"}
        ],
        "core.scoring_rules": [
            {"task_id": task, "ordinal": 1, "effect": "deduct", "condition": "缺一项", "points": Decimal("1")}
            | {"cap": Decimal("3"), "raw": "缺一项扣1分", "choice": "甲"}
        ],
        "core.stages": [
            {"notice_id": name, "ordinal": 1, "name": "动员部署", "starts_on": date(2023, 3, 1), "raw": "3月"}
            | {"ends_on": date(2023, 3, 31), "text": "召开会议"}
            | where
        ],
        "core.members": [
            {"notice_id": name, "ordinal": 1, "group_name": "领导小组", "role": "组长", "person": "张三"} | where
        ],
        "core.clauses": [
            {"clause_id": f"{name}-c1", "notice_id": name, "ordinal": 1, "section": "主要任务", "label": "1."}
            | {"text": "开展诚信教育", "points": [Decimal("2")]}
            | where
        ],
        "core.footnotes": [
            {"notice_id": name, "ordinal": 1, "mark": "①", "text": "甲科、乙科", "orgs": ["甲科", "乙科"]} | where
        ],
        "core.rules": [
            {"rule_id": f"{name}-g1", "notice_id": name, "table_id": table, "ordinal": 1, "kind": "tier"}
            | {"scope": "table", "section": "要求", "text": "80至89分为良好", "applies_to": "良好", "tasks": 0}
            | {"value": Decimal("80"), "value_max": Decimal("89"), "unit": "分"}
            | where
        ],
        "core.passages": [{"notice_id": name, "ordinal": 1, "text": "各街道、各部门："} | where],
        "core.findings": [
            {"finding_id": f"{name}-f1", "notice_id": name, "table_id": table, "task_id": task, "rule": "points_sum"}
            | {"severity": "warning", "message": "分值不符", "declared": Decimal("5"), "computed": Decimal("3.4")}
            | {"file_id": file, "dismissed": "无需处理"}
            | where
        ],
        "mart.topics": [{"topic": "integrity", "name": "诚信建设", "includes": "诚信教育", "ordinal": number}],
        "mart.due_days": [{"task_id": task, "ordinal": 1, "due_on": date(2023, 10, 31), "is_before_issue": False}],
        "mart.task_subjects": [{"task_id": task, "subject": "诚信", "is_specific": True}],
        "mart.task_pairs": [
            {"task_a": task, "task_b": task, "notice_a": name, "notice_b": name, "similarity": 1.0}
            | {"topic": "integrity", "inside_a": 1.0, "inside_b": 1.0}
            | {"confidence": 0.99, "relation": "equal", "reason": "文字相同"}
        ],
        "mart.notice_pairs": [{"notice_a": name, "notice_b": name, "weight_cosine": 1.0, "topic_jaccard": 1.0}],
        "mart.unit_tasks": [
            {
                "unit_id": f"u{number}",
                "unit": "甲",
                "place": "某市文明办",
                "task_id": task,
                "notice_id": name,
                "party": "甲",
            }
            | {"role": "lead", "is_collective": False, "reported_by": "甲", "obligation_id": task, "relation": "sole"}
        ],
        "mart.unit_materials": [
            {"unit_id": f"u{number}", "task_id": task, "ordinal": 1, "material_id": f"{task}-1"},
        ],
        "mart.burden_rules": [
            {"rule": "photos", "ordinal": number, "name": "要照片", "measure": "wording", "kinds": ["photo"]}
            | {"evidence_words": "照片", "text_words": "拍照", "count_words": "照片", "count_units": ["张"]}
            | {"unless": "报道", "bound": 1, "additive": True}
            | {"aspect": "不过度留痕", "source": "规定", "advice": "少要"}
        ],
        "mart.task_versions": [{"task_id": task, "previous_task_id": task, "similarity": 1.0}],
        "ops.sources": [
            {"source_path": path, "bytes": 2048, "mtime_ns": 1, "sha256": "ab" * 32, "extractor_version": "1"}
            | {"corrections": "cd"}
        ],
        "ops.counterpart_reviews": [
            {"line": number, "file_a": path, "locator_a": "表1 第2行", "file_b": path, "locator_b": "表1 第2行"}
            | {"relation": "equal", "reason": "对照原文", "who": "甲", "when": "2026-01-01"}
        ],
        "ops.ownership": [
            {"line": number, "file": path, "issuer": "某市文明办", "scope": "ours"}
            | {"reason": "本级印发", "who": "甲", "when": "2026-01-01"}
        ],
        "ops.progress": [
            {"import_id": IMPORT, "line": number, "task_id": task, "party": "甲科", "wording": "0123456789ab"}
            | {"status": "done", "done_on": date(2023, 10, 1), "evidence_on_hand": "报告1份", "note": "已报送"}
            | {"requirement": "报送总结", "file": "甲科.xlsx", "sheet": "甲科", "row": 5, "sha256": "ab" * 32}
            | {"imported_at": datetime(2026, 1, 1, 20)}
        ],
        "ops.progress_materials": [
            {"import_id": IMPORT, "line": number, "ordinal": 1, "kind": "report", "items": 1, "raw": "报告1份"}
        ],
        "ops.progress_issues": [
            {"import_id": IMPORT, "line": number, "kind": "date", "message": "日期无法辨认", "task_id": task}
            | {"party": "甲科", "content": "{}", "file": "甲科.xlsx", "sheet": "甲科", "row": 6, "sha256": "ab" * 32}
            | {"imported_at": datetime(2026, 1, 1, 20)}
        ],
        "ops.runs": [
            {"run_id": IMPORT, "started_at": datetime(2026, 1, 1, 20), "outcome": "failed", "reason": "磁盘已满"}
            | {"seconds": 1.5, "read": 6, "loaded": 1, "no_tables": 1, "duplicate": 1, "held_back": 1}
            | {"unreadable": 1, "removed": 1, "unchanged": 1, "bytes": 2048}
        ],
        "ops.run_carriers": [{"run_id": IMPORT, "carrier": "docx", "files": 1, "bytes": 2048, "seconds": 0.5}],
        "ops.run_slowest": [
            {"run_id": IMPORT, "rank": number, "source_path": path, "carrier": "docx", "bytes": 2048, "seconds": 0.5}
        ],
        "ops.checks": [
            {"mart": "mart.topic_weights", "rule": "share", "description": "合计为 1", "breaches": 0, "example": "无"}
        ],
        "ops.meta": [{"key": f"名称{number}", "value": "内容"}],
    }
    retired = {"retired_at": datetime(2026, 1, 1, 20)}
    rows["ops.retired_notices"] = [one | retired | {"source_path": path} for one in rows["core.notices"]]
    rows["ops.retired_tasks"] = [one | retired for one in rows["core.tasks"]]
    return rows


def frames(*numbers: int) -> dict[str, pl.DataFrame]:
    """The tables of `core` of the notices of these numbers, as frames."""
    parts = [notice(number) for number in numbers]
    return {
        name: schemas.frame(name, [row for part in parts for row in part[name]])
        for name in schemas.TABLES
        if name.startswith("core.")
    }


def sources(*numbers: int) -> Mapping[str, pl.DataFrame]:
    """`ops.sources` for these notices, as the whole content of that table."""
    rows = [row for number in numbers for row in notice(number)["ops.sources"]]
    return {"ops.sources": schemas.frame("ops.sources", rows)}
