"""Click any fact and see where it stands: tables as printed, the lit cell, clauses of the running text."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from tests.explorer.conftest import Ask
from warehouse.explorer.pages import table as table_page


class Drawn(HTMLParser):
    """The cells of the drawn table: row and column by counting, as a browser does."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[dict[str, Any]] = []
        self._taken: set[tuple[int, int]] = set()
        self._row = -1
        self._column = 0
        self._open: dict[str, Any] | None = None
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table":
            self._inside = given.get("class") == "page"
        if not self._inside:
            return
        if tag == "tr":
            self._row += 1
            self._column = 0
        if tag in ("td", "th"):
            while (self._row, self._column) in self._taken:
                self._column += 1
            rows, columns = int(given.get("rowspan") or 1), int(given.get("colspan") or 1)
            self._taken |= {(self._row + r, self._column + c) for r in range(rows) for c in range(columns)}
            names = (given.get("class") or "").split()
            if "gutter" not in names:
                self._open = {"row": self._row, "col": self._column - 1, "rows": rows, "cols": columns, "text": ""}
                self._open |= {"tag": tag, "lit": "lit" in names, "id": given.get("id")}
            self._column += columns

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open["text"] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._open is not None:
            self.cells.append(self._open)
            self._open = None
        if tag == "table":
            self._inside = False


def drawn(web: httpx.Client, address: str) -> list[dict[str, Any]]:
    response = web.get(address)
    assert response.status_code == 200, response.text[:1500]
    parser = Drawn()
    parser.feed(response.text)
    return parser.cells


def tables(ask: Ask) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in ask("SELECT notice_id, table_id FROM core.tables ORDER BY table_id")]


def test_every_table_is_drawn_cell_for_cell_as_stored(web: httpx.Client, ask: Ask) -> None:
    assert len(tables(ask)) >= 7
    for notice_id, table_id in tables(ask):
        stored = ask('SELECT "row", col, row_span, col_span, text FROM core.cells WHERE table_id = ?', table_id)
        top = -min(row[0] for row in stored)
        cells = drawn(web, f"/notice/{notice_id}/table/{table_id}")
        assert sorted((c["row"] - top, c["col"], c["rows"], c["cols"], c["text"]) for c in cells) == sorted(stored)
        assert {c["tag"] for c in cells if c["row"] < top} <= {"th"}
        assert {c["tag"] for c in cells if c["row"] >= top} == {"td"}
        assert not any(c["lit"] for c in cells)


def lit(cells: list[dict[str, Any]]) -> list[str]:
    return [cell["text"] for cell in cells if cell["lit"]]


def test_a_task_lights_its_requirement_and_a_fact_its_own_column(web: httpx.Client, ask: Ask) -> None:
    task, notice, table, text = ask(
        "SELECT task_id, notice_id, table_id, requirement FROM core.tasks WHERE notice_id IN "
        "(SELECT notice_id FROM core.notices WHERE city = '汕尾市') AND len(repaired) = 0 AND label IS NULL "
        "AND len(requirement) > 30 ORDER BY ordinal LIMIT 1"
    )[0]
    address = f"/notice/{notice}/table/{table}?task={task}"
    assert lit(drawn(web, address)) == [text]
    (party,) = {row[0] for row in ask("SELECT raw FROM core.task_parties WHERE task_id = ?", task)} or {""}
    assert lit(drawn(web, f"{address}&role=party")) == [party]
    (points,) = ask("SELECT points FROM core.tasks WHERE task_id = ?", task)[0]
    displayed = lit(drawn(web, f"{address}&role=points"))
    assert [float(item) for item in displayed] == [float(points)]


def test_every_link_to_a_source_lights_exactly_one_first_cell(web: httpx.Client, ask: Ask) -> None:
    for (notice_id,) in ask("SELECT notice_id FROM core.notices"):
        page = html.unescape(web.get(f"/?notice={notice_id}").text)
        links = re.findall(r'class="source" href="([^"]+#lit)"', page)
        assert links
        for link in links[:5]:
            answer = web.get(link.partition("#")[0]).text
            assert answer.count('id="lit"') == 1
            assert "没有找到这一处" not in answer


def test_a_merged_cell_is_lit_for_every_row_it_covers(web: httpx.Client, ask: Ask) -> None:
    task, notice, table, row = ask(
        'SELECT task_id, notice_id, table_id, "row" FROM core.tasks WHERE points_rows > 1 AND points IS NULL LIMIT 1'
    )[0]
    cells = drawn(web, f"/notice/{notice}/table/{table}?task={task}&role=points")
    (cell,) = [item for item in cells if item["lit"]]
    assert cell["rows"] > 1
    ((begins,),) = ask(
        'SELECT max("row") FROM core.cells WHERE table_id = ? AND "row" < ? AND "row" + row_span > ? AND text = ?',
        table, row, row, cell["text"],
    )  # fmt: skip
    assert begins < row


def test_indicators_lead_to_the_cell_with_their_name(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    rows = ask(
        "SELECT indicator_id, notice_id, table_id, name FROM core.indicators WHERE table_id IS NOT NULL "
        "AND notice_id IN (?, ?) ORDER BY hash(indicator_id) LIMIT 12",
        labels["zibo"],
        labels["shanwei"],
    )
    for indicator_id, notice_id, table_id, name in rows:
        (text,) = lit(drawn(web, f"/notice/{notice_id}/table/{table_id}?indicator={indicator_id}"))
        assert name in text


def test_findings_lead_to_their_cell(web: httpx.Client, ask: Ask) -> None:
    page = html.unescape(web.get("/findings", params={"state": "all"}).text)
    links = [link for link in re.findall(r'href="(/notice/[^"]+finding=[^"]+)"', page) if "/table/" in link]
    with_cell = {
        item for (item,) in ask("SELECT finding_id FROM core.findings JOIN core.cells USING (table_id, locator)")
    }
    assert len(with_cell) > 20
    for link in links:
        finding = link.partition("finding=")[2].partition("#")[0]
        answer = web.get(link.partition("#")[0]).text
        assert answer.count('id="lit"') == (finding in with_cell)


def test_a_named_cell(web: httpx.Client, labels: Mapping[str, str], ask: Ask) -> None:
    notice = labels["zibo"]
    table, row, col, text = ask(
        'SELECT table_id, "row", col, text FROM core.cells JOIN core.tables USING (table_id) WHERE notice_id = ? '
        'AND row_span > 2 ORDER BY "row" LIMIT 1',
        notice,
    )[0]
    assert lit(drawn(web, f"/notice/{notice}/table/{table}?cell={row + 1},{col}")) == [text]
    assert "没有这一格" in web.get(f"/notice/{notice}/table/{table}?cell=9999,0").text
    for wrong in ("x", "--3,1", "3,-1", "²,1", "3,1,2"):
        assert web.get(f"/notice/{notice}/table/{table}", params={"cell": wrong}).status_code == 400


def test_a_task_of_the_running_text_leads_to_its_place(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    task_id, locator = ask("SELECT task_id, locator FROM core.tasks WHERE table_id IS NULL ORDER BY ordinal LIMIT 1")[0]
    page = html.unescape(web.get(f"/task/{task_id}").text)
    links = set(re.findall(r'href="([^"]+)#lit"', page))
    assert len(links) == 1
    answer = web.get(links.pop()).text
    assert answer.count('id="lit"') == 1
    assert "这份通知没有表格，任务取自正文" in answer
    assert locator in answer


def test_a_task_shows_all_its_facts(web: httpx.Client, ask: Ask) -> None:
    (task_id,) = ask(
        "SELECT task_id FROM core.tasks WHERE task_id IN (SELECT task_id FROM core.task_parties) "
        "AND task_id IN (SELECT task_id FROM core.task_evidence) "
        "AND task_id IN (SELECT task_id FROM core.task_deadlines) "
        "AND task_id IN (SELECT task_a FROM mart.topic_crosswalk) ORDER BY task_id LIMIT 1"
    )[0]
    page = html.unescape(web.get(f"/task/{task_id}").text)
    for query in (
        "SELECT requirement FROM core.tasks WHERE task_id = ?",
        "SELECT evidence FROM core.tasks WHERE task_id = ? AND evidence IS NOT NULL",
        "SELECT party FROM core.task_parties WHERE task_id = ?",
        "SELECT raw FROM core.task_deadlines WHERE task_id = ?",
        "SELECT raw FROM core.task_evidence WHERE task_id = ?",
        "SELECT t.requirement FROM mart.topic_crosswalk JOIN core.tasks AS t ON t.task_id = task_b WHERE task_a = ?",
    ):
        for (text,) in ask(query, task_id):
            assert text in page


def test_a_notice_is_summed_up(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    page = html.unescape(web.get(f"/notice/{labels['zibo']}").text)
    assert "任务 63 条" in page
    assert "基础分 104" in page
    for (party,) in ask("SELECT party FROM mart.responsibility_load WHERE notice_id = ?", labels["zibo"]):
        assert f">{party}</a>" in page
    for (name,) in ask("SELECT name FROM core.indicators WHERE notice_id = ?", labels["zibo"]):
        assert name in page
    for (text,) in ask("SELECT text FROM core.clauses WHERE notice_id = ?", labels["zibo"]):
        assert text in page


@pytest.mark.parametrize("path", ["/notice/none", "/task/none", "/notice/none/table/none", "/none", "/compare?n=none"])
def test_what_is_not_there_is_reported(web: httpx.Client, path: str) -> None:
    response = web.get(path)
    assert response.status_code == 404
    assert "没有" in response.text


def test_a_table_of_another_notice_is_not_shown_under_this_one(web: httpx.Client, ask: Ask) -> None:
    (first, _), *_, (_, last) = tables(ask)
    assert web.get(f"/notice/{first}/table/{last}").status_code == 404


def test_a_long_table_is_drawn_in_parts(
    web: httpx.Client, ask: Ask, labels: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_page, "ROWS_PER_PAGE", 20)
    notice = labels["huarong"]
    table, task, text = ask(
        'SELECT table_id, task_id, concat(label, requirement) FROM core.tasks WHERE notice_id = ? AND "row" = 47',
        notice,
    )[0]
    first = web.get(f"/notice/{notice}/table/{table}").text
    assert "第 1—20 行，共 121 行" in first
    assert "后 20 行" in first
    part = web.get(f"/notice/{notice}/table/{table}?task={task}").text
    assert "第 41—60 行，共 121 行" in part
    cells = drawn(web, f"/notice/{notice}/table/{table}?task={task}")
    assert lit(cells) == [text]
    assert {cell["tag"] for cell in cells} == {"td", "th"}
    covered = [(c["row"] + r, c["col"] + k) for c in cells for r in range(c["rows"]) for k in range(c["cols"])]
    assert len(covered) == len(set(covered)) == (20 + 1) * 7
    rest = drawn(web, f"/notice/{notice}/table/{table}?from=115")
    assert max(cell["row"] for cell in rest) == 6


def test_a_sum_that_differs_leads_to_its_heading(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    page = html.unescape(web.get(f"/notice/{labels['zibo']}").text)
    audit = page.partition("分值核对不一致之处")[2].partition("</section>")[0]
    rows = ask(
        "SELECT scope, indicator_id FROM mart.rubric_audit "
        "WHERE notice_id = ? AND kind = 'heading' AND difference <> 0",
        labels["zibo"],
    )
    assert rows
    for scope, indicator in rows:
        assert re.search(rf'indicator={indicator}#lit">{re.escape(scope)}</a>', audit)


CELLS = [
    {"row": -1, "col": 0, "row_span": 1, "col_span": 2, "text": "表头", "locator": ""},
    {"row": 0, "col": 0, "row_span": 4, "col_span": 1, "text": "合并", "locator": ""},
    {"row": 0, "col": 1, "row_span": 1, "col_span": 1, "text": "a", "locator": ""},
    {"row": 1, "col": 1, "row_span": 2, "col_span": 1, "text": "b", "locator": ""},
    {"row": 3, "col": 1, "row_span": 1, "col_span": 1, "text": "c", "locator": ""},
]


def test_part_of_a_table_is_a_whole_table() -> None:
    part = table_page.draw_table(CELLS[:2] + CELLS[3:4], first=1, last=1, highlighted={(1, 1)}, highlighted_row=1)
    ((merged, middle),) = [line.cells for line in part.body]
    assert (merged.row, merged.row_span, merged.text) == (1, 1, "合并")
    assert (middle.row, middle.row_span, middle.is_highlighted) == (1, 1, True)
    assert part.header[0].cells[0].col_span == 2


def test_cells_of_a_row_and_plain_rows() -> None:
    assert table_page.find_cells(CELLS, 2, {1}) == [(1, 1)]
    assert table_page.find_cells(CELLS, 2, {0, 1}) == [(0, 0), (1, 1)]
    assert table_page.find_cells(CELLS, 9, {0}) == []
    whole_table = table_page.draw_table(CELLS, first=0, last=3)
    assert table_page.to_rows(whole_table) == [["表头", ""], ["合并", "a"], ["", "b"], ["", ""], ["", "c"]]


def test_the_units_of_a_notice_show_how_else_they_are_printed(web: httpx.Client, labels: Mapping[str, str]) -> None:
    page = html.unescape(web.get(f"/notice/{labels['zibo']}").text)
    assert re.search(r">法宣科</a><span class=\"under\">原文写作“法宣”</span>", page)
    assert "原文写作“机关党委”" not in page
    page = html.unescape(web.get(f"/notice/{labels['yiyang']}").text)
    assert "原文写作“勿公室”“小公室”" in page


def test_the_rows_are_numbered_as_locators_number_them(web: httpx.Client, ask: Ask) -> None:
    for notice_id, table_id in tables(ask):
        page = web.get(f"/notice/{notice_id}/table/{table_id}").text
        row = "regexp_extract(locator, '第([0-9]+)行', 1)"
        written: dict[str, str] = dict(ask(f"SELECT task_id, {row} FROM core.tasks WHERE table_id = ?", table_id))
        shown = dict(re.findall(r'<a href="/task/([^"]+)" title="第 (\d+) 行的任务"', page))
        assert shown == written


def test_a_table_of_several_printed_tables_says_which_of_them_a_row_is_of(
    web: httpx.Client, ask: Ask, labels: Mapping[str, str]
) -> None:
    notice = labels["yiyang"]
    parts = ask(
        "SELECT table_id, list(DISTINCT regexp_extract(locator, '^表[0-9]+')) FROM core.cells "
        "JOIN core.tables USING (table_id) WHERE notice_id = ? GROUP BY table_id ORDER BY table_id",
        notice,
    )
    for table_id, names in parts:
        page = web.get(f"/notice/{notice}/table/{table_id}").text
        marked = re.findall(r'<span class="under">(表\d+)</span>', page.partition("<tbody>")[2])
        numbers = sorted(int(name.removeprefix("表")) for name in names)
        assert [f"表{number}" for number in numbers[1:]] == marked
        assert f"（原件中的表{numbers[0]}至表{numbers[-1]}，行号按各表）" in page


@pytest.mark.parametrize(
    ("locators", "numbers"),
    [
        (["表1 第1行第1列（文本第9行）", "表1 第2行第1列（文本第10行）"], [("表1", 1), ("表1", 2)]),
        (["表3 第7行第1列", "", "表4 第2行第2列"], [("表3", 7), ("表3", 8), ("表4", 2)]),
        (["工作表“附件1” A4", "工作表“附件1” AB5"], [("", 4), ("", 5)]),
        (["第2页 (10,20,30,40)", "第2页 (10,50,30,60)"], [("", 1), ("", 2)]),
        (["第3行第1列", "第5行第1列"], [("", 3), ("", 5)]),
        # A label in the middle of its rows is the first cell of the first one.
        ([["表8 第5行第1列", "表8 第4行第2列", "表8 第4行第3列"], "表8 第5行第2列"], [("表8", 4), ("表8", 5)]),
        ([["表8 第5行第1列", "表8 第4行第2列"]], [("表8", 4)]),
    ],
)
def test_the_number_of_a_row_is_read_from_the_locators_of_its_cells(
    locators: list[str | list[str]], numbers: list[tuple[str, int]]
) -> None:
    cells = [
        {"row": row, "locator": locator}
        for row, given in enumerate(locators)
        for locator in ([given] if isinstance(given, str) else given)
        if locator
    ]
    assert list(table_page.number_rows(cells, range(len(locators))).values()) == numbers
