"""How sure a reading is, what it says in words, and what else a table could be."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.tables.column_roles import ColumnRole, ColumnRoles
from extractors.tables.confidence import (
    CONFIDENCE_NAMES,
    alternative_roles,
    confidence,
    confidence_values,
    describe_alternative,
    describe_reading,
    find_unproven_points,
    other_confidence,
    posterior,
)
from extractors.tables.grid import build_grid
from extractors.tables.header import Header
from extractors.tables.role_assignment import ColumnReading, RoleAssignment
from extractors.tables.row_kinds import BodyRows, RowKind
from tests.extractors.tables.build import Row, cleaned, table
from tests.extractors.tables.sentences import DATES, DUTIES, POINTS, SERIALS, UNITS, lines

COLUMNS = ("考核内容", "考核标准", "分值")
BEST = (ColumnRole.REQUIREMENT, ColumnRole.SCORING, ColumnRole.POINTS)
TURNED = (ColumnRole.CRITERIA, ColumnRole.REQUIREMENT, ColumnRole.POINTS)
HEADER = Header(0, 1, COLUMNS, 12.0)
SURE = (20.0, 20.0)
"""Log-odds of rows that leave no choice."""
BODY = build_grid(table(["制度健全。", "每缺一项扣1分", "5"], ["二、加分项目（10分以内）的各类情形", "", ""]))
ROWS = BodyRows(BODY, ColumnRoles(BEST, ()))


def reading(*others: tuple[tuple[ColumnRole, ...], float], tasks: float = 20.0) -> ColumnReading:
    """A reading of `COLUMNS` with other assignments of roles and their scores; the best has -1."""
    assignments = [RoleAssignment(roles, score, (score / 3,) * len(roles)) for roles, score in [(BEST, -1.0), *others]]
    return ColumnReading(COLUMNS, tuple(assignments), tasks, ROWS)


def alternative(header: Header, read: ColumnReading, margins: Sequence[float] = SURE) -> str | None:
    """What else two rows below a header could be, the first of them a task and the second a heading."""
    return describe_alternative(header, read, BODY, (RowKind.TASK, RowKind.BAND), margins)


class TestPosterior:
    def test_it_falls_with_a_close_alternative(self) -> None:
        far, near = reading((TURNED, -9.0)), reading((TURNED, -1.5))
        assert posterior(HEADER, reading(), SURE) == 1.0
        assert posterior(HEADER, far, SURE) > 0.99
        assert posterior(HEADER, near, SURE) == pytest.approx(0.622, abs=0.001)

    def test_alternatives_add_up(self) -> None:
        third = (ColumnRole.LEVEL, ColumnRole.REQUIREMENT, ColumnRole.POINTS)
        assert posterior(HEADER, reading((TURNED, -1.0), (third, -1.0)), SURE) == pytest.approx(0.333)

    def test_the_same_facts_are_no_alternative(self) -> None:
        best = (ColumnRole.REQUIREMENT, ColumnRole.REMARK, ColumnRole.POINTS)
        same = (ColumnRole.REQUIREMENT, ColumnRole.SCOREBOX, ColumnRole.POINTS)
        one = ColumnReading(COLUMNS, (RoleAssignment(best, -1.0, ()), RoleAssignment(same, -1.0, ())), 20.0, ROWS)
        assert alternative_roles(one) is None
        assert posterior(HEADER, one, SURE) == 1.0

    def test_who_leads_is_doubtful_where_only_unknown_words_say_it(self) -> None:
        roles = (ColumnRole.REQUIREMENT, ColumnRole.LEAD, ColumnRole.SUPPORT)
        one = RoleAssignment(roles, -1.0, ())
        unknown = ColumnReading(("干什么", "谁挑头", "谁搭手"), (one,), 20.0, ROWS)
        half_known = ColumnReading(("干什么", "谁挑头", "配合单位"), (one,), 20.0, ROWS)
        assert posterior(HEADER, unknown, SURE) == 0.75
        assert alternative(HEADER, unknown) == "“谁挑头”、“谁搭手”中也可能是另一列牵头"
        assert posterior(HEADER, half_known, SURE) == 1.0

    def test_two_columns_of_units_of_which_no_word_says_that_one_leads(self) -> None:
        one = RoleAssignment((ColumnRole.REQUIREMENT, ColumnRole.PARTY, ColumnRole.PARTY), -1.0, ())
        assert posterior(HEADER, ColumnReading(("干什么", "哪家", "还有哪家"), (one,), 20.0, ROWS), SURE) == 0.75
        assert posterior(HEADER, ColumnReading(("干什么", "责任科室", "责任单位"), (one,), 20.0, ROWS), SURE) == 1.0

    def test_the_doubt_about_who_leads_hides_no_greater_one(self) -> None:
        roles = (ColumnRole.REQUIREMENT, ColumnRole.LEAD, ColumnRole.SUPPORT)
        turned = (ColumnRole.LEVEL, ColumnRole.LEAD, ColumnRole.SUPPORT)
        both = (RoleAssignment(roles, -1.0, ()), RoleAssignment(turned, -1.0, ()))
        assert posterior(HEADER, ColumnReading(("干什么", "谁挑头", "谁搭手"), both, 20.0, ROWS), SURE) == 0.5

    def test_a_row_of_doubtful_kind(self) -> None:
        assert posterior(HEADER, reading(), (20.0, 0.0)) == 0.5

    def test_another_header_or_no_tasks_lower_it(self) -> None:
        assert posterior(Header(0, 1, COLUMNS, 0.0), reading(), SURE) == 0.5
        assert posterior(HEADER, reading(tasks=0.0), SURE) == 0.5

    def test_a_table_without_tasks(self) -> None:
        assert other_confidence(-5.0) > 0.99
        assert other_confidence(0.0) == 0.5


class TestTheArithmeticOfTheTable:
    KINDS: Sequence[RowKind] = (RowKind.TASK, RowKind.TASK, RowKind.TOTAL)

    def observed(self, total: str, kinds: Sequence[RowKind] = KINDS) -> dict[str, float]:
        body = build_grid(table([DUTIES[0], "少一次扣1分", "5"], [DUTIES[1], "少一次扣1分", "8"], ["合计", "", total]))
        values = confidence_values(HEADER, reading((TURNED, -4.0)), body, kinds, [5.0, 6.0, 7.0])
        return dict(zip(CONFIDENCE_NAMES, values, strict=True))

    def test_a_total_of_the_tasks_agrees(self) -> None:
        found = self.observed("13")
        assert (found["total_agrees"], found["total_differs"]) == (1.0, 0.0)

    def test_another_total_differs(self) -> None:
        found = self.observed("20")
        assert (found["total_agrees"], found["total_differs"]) == (0.0, 1.0)

    def test_no_total_says_nothing(self) -> None:
        found = self.observed("13", (RowKind.TASK,) * 3)
        assert (found["total_agrees"], found["total_differs"]) == (0.0, 0.0)

    def test_distances(self) -> None:
        found = self.observed("13")
        assert (found["header_margin"], found["column_margin"], found["least_row"]) == (8.0, 3.0, 5.0)
        assert confidence(list(found.values())) == confidence(list(found.values()))

    def test_a_total_that_agrees_is_no_less_sure_than_one_that_differs(self) -> None:
        agrees, differs = self.observed("13"), self.observed("20")
        assert confidence(list(agrees.values())) >= confidence(list(differs.values()))


class TestWords:
    def test_how_a_table_was_understood(self) -> None:
        roles = ColumnRoles(BEST, ())
        kinds = [RowKind.BAND, RowKind.TASK, RowKind.TASK, RowKind.TOTAL, RowKind.NOTE]
        assert describe_reading(HEADER, COLUMNS, roles, kinds) == (
            "第1行为表头；“考核内容”为任务要求，“考核标准”为评分办法，“分值”为分值；任务2行，分组标题1行，合计1行，注1行"
        )

    def test_a_header_of_two_rows_and_none(self) -> None:
        roles = ColumnRoles(BEST, ())
        two = describe_reading(Header(1, 3, COLUMNS, 9.0), COLUMNS, roles, [])
        assert two.startswith("第2至3行为表头；")
        assert describe_reading(Header(0, 0, ("", "", "")), ("", "", ""), roles, [RowKind.TASK]) == "没有表头；任务1行"

    def test_what_else_the_columns_could_be(self) -> None:
        said = alternative(HEADER, reading((TURNED, -1.5)))
        assert said is not None
        assert "“考核标准”也可能是任务要求" in said
        assert "分值" not in said

    def test_a_column_without_a_name_is_counted(self) -> None:
        one = ColumnReading(
            ("", "", ""), (RoleAssignment(BEST, -1.0, ()), RoleAssignment(TURNED, -1.5, ())), 20.0, ROWS
        )
        assert "“第2列”也可能是任务要求" in str(alternative(HEADER, one))

    def test_another_header(self) -> None:
        assert alternative(Header(0, 1, COLUMNS, 0.3), reading((TURNED, -9.0))) == "表头也可能不是这几行"
        assert alternative(Header(0, 0, COLUMNS, 0.3), reading()) == "首行也可能是表头"

    def test_a_row_of_another_kind(self) -> None:
        read = reading((TURNED, -9.0))
        assert alternative(HEADER, read, (20.0, 0.4)) == "表头下第2行“二、加分项目（10分以内…”可能不是分组标题"
        assert alternative(HEADER, read, (0.4, 20.0)) == "表头下第1行“每缺一项扣1分”可能不是任务"
        assert "也可能是" in str(alternative(HEADER, read, (20.0, 3.0)))
        assert "也可能是" in str(alternative(HEADER, reading((TURNED, -1.2)), (20.0, 0.4)))

    def test_nothing_else(self) -> None:
        assert alternative(HEADER, reading()) is None


def test_known_words_are_surer_than_none_at_all() -> None:
    rows: list[Row] = [*lines(SERIALS, DUTIES, POINTS, UNITS, DATES)]
    known = cleaned(["序号", "测评内容", "分值", "责任单位", "完成时限"], *rows)
    unknown = cleaned(["甲", "乙", "丙", "丁", "戊"], *rows)
    assert known.confidence is not None
    assert unknown.confidence is not None
    assert known.confidence > unknown.confidence


class TestUnprovenPoints:
    """Numbers below a header that says nothing of points are taken for points with a doubt."""

    COLUMNS = ("序号", "考察要求", "点位数量")
    ROLES = (ColumnRole.SERIAL, ColumnRole.REQUIREMENT, ColumnRole.POINTS)

    def _find(self, *points: str, columns: tuple[str, ...] = COLUMNS, text: str = "路面整洁") -> str | None:
        body = build_grid(table(*([str(n), text, one] for n, one in enumerate(points, 1))))
        return find_unproven_points(columns, self.ROLES, body, [RowKind.TASK] * len(points))

    def test_nothing_speaks_of_points(self) -> None:
        assert self._find("20", "30", "8") == "点位数量"

    @pytest.mark.parametrize("column", ["分值", "计几分", "权重", "标准分"])
    def test_the_header_does(self, column: str) -> None:
        assert self._find("20", "30", "8", columns=("序号", "考察要求", column)) is None
        assert self._find("20", "30", "8", columns=(column, "考察要求", "份量")) is None

    @pytest.mark.parametrize(("text", "proves"), [("缺一项扣1分", True), ("每次 2 分", True), ("每次30分钟", False)])
    def test_a_text_does(self, text: str, proves: bool) -> None:
        assert (self._find("20", "30", "8", text=text) is None) is proves

    def test_they_are_together_a_hundred(self) -> None:
        assert self._find("20", "30", "50") is None
        assert self._find("20", "30", "51") == "点位数量"

    def test_a_table_without_points(self) -> None:
        body = build_grid(table(["1", "路面整洁", "20"]))
        assert find_unproven_points(self.COLUMNS, (*self.ROLES[:2], ColumnRole.OTHER), body, [RowKind.TASK]) is None
