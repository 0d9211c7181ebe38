"""The ledger of imports: one Parquet file per import in a folder of its own, never changed once written.

Progress reports cannot be read again from the notices, so they are stored apart from the warehouse file, which may be
rebuilt at any time: every publication fills `ops.progress`, `ops.progress_materials` and `ops.progress_issues` from
here. Accepted and rejected rows of one import share one file, so that an import is stored completely or not at all.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import schemas
from schemas.ops import ALL_MATERIALS, IMPORT_PATTERN

PROGRESS: Final = "ops.progress"
MATERIALS: Final = "ops.progress_materials"
ISSUES: Final = "ops.progress_issues"
TABLES: Final = (PROGRESS, MATERIALS, ISSUES)
IMPORT_ID_FORMAT: Final = "%Y%m%dT%H%M%S%fZ"
SUFFIX: Final = ".parquet"

if TYPE_CHECKING:
    import polars as pl

    ImportPart = tuple[pl.DataFrame, pl.DataFrame]
    """The rows of one import for `ops.progress` and for `ops.progress_issues`."""

_IMPORT_NAME: Final = re.compile(IMPORT_PATTERN)


def ledger_dtypes() -> dict[str, pl.DataType]:
    """Return the columns of a file of the ledger with their polars types; a rejected row has a `kind`."""
    return schemas.TABLES[PROGRESS].dtypes | schemas.TABLES[ISSUES].dtypes


def file_digests(folder: Path) -> dict[str, str]:
    """Return import -> digest of its file, "" if it cannot be read; a file of the ledger never changes.

    A missing folder holds none.
    """
    digests = {}
    for path in _list_files(folder):
        try:
            digests[path.stem] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        except OSError:
            digests[path.stem] = ""
    return digests


def _list_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob(f"*{SUFFIX}") if _IMPORT_NAME.fullmatch(path.stem))


def write_import(folder: Path, frame: pl.DataFrame) -> Path:
    """Write one import to the ledger atomically. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{frame['import_id'][0]}{SUFFIX}"
    temporary = path.with_suffix(".writing")
    try:
        frame.write_parquet(temporary)
        with temporary.open("rb+") as handle:
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def read_ledger(folder: Path) -> dict[str, pl.DataFrame]:
    """Return the whole content of the three tables from all files of the ledger.

    A file that cannot be read or breaks the rules of the tables becomes one row of `ops.progress_issues`.
    """
    import polars as pl

    parts = [_read_import(path) for path in _list_files(folder)]
    progress = pl.concat([schemas.empty(PROGRESS), *(taken for taken, _ in parts)])
    issues = pl.concat([schemas.empty(ISSUES), *(refused for _, refused in parts)])
    return {PROGRESS: progress, MATERIALS: schemas.frame(MATERIALS, _iter_materials(progress)), ISSUES: issues}


def _read_import(path: Path) -> ImportPart:
    """Read the accepted and the rejected rows of one import; for an invalid file one row about that."""
    import polars as pl

    dtypes = ledger_dtypes()
    try:
        stored = pl.read_parquet(path)
        missing = [pl.lit(None, dtype).alias(name) for name, dtype in dtypes.items() if name not in stored.columns]
        stored = stored.with_columns(missing).cast(pl.Schema(dtypes))
    except (OSError, pl.exceptions.PolarsError) as error:
        return _damaged_import(path, str(error).splitlines()[0][:200])
    progress = stored.filter(pl.col("kind").is_null()).select(list(schemas.TABLES[PROGRESS].dtypes))
    issues = stored.filter(pl.col("kind").is_not_null()).select(list(schemas.TABLES[ISSUES].dtypes))
    failures = [*schemas.check(PROGRESS, progress), *schemas.check(ISSUES, issues)]
    return _damaged_import(path, failures[0].message) if failures else (progress, issues)


def _damaged_import(path: Path, why: str) -> ImportPart:
    message = f"进展台账中的 {path.name} 无法使用（{why}），其中的进展未计入。请从备份恢复该文件"
    moment = datetime.strptime(path.stem, IMPORT_ID_FORMAT)
    row = {"import_id": path.stem, "line": 1, "kind": "file", "message": message, "file": path.name}
    return schemas.empty(PROGRESS), schemas.frame(ISSUES, [row | {"imported_at": moment}])


def _iter_materials(progress: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the materials that each report lists."""
    # This import takes half a second: every build uses this module, but few have materials to parse.
    import polars as pl

    from extractors.parsers.evidence import is_complete_statement, read_evidence

    reported = progress.filter(pl.col("evidence_on_hand").is_not_null())
    for import_id, line, text in reported.select("import_id", "line", "evidence_on_hand").iter_rows():
        if is_complete_statement(text):
            materials = [(ALL_MATERIALS, 1, text)]
        else:
            materials = [
                (item.kind, 1 if item.min_count is None else item.min_count, item.raw) for item in read_evidence(text)
            ]
        for ordinal, (kind, items, raw) in enumerate(materials, start=1):
            place = {"import_id": import_id, "line": line, "ordinal": ordinal}
            yield place | {"kind": kind, "items": items, "raw": raw or text}
