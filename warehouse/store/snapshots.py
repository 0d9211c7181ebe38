"""The published editions of a warehouse: each carries its number, and the last few are kept beside the newest.

The folder `.<name>.editions` holds one whole DuckDB file for each former edition. It is a second name of the file that
was published (a hard link), so that keeping one costs nothing but the space it took anyway; where the file system
knows no such links it is a copy.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

import duckdb

from schemas.ddl import literal

KEPT: Final = 5
"""Former editions that are kept where nobody says otherwise."""

CAUSES: Final[Mapping[str, str]] = MappingProxyType({"build": "构建", "progress": "导入进展", "restore": "恢复旧版"})
"""Why an edition was published."""

NUMBER: Final = "edition"
MOMENT: Final = "published_at"
CAUSE: Final = "published_by"
ORIGIN: Final = "restored_from"
KEYS: Final = (NUMBER, MOMENT, CAUSE, ORIGIN)
"""Keys in `ops.meta` that tell one edition from the next."""
DECISIONS: Final = "decisions"
"""Key in `ops.meta`: what people decided, as far as the edition holds it."""

_STAMP: Final = "%Y%m%dT%H%M%S%fZ"
_NAME: Final = re.compile(r"(\d{6,})_(\d{8}T\d{12}Z)\.duckdb")
_HALF: Final = ".copying"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which edition a file is. `published_at` is UTC; `restored_from` the number of the edition it repeats, if any."""

    number: int
    published_at: datetime
    cause: str = "build"
    restored_from: int | None = None

    @property
    def meta(self) -> dict[str, str]:
        """What stands in `ops.meta`."""
        found = {NUMBER: str(self.number), MOMENT: self.published_at.isoformat(), CAUSE: self.cause}
        return found if self.restored_from is None else found | {ORIGIN: str(self.restored_from)}

    @property
    def file_name(self) -> str:
        """The name under which the edition is kept."""
        return f"{self.number:06d}_{self.published_at.strftime(_STAMP)}.duckdb"


def folder_of(path: Path) -> Path:
    """Where the editions of the warehouse at `path` are kept."""
    return path.with_name(f".{path.name}.editions")


def kept(path: Path) -> dict[int, Path]:
    """The former editions beside the warehouse at `path`, number -> file, oldest first."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        found = {int(name[1]): one for one in folder_of(path).iterdir() if (name := _NAME.fullmatch(one.name))}
        return dict(sorted(found.items()))
    return {}


def stamp_of(file: Path) -> Stamp | None:
    """The stamp of a sound warehouse file; None where it was published before editions were numbered.

    Raises duckdb.Error for anything but a sound warehouse file.
    """
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute(f"ATTACH {literal(str(file))} AS edition (READ_ONLY)")
        return stamp_in(connection, "edition.ops.meta")


def stamp_in(connection: duckdb.DuckDBPyConnection, table: str = "ops.meta") -> Stamp | None:
    """The stamp that stands in `table` of an open warehouse file; None where it has none."""
    meta = dict(connection.execute(f"SELECT key, value FROM {table}").fetchall())
    if NUMBER not in meta:
        return None
    origin = meta.get(ORIGIN)
    moment = datetime.fromisoformat(meta[MOMENT])
    return Stamp(int(meta[NUMBER]), moment, meta[CAUSE], None if origin is None else int(origin))


def current_stamp(path: Path) -> Stamp:
    """The stamp of the sound warehouse file at `path`; one without a number follows the last one kept."""
    found = stamp_of(path)
    if found is not None:
        return found
    return Stamp(max(kept(path), default=0) + 1, moment_of(path))


def moment_of(file: Path) -> datetime:
    """When an edition without a number was written."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def next_stamp(path: Path, cause: str, former: Stamp | None, restored_from: int | None = None) -> Stamp:
    """The stamp of the successor of the file at `path`, whose own is `former`; None where no sound file stands.

    No number is given twice: not after the file was lost or damaged either.
    """
    last = max([*kept(path), former.number if former else 0, last_assigned_number(path)])
    return Stamp(last + 1, datetime.now(UTC), cause, restored_from)


def last_assigned_number(path: Path) -> int:
    """The highest number that was ever given to an edition of the warehouse at `path`, as far as it was noted."""
    try:
        return int(_counter(path).read_text("ascii"))
    except (OSError, ValueError):
        return 0


def record_number(path: Path, number: int) -> None:
    """Note beside the warehouse that `number` is given away, before the edition stands there. Raises OSError."""
    file = _counter(path)
    half = file.with_suffix(_HALF)
    with half.open("w", encoding="ascii") as stream:
        stream.write(f"{number}\n")
        stream.flush()
        os.fsync(stream.fileno())
    half.replace(file)


def _counter(path: Path) -> Path:
    return path.with_name(f".{path.name}.edition")


def keep(path: Path, stamp: Stamp) -> None:
    """Keep the sound warehouse file at `path` under a second name, for when it is replaced. Raises OSError."""
    target = folder_of(path) / stamp.file_name
    if target.exists():
        return
    target.parent.mkdir(exist_ok=True)
    try:
        os.link(path.resolve(), target)
    except OSError:
        # No hard links here (FAT, some network drives): a copy, which is there whole or not at all.
        half = target.with_suffix(_HALF)
        try:
            shutil.copyfile(path, half)
            with half.open("rb+") as handle:
                os.fsync(handle.fileno())
            half.replace(target)
        finally:
            half.unlink(missing_ok=True)


def prune(path: Path, number: int) -> None:
    """Remove all but the last `number` former editions, and what an interrupted copy left behind.

    The warehouse is published already when this is called: a file that cannot be removed now (Windows: somebody has it
    open) is left to the next publication.
    """
    folder = folder_of(path)
    if not folder.is_dir():
        return
    known = list(kept(path).values())
    for file in (*folder.glob(f"*{_HALF}"), *known[: max(len(known) - number, 0)]):
        with contextlib.suppress(OSError):
            file.unlink()
    if not number:
        with contextlib.suppress(OSError):
            folder.rmdir()
