"""Queries: read-only, one at a time, errors in Chinese; results as table, CSV, JSON and Excel."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook
from rich.cells import cell_len

from tests.schemas.samples import frames
from warehouse import store, xlsx
from warehouse.errors import WarehouseMissingError
from warehouse.printing import HEADER_ROW, PAGE_WIDTH
from warehouse.query import QueryError, Result, _suggest, read_column_labels, render, run
from warehouse.sql_process import VALUE_BYTES, truncate


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("warehouse") / "w.duckdb"
    store.publish(path, add=frames(1, 2))
    return path


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 任务要求, 分值 FROM cn.任务清单",
        "FROM 任务清单;",
        "WITH t AS (SELECT 1 AS a) SELECT * FROM t",
        "DESCRIBE core.tasks",
        "SUMMARIZE core.tasks",
        "SHOW ALL TABLES",
        "EXPLAIN SELECT 1",
        "PIVOT core.tasks ON notice_id USING count(*) GROUP BY bonus",
        "VALUES (1)",
        "-- 注释里的；分号\nSELECT ';'",
    ],
)
def test_questions_are_answered(path: Path, sql: str) -> None:
    result = run(path, sql)
    assert result.rows
    assert len(result.columns) == len(result.types) == len(result.rows[0])


def test_rows_columns_and_types(path: Path) -> None:
    result = run(path, "SELECT task_id, points, methods FROM core.tasks ORDER BY task_id")
    assert result.columns == ("task_id", "points", "methods")
    assert result.types == ("VARCHAR", "DECIMAL(9,3)", "VARCHAR[]")
    assert result.rows[0] == ("notice-1-k1", Decimal("3.40"), ["材料审核", "实地考察"])
    assert not result.truncated


@pytest.mark.parametrize(("limit", "rows", "truncated"), [(None, 2, False), (3, 2, False), (2, 2, False), (1, 1, True)])
def test_a_limit_cuts_and_says_so(path: Path, limit: int | None, rows: int, truncated: bool) -> None:
    result = run(path, "SELECT * FROM core.tasks", limit)
    assert (len(result.rows), result.truncated) == (rows, truncated)
    assert ("未完" in render(result, width=100)) is truncated


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM core.tasks",
        "INSERT INTO ops.meta VALUES ('a', 'b')",
        "UPDATE core.tasks SET points = 0",
        "CREATE TABLE core.t AS SELECT 1",
        "CREATE VIEW cn.t AS SELECT 1",
        "DROP VIEW cn.任务清单",
        "COPY core.tasks TO 'out.csv'",
        "EXPORT DATABASE 'out'",
        "ATTACH 'other.duckdb'",
        "DETACH warehouse",
        "INSTALL excel",
        "SET threads = 1",
        "PRAGMA threads = 1",
        "CHECKPOINT",
        "WITH gone AS (DELETE FROM core.tasks RETURNING *) SELECT * FROM gone",
    ],
)
def test_writing_is_refused_in_chinese(path: Path, sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = path.read_bytes()
    with pytest.raises(QueryError, match="仓库只供查询"):
        run(path, sql)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sql", ["SELECT 1; SELECT 2", "SELECT 1; DROP TABLE core.tasks"])
def test_several_statements_are_refused(path: Path, sql: str) -> None:
    with pytest.raises(QueryError, match="一次只能执行一条语句，这里有 2 条"):
        run(path, sql)


@pytest.mark.parametrize("sql", ["", " ", ";", "-- 只有注释"])
def test_nothing_to_run(path: Path, sql: str) -> None:
    with pytest.raises(QueryError, match="没有要执行的 SQL 语句"):
        run(path, sql)


def test_other_files_are_out_of_reach(path: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    for sql in (f"FROM '{secret}'", f"SELECT * FROM read_text('{secret}')", f"SELECT * FROM glob('{tmp_path}/*')"):
        with pytest.raises(QueryError, match="不允许读写仓库以外的文件"):
            run(path, sql)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT * FROM core.taks", ["没有这个表", "您是不是要写：core.tasks", "Table with name taks"]),
        ("SELECT * FROM 任务请单", ["您是不是要写：cn.任务清单"]),
        ("SELECT * FROM core.任务清单", ["您是不是要写：cn.任务清单"]),
        ("SELECT * FROM cor.tasks", ["没有这个表", "core.tasks"]),
        ("SELECT 城巿 FROM cn.任务清单", ["列名", "您是不是要写：城市"]),
        ("SELECT t.requirment FROM core.tasks AS t", ["列名", "您是不是要写：requirement"]),
        ("SELCT 1", ["SQL 语法有误", "SELCT"]),
        ("SELECT 城市，分值 FROM cn.任务清单", ["列名", "全角符号 ，"]),
        ("SELECT count（*） FROM cn.任务清单", ["全角符号 （ ）"]),
        ("SELECT nothing(1)", ["函数", "nothing"]),
        ("SELECT CAST('甲' AS INTEGER)", ["数据类型转换失败", "甲"]),
    ],
)
def test_errors_are_explained_in_chinese_with_the_words_of_duckdb(path: Path, sql: str, words: list[str]) -> None:
    with pytest.raises(QueryError) as refused:
        run(path, sql)
    message = str(refused.value)
    for word in [*words, "DuckDB 的说明："]:
        assert word in message


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("abcd", "您是不是要写：abxy？"),
        ("abxyz", "您是不是要写：abxy？"),
        ("aqqqqqq", "可用的名称有：abxy、mn。"),
        ("xabcdefg", "可用的名称有：abxy、mn。"),
    ],
)
def test_a_name_is_suggested_where_two_of_five_characters_agree(wrong: str, hint: str) -> None:
    assert [*_suggest(wrong, {"abxy": "abxy", "mn": "mn"})] == [hint.rstrip("。")]


def test_full_width_marks_inside_text_are_no_mistake(path: Path) -> None:
    with pytest.raises(QueryError) as refused:
        run(path, "SELECT '，' FROM nowhere")
    assert "全角" not in str(refused.value)


def test_without_a_warehouse_the_user_learns_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WarehouseMissingError, match="wenming build"):
        run(tmp_path / "none.duckdb", "SELECT 1")


EVERYTHING = Result(
    ("文字", "分值", "列表", "是否", "日期", "时间", "空"),
    ("VARCHAR", "DECIMAL(9,3)", "DECIMAL(9,3)[]", "BOOLEAN", "DATE", "TIMESTAMP", "VARCHAR"),
    (
        (
            "材料[red]审核[/red]",
            Decimal("3.40"),
            [Decimal("10.00"), Decimal("0.50")],
            True,
            date(2023, 3, 1),
            datetime(2023, 3, 1, 9, 30),
            None,
        ),
    ),
)


def test_a_table_lines_up_chinese_text() -> None:
    text = render(EVERYTHING, "table", width=120)
    lines = text.splitlines()
    assert len({cell_len(line) for line in lines[:-1]}) == 1
    assert "材料[red]审核[/red]" in text
    for value in ("3.4 ", "10、0.5", "是", "2023-03-01 ", "2023-03-01 09:30:00"):
        assert value in text
    assert "None" not in text
    assert lines[-1] == "1 行"


def test_a_long_value_wraps_and_is_cut_and_nothing_runs_over_the_edge() -> None:
    long = "开展诚信教育" * 100
    text = render(
        Result(("序号", "任务要求", "单位"), ("INTEGER", "VARCHAR", "VARCHAR"), ((1, long, "甲科"),)), width=60
    )
    assert max(cell_len(line) for line in text.splitlines()) <= 60
    assert "…" in text
    assert "甲科" in text
    alone = render(Result(("任务要求",), ("VARCHAR",), ((long,),)), width=60)
    assert alone.count("诚") == 100


def test_a_row_too_wide_for_the_terminal_is_printed_value_by_value() -> None:
    columns = tuple(f"第{number}列" for number in range(30))
    text = render(Result(columns, ("VARCHAR",) * 30, (("甲科室的任务",) * 29 + (None,),)), width=80)
    assert "第 1 行" in text
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    assert text.count("甲科室的任务") == 29
    assert "第29列" not in text


def test_a_row_printed_value_by_value_says_what_its_columns_are_called() -> None:
    columns = ("task_id", *(f"第{number}列" for number in range(20)))
    result = Result(columns, ("VARCHAR",) * 21, (("a1", *("甲科室",) * 20), ("a2", *("甲科室",) * 19, "")))
    labels = {"task_id": "任务编号", "points": "分值"}
    text = render(result, width=60, labels=labels)
    assert [" ".join(line.split()) for line in text.splitlines() if "task_id" in line] == [
        "task_id 任务编号 a1", "task_id 任务编号 a2",
    ]  # fmt: skip
    assert text.endswith("2 行（空的栏目未列）\n")
    assert "任务编号" not in render(result, width=60)
    assert render(result, "csv", labels=labels) == render(result, "csv")
    assert render(result, "json", labels=labels) == render(result, "json")


def test_columns_are_called_as_the_tables_of_the_query_call_them(path: Path) -> None:
    with closing(store.connect(path)) as connection:
        assert read_column_labels(connection, "select * from Core.Tasks")["requirement"] == "任务要求"
        # Names that are Chinese already need no other.
        assert "任务要求" not in read_column_labels(connection, "SELECT * FROM cn.任务清单")
        assert read_column_labels(connection, "SELECT 1") == {}


def test_a_column_that_two_tables_call_differently_has_no_other_name() -> None:
    with closing(duckdb.connect()) as connection:
        for table, name in (("a", "序号"), ("b", "名次")):
            connection.execute(f"CREATE TABLE {table} (id INTEGER, place INTEGER)")
            connection.execute(f"COMMENT ON COLUMN {table}.id IS '编号：唯一'")
            connection.execute(f"COMMENT ON COLUMN {table}.place IS '{name}：从 1 起'")
        assert read_column_labels(connection, "FROM a") == {"id": "编号", "place": "序号"}
        assert read_column_labels(connection, "FROM a JOIN b USING (id)") == {"id": "编号"}


@pytest.mark.parametrize(("width", "is_side_by_side"), [(28, True), (27, False)])
def test_columns_stand_side_by_side_as_long_as_they_fit(width: int, is_side_by_side: bool) -> None:
    columns = tuple(f"列{number}" for number in range(3))
    text = render(Result(columns, ("VARCHAR",) * 3, (("甲乙丙",) * 3,)), width=width)
    assert (len(text.splitlines()) == 6) is is_side_by_side


def test_no_rows_still_show_the_columns() -> None:
    assert "任务要求" in render(Result(("任务要求",), ("VARCHAR",), ()), width=60)


def test_csv_in_a_file_opens_in_excel_and_on_the_terminal_is_as_it_is(tmp_path: Path) -> None:
    result = Result(("=名称", "数"), ("VARCHAR", "DECIMAL(9,3)"), (("=1+1", Decimal("-1.50")), ('引"号\n换行', None)))
    assert list(csv.reader(io.StringIO(render(result, "csv")))) == [
        ["=名称", "数"],
        ["=1+1", "-1.5"],
        ['引"号\n换行', ""],
    ]
    target = tmp_path / "结果.csv"
    assert render(result, "csv", target) == f"已写入 2 行：{target}"
    content = target.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) == [
        ["'=名称", "数"],
        ["'=1+1", "-1.5"],
        ['引"号\n换行', ""],
    ]


def test_json_keeps_numbers_lists_and_nothing_apart(tmp_path: Path) -> None:
    [row] = json.loads(render(EVERYTHING, "json"))
    assert row == {
        "文字": "材料[red]审核[/red]",
        "分值": 3.4,
        "列表": [10, 0.5],
        "是否": True,
        "日期": "2023-03-01",
        "时间": "2023-03-01T09:30:00",
        "空": None,
    }
    twice = Result(("a", "a", "n"), ("INTEGER",) * 3, ((1, 2, float("nan")),))
    assert json.loads(render(twice, "json")) == [{"a": 1, "a_2": 2, "n": None}]
    render(EVERYTHING, "json", tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text("utf-8")) == [row]


DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://example.org")', "----"]


def test_excel_text_never_becomes_a_formula(tmp_path: Path) -> None:
    target = tmp_path / "结果.xlsx"
    render(Result(("=名称",), ("VARCHAR",), tuple((text,) for text in DANGEROUS)), "xlsx", target)
    sheet = load_workbook(target).active
    assert sheet is not None
    cells = [row[0] for row in sheet.iter_rows(min_row=HEADER_ROW)]
    assert [cell.value for cell in cells] == ["=名称", *DANGEROUS]
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)
    with zipfile.ZipFile(target) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_excel_has_a_header_and_true_numbers_and_dates(tmp_path: Path) -> None:
    target = tmp_path / "结果.xlsx"
    long = "任务" * 100
    result = Result((*EVERYTHING.columns, "长"), (*EVERYTHING.types, "VARCHAR"), ((*EVERYTHING.rows[0], long),))
    render(result, "xlsx", target)
    sheet = load_workbook(target).active
    assert sheet is not None
    assert sheet.freeze_panes == f"A{HEADER_ROW + 1}"
    assert all(cell.font.bold for cell in sheet[HEADER_ROW])
    values = [cell.value for cell in sheet[HEADER_ROW + 1]]
    assert values[1:4] == [3.4, "10、0.5", "是"]
    assert values[4:7] == [datetime(2023, 3, 1), datetime(2023, 3, 1, 9, 30), None]
    assert sheet.cell(HEADER_ROW + 1, 5).number_format == "yyyy-mm-dd"
    widths = [sheet.column_dimensions[letter].width for letter in "ABCDEFH"]
    assert widths[-1] == max(widths)
    assert sum(widths) <= PAGE_WIDTH
    # A column without a value is not shown.
    assert [letter for letter in "ABCDEFGH" if sheet.column_dimensions[letter].hidden] == ["G"]


def test_excel_takes_what_it_cannot_hold(tmp_path: Path) -> None:
    target = tmp_path / "r.xlsx"
    render(Result(("a", "b", "c"), ("VARCHAR",) * 3, (("甲\x01乙", "长" * 40000, float("inf")),)), "xlsx", target)
    sheet = load_workbook(target).active
    assert sheet is not None
    control, long, infinite = (cell.value for cell in sheet[HEADER_ROW + 1])
    assert (control, infinite) == ("甲�乙", "inf")
    assert len(str(long)) == 32767
    assert str(long).endswith("已截断）")


@pytest.mark.parametrize(("rows", "fits"), [(1, True), (2, True), (3, False)])
def test_excel_takes_as_many_rows_as_a_sheet_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, fits: bool
) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 2)
    result = Result(("a",), ("VARCHAR",), (("甲",),) * rows)
    if fits:
        render(result, "xlsx", tmp_path / "r.xlsx")
        return
    with pytest.raises(QueryError, match="结果有 3 行，超出 Excel 工作表的上限 2 行"):
        render(result, "xlsx", tmp_path / "r.xlsx")


def test_what_cannot_be_written_is_reported_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="可用的格式有：table、csv、json、xlsx"):
        render(EVERYTHING, "pdf")
    with pytest.raises(QueryError, match="须指定输出文件"):
        render(EVERYTHING, "xlsx")
    for form in ("csv", "json", "xlsx"):
        with pytest.raises(QueryError, match="无法写入"):
            render(EVERYTHING, form, tmp_path / "none" / f"r.{form}")


@pytest.mark.parametrize(
    ("value", "size"),
    [("甲" * 10, 30), (b"x" * 30, 30), (["甲" * 5, "abcde" * 3], 30), ({"甲" * 5: "a" * 15}, 30), (7, VALUE_BYTES)],
)
def test_an_answer_is_cut_where_it_grows_too_large(value: object, size: int) -> None:
    whole = Result(("a",), ("VARCHAR",), ((value,),) * 3)
    assert truncate(whole, 3 * size) is whole
    for most, rows in ((3 * size - 1, 2), (2 * size, 2), (2 * size - 1, 1), (0, 1)):
        cut = truncate(whole, most)
        assert (cut.rows, cut.truncated) == (whole.rows[:rows], True)
    single = Result(("a",), ("VARCHAR",), ((value,),))
    assert truncate(single, 0) is single
