"""Random tables: never an error, nothing lost, and the records hold together.

What is lost is counted anew here, from records and findings alone: every run of ideographs of a cell must be made up of
pieces that some record or finding holds. A finding that sums up a table without tasks stands for the cells it counts,
whose text `core.cells` holds.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.document import Cell, Document, Paragraph, Table
from extractors.notice import build_extraction
from extractors.parsers.row_patterns import is_ditto
from extractors.records import Extraction

HEADERS = (
    "序号", "测评项目", "测评内容", "测评标准", "创建内容", "材料要求", "测评方法", "分值", "权重", "责任科室",
    "牵头单位", "配合单位", "责任领导", "责任人", "完成时限", "评分标准", "备注", "自评分", "姓名", "职务",
    "活动名称", "某某", "",
)  # fmt: skip
WORDS = (
    "", "", "", "健全制度，明确分工，定期研究。", "1.开展活动（1分）；", "（2）组织宣讲（各0.5分）", "办公室",
    "宣传科\n人事科", "①法宣②机关党委", "----", "3月上旬", "每季度", "材料审核实地考察", "同上", "2", "5分",
    "3%", "合计", "小计", "注：以文件为准", "Ⅱ-3氛围（4分）", "一、基础（10分）", "（二）学习", "加分项",
    "组\n织\n领\n导", "★", "√", "一", "1", "W175 rid", "测评标准", "照片2张", "崔克辉", "于  昉",
)  # fmt: skip
CHARS = "春夏秋冬东西南北金木水火土风云雨雪山川草"
_RUN = re.compile(r"[\u3400-\u9fff]+|[A-Za-z]+")
_SERIAL = re.compile(r"[（(]?[\d一二三四五六七八九十]{1,3}[）)]?[.、．]?|[√★]")
_MARK = re.compile(r"[①-⑳]|[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+、")

text = st.one_of(st.sampled_from(WORDS), st.text(CHARS, min_size=1, max_size=7))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table of 1 to 7 rows below its header; where spans are drawn, some cells reach over rows or columns."""
    width, height, spans = draw(st.integers(2, 6)), draw(st.integers(1, 7)), draw(st.booleans())
    header = draw(st.lists(st.sampled_from(HEADERS), min_size=width, max_size=width))
    cells = [Cell(0, c, word, f"第1行第{c + 1}列") for c, word in enumerate(header)]
    taken: set[tuple[int, int]] = set()
    for r in range(1, height + 1):
        for c in range(width):
            if (r, c) in taken:
                continue
            rows = draw(st.integers(1, min(3, height - r + 1))) if spans else 1
            columns = draw(st.sampled_from((1, 1, 1, width - c))) if spans else 1
            squares = {(r + i, c + j) for i in range(rows) for j in range(columns)}
            if squares & taken:
                rows, columns, squares = 1, 1, {(r, c)}
            taken |= squares
            cells.append(Cell(r, c, draw(text), f"第{r + 1}行第{c + 1}列", rows, columns))
    return Table(tuple(cells), height + 1, width, "表1", spans, draw(st.sampled_from((None, 1))))


def reading(*given: Table) -> Extraction:
    blocks: tuple[Paragraph | Table, ...] = (
        Paragraph("关于印发方案的通知", "第1段"),
        Paragraph("附件1 责任清单", "第2段"),
        *given,
    )
    return build_extraction(Document("docx", blocks), b"bytes")


def _held(found: Extraction) -> str:
    rows = (found.tables, found.indicators, found.tasks, found.task_parties, found.members, found.findings)
    return "\n".join(repr(row) for kind in rows for row in kind).replace("\\n", "")


def _made_of(run: str, held: str) -> bool:
    """True when the run is made up of pieces of two characters or more that are held, or is held as a whole."""
    reached = {0}
    for end in range(2, len(run) + 1):
        if any(start in reached and run[start:end] in held for start in range(end - 1)):
            reached.add(end)
    return run in held or len(run) in reached


def lost(found: Extraction, *given: Table) -> list[str]:
    """The runs of letters and ideographs that neither record nor finding holds."""
    summed = {f.table_id for f in found.findings if f.rule == "form_text"}
    held = _held(found) + "".join(cell.text for cell in found.cells if cell.table_id in summed)
    missing = []
    for cell in (c for t in given for c in t.cells if c.row or c.text not in HEADERS):
        compact = "".join(cell.text.split())
        if _SERIAL.fullmatch(compact) or compact == "同上":
            continue
        missing += [run for run in _RUN.findall(_MARK.sub(" ", compact).replace("分", " ")) if not _made_of(run, held)]
    return missing


def whole(found: Extraction) -> None:
    """Every reference leads somewhere and every number is in its range."""
    tables_ = {t.table_id: t for t in found.tables}
    nodes = {i.indicator_id: i for i in found.indicators}
    ids = {t.task_id for t in found.tasks}
    assert len(ids) == len(found.tasks)
    assert len(nodes) == len(found.indicators)
    reported = {f.task_id for f in found.findings if f.rule == "no_requirement"}
    for task in found.tasks:
        assert task.table_id is not None
        assert task.row is not None
        assert 0 <= task.row < tables_[task.table_id].n_rows
        assert 1 <= task.points_rows <= tables_[task.table_id].n_rows
        assert task.points is None or task.points >= 0
        assert task.indicator_id is None or task.indicator_id in nodes
        assert any((task.requirement, task.evidence, task.criteria, task.scoring)) or task.task_id in reported
    for node in found.indicators:
        assert node.name
        assert node.parent_id is None or nodes[node.parent_id].level == node.level - 1
        assert node.level > 1 or node.parent_id is None
    assert {p.task_id for p in found.task_parties} <= ids
    squares = [(c.table_id, c.row, c.col) for c in found.cells]
    assert len(squares) == len(set(squares))


def check(table: Table) -> None:
    found = reading(table)
    whole(found)
    assert found.chars_accounted == found.chars_total
    # a heading written again below itself counts once, and 同上 as what it stands for
    texts = {"".join(cell.text.split()) for cell in table.cells if not is_ditto(cell.text)}
    assert found.chars_total >= sum(map(len, texts))
    assert lost(found, table) == []
    assert found == reading(table)


_QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=_QUIET)
@given(tables())
def test_nothing_is_lost(table: Table) -> None:
    check(table)


@pytest.mark.fuzz
@settings(max_examples=5000, deadline=None, suppress_health_check=_QUIET)
@given(tables())
def test_nothing_is_lost_in_many_tables(table: Table) -> None:
    check(table)
