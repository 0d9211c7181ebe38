"""What units reported, against rows worked out by hand: the latest word, open days, missing materials."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.conftest import Ask, rows
from tests.warehouse.progress_frames import Duty, Report, frames, notice_rows, reports
from warehouse import store
from warehouse.clock import today
from warehouse.transform import mart_checks

LONG_AGO = date(1990, 3, 31)
LATER = date(1990, 6, 30)
FAR = date(2099, 12, 31)
LEAD_AND_SUPPORT = (("甲科", "lead"), ("乙科", "support"))
QUARTERS = (LONG_AGO, LATER, FAR)

DUTIES = (
    Duty("一：牵头完成，配合未报", LEAD_AND_SUPPORT, (LONG_AGO,)),
    Duty("二：没有责任单位", (), (LONG_AGO,)),
    Duty("三：两家牵头，一家完成", (("甲科", "lead"), ("丙科", "lead"), ("乙科", "support")), (LATER,)),
    Duty("四：每季度报送一次", LEAD_AND_SUPPORT, QUARTERS),
    Duty("五：同一任务报过两次", (("甲科", "lead"),), (LATER,)),
    Duty("六：整张清单填报", (("丙科", "lead"), ("乙科", "lead")), (FAR,)),
    Duty("七：填报后改写了要求", (("甲科", "lead"),), (LONG_AGO,)),
    Duty("八：一家牵头不适用，另一家完成", (("甲科", "lead"), ("丙科", "lead"), ("乙科", "support"))),
    Duty("九：只有配合单位", (("乙科", "support"),)),
    Duty("十：牵头不适用", LEAD_AND_SUPPORT, (LONG_AGO,), (("report", 1, None),)),
    Duty("十一：需协调", (("丙科", "lead"),), (FAR,)),
    Duty("十二：每季度，漏报两季", (("丙科", "lead"),), QUARTERS),
    Duty("十三：每季度，配合单位自己办了一次", LEAD_AND_SUPPORT, QUARTERS),
)
GIVEN = (
    Report("notice-1-k1", "甲科", "done", done_on=date(1990, 3, 1)),
    Report("notice-1-k2", None, "in_progress", note="正在办"),
    Report("notice-1-k3", "甲科", "done"),
    Report("notice-1-k4", "甲科", "done", done_on=date(1990, 3, 20)),
    Report("notice-1-k5", "甲科", "done", at=2, done_on=date(1990, 5, 1)),
    Report("notice-1-k5", "甲科", "blocked", at=3, note="退回重做"),
    Report("notice-1-k5", "甲科", "not_started", at=1),
    Report("notice-1-k6", "丙科", "in_progress", at=1),
    Report("notice-1-k6", None, "done", at=2),
    Report("notice-1-k6", "乙科", "not_started", at=3),
    Report("notice-1-k7", "甲科", "done", wording="七：改写前的要求"),
    Report("notice-1-k8", "甲科", "not_applicable"),
    Report("notice-1-k8", "丙科", "done"),
    Report("notice-1-k10", "甲科", "not_applicable"),
    Report("notice-1-k11", "丙科", "blocked"),
    Report("notice-1-k13", "甲科", "in_progress"),
    Report("notice-1-k13", "乙科", "done", done_on=date(1990, 5, 15)),
)
# Task, party, status, settled: what counts today.
STAND = [
    (1, "乙科", None, True),
    (1, "甲科", "done", True),
    (2, None, "in_progress", False),
    (3, "丙科", None, False),
    (3, "乙科", None, False),
    (3, "甲科", "done", True),
    (4, "乙科", None, True),
    (4, "甲科", "done", True),
    (5, "甲科", "blocked", False),
    (6, "丙科", "done", True),
    (6, "乙科", "not_started", False),
    (7, "甲科", None, False),
    (8, "丙科", "done", True),
    (8, "乙科", None, True),
    (8, "甲科", "not_applicable", True),
    (9, "乙科", None, False),
    (10, "乙科", None, False),
    (10, "甲科", "not_applicable", True),
    (11, "丙科", "blocked", False),
    (12, "丙科", None, False),
    (13, "乙科", "done", True),
    (13, "甲科", "in_progress", False),
]
# The first quarter of task 4 is done by its lead, and so for its support; that of task 13 by its support alone,
# whose report of May covers the second quarter too.
OPEN = [
    (2, None, LONG_AGO),
    (3, "丙科", LATER),
    (3, "乙科", LATER),
    (4, "乙科", LATER),
    (4, "乙科", FAR),
    (4, "甲科", LATER),
    (4, "甲科", FAR),
    (5, "甲科", LATER),
    (6, "乙科", FAR),
    (7, "甲科", LONG_AGO),
    (10, "乙科", LONG_AGO),
    (11, "丙科", FAR),
    (12, "丙科", LONG_AGO),
    (12, "丙科", LATER),
    (12, "丙科", FAR),
    (13, "乙科", FAR),
    (13, "甲科", LONG_AGO),
    (13, "甲科", LATER),
    (13, "甲科", FAR),
]


TODAY = today()
SOON = (
    Duty("十天后到期", days=(TODAY + timedelta(10),)),
    Duty("四十天后到期", days=(TODAY + timedelta(40),)),
    Duty("十天后到期，已完成", days=(TODAY + timedelta(11),)),
    Duty("每季度，上季度已完成", days=(TODAY - timedelta(60), TODAY + timedelta(12))),
    Duty("每季度，本季度已完成", days=(TODAY - timedelta(60), TODAY + timedelta(13))),
)
SAID_SOON = (
    Report("notice-5-k3", "甲科", "done"),
    Report("notice-5-k4", "甲科", "done", done_on=TODAY - timedelta(70)),
    Report("notice-5-k5", "甲科", "done", done_on=TODAY - timedelta(5)),
)

OLD = (
    Duty("设置善行义举榜，定期推荐评选身边好人。", days=(LONG_AGO,), wants=(("report", 2, None),)),
    Duty("开展“我们的节日”主题活动，弘扬优秀传统文化。", days=(LONG_AGO,)),
    Duty("制定2023年度文明单位创建工作计划。"),
    Duty("组织干部职工参加志愿服务活动，建立台账。"),
    Duty("推进移风易俗，倡导文明健康生活方式。", deadline="2023年结束前后"),
    Duty("建成职工书屋并对外开放，有专人管理。"),
    Duty("常态化开展文明交通劝导，路口有人值守。", deadline="长期"),
)
NEW = (
    OLD[0],
    replace(OLD[1], days=(LATER,)),
    Duty("制定2024年度文明单位创建工作计划。"),
    OLD[3],
    replace(OLD[4], deadline="2024年结束前后"),
    replace(OLD[5], parties=(("丙科", "lead"),)),
    replace(OLD[6], deadline="长 期"),
)
CARRIED = (
    Report("notice-2-k1", None, "done", note="老话", materials=(("report", 1),)),
    *(Report(f"notice-2-k{k}", "甲科", "done", at=1) for k in range(2, 7)),
    Report("notice-2-k7", "甲科", "in_progress"),
    Report("notice-3-k4", "甲科", "blocked", at=2, note="新话"),
)

WANTING = (
    Duty("总结2份、照片3张，各交了一部分", wants=(("report", 2, None), ("photo", 3, None), ("plan", None, None))),
    Duty("同类材料依次抵用", wants=(("report", 1, None), ("report", 2, None))),
    Duty("任选其一，备了第二种", wants=(("report", 1, "甲"), ("photo", 2, "甲"))),
    Duty("任选其一，都不够", wants=(("report", 1, "甲"), ("photo", 2, "甲"))),
    Duty("同类的必备和任选，必备在先", wants=(("report", 1, "甲"), ("photo", 1, "甲"), ("report", 1, None))),
    Duty("牵头报全部备齐", LEAD_AND_SUPPORT, wants=(("report", 5, None),)),
    Duty("配合报全部备齐", LEAD_AND_SUPPORT, wants=(("report", 5, None),)),
    Duty("两家各备一份", LEAD_AND_SUPPORT, wants=(("report", 2, None),)),
    Duty("整张清单只算一次", LEAD_AND_SUPPORT, wants=(("report", 2, None),)),
    Duty("没有填报，没有牵头", (("乙科", "support"),), wants=(("photo", None, None),)),
    Duty("后一次填报少了", wants=(("report", 2, None),)),
    Duty("没有责任单位，全部备齐", (), wants=(("report", 5, None),)),
)
BROUGHT = (
    Report("notice-4-k1", "甲科", "in_progress", materials=(("report", 2), ("photo", 1))),
    Report("notice-4-k2", "甲科", "in_progress", materials=(("report", 2),)),
    Report("notice-4-k3", "甲科", "done", materials=(("photo", 2),)),
    Report("notice-4-k4", "甲科", "done", materials=(("photo", 1),)),
    Report("notice-4-k5", "甲科", "done", materials=(("report", 1), ("photo", 1))),
    Report("notice-4-k6", "甲科", "done", materials=(("all", 1),)),
    Report("notice-4-k7", "乙科", "done", materials=(("all", 1),)),
    Report("notice-4-k8", "甲科", "done", materials=(("report", 1),)),
    Report("notice-4-k8", "乙科", "done", materials=(("report", 1),)),
    Report("notice-4-k9", None, "done", materials=(("report", 1),)),
    Report("notice-4-k11", "甲科", "done", at=1, materials=(("report", 2),)),
    Report("notice-4-k11", "甲科", "done", at=2, materials=(("report", 1),)),
    Report("notice-4-k12", None, "done", materials=(("all", 1),)),
)
# Task, ordinal, first lead, wanted, on hand, missing, reported.
GAPS = [
    (1, 2, "甲科", 3, 1, 2, True),
    (1, 3, "甲科", 1, 0, 1, True),
    (2, 2, "甲科", 2, 1, 1, True),
    (4, 1, "甲科", 1, 0, 1, True),
    (7, 1, "甲科", 5, 0, 5, True),
    (9, 1, "甲科", 2, 1, 1, True),
    (10, 1, None, 1, 0, 1, False),
    (11, 1, "甲科", 2, 1, 1, True),
]


def number(column: str) -> str:
    return f"split_part({column}, '-k', 2)::INTEGER"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of report; notices 2 and 3 are versions of one another."""
    made = (
        notice_rows(1, DUTIES, issuer="第一市文明办"),
        notice_rows(2, OLD, issuer="第二市文明办"),
        notice_rows(3, NEW, issuer="第二市文明办", year=2024),
        notice_rows(4, WANTING, issuer="第四市文明办", period_end=FAR),
        notice_rows(5, SOON, issuer="第五市文明办"),
    )
    file = tmp_path_factory.mktemp("progress") / "w.duckdb"
    store.publish(file, add=frames(*made), replace=reports((*GIVEN, *CARRIED, *BROUGHT, *SAID_SOON), *made))
    return file


@pytest.fixture(scope="module")
def ask(path: Path) -> Ask:
    return rows(path)


def test_the_latest_word_of_every_party_counts(ask: Ask) -> None:
    found = ask(
        f"SELECT {number('task_id')} AS k, party, status, settled FROM mart.task_progress WHERE notice_id = 'notice-1'"
    )
    assert sorted(found, key=str) == sorted(STAND, key=str)
    assert ask("SELECT note, line, done_until FROM mart.task_progress WHERE task_id = 'notice-1-k5'") == [
        ("退回重做", 6, date(1990, 5, 1))
    ]
    # Reported without a date: the day of the import in China.
    assert ask(
        "SELECT done_on, done_until FROM mart.task_progress WHERE task_id = 'notice-1-k3' AND party = '甲科'"
    ) == [(None, date(2026, 1, 1))]


def test_days_that_are_still_open(ask: Ask) -> None:
    found = ask(f"SELECT {number('task_id')} AS k, party, due_on FROM mart.open_days WHERE notice_id = 'notice-1'")
    assert sorted(found, key=str) == sorted(OPEN, key=str)


def test_overdue_counts_from_the_first_day_missed(ask: Ask) -> None:
    wanted: dict[tuple[int, str | None], list[date]] = {}
    for task, party, day in OPEN:
        if day != FAR:
            wanted.setdefault((task, party), []).append(day)
    found = ask(
        f"SELECT {number('task_id')}, party, due_on, missed, current_date - due_on = days_overdue "
        "FROM mart.overdue_of_all WHERE notice_id = 'notice-1'"
    )
    assert sorted(found, key=str) == sorted(
        [(task, party, min(days), len(days), True) for (task, party), days in wanted.items()], key=str
    )
    assert ask("SELECT note FROM mart.overdue_of_all WHERE task_id = 'notice-1-k5'") == [("退回重做",)]
    assert ask("SELECT count(*), min(状态) FROM cn.逾期任务 WHERE 任务编号 = 'notice-1-k7'") == [(1, "未填报")]


def test_counts_by_party(ask: Ask) -> None:
    found = ask(
        "SELECT party, tasks, done, in_progress, blocked, not_started, not_applicable, unreported, overdue, due_soon, "
        "round(done_share, 4) FROM mart.progress_of_all WHERE notice_id = 'notice-1' ORDER BY party NULLS FIRST"
    )
    assert found == [
        (None, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0.0),
        ("丙科", 5, 2, 0, 1, 0, 0, 2, 2, 0, 0.4),
        ("乙科", 8, 4, 0, 0, 1, 0, 3, 3, 0, 0.5),
        ("甲科", 8, 3, 1, 1, 0, 2, 1, 4, 0, 0.5),
    ]
    assert ask("SELECT sum(任务数), sum(已逾期) FROM cn.办理进展 WHERE 通知 LIKE '第一%'") == [(22, 10)]


def test_due_within_thirty_days(ask: Ask) -> None:
    assert ask("SELECT tasks, due_soon, overdue FROM mart.progress_of_all WHERE notice_id = 'notice-5'") == [(5, 2, 0)]


def test_an_unchanged_task_of_a_later_edition_keeps_its_progress(ask: Ask) -> None:
    found = ask(
        f"SELECT {number('task_id')} AS k, party, status, carried_from, note FROM mart.task_progress "
        "WHERE notice_id = 'notice-3' ORDER BY k, party"
    )
    assert found == [
        (1, "甲科", "done", "notice-2-k1", "老话"),
        (2, "甲科", None, None, None),
        (3, "甲科", None, None, None),
        (4, "甲科", "blocked", None, "新话"),
        (5, "甲科", None, None, None),
        (6, "丙科", None, None, None),
        (7, "甲科", "in_progress", "notice-2-k7", None),
    ]
    # Deadline moved, a plan of another year, a deadline of another year in words: 2, 3 and 5 are duties anew.
    assert ask(f"SELECT {number('task_id')} AS k FROM mart.unchanged_tasks ORDER BY k") == [(1,), (4,), (6,), (7,)]
    # The former version is no longer assigned to anyone.
    assert ask("SELECT DISTINCT notice_id FROM mart.overdue_of_all WHERE notice_id IN ('notice-2', 'notice-3')") == [
        ("notice-3",)
    ]
    assert ask("SELECT overdue, tasks FROM mart.progress_of_all WHERE notice_id = 'notice-2'") == [(0, 7)]


def test_missing_materials(ask: Ask) -> None:
    found = ask(
        f"SELECT {number('task_id')} AS k, ordinal, party, wanted, on_hand, missing, reported FROM mart.evidence_gaps "
        "WHERE notice_id = 'notice-4' ORDER BY k, ordinal"
    )
    assert found == GAPS
    assert ask("SELECT count(*), sum(还缺件数) FROM cn.材料缺口 WHERE 通知 LIKE '第四%'") == [
        (len(GAPS), sum(gap[5] for gap in GAPS))
    ]
    # All leads say that the task is none of theirs.
    assert ask("SELECT count(*) FROM mart.evidence_gaps WHERE notice_id = 'notice-1'") == [(0,)]
    # Materials of a task that was carried over go along with it.
    assert ask("SELECT task_id, missing FROM mart.evidence_gaps WHERE notice_id IN ('notice-2', 'notice-3')") == [
        ("notice-3-k1", 1)
    ]


@pytest.mark.parametrize(
    ("harm", "mart", "rule"),
    [
        ("INSERT INTO mart.task_progress FROM mart.task_progress LIMIT 1", "mart.task_progress", "one_row_a_place"),
        ("DELETE FROM mart.task_progress WHERE party IS NULL", "mart.task_progress", "one_row_a_place"),
        ("UPDATE mart.task_progress SET notice_id = 'none'", "mart.task_progress", "notice_id_exists"),
        ("UPDATE mart.task_progress SET status = 'odd' WHERE NOT settled", "mart.progress_of_all", "statuses_sum"),
        ("INSERT INTO mart.open_days FROM mart.open_days LIMIT 1", "mart.open_days", "one_row_a_day"),
        ("UPDATE mart.open_days SET task_id = 'none'", "mart.open_days", "task_id_exists"),
    ],
)
def test_a_fault_is_reported(path: Path, tmp_path: Path, harm: str, mart: str, rule: str) -> None:
    file = tmp_path / "w.duckdb"
    shutil.copyfile(path, file)
    with closing(duckdb.connect(str(file))) as connection:
        assert connection.execute("SELECT mart, rule FROM ops.checks WHERE breaches > 0").fetchall() == []
        connection.execute("DELETE FROM ops.checks")
        connection.execute(harm)
        mart_checks.run_checks(connection)
        found = connection.execute("SELECT mart, rule FROM ops.checks WHERE breaches > 0").fetchall()
    assert (mart, rule) in found
