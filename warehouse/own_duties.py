"""What progress, due lists and reminders count, and the sentence in which they say it.

Which notice is whose is computed in `mart.notice_scope`, which of its units have duties of ours in `mart.duty_scope`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from schemas.core_files import NOTICE_SCOPES

if TYPE_CHECKING:
    import duckdb

SEE_OPTION: Final = "要全部列出请加 --all"
"""The remedy for users of the command line."""
SEE_FILTER: Final = "要全部列出请选“全部通知”"
"""The remedy for readers of pages."""
DECIDE: Final = "认定用 wenming review --ownership 发文机关=本级 --reason 理由 --who 经办人"
MAX_NAMED: Final = 3
"""Notices that a sentence names."""
SCOPES_SQL: Final = """
SELECT s.notice_id, l.label, s.scope, s.cycle_end, l.is_current
FROM mart.notice_scope AS s JOIN mart.notice_labels AS l USING (notice_id)
ORDER BY l.division_code NULLS LAST, l.label
"""


@dataclass(frozen=True, slots=True)
class ScopedNotice:
    """A notice, whose it is (None if nobody decided), and the last day of its cycle (None if it is unknown)."""

    notice_id: str
    label: str
    scope: str | None
    cycle_end: date | None
    is_current: bool

    @property
    def scope_label(self) -> str:
        """The Chinese name of the scope, "" if nobody decided."""
        return NOTICE_SCOPES[self.scope] if self.scope else ""

    def is_closed(self, day: date) -> bool:
        """Return whether the cycle ended before this day."""
        return self.cycle_end is not None and self.cycle_end < day


@dataclass(frozen=True, slots=True)
class NoticeScopes:
    """The notices of a warehouse by id, in the order of their places."""

    notices: Mapping[str, ScopedNotice]

    @property
    def is_unknown(self) -> bool:
        """Whether nothing is known about any notice."""
        return all(notice.scope is None for notice in self.notices.values())

    def describe(
        self, notice_ids: Collection[str] | None, day: date, *, everything: bool, remedy: str = SEE_OPTION
    ) -> str:
        """Return in Chinese what figures about these notices count, and what they leave out.

        Args:
            notice_ids: The notices in question; None for all current ones.
            day: The day on which a cycle is open or closed.
            everything: Whether nothing is left out, because all was asked for.
            remedy: How the reader asks for all.
        """
        notices = [
            notice
            for notice in self.notices.values()
            if (notice.is_current if notice_ids is None else notice.notice_id in notice_ids)
        ]
        if not notices:
            return ""
        if self.is_unknown:
            return f"还没有认定哪些通知是本级的，各份通知不论归属、周期是否结束，都已列入；{DECIDE}"
        if everything:
            return _describe_all(notices, day)
        return _describe_counted(notices, day, remedy)

    def describe_question(self, parameters: Mapping[str, Any], remedy: str = SEE_OPTION) -> str | None:
        """Return `describe` of a question about due tasks, by its parameters; None for any other question."""
        if "everything" not in parameters:
            return None
        notice_ids, day, everything = parameters["notice"], parameters["date"], parameters["everything"]
        return self.describe(notice_ids, day, everything=everything, remedy=remedy) or None


def read_scopes(connection: duckdb.DuckDBPyConnection) -> NoticeScopes:
    """Read whose the notices of a warehouse are."""
    rows = connection.execute(SCOPES_SQL).fetchall()
    return NoticeScopes({row[0]: ScopedNotice(*row) for row in rows})


def _describe_counted(notices: Sequence[ScopedNotice], day: date, remedy: str) -> str:
    counted = Counter(
        notice.scope for notice in notices if notice.scope != "reference" and not _is_left_out_as_closed(notice, day)
    )
    parts = []
    if counted["ours"]:
        parts.append(f"本级通知 {counted['ours']} 份")
    if counted["superior"]:
        parts.append(f"上级通知 {counted['superior']} 份（只计没有写明单位的、写给各单位的和写明本级单位的任务）")
    if counted[None]:
        parts.append(f"归属未定的 {counted[None]} 份")
    left_out = []
    if references := sum(notice.scope == "reference" for notice in notices):
        left_out.append(f"参考通知 {references} 份")
    if closed := [notice for notice in notices if _is_left_out_as_closed(notice, day) and notice.scope != "reference"]:
        left_out.append(f"周期已结束的 {len(closed)} 份（{_name_closed(closed)}）")
    message = f"只计周期没有结束的{'、'.join(parts)}" if counted else "没有周期未结束的本级通知"
    undecided = f"；归属未定的，{DECIDE}" if counted[None] else ""
    return f"{message}；没有列入：{'、'.join(left_out)}，{remedy}{undecided}" if left_out else f"{message}{undecided}"


def _describe_all(notices: Sequence[ScopedNotice], day: date) -> str:
    scopes = Counter(notice.scope for notice in notices)
    parts = [f"{label}通知 {scopes[code]} 份" for code, label in NOTICE_SCOPES.items() if scopes[code]]
    if scopes[None]:
        parts.append(f"归属未定的 {scopes[None]} 份")
    closed = sum(notice.is_closed(day) for notice in notices)
    return f"已全部列出：{'、'.join(parts)}，其中周期已结束的 {closed} 份"


def _is_left_out_as_closed(notice: ScopedNotice, day: date) -> bool:
    return notice.scope is not None and notice.is_closed(day)


def _name_closed(closed: Sequence[ScopedNotice]) -> str:
    names = "、".join(f"{notice.label} 到 {notice.cycle_end}" for notice in closed[:MAX_NAMED])
    return f"{names}{'等' if len(closed) > MAX_NAMED else ''}"
