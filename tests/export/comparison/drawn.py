"""Comparisons drawn by lot: what notices state and leave out in every mixture, with values at each bound."""

from __future__ import annotations

import random
from datetime import date
from itertools import count
from typing import Any

from warehouse.export.comparison.load import Comparison, Notice, Topic

PLACES = ("甲州文明办 2022", "乙县教育局", "丙市税务局 2021", "丁区", "戊镇 2020", "己县", "庚市 2019")
TOPICS = {
    "other": "其他", "integrity": "诚信建设", "festivals": "我们的节日", "minors": "未成年人",
    "volunteering": "志愿服务",
    "green_health": "绿色环保", "civic_morality": "公民道德", "role_models": "先进典型", "leadership": "组织领导",
    "reading": "全民阅读", "family": "家庭家教", "safety": "平安建设", "culture": "文化活动", "network": "网络文明",
}  # fmt: skip
KINDS = ("photo", "plan", "report", "minutes", "document", "certificate")
METHODS = (
    "材料审核", "实地考察", "问卷调查", "网上申报", "听取汇报", "个别访谈", "整体观察", "随机抽查", "暗访", "座谈",
)  # fmt: skip


def drawn(seed: int) -> Comparison:
    """The comparison of a seed: two to seven notices; each list is empty in one of four."""
    lot = random.Random(seed)
    notices = tuple(_notice(lot, number) for number in range(lot.choice((2, 2, 3, 4, 5, 7))))
    ids = [notice.notice_id for notice in notices]
    made = count()

    def rows(number: int, make: Any) -> list[dict[str, Any]]:
        return [] if lot.random() < 0.25 else [make() for _ in range(number)]

    def unlike(names: tuple[str, ...], make: Any) -> list[dict[str, Any]]:
        found = {}
        for row in rows(3 * len(ids), make):
            found[tuple(row[name] for name in names)] = row
        return list(found.values())

    def pair() -> dict[str, Any]:
        a, b = lot.sample(ids, 2)
        return {"notice_a": a, "notice_b": b}

    thresholds = [
        {
            "notice_id": lot.choice(ids),
            **_topic(lot),
            "subject": lot.choice((None, "活动照片", "报告")),
            "operator": lot.choice((">=", "=", "<=", "<")),
            "value": lot.choice((1.0, 2.0, 95.5)),
            "unit": (unit := lot.choice((None, "次", "张"))),
            "raw": "不少于2次",
            "shared": (shared := unit == "次"),
            "differs": shared and lot.random() < 0.6,
            "locator": lot.choice((None, "表1 第2行")),
        }
        for _ in range(lot.choice((0, 3, 8, 40)))
    ]
    parties = unlike(
        ("notice_id", "rank"),
        lambda: {
            "notice_id": lot.choice(ids), "rank": (rank := lot.randint(1, 8)), "party": f"单位{rank}",
            "lead_tasks": lot.randint(0, 3), "support_tasks": lot.randint(0, 3), "tasks": lot.randint(1, 6),
            "points_lead": lot.choice((None, 1.5)), "points_shared": lot.choice((None, 2.25)),
            "share": lot.choice((0.05, 0.123456, 0.5)), "share_basis": lot.choice(("points", "tasks")),
        },
    )  # fmt: skip
    parties.sort(key=lambda row: (ids.index(row["notice_id"]), row["rank"]))
    owners = dict.fromkeys(row["notice_id"] for row in parties)
    return Comparison(
        notices=notices,
        topics=_topics(lot, notices),
        similarity=unlike(
            ("notice_a", "notice_b"),
            lambda: {
                **pair(),
                "weight_cosine": lot.choice((None, 0.0, 0.25, 0.9995, 1.0)),
                "topic_jaccard": lot.choice((0.0, 0.38461, 1.0)),
                "text_overlap": lot.choice((None, 0.0, 0.5)),
            },
        ),
        thresholds=thresholds,
        parties=parties,
        concentration=[
            {
                "notice_id": owner,
                "parties": lot.randint(1, 9),
                "hhi": lot.choice((0.0, 0.1499, 0.15, 0.2, 0.25, 1.0)),
                "gini": lot.choice((0.0, 0.61995)),
                "top1_share": lot.choice((0.2, 0.5)),
                "top3_share": lot.choice((0.5, 1.0)),
            }
            for owner in owners
        ],
        unique_tasks=rows(
            12,
            lambda: {
                "notice_id": lot.choice([one.notice_id for one in notices if one.tasks] or ids[:1]),
                **_topic(lot),
                "topic_alone": lot.random() < 0.3,
                "indicator": lot.choice((None, "阵地建设")),
                "requirement": lot.choice((None, "短", "九" * 89, "十" * 90, "廿" * 91)),
                "points": lot.choice((None, 0.0, 1.0, 2.5)),
                "bonus": lot.random() < 0.2,
                "locator": "第3行",
            },
        )
        if any(one.tasks for one in notices)
        else [],
        similar_tasks=rows(
            5,
            lambda: {
                **(ends := pair()),
                "task_a": f"{ends['notice_a']}-{(number := next(made)) % 2}",
                "task_b": f"{ends['notice_b']}-{number % 2}",
                **_topic(lot),
                "requirement_a": "甲的要求",
                "requirement_b": lot.choice((None, "乙的要求")),
                "points_a": lot.choice((None, 1.0, 3.0)),
                "points_b": lot.choice((None, 2.0)),
                "relation": lot.choice(("overlap", "equal")),
                "similarity": lot.choice((0.2, 0.436931, 1.0)),
                "basis": lot.choice(("wording", "review")),
                "locator_a": lot.choice((None, "第4行")),
                "locator_b": "第5行",
            },
        ),
        methods=unlike(
            ("notice_id", "method"),
            lambda: {
                "notice_id": lot.choice(ids),
                "method": lot.choice(METHODS[: lot.choice((2, 8, 10))]),
                "tasks": 3,
                "points": 2.0,
                "share": lot.choice((None, 0.0, 0.25, 0.5)),
            },
        ),
        materials=unlike(
            ("notice_id", "kind"),
            lambda: {"notice_id": lot.choice(ids), "kind": lot.choice(KINDS), "items": lot.randint(0, 9)},
        ),
        months=unlike(
            ("notice_id", "month"),
            lambda: {"notice_id": lot.choice(ids), "month": lot.randint(1, 12), "tasks": lot.randint(0, 9)},
        ),
        deadlines=[_deadlines(lot, notice) for notice in notices if notice.tasks],
    )


def _notice(lot: random.Random, number: int) -> Notice:
    tasks = lot.choice((0, 10, 10, 20, 30))
    stated = [min(tasks, lot.choice((0, 1, 2, 3, tasks))) for _ in range(5)]
    return Notice(
        notice_id=f"n{number}",
        label=PLACES[number],
        title=lot.choice((None, "关于印发任务分解表的通知")),
        unit=None,
        place=None,
        year=lot.choice((None, 2022)),
        campaign=lot.choice((None, "文明单位")),
        award_level=lot.choice((None, "全国")),
        doc_number=lot.choice((None, "甲文明办〔2022〕2号")),
        issued_on=lot.choice((None, date(2022, 3, 1))),
        source_path=f"甲/{number}.txt",
        is_current=lot.random() < 0.8,
        tasks=tasks,
        points=lot.choice((None, None, 0.0, 100.0, 99.5)),
        bonus_points=lot.choice((None, 5.0)),
        with_points=stated[0],
        with_party=stated[1],
        with_deadline=stated[2],
        with_evidence=stated[3],
        with_method=stated[4],
        thresholds=lot.choice((0, 7)),
        open_findings=lot.choice((0, 1, 5)),
        doubtful_tables=number % 3,
    )


def _topic(lot: random.Random) -> dict[str, str]:
    topic = lot.choice(list(TOPICS))
    return {"topic": topic, "name": TOPICS[topic]}


def _topics(lot: random.Random, notices: tuple[Notice, ...]) -> tuple[Topic, ...]:
    found = []
    alike = lot.random() < 0.2
    for topic in lot.sample(list(TOPICS), lot.choice((0, 1, 3, 6, len(TOPICS)))):
        owners = [one.notice_id for one in notices if alike or lot.random() < 0.6]
        weights = {owner: 0.25 if alike else lot.choice((0.0, 0.05, 0.1, 0.3)) for owner in owners}
        points = {owner: lot.choice((1.0, 4.5)) for owner in owners if lot.random() < 0.7}
        if owners:
            tasks = {owner: lot.randint(1, 5) for owner in owners}
            found.append(Topic(topic, TOPICS[topic], weights, points, tasks))
    return tuple(found)


def _deadlines(lot: random.Random, notice: Notice) -> dict[str, Any]:
    silent = lot.choice((0, notice.tasks // 2, notice.tasks))
    dated = lot.randint(0, notice.tasks - silent)
    return {
        "通知": notice.label, "任务数": notice.tasks, "有日期": dated, "定期": notice.tasks - silent - dated,
        "随活动或节日": 0, "长期": 0, "无法判断": 0, "没有写": silent, "不定期占写明时限的（%）": 0.0,
    }  # fmt: skip
