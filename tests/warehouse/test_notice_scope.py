"""Whose notices are, when their cycles end, and which duties count as ours now."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import schemas
from tests.conftest import leave_out_views
from tests.warehouse.conftest import Ask, rows
from tests.warehouse.progress_frames import Duty, Report, Rows, frames, notice_rows, reports
from warehouse import store
from warehouse.clock import today
from warehouse.own_duties import SEE_FILTER, read_scopes

OPEN = date(2099, 12, 31)
YESTERDAY = today() - timedelta(1)
LATE = (Duty("报送总结", days=(today() - timedelta(40),)),)
COUNTY: dict[str, Any] = {"province": "某省", "city": "某市", "county": "某县", "period_end": OPEN}
CITY = COUNTY | {"county": None}
PROVINCE = CITY | {"city": None}
NATION = PROVINCE | {"province": None}
ELSEWHERE = CITY | {"city": "他市"}
Publish = Callable[..., Ask]
VIEWS = (
    *("mart.notice_scope", "mart.duty_scope", "mart.overdue", "mart.overdue_of_all", "mart.progress_of_all"),
    *("mart.notice_labels", "cn.逾期任务", "cn.到期任务", "cn.办理进展"),
)


def decide(*lines: Mapping[str, Any]) -> dict[str, Any]:
    """`ops.ownership` of these lines."""
    said = {"reason": "印发", "who": "张三", "when": "2026-01-01"}
    made = [said | dict(line) | {"line": number} for number, line in enumerate(lines, 2)]
    return {"ops.ownership": schemas.frame("ops.ownership", made)}


@pytest.fixture
def publish(tmp_path: Path, few_views: Callable[..., None]) -> Publish:
    """Publish notices with decisions and reports and what the tests ask of them; return what asks the warehouse."""
    few_views(*VIEWS)

    def make(*made: Rows, decided: Sequence[Mapping[str, Any]] = (), given: Sequence[Report] = ()) -> Ask:
        path = tmp_path / "w.duckdb"
        store.publish(path, add=frames(*made), replace=decide(*decided) | reports(given, *made))
        return rows(path)

    return make


def published_once(factory: pytest.TempPathFactory, *made: Rows) -> Ask:
    """Publish notices for several tests; return what asks the warehouse."""
    path = factory.mktemp("once") / "w.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        leave_out_views(patch, *VIEWS)
        store.publish(path, add=frames(*made))
    return rows(path)


def scopes(ask: Ask) -> dict[int, tuple[str | None, str | None]]:
    found = ask("SELECT notice_id, scope, scope_basis FROM mart.notice_scope")
    copied = ask("SELECT notice_id, scope FROM core.notices")
    assert sorted((name, scope) for name, scope, _ in found) == sorted(copied)
    return {int(name.removeprefix("notice-")): (scope, basis) for name, scope, basis in found}


def test_nothing_is_known_without_decisions_and_reports(publish: Publish) -> None:
    ask = publish(notice_rows(1, LATE), notice_rows(2, LATE, issuer="他市文明办", period_end=YESTERDAY))
    assert scopes(ask) == {1: (None, None), 2: (None, None)}
    assert ask("SELECT count(*) FROM mart.overdue") == [(2,)]
    assert ask("SELECT DISTINCT left_out FROM mart.duty_scope") == [(None,)]


def test_a_decision_about_a_notice_precedes_one_about_its_issuer_and_the_last_line_counts(publish: Publish) -> None:
    ask = publish(
        notice_rows(1, LATE, issuer="某县 文明办"),
        notice_rows(2, LATE, issuer="某县文明办"),
        notice_rows(3, LATE, issuer="他县文明办"),
        decided=(
            {"file": "370000/某市/通知2.docx", "issuer": None, "scope": "reference"},
            {"file": None, "issuer": "某县文明办", "scope": "superior"},
            {"file": None, "issuer": "某县文明办", "scope": "ours"},
            {"file": None, "issuer": "没有这个机关", "scope": "ours"},
        ),
    )
    assert scopes(ask) == {1: ("ours", "issuer"), 2: ("reference", "file"), 3: ("reference", "rest")}
    assert ask("SELECT scope_line FROM mart.notice_scope ORDER BY notice_id") == [(4,), (2,), (None,)]


def test_notices_with_reports_and_others_of_their_issuer_are_ours(publish: Publish) -> None:
    ask = publish(
        notice_rows(1, LATE, issuer="某县文明办"),
        notice_rows(2, LATE, issuer="某县文明办", subject="另一事项"),
        notice_rows(3, LATE, issuer="他县文明办"),
        notice_rows(4, LATE, issuer=None),
        given=(Report("notice-1-k1", "甲科", "in_progress"), Report("notice-4-k1", "甲科", "done")),
    )
    assert scopes(ask) == {
        1: ("ours", "progress"),
        2: ("ours", "same_issuer"),
        3: ("reference", "rest"),
        4: ("ours", "progress"),
    }


def test_a_decision_precedes_reports(publish: Publish) -> None:
    ask = publish(
        notice_rows(1, LATE, issuer="某市文明办"),
        notice_rows(2, LATE, issuer="某县文明办"),
        decided=({"file": None, "issuer": "某市文明办", "scope": "superior"},),
        given=(Report("notice-1-k1", "甲科", "done"), Report("notice-2-k1", "甲科", "done")),
    )
    assert scopes(ask) == {1: ("superior", "issuer"), 2: ("ours", "progress")}


@pytest.mark.parametrize(
    ("above", "own", "scope"),
    [
        (("某市精神文明建设指导委员会", CITY), ("某县文明办", COUNTY), "superior"),
        (("某省文明办", PROVINCE), ("某县文明办", COUNTY), "superior"),
        (("中央文明办", NATION), ("某市文明办", CITY), "superior"),
        (("中共某市委办公室", CITY), ("某县审计局", COUNTY), "superior"),
        (("某县人民政府办公室", COUNTY), ("某县审计局", COUNTY), "superior"),
        (("中共某县委员会", COUNTY), ("某县第一中学", COUNTY), "superior"),
        (("某县创建文明城市指挥部", COUNTY), ("某县审计局", COUNTY), "superior"),
        (("某县人民政府", COUNTY), ("某县文明办", COUNTY), "superior"),
        (("某县文明办", COUNTY), ("某县人民政府", COUNTY), "reference"),
        # A unit of the city may be the superior of a unit of ours or not: people say so.
        (("某市教育局", CITY), ("某县审计局", COUNTY), "reference"),
        (("某县教育局", COUNTY), ("某县审计局", COUNTY), "reference"),
        (("他市文明办", ELSEWHERE), ("某县文明办", COUNTY), "reference"),
        (("某县文明办", COUNTY), ("某市文明办", CITY), "reference"),
        (("某县审计局", COUNTY), ("某县文明办", COUNTY), "reference"),
        (("中共某县卫生健康局委员会", COUNTY), ("某县审计局", COUNTY), "reference"),
        (("某县卫生健康委员会", COUNTY), ("某县审计局", COUNTY), "reference"),
        (("文明办", NATION | {"county": None}), ("某县文明办", COUNTY), "reference"),
    ],
)
def test_who_is_above_follows_from_place_and_kind(
    publish: Publish, above: tuple[str, dict[str, Any]], own: tuple[str, dict[str, Any]], scope: str
) -> None:
    ask = publish(
        notice_rows(1, LATE, issuer=own[0], **own[1]),
        notice_rows(2, LATE, issuer=above[0], **above[1]),
        decided=({"file": None, "issuer": own[0], "scope": "ours"},),
    )
    assert scopes(ask)[2] == (scope, "place" if scope == "superior" else "rest")


ISSUERS: tuple[tuple[str | None, dict[str, Any], str | None, str | None], ...] = (
    ("中央精神文明建设指导委员会办公室", NATION, "全国", "office"),
    ("某省文明委", PROVINCE, "省级", "office"),
    ("某市人民政府", CITY, "市级", "government"),
    ("直辖市文明办", {"province": "北京市", "city": "北京市", "county": None}, "省级", "office"),
    ("某县城乡建设局", COUNTY, "县级", "unit"),
    ("某县河东镇人民政府", COUNTY, "乡级", "government"),
    ("某区城关街道办事处", COUNTY, "乡级", "government"),
    ("某高新区管委会", COUNTY, "县级", "government"),
    ("某县实验学校", COUNTY, "县级", "unit"),
    ("某市审计局", CITY | {"province": None}, "市级", "unit"),
    (None, NATION, None, None),
)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """A warehouse with a notice of each of them, numbered from 1."""
    made = [notice_rows(n, LATE, issuer=issuer, **place) for n, (issuer, place, *_) in enumerate(ISSUERS, 1)]
    return published_once(tmp_path_factory, *made)


@pytest.mark.parametrize(
    ("number", "level", "kind"), [(n, level, kind) for n, (*_, level, kind) in enumerate(ISSUERS, 1)]
)
def test_level_and_kind_of_the_issuer(issued: Ask, number: int, level: str | None, kind: str | None) -> None:
    found = issued("SELECT issuer_level, issuer_kind FROM mart.notice_scope WHERE notice_id = ?", f"notice-{number}")
    assert found == [(level, kind)]


CYCLES: tuple[tuple[dict[str, Any], Sequence[date], date | None, str | None], ...] = (
    ({"year": 2021, "period_end": date(2022, 6, 30)}, (), date(2022, 6, 30), "period"),
    ({"year": 2021, "period_end": date(2021, 11, 30)}, (date(2021, 10, 8),), date(2021, 11, 30), "period"),
    # Duties go on after the stages of the plan.
    ({"year": 2021, "period_end": date(2021, 7, 10)}, (date(2023, 8, 31),), date(2023, 12, 31), "due"),
    ({"year": 2021, "period_end": None}, (), date(2021, 12, 31), "year"),
    ({"year": None, "period_end": None}, (), date(2022, 12, 31), "year"),
    ({"year": None, "period_end": None, "issued_on": None}, (date(2020, 3, 1),), date(2020, 12, 31), "year"),
    ({"year": None, "period_end": None, "issued_on": None}, (), None, None),
)


@pytest.fixture(scope="module")
def cycles(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """A warehouse with a notice of each of them, by issuers of their own, numbered from 1."""
    made = [notice_rows(n, (Duty("报送总结", days=days),)) for n, (_, days, *_) in enumerate(CYCLES, 1)]
    for n, (rows_of, (columns, *_)) in enumerate(zip(made, CYCLES, strict=True), 1):
        of_its_own = {"issuer": f"第{n}市文明办", "issued_on": date(2022, 5, 5), "period_start": None}
        rows_of["core.notices"][0] |= of_its_own | columns
    return published_once(tmp_path_factory, *made)


@pytest.mark.parametrize(("number", "end", "basis"), [(n, end, basis) for n, (*_, end, basis) in enumerate(CYCLES, 1)])
def test_the_end_of_a_cycle(cycles: Ask, number: int, end: date | None, basis: str | None) -> None:
    found = cycles("SELECT cycle_end, cycle_basis FROM mart.notice_scope WHERE notice_id = ?", f"notice-{number}")
    assert found == [(end, basis)]


def test_only_open_cycles_of_ours_count(publish: Publish) -> None:
    ask = publish(
        notice_rows(1, LATE, issuer="某县文明办", period_end=today()),
        notice_rows(2, LATE, issuer="某县文明办", subject="往年", year=2016, period_end=YESTERDAY),
        notice_rows(3, LATE, issuer="他市文明办", period_end=OPEN, city="他市", county=None),
        decided=({"file": None, "issuer": "某县文明办", "scope": "ours"},),
    )
    # The days of LATE may be of last year, but never later than the cycle of notice 1.
    assert ask("SELECT notice_id, left_out FROM mart.duty_scope WHERE notice_id <> 'notice-2'") == [
        ("notice-1", None),
        ("notice-3", "reference"),
    ]
    assert ask("SELECT notice_id FROM mart.overdue") == [("notice-1",)] or today().month == 1
    assert ask("SELECT count(*) FROM mart.overdue_of_all") == [(3,)]
    for view in ("cn.逾期任务", "cn.到期任务", "cn.办理进展"):
        assert ask(f"SELECT DISTINCT 通知 FROM {view} WHERE 通知 NOT LIKE '%2016'") == [("某县文明办 2023",)]
    assert ask("SELECT count(*) FROM mart.progress_of_all") == [(3,)]


def test_of_a_superior_only_the_duties_that_reach_us_count(publish: Publish) -> None:
    """Without a unit, of all units, or of a unit of ours; 市教育局 is the superior's own."""
    upper = (
        Duty("建立台账", ()),
        Duty("报送总结", (("各县（市、区）", "lead"),)),
        Duty("组织审计", (("某县审计局", "lead"), ("市教育局", "support"))),
        Duty("开展督查", (("市教育局", "lead"),)),
        Duty("收发公文", (("办公室", "lead"),)),
    )
    lower = (Duty("办文", (("办公室", "lead"), ("某县审计局", "support"))),)
    made = notice_rows(1, upper, issuer="某市文明办", **CITY), notice_rows(2, lower, issuer="某县文明办", **COUNTY)
    kinds = {"各县（市、区）": "collective", "某县审计局": "unit", "市教育局": "unit", "办公室": "department"}
    for rows_of_notice in made:
        named = {row["party"] for row in rows_of_notice["core.task_parties"]}
        notice_id = rows_of_notice["core.notices"][0]["notice_id"]
        rows_of_notice["core.parties"] = [
            {"party_id": f"{notice_id}-{number}", "notice_id": notice_id, "name": name, "kind": kinds[name]}
            | {"ordinal": number, "printed": [name], "locator": "表1 第1行"}
            for number, name in enumerate(sorted(named), 1)
        ]
    ask = publish(*made, decided=({"file": None, "issuer": "某县文明办", "scope": "ours"},))
    found = ask("SELECT party, left_out FROM mart.duty_scope WHERE notice_id = 'notice-1' ORDER BY party NULLS FIRST")
    assert dict(found) == {
        None: None,
        "办公室": "other_unit",
        "各县（市、区）": None,
        "市教育局": "other_unit",
        "某县审计局": None,
    }
    assert ask("SELECT DISTINCT left_out FROM mart.duty_scope WHERE notice_id = 'notice-2'") == [(None,)]


def test_the_sentence_says_what_counts_and_what_is_left_out(publish: Publish, tmp_path: Path) -> None:
    publish(
        notice_rows(1, LATE, issuer="某县文明办", **COUNTY),
        notice_rows(
            2, (), issuer="某县文明办", subject="往年", **COUNTY | {"year": 2016, "period_end": date(2016, 9, 1)}
        ),
        notice_rows(3, (), issuer="某市文明办", **CITY),
        notice_rows(4, (), issuer="他市文明办", **ELSEWHERE),
        decided=({"file": None, "issuer": "某县文明办", "scope": "ours"},),
    )
    with store.connect(tmp_path / "w.duckdb") as connection:
        found = read_scopes(connection)
    day = date(2026, 6, 1)
    assert found.describe(None, day, everything=False, remedy=SEE_FILTER) == (
        "只计周期没有结束的本级通知 1 份、上级通知 1 份（只计没有写明单位的、写给各单位的和写明本级单位的任务）；"
        "没有列入：参考通知 1 份、周期已结束的 1 份（某县文明办 2016 到 2016-09-01），要全部列出请选“全部通知”"
    )
    assert found.describe(["notice-4"], day, everything=False) == (
        "没有周期未结束的本级通知；没有列入：参考通知 1 份，要全部列出请加 --all"
    )
    assert found.describe(["notice-1"], day, everything=False) == "只计周期没有结束的本级通知 1 份"
    assert found.describe(None, date(2100, 1, 1), everything=True) == (
        "已全部列出：本级通知 2 份、上级通知 1 份、参考通知 1 份，其中周期已结束的 4 份"
    )
    assert found.describe([], day, everything=False) == ""


def test_the_five_notices(five: Path, tmp_path: Path) -> None:
    """Nobody decided; then one office is ours: the other four are reference and closed."""
    found = rows(five)(
        "SELECT l.label, s.scope, s.issuer_level, s.issuer_kind, s.cycle_end, s.cycle_basis "
        "FROM mart.notice_scope AS s JOIN mart.notice_labels AS l USING (notice_id) ORDER BY l.label"
    )
    assert found == [
        ("中共益阳市委党校 2021", None, "市级", "unit", date(2023, 12, 31), "due"),
        ("华容县审计局 2021", None, "县级", "unit", date(2021, 12, 31), "due"),
        ("汕尾市经济和信息化局 2016", None, "市级", "unit", date(2017, 12, 31), "period"),
        ("淄博市国防动员办公室 2023", None, "市级", "unit", date(2023, 12, 31), "period"),
        ("铜川市民政局", None, "市级", "unit", None, None),
    ]
    ((late,),) = rows(five)("SELECT count(*) FROM mart.overdue")
    assert late > 100
    path = tmp_path / "w.duckdb"
    shutil.copyfile(five, path)
    store.publish(path, add={}, replace=decide({"file": None, "issuer": "铜川市民政局", "scope": "ours"}))
    ask = rows(path)
    assert ask("SELECT count(*) FROM mart.overdue") == [(0,)]
    assert ask("SELECT count(*) FROM mart.overdue_of_all") == [(late,)]
    # No date is known of it, so that its cycle is not over.
    assert ask("SELECT DISTINCT 通知 FROM cn.办理进展") == [("铜川市民政局",)]
    assert ask("SELECT 归属, 周期, count(*) FROM cn.通知目录 GROUP BY ALL ORDER BY ALL") == [
        ("参考", "已结束", 4),
        ("本级", None, 1),
    ]
