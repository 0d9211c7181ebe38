"""What the published warehouse holds already: the state of every file, and which notices stand in it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from assets.duplicates import Identity, blank_free
from assets.plan import Known
from warehouse import store

KNOWN_SQL = """
SELECT f.file_id, f.source_path, s.sha256, s.bytes, s.mtime_ns, f.status, f.reason, f.remedy, f.duplicate_of,
       s.extractor_version, f.format, f.ingested_at, s.corrections,
       f.container,
       f.file_id IN (SELECT n.file_id FROM core.notices AS n JOIN core.findings AS d USING (notice_id)
                     WHERE d.rule = 'attachment_link') AS wants_attachments
FROM core.files AS f JOIN ops.sources AS s USING (source_path)
"""
IDENTITY_SQL = """
SELECT f.source_path, f.sha256, f.format, n.doc_number, n.issuer, n.title,
       coalesce((SELECT list(t.requirement ORDER BY t.table_id, t.ordinal)
                 FROM core.tasks AS t WHERE t.notice_id = n.notice_id AND t.requirement <> ''), []) AS requirements,
       coalesce((SELECT list(a.source_path ORDER BY a.source_path) FROM core.files AS a
                 WHERE a.container = f.source_path AND a.status = 'duplicate'), []) AS attached
FROM core.notices AS n JOIN core.files AS f USING (file_id)
ORDER BY f.source_path
"""


def known_files(warehouse: Path) -> dict[str, Known]:
    """Published files by source path; empty where there is no warehouse that can be carried on."""
    return {row[1]: Known(*row) for row in _rows(warehouse, KNOWN_SQL)}


def identities(warehouse: Path) -> list[Identity]:
    """The published notices, as far as recognising a duplicate needs them."""
    found = []
    for row in _rows(warehouse, IDENTITY_SQL):
        source_path, sha256, carrier, doc_number, issuer, title, requirements, attached = row
        texts = tuple(blank_free(text) for text in requirements)
        found.append(Identity(source_path, sha256, carrier, doc_number, issuer, title, texts, tuple(attached)))
    return found


def _rows(warehouse: Path, query: str) -> list[tuple[Any, ...]]:
    if store.condition(warehouse) is not store.Condition.CURRENT:
        return []
    with closing(store.connect(warehouse)) as connection:
        return connection.execute(query).fetchall()
