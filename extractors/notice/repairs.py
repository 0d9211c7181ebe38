"""Repair garbled or missing cells of a table from the body.

Only tables of tasks whose rows plainly repeat the numbered clauses of the body are touched, and in them only garbled
text: legible words stay, however the body puts them. A text is repaired only where it resembles its clause
(`_MIN_REPAIR_SIMILARITY`) or, if it has no words, where the rows beside it resemble theirs
(`_MIN_NEIGHBOUR_SIMILARITY`); the finding says how closely. Every repaired field is listed in `TaskRow.repaired` and
reported as a finding; the table as printed is kept in `core.cells`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from extractors.normalize import clean, count_bigrams, strip_whitespace
from extractors.notice.alignment import (
    MAX_COMPARISONS,
    ClausePart,
    NumberedClauses,
    align_rows,
    comparison_key,
    dice_similarity,
    is_blank_or_garbled,
)
from extractors.notice.findings import Findings, quote
from extractors.parsers.item_labels import mark_number, read_heading, split_label
from extractors.parsers.points import cell_points
from extractors.records import Rule, Severity
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_roles import ColumnRole
from extractors.tables.grid import GridCell, cover
from extractors.tables.row_kinds import RowKind

_WORD = re.compile(r"[\u3400-\u9fff]")
_STROKES = frozenset("一—－-–―─")
"""Strokes that text recognition confuses: 节约—张纸 for 节约一张纸."""
_NUMERALS = frozenset("〇零一二两三四五六七八九十百千万亿")
_MIN_REPAIR_SIMILARITY = 0.8
"""A cell at least this similar is its clause with a few characters lost: 推荐—批学习书籍 in a long sentence."""
_MIN_NEIGHBOUR_SIMILARITY = 0.6
"""A cell without words is its clause if the rows beside it repeat theirs at least so closely: W175 PT between two rows
that stand word for word in the body. Rows that only speak of similar things (加强诚信建设，举办讲座; in the body
加强诚信建设，开展活动) prove no place."""
_GROUP_POINTS = re.compile(r"(\d{1,3})\s*分")
_MIN_ALIGNED_SHARE = 0.6
_MAX_HEADING = 30


@dataclass(slots=True)
class TableRepairs:
    """The repairs of one table: row → repaired fields."""

    fields: dict[int, list[str]] = field(default_factory=dict)
    clauses: dict[int, int] = field(default_factory=dict)
    """Row → number of the clause that it repeats."""

    evidence: dict[int, str] = field(default_factory=dict)
    """Row → why its text is that clause, in words."""

    def add_requirement(self, r: int, evidence: str, bound: float) -> None:
        """Record that the text of row `r` was repaired, with the similarity that justifies it and its bound."""
        self.add_field(r, "requirement")
        self.evidence[r] = f"{evidence}（满分 1，下限 {bound:.2f}）"

    def add_field(self, r: int, name: str) -> None:
        """Record that a field of row `r` was repaired."""
        names = self.fields.setdefault(r, [])
        if name not in names:
            names.append(name)


@dataclass(slots=True)
class _TableRepairer:
    table: CleanTable
    rows: list[int]
    parts_by_row: dict[int, ClausePart]
    repairs: TableRepairs
    similarities: dict[int, float]
    """Row with words → how similar it is to its clause."""

    def requirement_cell(self, r: int) -> GridCell:
        return self.table.grid.cell(r, self.table.roles.requirement or 0)

    def repair_texts(self) -> None:
        """Repair requirement texts and labels."""
        shape = _label_shape([self.requirement_cell(r).text for r in self.rows])
        for r, part in self.parts_by_row.items():
            cell = self.requirement_cell(r)
            item = split_label(cell.text)
            text, label = item.text, item.label
            if is_blank_or_garbled(text):
                nearest = self.neighbour_similarity(r)
                if nearest < _MIN_NEIGHBOUR_SIMILARITY:
                    continue
                text = clean(part.text)
                self.repairs.add_requirement(
                    r, f"前后各行与正文相似度不低于 {_floor(nearest)}", _MIN_NEIGHBOUR_SIMILARITY
                )
            elif self.similarities[r] >= _MIN_REPAIR_SIMILARITY:
                merged = _merge_texts(text, clean(part.text))
                if merged != text:
                    text = merged
                    self.repairs.add_requirement(
                        r, f"与正文相似度为 {_floor(self.similarities[r])}", _MIN_REPAIR_SIMILARITY
                    )
            number = part.clause.number
            if shape and number and (label is None or mark_number(label) != number):
                label = shape.replace("N", str(number))
                self.repairs.add_field(r, "label")
            full_text = f"{label or ''}{text}"
            if full_text != cell.text:
                cover(
                    self.table.grid,
                    replace(cell, raw=full_text, text=full_text, row=r, rows=1),
                    range(r, r + 1),
                    range(cell.col, cell.col + 1),
                )
            self.table.kinds[r] = RowKind.TASK

    def neighbour_similarity(self, r: int) -> float:
        """Return the lower similarity of the nearest rows with words above and below a row; 0 without any."""
        above = max((x for x in self.similarities if x < r), default=None)
        below = min((x for x in self.similarities if x > r), default=None)
        return min((self.similarities[x] for x in (above, below) if x is not None), default=0.0)

    def groups(self) -> list[tuple[str, list[int]]]:
        """Return (section heading, rows) in order."""
        out: list[tuple[str, list[int]]] = []
        for r in self.rows:
            if r not in self.parts_by_row:
                continue
            heading = _heading_of(self.parts_by_row[r])
            if out and out[-1][0] == heading:
                out[-1][1].append(r)
            else:
                out.append((heading, [r]))
        return out

    def repair_headings(self) -> None:
        """Let the level column follow the sections of the body if it has the same headings."""
        levels = self.table.roles.columns(ColumnRole.LEVEL)
        if len(levels) != 1:
            return
        column = levels[0]
        groups = self.groups()
        names = [read_heading(h).name for h, _ in groups]
        written = [strip_whitespace(s.text) for s in self.table.grid.column(column) if s.text]
        pairs = [count_bigrams(w) for w in written]
        n_known = sum(any(dice_similarity(count_bigrams(n), p) > 0.5 for p in pairs) for n in names)
        if not names or n_known * 2 < len(names) or any(not n for n in names):
            return
        for name, (_, rows) in zip(names, groups, strict=True):
            self._set_group(column, name, rows)

    def _set_group(self, column: int, name: str, rows: list[int]) -> None:
        grid = self.table.grid
        span = range(rows[0], rows[-1] + 1)
        cells = list(dict.fromkeys(grid.cell(r, column) for r in span))
        inside = " ".join(c.text for c in cells if c.row in span and len(c.text) < _MAX_HEADING)
        points = next((m.group(1) for m in _GROUP_POINTS.finditer(inside)), None)
        text = name + (f"（{points}分）" if points else "")
        for s in self.table.roles.columns(ColumnRole.SERIAL):
            number = next(
                (x.text for r in span if (x := grid.cell(r, s)).row in span and cell_points(x.text) is not None), ""
            )
            cover(
                grid,
                replace(grid.cell(span.start, s), raw=number, text=number, row=span.start, rows=len(span)),
                span,
                range(s, s + 1),
            )
        if any(c.row < span.start or read_heading(c.raw).name != name for c in cells):
            for r in rows:
                self.repairs.add_field(r, "path")
        cover(
            grid,
            replace(cells[0], raw=text, text=text, row=span.start, rows=len(span)),
            span,
            range(column, column + 1),
        )


def repair_table(table: CleanTable, numbered: NumberedClauses, findings: Findings, table_id: str) -> TableRepairs:
    """Repair the rows of a table in place from the numbered clauses of the body, if it plainly repeats them.

    Args:
        table: the table.
        numbered: the numbered clauses of the body.
        findings: collects the findings.
        table_id: the id of the table.

    Returns:
        What was repaired.
    """
    repairs = TableRepairs()
    requirement = table.roles.requirement
    rows = [r for r, kind in enumerate(table.kinds) if kind in (RowKind.TASK, RowKind.REST)]
    if requirement is None or not numbered.run or not table.task_rows():
        return repairs
    texts = [split_label(table.grid.cell(r, requirement).text).text for r in rows]
    if not any(map(is_blank_or_garbled, texts)) or len(rows) * len(numbered.parts) > MAX_COMPARISONS:
        return repairs
    aligned = align_rows(texts, numbered)
    parts_by_row = {r: numbered.parts[k] for r, k in zip(rows, aligned, strict=True) if k is not None}
    if len(parts_by_row) < _MIN_ALIGNED_SHARE * len(rows):
        return repairs
    similarities = {
        r: numbered.similarities(text)[k]
        for r, text, k in zip(rows, texts, aligned, strict=True)
        if k is not None and not is_blank_or_garbled(text)
    }
    repairer = _TableRepairer(table, rows, parts_by_row, repairs, similarities)
    texts_before = {r: table.grid.cell(r, requirement).text for r in parts_by_row}
    repairer.repair_texts()
    repairer.repair_headings()
    # A row whose sentence stands in the body is a task, however the table left it.
    table.settle_rows(repairs.evidence)
    repairs.clauses = {r: part.clause.number or 0 for r, part in parts_by_row.items()}
    _report(table, table_id, texts_before, repairs, findings)
    return repairs


def _floor(similarity: float) -> str:
    """Return a similarity with two digits, never above its value."""
    return f"{int(similarity * 100) / 100:.2f}"


def _merge_texts(annex: str, body: str) -> str:
    """Return the annex text with its garbled characters taken from the body.

    Replaced are marks in place of words and the ends of a torn bracket. Legible words, digits and marks stay.
    """
    if comparison_key(annex) == comparison_key(body):
        return annex
    is_torn = any(annex.count(a) != annex.count(b) for a, b in ("()", "（）"))
    out = []
    for op, a0, a1, b0, b1 in SequenceMatcher(None, annex, body, autojunk=False).get_opcodes():
        own, other = annex[a0:a1], body[b0:b1]
        # Only digits inside a bracket are replaced with it: in （2 19）分） they are, in 4次（2分 they are not.
        context = annex[max(0, a0 - 3) : a1 + 1]
        is_torn_bracket = is_torn and op != "equal" and _WORD.search(own) is None and re.search(r"[()（）]", context)
        is_stray = op == "replace" and _is_stray(annex[max(0, a0 - 1) : a0], own, annex[a1 : a1 + 1], other)
        out.append(other if is_torn_bracket or is_stray or _is_lost(op, own, other) else own)
    return "".join(out)


def _is_lost(op: str, own: str, other: str) -> bool:
    """Return whether the annex has a mark in place of a word, or another stroke; digits are never replaced."""
    if op != "replace":
        return False
    both_strokes = own in _STROKES and other in _STROKES
    return both_strokes or (_WORD.search(other) is not None and not re.search(r"[\w%％]", own))


def _is_stray(before: str, own: str, after: str, other: str) -> bool:
    """Return whether a digit or letter inside a word is garbled: 终9学习 for 终身学习.

    A Chinese numeral for the same number in digits (每三次, 每3次) is not.
    """
    return (
        len(own) == len(other) == 1
        and own.isascii()
        and own.isalnum()
        and other not in _NUMERALS
        and all(map(_WORD.fullmatch, (before, after, other)))
    )


def _label_shape(texts: Sequence[str]) -> str | None:
    """Return the usual label of the table with N for its number."""
    labels = [item.label for t in texts if (item := split_label(t)).label and item.number]
    shapes = Counter(re.sub(r"\d+", "N", label) for label in labels)
    return shapes.most_common(1)[0][0] if shapes else None


def _heading_of(part: ClausePart) -> str:
    """Return the innermost section heading above a clause."""
    sections = re.split(
        r"(?=[（(][一二三四五六七八九十]{1,3}[）)])|(?=[一二三四五六七八九十]{1,3}、)", part.clause.section
    )
    return sections[-1] if sections else ""


def _report(
    table: CleanTable, table_id: str, texts_before: dict[int, str], repairs: TableRepairs, findings: Findings
) -> None:
    for r, names in sorted(repairs.fields.items()):
        if "requirement" not in names:
            continue
        quoted = quote(texts_before[r]) if texts_before[r] else "空白"
        findings.add(
            Rule.REPAIRED,
            Severity.WARNING,
            f"表中文字为{quoted}，已按正文第 {repairs.clauses[r]} 条补正：{repairs.evidence[r]}",
            table_id=table_id,
            task_id=f"{table_id}-r{r + 1:04d}",
            locator=table.grid.cell(r, table.roles.requirement or 0).locator,
        )
