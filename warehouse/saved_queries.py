"""Queries that people keep for each other: one `*.sql` file each, in a folder beside the warehouse.

The head of a file says name, note, who and day as comments, so that any program that reads SQL runs it as it is. Files
that people put there by hand need no head: their name is that of the file.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from warehouse.filenames import file_name

SUFFIX: Final = ".sql"
MAX_QUERIES: Final = 200
MAX_NAME: Final = 40
MAX_NOTE: Final = 200
MAX_STATEMENT: Final = 10_000
MAX_BYTES: Final = 64 << 10
"""Size of a file that is read; a larger one is no query that somebody saved."""
HEAD: Final[Mapping[str, str]] = {"name": "名称", "note": "说明", "who": "经办人", "day": "日期"}
"""Field -> its word in the head of a file."""


class SavedQueryError(Exception):
    """A query cannot be saved or removed; the text is Chinese and names the remedy."""


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query with the name it is found by; `day` is an ISO date, "" where a file does not say it."""

    name: str
    statement: str
    note: str = ""
    who: str = ""
    day: str = ""


def list_queries(folder: Path) -> list[SavedQuery]:
    """Return the saved queries by name; a missing folder holds none."""
    return sorted((query for _, query in _read_files(folder)), key=lambda query: query.name)


def save_query(folder: Path, query: SavedQuery, *, replace: bool = False) -> None:
    """Save a query, in place of the one of the same name if `replace` is set.

    Raises:
        SavedQueryError: A part is missing or too long, the name is taken, or the folder cannot be written.
    """
    _check(query)
    known = list(_read_files(folder))
    previous = next((path for path, other in known if other.name == query.name), None)
    if previous is not None and not replace:
        raise SavedQueryError(f"已有名为“{query.name}”的查询，请换一个名称，或勾选“替换同名查询”")
    if previous is None and len(known) >= MAX_QUERIES:
        raise SavedQueryError(f"已保存 {MAX_QUERIES} 条查询，请先删除不用的")
    head = "\n".join(f"-- {word}：{getattr(query, name)}" for name, word in HEAD.items())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        used: set[str] = set()
        for path in sorted(folder.iterdir()):
            file_name(path.stem, path.suffix, used)
        target = previous or folder / file_name(query.name, SUFFIX, used)
        _write(target, f"{head}\n{query.statement}\n")
    except OSError as error:
        raise SavedQueryError(_explain(folder, error)) from error


def remove_query(folder: Path, name: str) -> SavedQuery:
    """Remove the query of this name and return it.

    Raises:
        SavedQueryError: There is none, or it cannot be removed.
    """
    for path, query in _read_files(folder):
        if query.name == name:
            try:
                path.unlink()
            except OSError as error:
                raise SavedQueryError(_explain(folder, error)) from error
            return query
    raise SavedQueryError("这条查询已经删除或改名，请刷新页面核对")


def _check(query: SavedQuery) -> None:
    if not query.name or not query.statement:
        raise SavedQueryError("请写明查询的名称和语句")
    for text, limit, what in (
        (query.name, MAX_NAME, "名称"),
        (query.note, MAX_NOTE, "说明"),
        (query.statement, MAX_STATEMENT, "语句"),
    ):
        if len(text) > limit:
            raise SavedQueryError(f"{what}不超过 {limit} 字")


def _read_files(folder: Path) -> Iterator[tuple[Path, SavedQuery]]:
    """Yield the readable files of the folder with their queries, by file name."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob(f"*{SUFFIX}"))[:MAX_QUERIES]:
        try:
            if path.stat().st_size <= MAX_BYTES:
                yield path, _parse(path.stem, path.read_text("utf-8-sig", "replace"))
        except OSError:
            # A file that somebody else may not show, or has just removed.
            continue


def _parse(stem: str, text: str) -> SavedQuery:
    fields: dict[str, str] = {}
    lines = text.splitlines()
    for line in lines:
        word, separator, value = line.removeprefix("--").strip().partition("：")
        name = next((name for name, known in HEAD.items() if known == word), None)
        if not line.startswith("--") or not separator or name is None or name in fields:
            break
        fields[name] = value.strip()
    statement = "\n".join(lines[len(fields) :]).strip()
    return SavedQuery(
        fields.get("name") or stem, statement, fields.get("note", ""), fields.get("who", ""), fields.get("day", "")
    )


def _write(target: Path, text: str) -> None:
    """Write a file so that no reader ever sees a part of it."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _explain(folder: Path, error: OSError) -> str:
    return f"无法写入文件夹 {folder}（{error.strerror or error}），请检查写入权限"
