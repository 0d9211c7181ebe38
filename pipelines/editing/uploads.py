"""Files that were sent from the browser: notices into raw/, filled task lists into a folder of their own."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assets.ingest.discover_files import MIB, decode_name, hash_file, is_ignored
from pipelines.editing.job_queue import UploadedBook
from warehouse.explorer.editing import UploadedFile
from warehouse.filenames import file_name, visible

DEFAULT_FOLDER: Final = "上传"
"""Folder of notices for which no other was chosen."""
_SUFFIX: Final = re.compile("[0-9A-Za-z]{1,8}")
"""What may stand behind the last dot of a name to be its suffix; anything else is part of the name."""


class UploadError(Exception):
    """Files were refused and nothing was changed; the text is Chinese."""


@dataclass(frozen=True, slots=True)
class UploadRules:
    """What may be uploaded.

    Attributes:
        max_bytes: Size of a file.
        replace: Whether a file of the same name with other content is replaced.
        known: Digest -> path relative to raw/ of the files in the warehouse.
    """

    max_bytes: int
    replace: bool
    known: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Placement:
    """Files and the paths that they are to have in a folder below raw/; `label` is its name as people read it."""

    folder: Path
    label: str
    paths: Sequence[tuple[UploadedFile, Path]]

    @property
    def names(self) -> list[str]:
        """The paths relative to raw/, as a build names them."""
        return [f"{decode_name(self.folder.name)}/{path.name}" for _, path in self.paths]


def plan_notices(raw: Path, files: Sequence[UploadedFile], folder: str, rules: UploadRules) -> Placement:
    """Return where files belong in a folder below raw/; nothing is moved yet.

    Raises:
        UploadError: A file is refused.
    """
    if not files:
        raise UploadError("没有选定文件")
    label, target = _choose_folder(raw, folder.strip() or DEFAULT_FOLDER)
    used: set[str] = set()
    placement = Placement(target, label, [(file, target / _safe_name(file.name, used)) for file in files])
    for file, path in placement.paths:
        _require_usable(file, path, raw, rules)
        _require_free(file, path, label, rules)
    return placement


def move_notices(placement: Placement) -> None:
    """Move files to where they belong, all or none; one that is there already with the same content stays as it is.

    Raises:
        UploadError: The folder cannot be written.
    """
    target = placement.folder
    # Hidden names until all are complete: another program may be watching the folder.
    waiting = [(target / f".{number}.uploading", path) for number, (_, path) in enumerate(placement.paths)]
    try:
        target.mkdir(parents=True, exist_ok=True)
        for (file, _), (hidden, _) in zip(placement.paths, waiting, strict=True):
            shutil.move(file.path, hidden)
        for hidden, path in waiting:
            hidden.replace(path)
    except OSError as error:
        for hidden, _ in waiting:
            hidden.unlink(missing_ok=True)
        place = target.with_name(placement.label)
        raise UploadError(f"无法写入 {place}（{error.strerror or error}）。请检查文件夹的写入权限和磁盘空间") from error


def hold_books(files: Sequence[UploadedFile]) -> tuple[tempfile.TemporaryDirectory[str], list[UploadedBook]]:
    """Move filled task lists into a folder that outlives the request; the caller removes it.

    Raises:
        UploadError: A file is no workbook.
    """
    # Needs data frames, which would make every start of the server slower.
    from assets.progress_import.import_workbooks import SPREADSHEETS

    if not files:
        raise UploadError("没有选定文件")
    used: set[str] = set()
    named = [(file, _safe_name(file.name, used)) for file in files]
    for file, name in named:
        if Path(name).suffix not in SPREADSHEETS:
            raise UploadError(f"{file.name} 不是表格文件（xlsx、xls、et、ods），没有导入任何文件")
    folder = tempfile.TemporaryDirectory(prefix="wenming-")
    books = [UploadedBook(name, str(Path(folder.name) / name)) for _, name in named]
    try:
        for (file, _), book in zip(named, books, strict=True):
            shutil.move(file.path, book.path)
    except OSError as error:
        folder.cleanup()
        raise UploadError(f"无法写入 {folder.name}（{error.strerror or error}），没有导入任何文件") from error
    return folder, books


def list_folders(raw: Path) -> list[str]:
    """Return the names of the folders directly below raw/ into which notices may be uploaded."""
    return sorted(_find_folders(raw))


def _find_folders(raw: Path) -> dict[str, Path]:
    """Return the folders directly below raw/ that a build reads, by their names as a form sends them."""
    if not raw.is_dir():
        return {}
    with os.scandir(raw) as entries:
        return {
            " ".join(decode_name(entry.name).split()): Path(entry.path)
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and not is_ignored(entry.name)
        }


def _choose_folder(raw: Path, name: str) -> tuple[str, Path]:
    """Return the folder of this name, which may be there under a name that no upload would get, or a new one."""
    present = _find_folders(raw)
    if name in present:
        return name, present[name]
    safe = file_name(name, "", set())
    target = raw / safe
    if is_ignored(safe) or target.is_symlink() or target.is_file():
        raise UploadError(f"放入“{safe}”的文件不会读取（说明、临时文件、链接不读取），没有上传任何文件，请换一个文件夹")
    return safe, target


def _safe_name(sent: str, used: set[str]) -> str:
    """Return a safe file name for the name that a browser sent, which may be a path."""
    stem, dot, suffix = _last_part(sent).rpartition(".")
    if dot and _SUFFIX.fullmatch(suffix):
        return file_name(stem, f".{suffix.lower()}", used)
    return file_name(_last_part(sent), "", used)


def _last_part(sent: str) -> str:
    return visible(sent.replace("\\", "/").rpartition("/")[2]).strip()


def _require_usable(file: UploadedFile, path: Path, raw: Path, rules: UploadRules) -> None:
    if is_ignored(_last_part(file.name)) or is_ignored(path.name):
        raise UploadError(f"{file.name} 不是通知文件（临时文件、说明文件不读取），没有上传任何文件")
    size = file.path.stat().st_size
    if size == 0:
        raise UploadError(f"{file.name} 是空文件，没有上传任何文件")
    if size > rules.max_bytes:
        raise UploadError(f"{file.name} 超过 {rules.max_bytes // MIB} MB，没有上传任何文件")
    same = rules.known.get(hash_file(file.path))
    if same is not None and raw / same != path and (raw / same).is_file():
        raise UploadError(f"{file.name} 与已有的 {same} 内容相同，没有上传任何文件")


def _require_free(file: UploadedFile, path: Path, folder: str, rules: UploadRules) -> None:
    """Refuse a file in whose place there is another one that it may not replace."""
    if path.is_dir():
        raise UploadError(f"{folder} 中已有名为 {path.name} 的文件夹，没有上传任何文件，请改名后上传")
    if path.is_file() and not rules.replace and hash_file(path) != hash_file(file.path):
        raise UploadError(
            f"{folder} 中已有内容不同的同名文件 {path.name}，没有上传任何文件。"
            "新的版本请改名后上传；确要替换，请勾选“替换同名文件”"
        )
