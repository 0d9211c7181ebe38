"""The state of the published warehouse, which a build compares with what is on disk.

A build without news imports this and not `publish`, which needs data frames and the code of the marts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import schemas
from assets.ingest import decision_guard
from assets.ingest.build_plan import Plan, PublishedFile
from assets.ingest.confirmed_units import FORMS_SQL, join_forms
from assets.ingest.decision_guard import Decisions
from assets.ingest.decisions import OVERRIDES_TABLE, MatchOverride
from warehouse import store
from warehouse.transform.view_files import DERIVATION, derivation_hash

_FILES_SQL: Final = """
SELECT f.file_id, f.source_path, s.sha256, s.bytes, s.mtime_ns, f.status, f.reason, f.remedy, f.duplicate_of,
       s.extractor_version, f.format, f.ingested_at, s.corrections,
       f.container,
       f.file_id IN (SELECT n.file_id FROM core.notices AS n JOIN core.findings AS d USING (notice_id)
                     WHERE d.rule = 'attachment_link') AS wants_attachments
FROM core.files AS f JOIN ops.sources AS s USING (source_path)
"""
_HEADERS_SQL: Final = """
SELECT f.source_path, n.issuer, coalesce(t.headers, [])
FROM core.notices AS n JOIN core.files AS f USING (file_id)
LEFT JOIN (SELECT notice_id, list(columns ORDER BY ordinal) AS headers FROM core.tables GROUP BY ALL) AS t
    USING (notice_id)
"""


def published_files(warehouse: Path, *, headers: bool = False, units: bool = False) -> dict[str, PublishedFile]:
    """Return the published files by source path; none where the warehouse is missing, damaged or outdated.

    Args:
        warehouse: The published file.
        headers: Include issuer and table headers, by which confirmed layouts name a notice.
        units: Include names and printed forms of units, by which decisions about them concern a notice.
    """
    if store.check_condition(warehouse) is not store.Condition.CURRENT:
        return {}
    with store.reading(warehouse) as connection:
        files = {row[1]: PublishedFile(*row) for row in connection.execute(_FILES_SQL).fetchall()}
        for path, issuer, columns in connection.execute(_HEADERS_SQL).fetchall() if headers else ():
            if path in files:
                files[path] = replace(files[path], issuer=issuer, headers=tuple(map(tuple, columns)))
        for path, forms in connection.execute(FORMS_SQL).fetchall() if units else ():
            if path in files:
                files[path] = replace(files[path], units=join_forms(forms))
    return files


def is_up_to_date(warehouse: Path, plan: Plan, reviews: Sequence[MatchOverride], current: Decisions) -> bool:
    """Return whether a build has nothing to publish.

    That is so where no file changed, and the warehouse is one of this version of the program with its marts and with
    all decisions of people.

    Args:
        warehouse: The published file.
        plan: What the build would read and remove.
        reviews: The match overrides as rows of `ops.counterpart_reviews`.
        current: The decisions on disk now.
    """
    if not plan.is_empty or store.check_condition(warehouse) is not store.Condition.CURRENT:
        return False
    with store.reading(warehouse) as connection:
        stored = connection.execute("SELECT value FROM ops.meta WHERE key = ?", [DERIVATION]).fetchall()
        published = connection.execute(f"SELECT * FROM {OVERRIDES_TABLE} ORDER BY line").fetchall()
        imports = {import_id for (import_id,) in connection.execute(decision_guard.IMPORTS_SQL).fetchall()}
    columns = schemas.TABLES[OVERRIDES_TABLE].column
    on_disk = [tuple(row[name] for name in columns) for row in sorted(reviews, key=lambda row: int(row["line"]))]
    has_same_decisions = published == on_disk and imports == set(current.digests)
    return (
        has_same_decisions
        and decision_guard.published_decisions(warehouse) == current
        and stored == [(derivation_hash(),)]
    )
