"""Where corrections, progress and exports of a warehouse are kept: beside its file, apart from those of its neighbours.

A warehouse that is alone in its folder keeps them in the folder itself (`corrections`, `progress`). One that is made
beside another gets a folder of its own, `<name>.files`; without it, the two would read and write the same ledgers.
One that was published before keeps the place it had.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

USUAL_NAME: Final = "wenming.duckdb"
"""The warehouse of this name always keeps its records in the folder of its file."""
OWN_SUFFIX: Final = ".files"
LEDGERS: Final = ("corrections", "progress")


def find_record_folder(warehouse: Path) -> Path:
    """Return the folder that holds the folders of corrections, progress and exports of a warehouse."""
    own = _own_folder(warehouse)
    if own.is_dir():
        return own
    if warehouse.name == USUAL_NAME or _was_published(warehouse) or not _list_neighbours(warehouse):
        return warehouse.parent
    return own


def claim_record_folder(warehouse: Path) -> str | None:
    """Create the folder of a new warehouse that stands beside another; return in Chinese where its records are.

    The folder must exist before the warehouse does: that tells it from one that always shared the place. Returns None
    where no other warehouse reads or writes the same place.
    """
    own, folder = _own_folder(warehouse), find_record_folder(warehouse)
    shared = [warehouse.parent / name for name in LEDGERS]
    neighbours = _list_neighbours(warehouse)
    names = "、".join(path.name for path in neighbours)
    if folder == own:
        if own.is_dir():
            return None
        own.mkdir(parents=True)
        return (
            f"同一文件夹中还有其他仓库（{names}），"
            f"本仓库的更正记录和进展台账另放在 {own}，不采用 {'、'.join(map(str, shared))} 中的"
        )
    sharing = [path.name for path in neighbours if find_record_folder(path) == folder]
    ledgers = [str(path) for path in shared if path.is_dir()]
    if not sharing or not ledgers:
        return None
    return (
        f"更正记录和进展台账取自 {'、'.join(ledgers)}，与同一文件夹中的其他仓库（{'、'.join(sharing)}）共用；"
        f"要分开，请新建文件夹 {own}，把它们复制到其中"
    )


def _own_folder(warehouse: Path) -> Path:
    return warehouse.with_suffix(OWN_SUFFIX)


def _was_published(warehouse: Path) -> bool:
    """Return whether there is such a warehouse, or was: the number of its last snapshot outlives the file."""
    return warehouse.is_file() or warehouse.with_name(f".{warehouse.name}.edition").is_file()


def _list_neighbours(warehouse: Path) -> list[Path]:
    """Return the other warehouse files of the folder, by their names."""
    return sorted(
        path
        for path in warehouse.parent.glob("*.duckdb")
        if path.name != warehouse.name and not path.name.startswith(".") and path.is_file()
    )
