"""What the published warehouse holds already: the state of every file, and which notices stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from assets.ingest.build_plan import Known
from assets.ingest.duplicates import Identity, keys, marks
from warehouse import store

KNOWN_SQL = """
SELECT f.file_id, f.source_path, s.sha256, s.bytes, s.mtime_ns, f.status, f.reason, f.remedy, f.duplicate_of,
       s.extractor_version, f.format, f.ingested_at, s.corrections,
       f.container,
       f.file_id IN (SELECT n.file_id FROM core.notices AS n JOIN core.findings AS d USING (notice_id)
                     WHERE d.rule = 'attachment_link') AS wants_attachments
FROM core.files AS f JOIN ops.sources AS s USING (source_path)
"""
NAMED_SQL = """
SELECT f.source_path, f.sha256, f.format, n.doc_number, n.issuer, n.title, n.notice_id,
       coalesce(a.attached, []) AS attached
FROM core.notices AS n JOIN core.files AS f USING (file_id)
LEFT JOIN (SELECT container, list(source_path ORDER BY source_path) AS attached FROM core.files
           WHERE status = 'duplicate' AND container IS NOT NULL GROUP BY ALL) AS a ON a.container = f.source_path
ORDER BY f.source_path
"""
REQUIREMENTS_SQL = """
SELECT notice_id, list(requirement ORDER BY table_id, ordinal) FROM core.tasks
WHERE requirement <> '' AND notice_id IN (SELECT unnest($notices)) GROUP BY ALL
"""
AT_A_TIME = 10_000


def known_files(warehouse: Path) -> dict[str, Known]:
    """Published files by source path; empty where there is no warehouse that can be carried on."""
    return {row[1]: Known(*row) for row in _rows(warehouse, KNOWN_SQL)}


def identities(warehouse: Path, like: Sequence[Identity]) -> list[Identity]:
    """The published notices that any of `like` might repeat or be repeated by, or that were read with one of them."""
    wanted = {key for one in like for key in keys(one)}
    paths = {one.source_path for one in like}
    if not like or store.check_condition(warehouse) is not store.Condition.CURRENT:
        return []
    found: dict[str, Identity] = {}
    with closing(store.connect(warehouse)) as connection:
        named = connection.execute(NAMED_SQL)
        while rows := named.fetchmany(AT_A_TIME):
            for source_path, sha256, carrier, doc_number, issuer, title, notice_id, attached in rows:
                one = Identity(source_path, sha256, carrier, doc_number, issuer, title, b"", tuple(attached))
                if not wanted.isdisjoint(keys(one)) or not paths.isdisjoint(attached):
                    found[notice_id] = one
        texts = dict(connection.execute(REQUIREMENTS_SQL, {"notices": list(found)}).fetchall())
    return [replace(one, requirements=marks(texts.get(notice_id, ()))) for notice_id, one in found.items()]


def _rows(warehouse: Path, query: str) -> list[tuple[Any, ...]]:
    if store.check_condition(warehouse) is not store.Condition.CURRENT:
        return []
    with closing(store.connect(warehouse)) as connection:
        return connection.execute(query).fetchall()
