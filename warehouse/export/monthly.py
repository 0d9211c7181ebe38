"""The lists of a month in a folder: written anew where their content changed, never over what somebody filled in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from warehouse.errors import ExportError
from warehouse.export.formats import Form
from warehouse.export.task_lists import TaskList
from warehouse.export.write_files import Way, write_one
from warehouse.filenames import file_name

STATE: Final = ".state.json"


@dataclass(slots=True)
class Refreshed:
    """What a refresh did, by path relative to the folder.

    `beside` are lists whose file somebody had changed: the new one stands beside it. `gone` are lists that are no
    longer asked for; their files are left to whoever filled them in.
    """

    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def refresh(lists: Iterable[TaskList], folder: Path) -> Refreshed:
    """Bring `folder/notice/unit.xlsx` of every list up to date. Raises ExportError.

    What was written is remembered in a hidden file: of each list the digest of its content and of its file. A list
    whose content is the same is not written again, so that only changed notices cost anything.
    """
    state = _read(folder)
    done = Refreshed()
    kept: dict[str, tuple[str, str]] = {}
    folders: dict[str, str] = {}
    taken: dict[str, set[str]] = {}
    for one in lists:
        notice = one.notice.notice_id
        if notice not in folders:
            folders[notice] = file_name(one.notice.label, "", taken.setdefault("", set()))
        name = f"{folders[notice]}/{file_name(one.unit, '.xlsx', taken.setdefault(notice, set()))}"
        content, (known, written) = _content(one), state.get(name, ("", ""))
        target = folder / name
        if known == content and target.exists():
            kept[name] = (known, written)
            done.unchanged.append(name)
            continue
        if target.exists() and _digest(target) != written:
            target = _free(target)
            done.beside.append(name)
        else:
            done.written.append(name)
        write_one([one], target, Way(Form.XLSX, overwrite=True))
        kept[name] = (content, written if name in done.beside else _digest(target))
    done.gone = sorted(state.keys() - kept.keys())
    _write(folder, kept)
    return done


def _free(target: Path) -> Path:
    """A name beside `target` that nothing has yet."""
    number = 1
    while (beside := target.with_stem(f"{target.stem}（更新{number}）")).exists():
        number += 1
    return beside


def _content(one: TaskList) -> str:
    """A digest of all that the list shows."""
    digest = hashlib.sha256(f"{one.title}\0{one.unit}\0{one.notice.title}\0{one.merges}".encode())
    for row in one.rows:
        digest.update(f"{row.key}\0{row.cells}\0".encode())
    return digest.hexdigest()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(folder: Path) -> dict[str, tuple[str, str]]:
    """Name -> (digest of the content, digest of the file); nothing where there is no usable record."""
    try:
        read = json.loads((folder / STATE).read_text("utf-8"))
        return {str(name): (str(content), str(file)) for name, (content, file) in read.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        # Without the record every list is written anew, and beside what stands there.
        return {}


def _write(folder: Path, kept: dict[str, tuple[str, str]]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f"{STATE}.new"
        aside.write_text(json.dumps(kept, ensure_ascii=False, indent=1), "utf-8")
        aside.replace(folder / STATE)
    except OSError as error:
        raise ExportError(f"无法写入 {folder}（{error.strerror}）。请检查权限和磁盘空间。") from error
