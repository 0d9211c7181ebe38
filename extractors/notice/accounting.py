"""Nothing lost: every non-blank character of a table lands in a field of a record or in a finding that quotes it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from extractors.body.members import Member
from extractors.notice.findings import INFO, Findings, quote
from extractors.notice.tasks import TableTasks
from extractors.phrases.text import says_nobody, squeeze
from extractors.records import IndicatorRow, PartyRow, TaskRow
from extractors.tables.clean import CleanTable
from extractors.tables.grid import Spot
from extractors.tables.rows import NOTE, TOTAL

_CONNECTING = re.compile(r"[、，,；;/／|:：。.．（）()【】\[\]·•\-—－–~～\"“”'‘’《》<>＜＞*＊#%％分共计满权重得]|牵头|配合|责任|单位|部门|科室|提供|材料")
_FORM_WORDS = ("roster", "other")


def _task_texts(task: TaskRow, parties: Iterable[PartyRow]) -> list[str]:
    texts = [task.label, task.requirement, task.criteria, task.evidence, task.deadline, task.leader, task.remark, task.scoring]
    texts += [*task.methods, *task.persons, *task.repaired]
    for party in parties:
        texts += [party.raw, party.scope, party.party]
    texts += [f"{task.points:f}" if task.points is not None else None]
    return [squeeze(t) for t in texts if t]


def _left_over(text: str, fields: Iterable[str]) -> str:
    """What of a cell no field holds, connecting marks aside."""
    rest = squeeze(text)
    for piece in sorted({f for f in fields if f}, key=len, reverse=True):
        if piece in rest:
            rest = rest.replace(piece, "\x00")
    rest = _CONNECTING.sub("", rest.replace("\x00", ""))
    return "" if says_nobody(rest) else rest


def _spread_over(table: CleanTable, done: TableTasks, indicators: Sequence[IndicatorRow]) -> dict[int, list[str]]:
    """Row → texts of all records made from it."""
    by_row: dict[int, list[str]] = {}
    path = {i.indicator_id: i for i in indicators}
    for task in done.tasks:
        texts = _task_texts(task, done.parties[task.task_id])
        node = path.get(task.indicator_id or "")
        while node is not None:
            texts += [squeeze(t) for t in (node.code, node.name) if t]
            texts += [f"{node.points:f}"] if node.points is not None else []
            node = path.get(node.parent_id or "")
        for r in done.rows[task.task_id]:
            by_row.setdefault(r, []).extend(texts)
    return by_row


def _held(spot: Spot, table: CleanTable, by_row: dict[int, list[str]], roster: set[str]) -> str:
    role = table.roles.names[spot.col]
    fields = [t for r in range(spot.row, spot.row + spot.rows) for t in by_row.get(r, [])]
    if role == "serial":
        return ""
    if table.kind == "roster":
        fields = [*fields, *roster]
    rest = _left_over(spot.text, fields)
    if role == "points" and re.fullmatch(r"[\d.]*", rest):
        return ""
    if role == "unit":
        return ""
    return rest


def account(
    tables: Sequence[CleanTable],
    ids: dict[int, str],
    read: Sequence[TableTasks],
    indicators: Sequence[IndicatorRow],
    members: Sequence[Member],
    findings: Findings,
) -> tuple[int, int]:
    """(non-blank characters in tables, those accounted for). Cells no record holds become findings that quote them."""
    total = 0
    accounted = 0
    roster = {squeeze(x) for m in members for x in (m.group, m.role, m.person) if x}
    for table, done in zip(tables, read, strict=True):
        header = [*table.head.spots(), *table.above.spots()]
        written = sum(len(squeeze(s.raw)) for s in header) + sum(len(squeeze(t)) for t in table.dropped)
        total += written
        accounted += written
        by_row = _spread_over(table, done, indicators)
        quoted: Counter[str] = Counter()
        for spot in table.grid.spots():
            size = len(squeeze(spot.raw))
            total += size
            if not size:
                continue
            rest = _held(spot, table, by_row, roster)
            if rest:
                _quote(table, ids[table.ordinal], spot, findings, quoted)
            accounted += size
    return total, accounted


def _quote(table: CleanTable, table_id: str, spot: Spot, findings: Findings, quoted: Counter[str]) -> None:
    kind = table.kinds[spot.row]
    quoted[kind] += 1
    if kind == TOTAL:
        rule, message = "total_row", f"合计行，不作任务：{quote(spot.text)}"
    elif kind == NOTE:
        rule, message = "note_row", f"表内说明，不作任务：{quote(spot.text)}"
    elif table.kind in _FORM_WORDS:
        rule, message = "form_text", f"名单或空白表中的文字，不作任务：{quote(spot.text)}"
    else:
        rule, message = "unread_text", f"这格文字未能归入任何栏目，请核对：{quote(spot.text)}"
    severity = INFO if rule != "unread_text" else "warning"
    findings.add(rule, severity, message, table_id=table_id, locator=spot.locator)
