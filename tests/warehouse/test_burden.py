"""The burden audit: the hits of a made-up notice worked out by hand, what looks alike, and a published notice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import schemas
from tests.conftest import leave_out_views
from tests.schemas.samples import notice
from tests.warehouse.conftest import Ask, rows
from warehouse import store
from warehouse.questions import QuestionFilters, answer
from warehouse.transform.burden_rules import list_rules

ISSUED = date(2024, 3, 1)
Hit = tuple[Any, ...]
REQUIREMENT = "开展诚信教育"


class Draft:
    """A notice of tasks with what they ask, issued on `ISSUED` for 2024."""

    def __init__(self) -> None:
        made = notice(1)
        self._task = made["core.tasks"][0] | {"evidence": None, "scoring": None, "deadline": None}
        self._evidence = made["core.task_evidence"][0] | {"choice": None, "min_words": None, "format": None}
        self._party = made["core.task_parties"][0] | {"role": "lead", "ordinal": 1, "party_id": None}
        self._rows: dict[str, list[dict[str, Any]]] = {
            "core.files": made["core.files"],
            "core.notices": [
                made["core.notices"][0]
                | {"issued_on": ISSUED, "year": 2024}
                | {"period_start": date(2024, 1, 1), "period_end": date(2024, 12, 31)}
            ],
            "core.tables": [made["core.tables"][0] | {"title": None}],
            "core.indicators": made["core.indicators"],
            "core.tasks": [],
            "core.task_parties": [],
            "core.task_evidence": [],
            "core.task_thresholds": [],
            "core.task_deadlines": [],
        }

    def task(self, requirement: str = REQUIREMENT, party: str | None = "甲科", **fields: Any) -> str:
        """Add a task; return its id."""
        number = len(self._rows["core.tasks"]) + 1
        task_id = f"notice-1-k{number}"
        row = {"task_id": task_id, "ordinal": number, "row": number - 1, "locator": f"表1 第{number + 1}行"}
        self._rows["core.tasks"].append(self._task | row | {"requirement": requirement} | fields)
        if party:
            self._rows["core.task_parties"].append(self._party | {"task_id": task_id, "party": party})
        return task_id

    def material(self, task_id: str, raw: str, kind: str = "document", **fields: Any) -> None:
        row = self._evidence | {"raw": raw, "kind": kind, "min_count": None}
        self._add("core.task_evidence", task_id, row | fields)

    def count(self, task_id: str, raw: str, value: int, unit: str, operator: str = ">=") -> None:
        row = {"subject": None, "operator": operator, "value": value, "unit": unit, "raw": raw}
        self._add("core.task_thresholds", task_id, row)

    def deadline(self, task_id: str, raw: str, ends_on: date | None = None, recurrence: str | None = None) -> None:
        row = {"kind": "recurring" if recurrence else "by", "ends_on": ends_on, "recurrence": recurrence, "raw": raw}
        self._add("core.task_deadlines", task_id, row | {"starts_on": None, "anchor": None, "basis": "cell"})

    def _add(self, table: str, task_id: str, row: dict[str, Any]) -> None:
        ordinal = sum(one["task_id"] == task_id for one in self._rows[table]) + 1
        self._rows[table].append(row | {"task_id": task_id, "ordinal": ordinal})

    def publish(self, folder: Path) -> Ask:
        path = folder / "w.duckdb"
        store.publish(path, add={name: schemas.frame(name, made) for name, made in self._rows.items()})
        return rows(path)


@pytest.fixture
def burden_alone(few_views: Callable[..., None]) -> None:
    few_views("mart.burden")


def hits(draft: Draft, folder: Path, columns: str = "rule, amount, unit, wording") -> list[Hit]:
    return draft.publish(folder)(f"SELECT {columns} FROM mart.burden ORDER BY task_id, rule, ordinal")


def test_every_hit_of_a_made_up_notice(tmp_path: Path) -> None:
    draft = Draft()
    first = draft.task("组织志愿服务", evidence="活动照片3张，信息稿2篇")
    draft.material(first, "活动照片3张", "photo", min_count=3, unit="张")
    draft.material(first, "信息稿2篇", "other", min_count=2, unit="篇")
    second = draft.task("召开文明创建专题会不少于4次，每季度总结", party="乙科", scoring="获市领导批示的加2分")
    draft.count(second, "召开文明创建专题会不少于4次", 4, "次")
    draft.material(second, "总结800字以上", "report", min_words=800)
    third = draft.task("干部职工撰写读书笔记，建立问题台账")
    draft.deadline(third, "每月20日前", recurrence="FREQ=MONTHLY;BYMONTHDAY=20")
    fourth = draft.task("制定实施方案", party=None)
    draft.deadline(fourth, "3月15日前", date(2024, 3, 15))
    ask = draft.publish(tmp_path)
    assert ask("SELECT task_id, rule, amount, unit, wording, field FROM mart.burden ORDER BY task_id, rule") == [
        (first, "media", 2, "篇", "信息稿2篇", "evidence"),
        (first, "photos", 3, "张", "活动照片3张", "evidence"),
        (second, "leaders", None, None, "获市领导批示的加2分", "scoring"),
        (second, "meetings", 4, "次", "召开文明创建专题会不少于4次", "requirement"),
        (second, "report_length", 800, "字", "总结800字以上", "requirement"),
        (third, "ledgers", None, None, "建立问题台账", "requirement"),
        (third, "monthly", 12, "次", "每月20日前", "deadline"),
        (third, "notes", None, None, "干部职工撰写读书笔记", "requirement"),
        (fourth, "urgent", 14, "天", "3月15日前", "deadline"),
    ]
    assert ask("SELECT DISTINCT party, locator FROM mart.burden ORDER BY locator") == [
        ("甲科", "表1 第2行"),
        ("乙科", "表1 第3行"),
        ("甲科", "表1 第4行"),
        (None, "表1 第5行"),
    ]
    assert ask("SELECT rule, breaches FROM ops.checks WHERE mart = 'mart.burden' AND breaches > 0") == []
    found = answer(tmp_path / "w.duckdb", 26, QuestionFilters(party="甲"), today=ISSUED)
    columns = [found.result.columns.index(name) for name in ("提示", "责任单位", "处数", "写明的数量合计")]
    assert [tuple(row[column] for column in columns) for row in found.result.rows] == [
        ("要照片、截图", "全部", 1, 3),
        ("要照片、截图", "甲科", 1, 3),
        ("要笔记、心得", "全部", 1, None),
        ("要笔记、心得", "甲科", 1, None),
        ("要报道、稿件、信息", "全部", 1, 2),
        ("要报道、稿件、信息", "甲科", 1, 2),
        ("要台账、日志", "全部", 1, None),
        ("要台账、日志", "甲科", 1, None),
        ("每月或更密的期限", "全部", 1, 12),
        ("每月或更密的期限", "甲科", 1, 12),
    ]


ALIKE = (
    "学习贯彻习近平总书记重要指示批示精神",
    "不以领导批示作为评价依据",
    "严禁要求基层建立台账",
    "不得要求撰写心得体会",
    "减少每月上报的报表",
    "配备笔记本电脑",
    "发布信息公开年度报告",
    "一、高度重视，加强领导",
    "每月开展一次志愿服务活动",
)
WORDINGS = (
    ("每人撰写学习体会", "notes"),
    ("工作得到省委领导批示的加3分", "leaders"),
    ("提供主要领导在动员会上的讲话稿", "leaders"),
    ("健全未成年人工作台帐", "ledgers"),
    ("填写工作日志", "ledgers"),
    ("每周五下班前报送进展", "monthly"),
    ("实行月报制度", "monthly"),
)
NUMBERS: tuple[tuple[str, tuple[int, str, str], list[str]], ...] = (
    ("全年召开党组会议不少于2次", (2, "次", ">="), ["meetings"]),
    ("党委每年专题研究2次", (2, "次", "="), ["meetings"]),
    ("开座谈会1场", (1, "场", "="), ["meetings"]),
    ("全市性会议不超过1次", (1, "次", "<="), []),
    ("志愿服务活动不少于2次", (2, "次", ">="), []),
    ("在市级以上媒体刊发稿件5篇", (5, "篇", ">="), ["media"]),
    ("报送工作信息不少于12条", (12, "条", ">="), ["media"]),
    ("悬挂宣传标语10条", (10, "条", ">="), []),
    ("群众对会议的知晓率95%", (95, "%", ">="), []),
)
DEADLINES: tuple[tuple[date | None, str | None, list[Hit]], ...] = (
    (date(2024, 3, 1), None, [("urgent", 0)]),
    (date(2024, 3, 30), None, [("urgent", 29)]),
    (date(2024, 3, 31), None, []),
    (date(2024, 2, 28), None, []),
    (None, "FREQ=WEEKLY;BYDAY=FR", [("monthly", 52)]),
    (None, "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", [("monthly", 26)]),
    (None, "FREQ=WEEKLY;INTERVAL=6", []),
    (None, "FREQ=DAILY;INTERVAL=10", [("monthly", 37)]),
    (None, "FREQ=DAILY;INTERVAL=45", []),
    (None, "FREQ=DAILY;INTERVAL=100", []),
    (None, "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", []),
    (None, "FREQ=MONTHLY;INTERVAL=3", []),
    (None, "FREQ=YEARLY;BYMONTH=10", []),
)


@pytest.fixture(scope="module")
def hits_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[object], list[Hit]]:
    """The hits of the task of a case; all of the above are tasks of one notice."""
    draft = Draft()
    tasks: dict[object, str] = {requirement: draft.task(requirement) for requirement in ALIKE}
    tasks |= {requirement: draft.task(f"做好宣传，{requirement}。") for requirement, _ in WORDINGS}
    for raw, (value, unit, operator), _ in NUMBERS:
        tasks[raw] = draft.task()
        draft.count(tasks[raw], raw, value, unit, operator)
    for ends_on, recurrence, _ in DEADLINES:
        tasks[ends_on, recurrence] = draft.task()
        draft.deadline(tasks[ends_on, recurrence], "期限", ends_on, recurrence)
    with pytest.MonkeyPatch.context() as patch:
        leave_out_views(patch, "mart.burden")
        ask = draft.publish(tmp_path_factory.mktemp("cases"))
    query = "SELECT rule, amount, unit, wording FROM mart.burden WHERE task_id = ? ORDER BY rule, ordinal"
    return lambda case: ask(query, tasks[case])


@pytest.mark.parametrize("requirement", ALIKE)
def test_what_only_looks_alike_is_no_hit(hits_of: Callable[[object], list[Hit]], requirement: str) -> None:
    assert hits_of(requirement) == []


@pytest.mark.parametrize(("requirement", "rule"), WORDINGS)
def test_wordings_of_a_rule(hits_of: Callable[[object], list[Hit]], requirement: str, rule: str) -> None:
    assert hits_of(requirement) == [(rule, None, None, requirement)]


@pytest.mark.parametrize(("raw", "limit", "expected"), NUMBERS)
def test_numbers_in_the_text(
    hits_of: Callable[[object], list[Hit]], raw: str, limit: tuple[int, str, str], expected: list[str]
) -> None:
    assert hits_of(raw) == [(rule, *limit[:2], raw) for rule in expected]


@pytest.mark.usefixtures("burden_alone")
def test_a_material_says_more_than_the_number_beside_it(tmp_path: Path) -> None:
    draft = Draft()
    task = draft.task("全年召开工作会议不少于4次，提供会议记录")
    draft.count(task, "全年召开工作会议不少于4次", 4, "次")
    draft.material(task, "会议记录4份", "minutes", min_count=4, unit="份")
    assert hits(draft, tmp_path) == [("meetings", 4, "份", "会议记录4份")]


@pytest.mark.usefixtures("burden_alone")
def test_a_shared_cell_counts_once_and_so_does_a_choice(tmp_path: Path) -> None:
    draft = Draft()
    first, second = draft.task(), draft.task()
    draft.material(first, "照片2张", "photo", min_count=2, unit="张", shared_rows=2)
    draft.material(second, "照片2张", "photo", min_count=2, unit="张", shared_rows=2, is_repeated=True)
    third = draft.task()
    draft.material(third, "照片", "photo", choice="甲")
    draft.material(third, "截图", "screenshot", choice="甲")
    assert hits(draft, tmp_path, "task_id, amount, wording") == [(first, 2, "照片2张"), (third, None, "照片")]


@pytest.mark.usefixtures("burden_alone")
def test_the_same_material_is_told_from_the_second_time_on(tmp_path: Path) -> None:
    draft = Draft()
    for party, raw in (
        ("甲科", "志愿者注册名单1份"),
        ("甲科", "志愿者注册名单"),
        ("甲科", "志愿者注册名单（2份）"),
        # Another unit's list, what any task may want, and another subject.
        ("乙科", "志愿者注册名单"),
        ("甲科", "相关文件资料"),
        ("甲科", "相关文件资料"),
        ("甲科", "文明家庭名单"),
    ):
        draft.material(draft.task(party=party), raw, "list")
    assert hits(draft, tmp_path, "rule, task_id, amount, unit, wording") == [
        ("repeated", "notice-1-k2", 3, "次", "志愿者注册名单"),
        ("repeated", "notice-1-k3", 3, "次", "志愿者注册名单（2份）"),
    ]


@pytest.mark.parametrize(("ends_on", "recurrence", "expected"), DEADLINES)
def test_deadlines(
    hits_of: Callable[[object], list[Hit]], ends_on: date | None, recurrence: str | None, expected: list[Hit]
) -> None:
    assert [hit[:2] for hit in hits_of((ends_on, recurrence))] == expected


def test_a_published_notice(ask: Ask) -> None:
    # In the list of 汕尾 seven reports are to have 300 characters and two 200; 会议材料 are wanted of 4 meetings.
    found = ask(
        "SELECT rule, count(*), sum(amount) FROM mart.burden JOIN mart.notice_labels USING (notice_id) "
        "WHERE place = '汕尾市' AND rule IN ('report_length', 'monthly', 'meetings') GROUP BY rule ORDER BY rule"
    )
    assert found == [("meetings", 1, 4.0), ("monthly", 1, 12.0), ("report_length", 9, 2500.0)]


def test_hits_are_no_findings(ask: Ask) -> None:
    assert ask("SELECT count(*) FROM mart.burden") > [(100,)]
    rules = {row["rule"] for row in list_rules()}
    assert ask("SELECT rule FROM core.findings") != []
    assert rules.isdisjoint(row[0] for row in ask("SELECT DISTINCT rule FROM core.findings"))


def test_a_hit_names_the_cell_that_says_it(ask: Ask) -> None:
    found = ask(
        "SELECT c.text, b.wording FROM mart.burden AS b JOIN core.tasks AS t USING (task_id) "
        "JOIN core.cells AS c ON c.table_id = t.table_id AND c.locator = b.locator"
    )
    assert len(found) > 100
    lost = [wording for text, wording in found if "".join(wording.split()) not in "".join(text.split())]
    assert lost == []
    # The materials of 汕尾 stand in the third column, their tasks are placed by the second.
    assert ask("SELECT DISTINCT locator FROM mart.burden WHERE wording = '5张实景照片'") == [
        ("表1 第2行第3列（文本第70行）",)
    ]


def test_every_rule_names_its_document_and_a_way_out() -> None:
    kinds = set(schemas.TABLES["core.task_evidence"].column["kind"].values)
    for row in list_rules():
        assert "《整治形式主义为基层减负若干规定》（2024年）" in row["source"]
        assert not re.search(r"第.{1,3}条", row["source"] + row["aspect"])
        assert set(row["kinds"]) <= kinds
    assert schemas.check("mart.burden_rules", schemas.frame("mart.burden_rules", list_rules())) == []
