"""Lines of 版式.csv: put together by table, refused with a reason, and applied to the tables they name."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from extractors import vocabulary
from extractors.layouts import (
    LAYOUT_HEADERS,
    ConfirmedLayout,
    Kind,
    combine_lines,
    find_code,
    find_column,
    list_names,
    select_layouts,
    settle_document_kind,
    settle_layout,
    show_name,
)
from extractors.notice.document_kind import DocumentKind
from extractors.tables.clean_table import CleanTable, clean_tables
from extractors.tables.column_roles import ColumnRole
from tests.extractors.tables.build import Row, document, table

HEADER = ("考评项目", "评分标准", "分值", "扣分说明")
BODY: tuple[Row, ...] = (
    ("组织领导", "成立领导小组，定期研究创建工作。", "5", "未成立的不得分"),
    ("学习教育", "开展理论学习，每季度不少于一次。", "6", "每少一次扣1分"),
)


def line(number: int = 2, **given: str) -> tuple[int, dict[str, str]]:
    values = dict.fromkeys(LAYOUT_HEADERS, "") | {"header": "｜".join(HEADER), "reason": "核对", "who": "甲"}
    return number, values | {"when": "2026-11-01"} | given


def layout(
    file: str | None = None, issuer: str | None = None, ordinal: int | None = None, **columns: str
) -> ConfirmedLayout:
    return ConfirmedLayout(file, issuer, HEADER, ordinal, columns)


def read(*layouts: ConfirmedLayout, rows: tuple[Row, ...] = BODY, header: Row = HEADER) -> CleanTable:
    (found,) = clean_tables(document(table(header, *rows)), ["测评细则"], layouts)
    return found


class TestLines:
    def test_lines_of_one_table_are_put_together_and_a_later_one_counts_more(self) -> None:
        decisions, problems = combine_lines(
            [
                line(2, column="评分标准", role="评分办法"),
                line(3, column="评分标准", role="requirement"),
                line(4, row="组织领导", row_class="分节行"),
                line(5),
                line(6, issuer="甲州市文明办", column="第4列", role="scoring"),
            ]
        )
        assert problems == []
        assert [d.lines for d in decisions] == [(2, 3, 4, 5), (6,)]
        assert decisions[0].layout == ConfirmedLayout(
            None, None, HEADER, None, {"评分标准": "requirement"}, {"组织领导": "section"}, accepted=True
        )
        assert decisions[1].layout == ConfirmedLayout(None, "甲州市文明办", HEADER, None, {"第4列": "scoring"})

    @pytest.mark.parametrize(
        ("given", "fault"),
        [
            ({"reason": "", "when": ""}, "未填：理由、日期"),
            ({"header": ""}, "没有指明是哪张表"),
            ({"header": "", "file": "甲.md"}, "没有指明是哪张表"),
            ({"ordinal": "0", "file": "甲.md"}, "的表序“0”不是从 1 起的序号"),
            ({"ordinal": "1"}, "填了表序，须同时填文件"),
            ({"column": "评分标准"}, "的列和列含义须同时填写"),
            ({"row_class": "分节行"}, "的行和行类别须同时填写"),
            ({"column": "评分标准", "role": "requirement", "row": "一", "row_class": "section"}, "同时填了列和行"),
            ({"column": "评分标准", "role": "颜色"}, "的列含义“颜色”不认识，可填：序号、指标、任务要求"),
            ({"row": "一", "row_class": "蓝色"}, "的行类别“蓝色”不认识，可填：任务行、续行、分节行"),
            ({"column": "测评标准", "role": "requirement"}, "的列“测评标准”不在所填的表头中，表头各列为：考评项目"),
            ({"column": "5", "role": "requirement"}, "的列“5”不在所填的表头中"),
        ],
    )
    def test_a_line_that_cannot_be_used_is_named_with_its_reason(self, given: dict[str, str], fault: str) -> None:
        decisions, problems = combine_lines([line(7, **given)])
        assert decisions == []
        assert re.fullmatch(r"版式\.csv 第 7 行.*，该条认定未生效，请改正", problems[0])
        assert fault in problems[0]

    def test_the_header_may_be_joined_by_a_plain_bar(self) -> None:
        (decision,), _ = combine_lines([line(header="考评项目 | 评分标准|分值|扣分说明")])
        assert decision.layout.header == HEADER

    def test_every_decision_has_a_key_of_its_own(self) -> None:
        (decision,), _ = combine_lines(
            [line(column="2", role="requirement"), line(row="一", row_class="section"), line()]
        )
        assert decision.keys == [f"{'｜'.join(HEADER)} {name}" for name in ("2", "一", "整张表")]


class TestDocumentKind:
    def test_a_line_says_what_a_file_is(self) -> None:
        given = line(3, header="", file="甲.md", document_kind="不是通知")
        (decision,), problems = combine_lines([given, line(4, header="", file="甲.md", document_kind="任务清单")])
        assert problems == []
        assert (decision.layout.document_kind, decision.lines) == ("task_list", (3, 4))
        assert decision.keys == ["甲.md 文件类别"]

    def test_it_stands_beside_what_is_settled_of_a_table(self) -> None:
        lines = [line(2, file="甲.md"), line(3, header="", file="甲.md", document_kind="rubric")]
        tables, kind = (decision.layout for decision in combine_lines(lines)[0])
        assert (tables.document_kind, kind.document_kind) == (None, "rubric")
        assert tables.fits(HEADER, 1)
        assert not kind.fits(HEADER, 1)
        assert settle_document_kind(select_layouts([tables, kind], "甲.md", None)) == "rubric"
        assert settle_document_kind(select_layouts([tables, kind], "乙.md", None)) is None

    @pytest.mark.parametrize(
        ("given", "fault"),
        [
            ({"file": "甲.md", "header": "", "document_kind": "小说"}, "的文件类别“小说”不认识，可填：通知、测评体系"),
            ({"header": "", "document_kind": "other"}, "填了文件类别，须同时填文件"),
            ({"file": "甲.md", "document_kind": "other"}, "表头、表序、列和行须留空"),
        ],
    )
    def test_a_line_that_cannot_be_used_says_why(self, given: dict[str, str], fault: str) -> None:
        decisions, problems = combine_lines([line(7, **given)])
        assert decisions == []
        assert fault in problems[0]

    def test_every_kind_has_a_name_that_people_can_write(self) -> None:
        assert {find_code("documents", show_name("documents", kind)) for kind in DocumentKind} == set(DocumentKind)


class TestWhereItHolds:
    def test_file_issuer_or_everywhere(self) -> None:
        of_file, of_issuer, of_both, general = (
            layout("甲.md"),
            layout(None, "甲州市 文明办"),
            layout("甲.md", "乙"),
            layout(),
        )
        given = (general, of_issuer, of_file, of_both)
        assert select_layouts(given, "甲.md", "甲州市文明办") == [of_file, of_both, of_issuer, general]
        assert select_layouts(given, "丙.md", "乙") == [of_both, general]
        assert select_layouts(given, "丙.md", None) == [general]

    def test_an_ordinal_counts_the_tables_of_its_own_file(self) -> None:
        second = layout("甲.md", "乙", 2)
        (own,), (other,) = select_layouts([second], "甲.md", "乙"), select_layouts([second], "丁.md", "乙")
        assert (own.fits(HEADER, 1), own.fits(HEADER, 2), other.fits(HEADER, 1)) == (False, True, True)

    def test_a_table_without_a_header_is_named_in_its_file_only(self) -> None:
        bare = ConfirmedLayout("甲.md", "乙", (), 2, {"1": "requirement"})
        assert select_layouts([bare], "丁.md", "乙") == []
        (own,) = select_layouts([bare], "甲.md", None)
        assert (own.fits(("", ""), 2), own.fits(("", ""), 1)) == (True, False)

    def test_units_in_brackets_make_no_other_header(self) -> None:
        assert layout().fits(("考评项目", "评分标准", "分值（分）", "扣分说明"), 1)
        assert not layout().fits(HEADER[:3], 1)

    def test_the_closest_decision_about_a_column_counts(self) -> None:
        near = layout("甲.md", 评分标准="scoring")
        far = ConfirmedLayout(
            None, None, HEADER, None, {"第2列": "requirement", "扣分说明": "remark"}, {"一": "section"}, True
        )
        settled = settle_layout([near, far], HEADER, 1)
        assert settled is not None
        assert settled.column_roles(HEADER) == {1: "scoring", 3: "remark"}
        assert (settled.rows, settled.accepted) == ({"一": "section"}, True)
        assert settle_layout([near], HEADER[:2], 1) is None


class TestNames:
    def test_a_column_has_its_text_or_its_number(self) -> None:
        assert [find_column(HEADER, name) for name in ("分 值", "3", "第3列", "第9列", "第3行", "")] == [
            2,
            2,
            2,
            None,
            None,
            None,
        ]

    def test_a_row_has_its_first_text_or_its_number(self) -> None:
        rows = ConfirmedLayout(None, None, HEADER, None, {}, {"一": "section", "第3行": "note"})
        assert rows.row_class(["", "一 ", "组织领导"], 0) == "section"
        assert [rows.row_class(["二"], row) for row in (0, 2)] == [None, "note"]
        # A serial number is a text, not the number of a row.
        assert ConfirmedLayout(None, None, HEADER, None, {}, {"2": "note"}).row_class(["5"], 1) is None

    @pytest.mark.parametrize(
        ("name", "role"),
        [
            ("任务要求", "requirement"),
            ("分值", "points"),
            ("责任单位", "party"),
            ("牵头单位", "lead"),
            ("配合单位", "support"),
            ("佐证材料", "evidence"),
            ("测评方法", "method"),
            ("完成时限", "deadline"),
            ("指标", "level"),
            ("序号", "serial"),
            ("责任人", "person"),
            ("责任领导", "leader"),
            ("评分办法", "scoring"),
            ("备注", "remark"),
            ("requirement", "requirement"),
            ("颜色", None),
        ],
    )
    def test_roles_have_chinese_names(self, name: str, role: str | None) -> None:
        assert find_code("columns", name) == role

    def test_every_role_of_a_column_can_be_confirmed_and_every_name_means_one(self) -> None:
        assert set(vocabulary.load_toml("layouts")["columns"]) == set(ColumnRole)
        for kind in get_args(Kind):
            words = vocabulary.load_toml("layouts")[kind]
            names = [name for listed in words.values() for name in listed if name != "不读取"]
            assert len(names) == len(set(names))
            assert [find_code(kind, show_name(kind, code)) for code in words] == list(words)
            assert list_names(kind).count("、") == len(words) - 1


class TestTables:
    def test_a_decision_about_another_header_says_nothing_of_this_table(self) -> None:
        found, plain = read(ConfirmedLayout(None, None, HEADER[:2], None, {"考评项目": "remark"})), read()
        assert (found.roles, found.kinds, found.confidence) == (plain.roles, plain.kinds, plain.confidence)

    def test_a_confirmed_column_has_its_role_and_the_table_no_doubt(self) -> None:
        found = read(layout(评分标准="remark", 扣分说明="requirement"))
        assert found.confidence == 1.0
        assert [found.roles.names[1], found.roles.names[3]] == [ColumnRole.REMARK, ColumnRole.REQUIREMENT]
        assert found.roles.columns(ColumnRole.REQUIREMENT) == (3,)

    def test_an_accepted_reading_stays_as_it_is(self) -> None:
        found = read(ConfirmedLayout(None, None, HEADER, None, accepted=True))
        assert (found.confidence, found.roles) == (1.0, read().roles)

    def test_a_confirmed_row_has_its_class(self) -> None:
        found = read(ConfirmedLayout(None, None, HEADER, None, {}, {"组织领导": "note"}))
        assert found.task_rows() == [1]

    def test_a_table_without_a_header_is_read_by_the_numbers_of_its_columns(self) -> None:
        bare: tuple[Row, ...] = (("开展志愿服务活动，做好记录。", "某股"), ("组织理论学习，每月一次。", "某室"))
        layouts = [ConfirmedLayout("甲.md", None, (), 1, {"1": "requirement", "2": "party"})]
        (found,) = clean_tables(document(table(*bare)), [None], select_layouts(layouts, "甲.md", None))
        assert found.task_rows() == [0, 1]
