"""What a build that the browser asked for says of its result, read from the published file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Final

from pipelines.settings import Settings
from pipelines.summary import STATUS_LABELS
from warehouse import store
from warehouse.inbox import OPEN

if TYPE_CHECKING:
    from pipelines.commands.build import BuildSummary

STALE_SQL: Final = """
SELECT f.source_path, d.message
FROM core.findings AS d JOIN core.notices AS n USING (notice_id) JOIN core.files AS f ON f.file_id = n.file_id
WHERE d.rule = 'correction_stale' AND d.dismissed IS NULL AND f.source_path IN (SELECT unnest(?))
ORDER BY f.source_path, d.finding_id
"""
ADDED_SQL: Final = f"""
SELECT f.source_path, f.status, f.reason, f.remedy, f.duplicate_of, n.title,
       (SELECT count(*) FROM core.tasks AS t WHERE t.notice_id = n.notice_id),
       (SELECT count(*) FROM core.findings AS d WHERE d.notice_id = n.notice_id AND {OPEN})
FROM core.files AS f LEFT JOIN core.notices AS n USING (file_id)
WHERE list_contains(?, f.source_path) OR list_contains(?, f.container)
ORDER BY f.source_path
"""
READ_STATUSES: Final = frozenset({"loaded", "needs_review", "no_tables"})


def describe_build(
    settings: Settings, built: BuildSummary, source_paths: Collection[str], added: Collection[str]
) -> list[str]:
    """Return the lines that report a build: what was read, what became of uploads, which decisions did not take."""
    first = (
        f"已生效：重新读取 {built.read} 个文件，用时 {built.seconds:.1f} 秒"
        if built.published
        else "仓库没有变化：所作的改动此前已经生效"
    )
    with store.reading(settings.warehouse) as connection:
        stale = connection.execute(STALE_SQL, [sorted(set(source_paths))]).fetchall()
        files = connection.execute(ADDED_SQL, [sorted(set(added))] * 2).fetchall() if added else []
    found = {row[0] for row in files}
    return [
        first,
        *map(_describe_file, files),
        *(f"{path}：没有读取，请检查文件名和所在的文件夹" for path in sorted(set(added) - found)),
        *(f"{path}：{message}" for path, message in stale),
        *built.problems,
    ]


def _describe_file(row: Sequence[Any]) -> str:
    """Describe a row of `ADDED_SQL`."""
    source_path, status, reason, remedy, duplicate_of, title, tasks, findings = row
    label = STATUS_LABELS[status]
    if status in READ_STATUSES:
        name = f"（{title}）" if title else ""
        return f"{source_path}：{label}{name}，任务 {tasks} 条，待核对 {findings} 条" + _join(reason, remedy)
    if status == "duplicate" and duplicate_of:
        return f"{source_path}：与 {duplicate_of} 内容相同，不重复入库"
    return f"{source_path}：{label}" + _join(reason, remedy)


def _join(*texts: str | None) -> str:
    parts = [text.rstrip("。") for text in texts if text]
    return f"。{'。'.join(parts)}" if parts else ""
