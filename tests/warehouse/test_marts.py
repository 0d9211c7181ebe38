"""The marts of the published notices, against figures that people worked out on paper; and marts of odd warehouses."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

import schemas
from tests.schemas.samples import frames, notice
from tests.warehouse.conftest import Ask, rows
from tests.warehouse.test_notice_versions import make_version
from warehouse import store
from warehouse.transform import mart_checks
from warehouse.transform.due_dates import expand_recurrence
from warehouse.transform.view_files import read_views

MARTS = sorted(view.full_name for view in read_views("mart"))
CONTRACT = {
    "topic_weights": {"notice_id", "topic", "points", "share", "tasks"},
    "rubric_similarity": {"notice_a", "notice_b", "weight_cosine", "topic_jaccard", "text_overlap"},
    "topic_crosswalk": {"task_a", "task_b", "topic", "similarity"},
    "responsibility_load": {"notice_id", "party", "lead_tasks", "support_tasks", "points_lead", "points_shared"}
    | {"share", "rank"},
    "responsibility_concentration": {"notice_id", "parties", "hhi", "gini", "top1_share", "top3_share"},
    "person_load": {"notice_id", "person", "role", "tasks", "points"},
    "evidence_burden": {"notice_id", "party", "month", "kind", "items"},
    "deadline_calendar": {"notice_id", "month", "ten_day", "tasks_due"},
    "method_mix": {"notice_id", "method", "tasks", "points", "share"},
    "threshold_comparison": {"topic", "subject", "notice_id", "operator", "value", "unit"},
    "rubric_audit": {"notice_id", "scope", "declared", "computed", "difference"},
    "notice_changes": {"notice_id", "previous_id", "change", "task_id", "previous_task_id", "before", "after"},
}
PLACES = {"zibo-2023": "淄博市", "yiyang-2021": "益阳市", "shanwei-2016": "汕尾市", "huarong-2021": "华容县"}


def one(ask: Ask, sql: str, place: str) -> tuple[object, ...]:
    """The only row of a query that is asked of the notice of a place."""
    (row,) = ask(f"WITH here AS (SELECT notice_id FROM mart.notice_labels WHERE place = ?) {sql}", place)
    return row


def truth(gold: Path, slug: str) -> list[dict[str, object]]:
    """The tasks as people read them."""
    return [json.loads(line) for line in (gold / slug / "tasks.jsonl").read_text("utf-8").splitlines()]


def listed(task: dict[str, object], field: str) -> list[object]:
    found = task[field]
    assert isinstance(found, list)
    return found


def test_every_mart_of_the_contract_has_its_columns(ask: Ask) -> None:
    for name, columns in CONTRACT.items():
        found = {row[0] for row in ask(f"SELECT column_name FROM (DESCRIBE mart.{name})")}
        assert columns <= found, name


def test_every_check_between_core_and_marts_holds(ask: Ask) -> None:
    found = ask("SELECT mart, rule, breaches FROM ops.checks")
    assert {row[:2] for row in found} == {(check.mart, check.rule) for check in mart_checks.CHECKS}
    assert [row for row in found if row[2]] == []


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two notices, to be copied and harmed."""
    path = tmp_path_factory.mktemp("sound") / "w.duckdb"
    store.publish(path, add=frames(1, 2))
    return path


@pytest.mark.parametrize(
    ("mart", "harm", "rule"),
    [
        ("mart.topic_weights", "UPDATE mart.topic_weights SET share = share * 2", "share_sums_to_one"),
        ("mart.topic_weights", "UPDATE mart.topic_weights SET points = points + 1", "points_conserved"),
        ("mart.method_mix", "DELETE FROM mart.method_mix WHERE points > 0", "points_conserved"),
        ("mart.due_days", "UPDATE mart.due_days SET task_id = 'missing'", "task_id_exists"),
        ("mart.task_points", "INSERT INTO mart.task_points SELECT * FROM mart.task_points", "one_row_a_task"),
    ],
)
def test_a_mart_that_loses_or_adds_something_is_reported(
    sound: Path, tmp_path: Path, mart: str, harm: str, rule: str
) -> None:
    path = tmp_path / "w.duckdb"
    shutil.copyfile(sound, path)
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute("DELETE FROM ops.checks")
        connection.execute(harm)
        mart_checks.run_checks(connection)
        found = connection.execute("SELECT mart, rule FROM ops.checks WHERE breaches > 0").fetchall()
    assert (mart, rule) in found


def test_rounding_of_many_numbers_is_no_breach(sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    shutil.copyfile(sound, path)
    parties = 30
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute("DELETE FROM ops.checks")
        connection.execute(
            "CREATE TEMP TABLE loads AS SELECT * REPLACE ('甲科' AS party) FROM mart.responsibility_load "
            "QUALIFY row_number() OVER (PARTITION BY notice_id ORDER BY party) = 1"
        )
        connection.execute(
            "UPDATE loads SET points_shared = (SELECT sum(points_shared) FROM mart.responsibility_load AS l "
            "WHERE l.notice_id = loads.notice_id)"
        )
        connection.execute("DELETE FROM mart.responsibility_load")
        connection.execute(
            "INSERT INTO mart.responsibility_load "
            f"SELECT loads.* REPLACE (party || i AS party, round(points_shared / {parties}, 6) AS points_shared) "
            f"FROM loads, range({parties}) AS r(i)"
        )
        (off,) = connection.execute(
            "SELECT max(abs(a.points - b.points)) FROM (SELECT sum(points_shared) AS points FROM "
            "mart.responsibility_load GROUP BY notice_id ORDER BY notice_id) AS a POSITIONAL JOIN "
            "(SELECT points_shared AS points FROM loads ORDER BY notice_id) AS b"
        ).fetchone() or (0,)
        mart_checks.run_checks(connection)
        found = connection.execute("SELECT mart, rule FROM ops.checks WHERE breaches > 0").fetchall()
    assert off > mart_checks.TOLERANCE
    assert ("mart.responsibility_load", "points_conserved") not in found


def test_zibo_weights(ask: Ask) -> None:
    # Ⅱ-1 理想信念教育 is the only item of its topic: 2+4+1+2+1+1 = 11 of the 104 points that the table gives.
    assert one(
        ask,
        "SELECT points, round(share, 6), tasks FROM mart.topic_weights JOIN here USING (notice_id) "
        "WHERE topic = 'ideals_education'",
        "淄博市",
    ) == (11.0, round(11 / 104, 6), 6)
    # The headings of the table say 100.
    assert one(
        ask,
        "SELECT DISTINCT base, stated_total, base_source FROM mart.topic_weights JOIN here USING (notice_id)",
        "淄博市",
    ) == (104.0, 100, "computed")
    assert one(
        ask,
        "SELECT DISTINCT base, stated_total, base_source FROM mart.topic_weights JOIN here USING (notice_id)",
        "华容县",
    ) == (None, None, None)
    # Two tasks share a cell of 2 points (联席会议成员单位 / 非成员单位): one point each.
    assert ask(
        "SELECT p.points, p.points_each FROM mart.task_points AS p JOIN core.tasks AS t USING (task_id) "
        "JOIN mart.notice_labels AS n ON n.notice_id = t.notice_id "
        "WHERE n.place = '淄博市' AND t.topic = 'civil_tourism' ORDER BY t.ordinal"
    ) == [(2, 1.0), (None, 1.0)]


def test_points_that_only_a_heading_states_are_spread_over_its_tasks(tmp_path: Path) -> None:
    one = notice(1)
    (outer, inner), (first,) = one["core.indicators"], one["core.tasks"]
    bare = first | {"points": None, "inline_points": [], "points_rows": 1}
    other = inner | {"indicator_id": "other", "ordinal": 3, "points": Decimal("4")}
    tasks = [
        # 诚信教育（6分） with two tasks, beside a heading whose task has points of its own
        bare | {"task_id": "a", "ordinal": 1, "topic": "reading"},
        bare | {"task_id": "b", "ordinal": 2, "topic": "integrity"},
        bare | {"task_id": "c", "ordinal": 3, "bonus": True},
        first | {"task_id": "d", "ordinal": 4, "points": Decimal("3"), "indicator_id": "other"},
        bare | {"task_id": "e", "ordinal": 5, "indicator_id": "other"},
    ]
    levels = [outer | {"points": Decimal("10")}, inner | {"points": Decimal("6")}, other]
    made = {name: schemas.frame(name, one[name]) for name in ("core.files", "core.notices", "core.tables")}
    made |= {"core.indicators": schemas.frame("core.indicators", levels)}
    path = tmp_path / "w.duckdb"
    store.publish(path, add=made | {"core.tasks": schemas.frame("core.tasks", tasks)})
    query = rows(path)
    shares = query("SELECT task_id, points_each, heading_id FROM mart.task_points ORDER BY task_id")
    weights = query("SELECT topic, points FROM mart.topic_weights ORDER BY topic")
    totals = query("SELECT points, tasks_with_points FROM mart.notice_labels")
    breaches = query("SELECT mart, rule FROM ops.checks WHERE breaches > 0")
    heading = inner["indicator_id"]
    assert shares == [("a", 3.0, heading), ("b", 3.0, heading), ("c", None, None), ("d", 3.0, None), ("e", None, None)]
    assert weights == [("integrity", 6.0), ("reading", 3.0)]
    assert totals == [(Decimal("9.000"), 3)]
    assert breaches == []


def test_zibo_audit(ask: Ask) -> None:
    # The headings promise 100 (15+10+10+22+7+17+…), the cells give 104: Ⅱ-20 has 1 of 2, Ⅱ-26 has 10 of 5.
    found = ask(
        "SELECT a.kind, i.code, a.declared, a.computed, a.difference FROM mart.rubric_audit AS a "
        "JOIN mart.notice_labels AS n USING (notice_id) LEFT JOIN core.indicators AS i USING (indicator_id) "
        "WHERE n.place = '淄博市' AND a.difference <> 0 AND a.kind <> 'rows' ORDER BY a.kind, i.code"
    )
    assert found == [
        ("heading", "Ⅰ-4", 7, 6, -1),
        ("heading", "Ⅰ-5", 17, 22, 5),
        ("heading", "Ⅱ-20", 2, 1, -1),
        ("heading", "Ⅱ-26", 5, 10, 5),
        ("table", None, 100, 104, 4),
    ]
    assert ask(
        "SELECT count(*) FROM mart.rubric_audit JOIN mart.notice_labels USING (notice_id) "
        "WHERE place IN ('汕尾市', '益阳市') AND difference <> 0"
    ) == [(0,)]


def test_shanwei_load_and_concentration(ask: Ask) -> None:
    # 人教科 has 21 tasks with 10 points, 办公室 12 with 5.5, three more one task with half a point each: 17 points.
    load = ask(
        "SELECT party, lead_tasks, support_tasks, points_lead, points_shared, rank FROM mart.responsibility_load "
        "JOIN mart.notice_labels USING (notice_id) WHERE place = '汕尾市' ORDER BY rank, party"
    )
    assert load == [
        ("人教科", 21, 0, 10.0, 10.0, 1),
        ("办公室", 12, 0, 5.5, 5.5, 2),
        ("中小局", 1, 0, 0.5, 0.5, 3),
        ("信息化科", 1, 0, 0.5, 0.5, 3),
        ("电子政务科", 1, 0, 0.5, 0.5, 3),
    ]
    # HHI (10² + 5.5² + 3·0.5²) / 17²; Gini (−4·0.5 − 2·0.5 + 0·0.5 + 2·5.5 + 4·10) / (5·17).
    parties, hhi, gini, top1, top3 = one(
        ask,
        "SELECT parties, hhi, gini, top1_share, top3_share FROM mart.responsibility_concentration "
        "JOIN here USING (notice_id)",
        "汕尾市",
    )
    assert parties == 5
    assert (hhi, gini, top1, top3) == pytest.approx((131 / 289, 48 / 85, 10 / 17, 16 / 17))


def test_yiyang_weights(ask: Ask) -> None:
    # Table 1 gives 100 points without the bonus; 2 培育和践行社会主义核心价值观 has 6, 优质服务 too.
    assert one(ask, "SELECT points::DOUBLE FROM mart.notice_labels JOIN here USING (notice_id)", "益阳市") == (100.0,)
    assert ask(
        "SELECT w.topic, w.points FROM mart.topic_weights AS w JOIN mart.notice_labels AS n USING (notice_id) "
        "WHERE n.place = '益阳市' AND topic IN ('core_values', 'quality_service') ORDER BY w.topic"
    ) == [("core_values", 6.0), ("quality_service", 6.0)]


@pytest.mark.parametrize("slug", ["zibo-2023", "shanwei-2016", "huarong-2021"])
def test_parties_lead_and_support_as_people_counted(ask: Ask, gold: Path, slug: str) -> None:
    wanted: Counter[tuple[str, str]] = Counter()
    for task in truth(gold, slug):
        parties = [(party["name"], party["role"]) for party in listed(task, "parties") if isinstance(party, dict)]
        for name in {name for name, _ in parties}:
            leads = (name, "lead") in parties
            wanted[name, "lead" if leads else "support"] += 1
    found = Counter(
        {
            (party, role): number
            for party, lead, support in ask(
                "SELECT party, lead_tasks, support_tasks FROM mart.responsibility_load "
                "JOIN mart.notice_labels USING (notice_id) WHERE place = ?",
                PLACES[slug],
            )
            for role, number in (("lead", lead), ("support", support))
            if number
        }
    )
    # One cell of huarong is read in another way than people did (tests/gold).
    assert (wanted - found).total() + (found - wanted).total() <= 2


def test_methods_as_people_counted(ask: Ask, gold: Path) -> None:
    # Of 36 tasks of Shanwei 35 go by 材料审核, 11 by 问卷调查, 6 by 实地考察; those with several divide their points.
    wanted = Counter(str(method) for task in truth(gold, "shanwei-2016") for method in listed(task, "methods"))
    found = ask(
        "SELECT m.method, m.tasks, m.points FROM mart.method_mix AS m JOIN mart.notice_labels AS n USING (notice_id) "
        "WHERE n.place = '汕尾市'"
    )
    assert wanted == {method: tasks for method, tasks, _ in found}
    assert sum(points for *_, points in found) == pytest.approx(17, abs=1e-5)


def test_persons_as_people_counted(ask: Ask, gold: Path) -> None:
    wanted = Counter(str(person) for task in truth(gold, "huarong-2021") for person in listed(task, "persons"))
    found: Counter[str] = Counter(
        dict(
            ask(
                "SELECT p.person, p.tasks FROM mart.person_load AS p JOIN mart.notice_labels AS n USING (notice_id) "
                "WHERE n.place = '华容县' AND p.role = 'person'"
            )
        )
    )
    assert len(wanted) == 8
    # One of 120 rows of the text dump hides where its person's cell begins.
    assert (wanted - found).total() + (found - wanted).total() <= 1


def test_collective_names_are_spread_over_the_named(ask: Ask) -> None:
    # 各科室（单位） has one task of one point in Zibo; ten others are named, each gets a tenth.
    found = ask(
        "SELECT party, own_tasks, expanded_tasks, round(expanded_points - own_points, 6) "
        "FROM mart.collective_expansion AS e JOIN mart.notice_labels AS n USING (notice_id) WHERE n.place = '淄博市'"
    )
    assert len(found) == 10
    assert "各科室（单位）" not in {row[0] for row in found}
    assert {(expanded - own, more) for _, own, expanded, more in found} == {(1, 0.1)}


def test_every_reason_of_an_orphan(ask: Ask) -> None:
    found = {
        (place, reason): number
        for place, reason, number in ask(
            "SELECT n.place, o.reason, count(*) FROM mart.orphan_tasks AS o JOIN mart.notice_labels AS n "
            "USING (notice_id) GROUP BY ALL"
        )
    }
    # Zibo: ---- stands in four cells; nine name several and do not say who leads.
    assert found["淄博市", "no_party"] == 4
    assert found["淄博市", "no_stated_lead"] == 9
    assert "汕尾市" not in {place for place, _ in found}


def test_what_if_keeps_the_total_and_crowns_the_heaviest_topic_of_the_other(ask: Ask) -> None:
    totals = ask(
        "SELECT w.notice_id, w.weights_of, sum(w.own_points), sum(w.what_if_points) "
        "FROM mart.what_if_weights AS w GROUP BY ALL"
    )
    assert len(totals) == 3 * 2
    for _, _, own, other in totals:
        assert other == pytest.approx(own, abs=1e-3)
    # Shanwei weighs 社会主义核心价值观 most (2.2 of 17): with its weights it is the first of Zibo too.
    assert ask(
        "SELECT w.topic FROM mart.what_if_weights AS w JOIN mart.notice_labels AS a USING (notice_id) "
        "JOIN mart.notice_labels AS b ON b.notice_id = w.weights_of "
        "WHERE a.place = '淄博市' AND b.place = '汕尾市' AND w.what_if_rank = 1"
    ) == [("core_values",)]
    assert ask("SELECT count(*) FROM mart.what_if_scores WHERE notice_id = weights_of AND covered <> 1") == [(0,)]


def test_gaps_are_topics_and_tasks_that_the_notice_lacks(ask: Ask) -> None:
    assert ask(
        "SELECT count(*) FROM mart.coverage_gaps AS g JOIN mart.topic_weights AS w USING (notice_id, topic) "
        "WHERE g.kind = 'topic'"
    ) == [(0,)]
    assert ask(
        "SELECT count(*) FROM mart.coverage_gaps AS g JOIN mart.topic_crosswalk AS x "
        "ON x.task_a = g.task_id AND x.notice_b = g.notice_id WHERE g.kind = 'task'"
    ) == [(0,)]
    assert ask("SELECT count(DISTINCT notice_id) FROM mart.coverage_gaps WHERE kind = 'task'") == [(5,)]


def test_reuse_groups_tasks_of_one_party(ask: Ask) -> None:
    found = ask("SELECT notice_id, party, tasks, len(task_ids) FROM mart.evidence_reuse")
    assert found
    assert all(tasks == listed >= 2 for _, _, tasks, listed in found)
    assert ask(
        "SELECT count(*) FROM (SELECT party, unnest(task_ids) AS task_id FROM mart.evidence_reuse) "
        "WHERE party IS NOT NULL AND task_id NOT IN (SELECT task_id FROM core.task_parties WHERE role = 'lead')"
    ) == [(0,)]


def test_a_wording_is_led_back_to_the_earliest_notice(tmp_path: Path, few_views: Callable[..., None]) -> None:
    few_views("mart.wording_reuse")
    text = "组织干部职工参加志愿服务活动，人均每年不少于二十小时，注册率达到百分之九十。"
    made: dict[str, pl.DataFrame] = {}
    for number, year in ((1, 2021), (2, 2022), (3, 2023)):
        for name, frame in make_version(number, year, [(text, "2", None, "办公室")]).items():
            made[name] = frame if name not in made else made[name].vstack(frame)
    # Three different matters: not versions of one another.
    made["core.notices"] = made["core.notices"].with_columns(subject=pl.col("notice_id"))
    path = tmp_path / "w.duckdb"
    store.publish(path, add=made)
    found = rows(path)("SELECT notice_id, first_notice_id, similarity, notices FROM mart.wording_reuse")
    assert found == [("notice-2", "notice-1", 1.0, 3), ("notice-3", "notice-1", 1.0, 3)]


@pytest.mark.parametrize(
    ("rule", "first", "last", "days"),
    [
        (
            "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
            "2023-01-01",
            "2023-12-31",
            ["03-31", "06-30", "09-30", "12-31"],
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=25", "2023-03-01", "2023-05-25", ["03-25", "04-25", "05-25"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2024-02-01", "2024-02-29", ["02-29"]),
        ("FREQ=MONTHLY;BYMONTHDAY=20", "2023-06-21", "2023-07-19", []),
    ],
)
def test_recurring_deadlines_are_spelled_out(rule: str, first: str, last: str, days: list[str]) -> None:
    found = [f"{day:%m-%d}" for day in expand_recurrence(rule, date.fromisoformat(first), date.fromisoformat(last))]
    assert found == days


@pytest.mark.parametrize(
    ("title", "period", "days"),
    [
        ("常规工作安排", ("2024-03-30", "2024-07-10"), ["24-03-31 early", "24-06-30", "24-09-30", "24-12-31"]),
        (
            "常规工作安排",
            ("2023-09-01", "2024-08-31"),
            ["23-09-30 early", "23-12-31 early", "24-03-31 early", "24-06-30"],
        ),
        ("常规工作安排（2025年）", ("2024-03-30", "2024-07-10"), ["25-03-31", "25-06-30", "25-09-30", "25-12-31"]),
    ],
)
def test_what_recurs_does_so_in_all_of_the_year(
    tmp_path: Path, few_views: Callable[..., None], title: str, period: tuple[str, str], days: list[str]
) -> None:
    few_views("mart.due_days")
    made = notice(1)
    dates = {"period_start": date.fromisoformat(period[0]), "period_end": date.fromisoformat(period[1])}
    made["core.notices"] = [made["core.notices"][0] | dates | {"year": 2024, "issued_on": date(2024, 4, 2)}]
    made["core.tables"] = [row | {"title": title} for row in made["core.tables"]]
    quarterly = {"kind": "recurring", "starts_on": None, "ends_on": None, "anchor": None, "raw": "每季度"}
    made["core.task_deadlines"] = [
        made["core.task_deadlines"][0] | quarterly | {"recurrence": "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"}
    ]
    store.publish(tmp_path / "w.duckdb", add={k: schemas.frame(k, v) for k, v in made.items() if k.startswith("core.")})
    found = rows(tmp_path / "w.duckdb")("SELECT due_on, is_before_issue FROM mart.due_days ORDER BY due_on")
    assert [f"{day:%y-%m-%d}{' early' if is_early else ''}" for day, is_early in found] == days


def test_material_of_a_shared_cell_counts_once(tmp_path: Path, few_views: Callable[..., None]) -> None:
    few_views("mart.evidence_burden", "mart.evidence_reuse")
    made = notice(1)
    task, evidence = made["core.tasks"][0], made["core.task_evidence"][0] | {"choice": None, "min_count": 3}
    made["core.tasks"] = [task, task | {"task_id": "notice-1-k2", "ordinal": 2, "row": 2}]
    made["core.task_evidence"] = [
        evidence | {"shared_rows": 2},
        evidence | {"task_id": "notice-1-k2", "shared_rows": 2, "is_repeated": True},
    ]
    store.publish(tmp_path / "w.duckdb", add={k: schemas.frame(k, v) for k, v in made.items() if k.startswith("core.")})
    ask = rows(tmp_path / "w.duckdb")
    assert ask("SELECT sum(items) FROM mart.evidence_burden") == [(3,)]
    assert ask("SELECT count(*) FROM mart.evidence_reuse") == [(0,)]


def test_a_theme_of_the_bonus_part_is_not_missing(tmp_path: Path, few_views: Callable[..., None]) -> None:
    few_views("mart.coverage_gaps")
    made = [notice(1), notice(2)]
    made[1]["core.tasks"] = [row | {"bonus": True} for row in made[1]["core.tasks"]]
    add = {k: schemas.frame(k, [*made[0][k], *made[1][k]]) for k in made[0] if k.startswith("core.")}
    store.publish(tmp_path / "w.duckdb", add=add)
    ask = rows(tmp_path / "w.duckdb")
    assert ask("SELECT count(*) FROM core.tasks WHERE bonus") != [(0,)]
    assert ask("SELECT notice_id, topic FROM mart.coverage_gaps WHERE kind = 'topic'") == []


def test_marts_of_an_empty_warehouse_are_empty(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    store.publish(path, add={})
    for name in MARTS:
        assert rows(path)(f"SELECT * FROM {name}") == [], name


def test_marts_of_one_notice_without_points_parties_or_dates(tmp_path: Path) -> None:
    made = notice(1)
    task = made["core.tasks"][0] | {"points": None, "methods": [], "leader": None, "persons": []}
    task |= {"indicator_id": None, "inline_points": []}
    add = {name: schemas.frame(name, made[name]) for name in ("core.files", "core.notices", "core.tables")}
    path = tmp_path / "w.duckdb"
    store.publish(path, add=add | {"core.tasks": schemas.frame("core.tasks", [task])})
    query = rows(path)
    with_rows = {name for name in MARTS if query(f"SELECT count(*) FROM {name}") != [(0,)]}
    always = {
        "mart.notice_labels",
        "mart.notice_names",
        "mart.task_points",
        "mart.topic_weights",
        "mart.task_progress",
        "mart.progress_by_party",
        "mart.progress_of_all",
        "mart.notice_scope",
        "mart.duty_scope",
    }
    assert with_rows == always | {"mart.orphan_tasks"}
    assert query("SELECT points, share, task_share FROM mart.topic_weights") == [(None, None, 1.0)]
    assert query("SELECT reason FROM mart.orphan_tasks") == [("notice_without_parties",)]
