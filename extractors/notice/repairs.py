"""Body and annex held against each other: garbled or missing cells are mended from the clause of the same number.

Only a table of tasks whose rows plainly are the numbered duties of the body is touched, and in it only what is debris
itself: what a cell says in clean words stays, however the body puts it. Every mended field is listed in `repaired` and
told in a finding. The table as it stands is kept elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from extractors.normalize import clean, squeeze
from extractors.notice.alignment import (
    ClausePart,
    NumberedClauses,
    align_rows,
    comparison_key,
    dice_similarity,
    is_blank_or_garbled,
)
from extractors.notice.findings import WARNING, Findings, quote
from extractors.parsers.item_labels import bigrams, mark_number, read_heading, split_label
from extractors.parsers.points import cell_points
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_roles import ColumnRole
from extractors.tables.grid import GridCell, cover
from extractors.tables.row_kinds import RowKind

_WORD = re.compile(r"[\u3400-\u9fff]")
_STROKES = frozenset("一—－-–―─")
"""What recognition takes for one another: 节约—张纸 for 节约一张纸."""
_NUMERALS = frozenset("〇零一二两三四五六七八九十百千万亿")
_MIN_REPAIR_SIMILARITY = 0.8
"""From this likeness on a cell is its clause with a few characters lost: 推荐—批学习书籍 of a long sentence."""
_GROUP_POINTS = re.compile(r"(\d{1,3})\s*分")
_MIN_ALIGNED_SHARE = 0.6
_MAX_HEADING = 30


@dataclass(slots=True)
class TableRepairs:
    """What was mended: row → fields."""

    fields: dict[int, list[str]] = field(default_factory=dict)
    clauses: dict[int, int] = field(default_factory=dict)
    """Row → number of the clause it repeats."""

    def note(self, r: int, name: str) -> None:
        have = self.fields.setdefault(r, [])
        if name not in have:
            have.append(name)


def _merge_texts(annex: str, body: str) -> str:
    """The annex's text with its debris taken from the body: marks that stand for words, and the ends of a bracket that
    recognition tore. Words, figures and marks that make sense stay the annex's.
    """
    if comparison_key(annex) == comparison_key(body):
        return annex
    torn = any(annex.count(a) != annex.count(b) for a, b in ("()", "（）"))
    out = []
    for op, a0, a1, b0, b1 in SequenceMatcher(None, annex, body, autojunk=False).get_opcodes():
        mine, theirs = annex[a0:a1], body[b0:b1]
        # Nearby means inside: in （2 19）分） the figure goes with its bracket, in 4次（2分 it does not.
        near = annex[max(0, a0 - 3) : a1 + 1]
        bracket = torn and op != "equal" and _WORD.search(mine) is None and re.search(r"[()（）]", near)
        stray = op == "replace" and _is_stray(annex[max(0, a0 - 1) : a0], mine, annex[a1 : a1 + 1], theirs)
        out.append(theirs if bracket or stray or _is_lost(op, mine, theirs) else mine)
    return "".join(out)


def _is_lost(op: str, mine: str, theirs: str) -> bool:
    """True where the annex has a mark in place of a word, or one stroke in place of another; a figure is a fact."""
    if op != "replace":
        return False
    strokes = mine in _STROKES and theirs in _STROKES
    return strokes or (_WORD.search(theirs) is not None and not re.search(r"[\w%％]", mine))


def _is_stray(before: str, mine: str, after: str, theirs: str) -> bool:
    """True for one digit or letter inside a word, where the clause has the character: 终9学习 for 终身学习.

    A number in Chinese characters for the same number in digits (每三次, 每3次) is no debris.
    """
    return (
        len(mine) == len(theirs) == 1
        and mine.isascii()
        and mine.isalnum()
        and theirs not in _NUMERALS
        and all(map(_WORD.fullmatch, (before, after, theirs)))
    )


def _label_shape(texts: Sequence[str]) -> str | None:
    """How the table writes its marks: the usual one with N for the number."""
    labels = [item.label for t in texts if (item := split_label(t)).label and item.number]
    shapes = Counter(re.sub(r"\d+", "N", label) for label in labels)
    return shapes.most_common(1)[0][0] if shapes else None


def _heading_of(piece: ClausePart) -> str:
    """The innermost section heading above a clause."""
    section = re.split(
        r"(?=[（(][一二三四五六七八九十]{1,3}[）)])|(?=[一二三四五六七八九十]{1,3}、)", piece.clause.section
    )
    return section[-1] if section else ""


@dataclass(slots=True)
class _TableRepairer:
    table: CleanTable
    rows: list[int]
    match: dict[int, ClausePart]
    mended: TableRepairs

    def requirement(self, r: int) -> GridCell:
        return self.table.grid.cell(r, self.table.roles.requirement or 0)

    def texts(self) -> None:
        """Mend requirement texts and marks."""
        shape = _label_shape([self.requirement(r).text for r in self.rows])
        for r, piece in self.match.items():
            cell = self.requirement(r)
            item = split_label(cell.text)
            text, label = item.text, item.label
            if is_blank_or_garbled(text):
                text = clean(piece.text)
                self.mended.note(r, "requirement")
            elif (
                dice_similarity(bigrams(comparison_key(text)), bigrams(comparison_key(piece.text)))
                >= _MIN_REPAIR_SIMILARITY
            ):
                merged = _merge_texts(text, clean(piece.text))
                if merged != text:
                    text = merged
                    self.mended.note(r, "requirement")
            number = piece.clause.number
            if shape and number and (label is None or mark_number(label) != number):
                label = shape.replace("N", str(number))
                self.mended.note(r, "label")
            whole = f"{label or ''}{text}"
            if whole != cell.text:
                cover(
                    self.table.grid,
                    replace(cell, raw=whole, text=whole, row=r, rows=1),
                    range(r, r + 1),
                    range(cell.col, cell.col + 1),
                )
            self.table.kinds[r] = RowKind.TASK

    def groups(self) -> list[tuple[str, list[int]]]:
        """(section heading, rows) in order."""
        out: list[tuple[str, list[int]]] = []
        for r in self.rows:
            if r not in self.match:
                continue
            heading = _heading_of(self.match[r])
            if out and out[-1][0] == heading:
                out[-1][1].append(r)
            else:
                out.append((heading, [r]))
        return out

    def headings(self) -> None:
        """Let the level column follow the sections of the body where it writes the same headings."""
        levels = self.table.roles.columns(ColumnRole.LEVEL)
        if len(levels) != 1:
            return
        column = levels[0]
        groups = self.groups()
        names = [read_heading(h).name for h, _ in groups]
        written = [squeeze(s.text) for s in self.table.grid.column(column) if s.text]
        pairs = [bigrams(w) for w in written]
        known = sum(any(dice_similarity(bigrams(n), p) > 0.5 for p in pairs) for n in names)
        if not names or known * 2 < len(names) or any(not n for n in names):
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
                self.mended.note(r, "path")
        cover(
            grid,
            replace(cells[0], raw=text, text=text, row=span.start, rows=len(span)),
            span,
            range(column, column + 1),
        )


def repair_table(table: CleanTable, duties: NumberedClauses, findings: Findings, table_id: str) -> TableRepairs:
    """Mend the rows of `table` in place from the numbered duties of the body, where it plainly repeats them."""
    mended = TableRepairs()
    requirement = table.roles.requirement
    rows = [r for r, kind in enumerate(table.kinds) if kind in (RowKind.TASK, RowKind.REST)]
    if requirement is None or not duties.run or not table.task_rows():
        return mended
    texts = [split_label(table.grid.cell(r, requirement).text).text for r in rows]
    if not any(map(is_blank_or_garbled, texts)) or len(rows) * len(duties.pieces) > 250_000:
        return mended
    found = align_rows(texts, duties)
    match = {r: duties.pieces[k] for r, k in zip(rows, found, strict=True) if k is not None}
    if len(match) < _MIN_ALIGNED_SHARE * len(rows):
        return mended
    mender = _TableRepairer(table, rows, match, mended)
    before = {r: table.grid.cell(r, requirement).text for r in match}
    mender.texts()
    mender.headings()
    mended.clauses = {r: piece.clause.number or 0 for r, piece in match.items()}
    _report(table, table_id, before, mended, findings)
    return mended


def _report(table: CleanTable, table_id: str, before: dict[int, str], mended: TableRepairs, findings: Findings) -> None:
    for r, names in sorted(mended.fields.items()):
        if "requirement" not in names:
            continue
        said = quote(before[r]) if before[r] else "空白"
        findings.add(
            "repaired",
            WARNING,
            f"表中文字为{said}，已按正文第 {mended.clauses[r]} 条补正",
            table_id=table_id,
            task_id=f"{table_id}-r{r + 1:04d}",
            locator=table.grid.cell(r, table.roles.requirement or 0).locator,
        )
