"""An incrementally updated file holds, table by table, the same rows as a file that was written anew."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

import schemas
from assets.ingest.publish import TOPICS, topic_rows
from schemas.ddl import literal
from tests.bench import warehouses
from tests.schemas import samples
from warehouse import store
from warehouse.errors import PublishError
from warehouse.store import load, snapshots
from warehouse.transform import notice_similarity, task_similarity

TASKS = 6
Frames = dict[str, pl.DataFrame]
FIRST = [f"b{number}" for number in range(10)] + ["s1", "s2"]


@pytest.fixture(autouse=True)
def short_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists that overflow, lose members and are filled again; every change counts as a small one."""
    for name in ("_SHORTENED", "_TEXT_TASKS", "_MIN_CONFIDENCES", "_MATCHES", "_NEW_LISTS", "_INSERT_MATCHES"):
        monkeypatch.setattr(
            task_similarity, name, getattr(task_similarity, name).replace(f"{task_similarity.MAX_MATCHES}", "3")
        )
    monkeypatch.setattr(notice_similarity, "MAX_NOTICES", 3)
    monkeypatch.setattr(load, "MAX_INCREMENTAL_SHARE", 10)


def one(name: str) -> Frames:
    """The rows of a notice: `b` made up of real requirements, `s` with a row in every table; `+` one version later."""
    number = int(name.strip("bs+"))
    if name.startswith("s"):
        # Of one name, but not versions of each other.
        found = samples.frames(number)
        found["core.notices"] = found["core.notices"].with_columns(subject=pl.lit(f"第{number}项"))
        return found
    made = warehouses.frames(number, 1, TASKS)
    later = name.count("+")
    if not later:
        return made
    # Another file and other ids; the same issuer and subject, a later year, some requirements changed.
    for table, frame in made.items():
        ids = [column for column in frame.columns if column.endswith("_id")]
        made[table] = frame.with_columns(
            pl.col(column).str.replace("(file|notice)-", f"${{1}}{'+' * later}") for column in ids
        )
    made["core.files"] = made["core.files"].with_columns(source_path=pl.lit(f"{name}.docx"))
    dated = {"year": pl.col("year") + later, "issued_on": pl.col("issued_on").dt.offset_by(f"{later}y")}
    made["core.notices"] = made["core.notices"].with_columns(**dated)
    reworded = pl.concat_str(pl.col("requirement"), pl.lit(f"，每年通报{later}次。"))
    changed = pl.when(pl.col("ordinal") < 3).then(reworded).otherwise("requirement")
    made["core.tasks"] = made["core.tasks"].with_columns(requirement=changed)
    return made


def together(names: Collection[str], changed: Mapping[str, str] | None = None) -> Frames:
    parts = [one(name) for name in names]
    joined = {table: pl.concat([part[table] for part in parts]) for table in parts[0]}
    requirement = pl.col("requirement")
    for task, text in (changed or {}).items():
        requirement = pl.when(pl.col("task_id") == task).then(pl.lit(text)).otherwise(requirement)
    joined["core.tasks"] = joined["core.tasks"].with_columns(requirement.alias("requirement"))
    return joined


def file_of(name: str) -> str:
    number = int(name.strip("bs+"))
    return f"file-{number}" if name.startswith("s") else f"file{'+' * name.count('+') or '-'}{number:06}"


def reported(tasks: Collection[str]) -> pl.DataFrame:
    """One report of each task: done."""
    rows = []
    texts = dict(together(FIRST)["core.tasks"].select("task_id", "requirement").iter_rows())
    for line, task in enumerate(tasks, 1):
        wording = duckdb.execute("SELECT left(md5(?), 12)", [texts[task]]).fetchall()[0][0]
        row: dict[str, Any] = samples.notice()["ops.progress"][0]
        rows.append(row | {"line": line, "task_id": task, "party": None, "wording": wording, "status": "done"})
    return schemas.frame("ops.progress", rows)


def reviewed(*pairs_: tuple[str, str, str]) -> pl.DataFrame:
    """Decisions on pairs of tasks: (task, task, relation)."""
    rows: list[dict[str, Any]] = []
    made = together([*FIRST, "b10", "b11"])
    files = dict(made["core.files"].select("file_id", "source_path").iter_rows())
    owner = dict(made["core.notices"].select("notice_id", "file_id").iter_rows())
    where = {
        task: (files[owner[notice]], locator)
        for task, notice, locator in made["core.tasks"].select("task_id", "notice_id", "locator").iter_rows()
    }
    for line, (a, b, relation) in enumerate(pairs_, 1):
        row: dict[str, Any] = samples.notice()["ops.counterpart_reviews"][0]
        places = dict(zip(("file_a", "locator_a", "file_b", "locator_b"), (*where[a], *where[b]), strict=True))
        rows.append(row | {"line": line, "relation": relation} | places)
    return schemas.frame("ops.counterpart_reviews", rows)


def owned(name: str, scope: str) -> pl.DataFrame:
    """A decision about the notice of this name."""
    path = one(name)["core.files"].item(0, "source_path")
    row: dict[str, Any] = samples.notice()["ops.ownership"][0]
    return schemas.frame("ops.ownership", [row | {"line": 2, "file": path, "issuer": None, "scope": scope}])


def differences(path: Path, other: Path) -> dict[str, list[tuple[object, ...]]]:
    """Rows that one file holds and the other does not, by table or mart; comments and checks are among them."""
    found = {}
    with contextlib.closing(duckdb.connect()) as connection:
        for name, file in (("a", path), ("b", other)):
            connection.execute(f"ATTACH {literal(str(file))} AS {name} (READ_ONLY)")
        tables = connection.execute(
            "SELECT schema_name || '.\"' || table_name || '\"' FROM duckdb_tables() WHERE database_name = 'b'"
        ).fetchall()
        keys = ", ".join(map(literal, (*snapshots.META_KEYS, load.FULL_BUILD_BYTES)))
        queries = {name: f"SELECT * FROM {{}}.{name}" for (name,) in tables}
        queries['ops."meta"'] += f" WHERE key NOT IN ({keys})"
        for kind in ("tables", "views", "columns"):
            name_column = "view_name" if kind == "views" else "table_name"
            columns = f"schema_name, {name_column}, {'column_name, data_type, ' if kind == 'columns' else ''}comment"
            queries[kind] = f"SELECT {columns} FROM duckdb_{kind}() WHERE NOT internal AND database_name = '{{}}'"
        for name, query in queries.items():
            a, b = query.format("a"), query.format("b")
            rows = connection.execute(f"({a} EXCEPT ALL {b}) UNION ALL ({b} EXCEPT ALL {a})").fetchall()
            if rows:
                found[name] = rows
    return found


def is_full_build(path: Path) -> bool:
    """Return whether the file was written anew and not updated."""
    with contextlib.closing(store.connect(path)) as connection:
        ((found,),) = connection.execute("SELECT value FROM ops.meta WHERE key = ?", [load.FULL_BUILD_BYTES]).fetchall()
    return bool(found == "0")


def check(path: Path, tmp_path: Path, names: Collection[str], replace: Frames, changed: Mapping[str, str]) -> None:
    whole = tmp_path / "whole.duckdb"
    whole.unlink(missing_ok=True)
    store.publish(whole, add=together(names, changed), replace=replace)
    assert is_full_build(whole)
    assert not is_full_build(path)
    assert differences(path, whole) == {}


def test_every_table_equals_that_of_a_file_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    replace = {TOPICS: topic_rows(), "ops.progress": reported(["notice-000003-k0004", "notice-000007-k0001"])}
    replace["ops.counterpart_reviews"] = reviewed(
        ("notice-000001-k0001", "notice-000002-k0003", "equal"),
        ("notice-000004-k0002", "notice-000010-k0000", "subset"),
        ("notice-000005-k0000", "notice-000006-k0000", "superset"),
    )
    store.publish(path, add=together(FIRST), replace=replace)

    # One goes; some come, two of them new versions of present notices.
    coming = ["b10", "b3+", "b4+", "s3"]
    store.publish(path, add=together(coming), drop_files=[file_of("b5")], replace=replace)
    # A third version: progress reported on the first still counts.
    store.publish(path, add=one("b3++"), replace=replace)
    names = [name for name in FIRST if name != "b5"] + [*coming, "b3++"]
    check(path, tmp_path, names, replace, {})

    # One version is removed, one file changes, more has been reported, a decision is another.
    replace["ops.progress"] = reported(["notice-000003-k0004", "notice-000009-k0002"])
    replace["ops.counterpart_reviews"] = reviewed(("notice-000001-k0001", "notice-000002-k0003", "unrelated"))
    replace["ops.ownership"] = owned("b1", "reference")
    changed = {"notice-000008-k0001": "每月组织一次志愿服务活动，报送活动图片3张。"}
    dropped = [file_of("b4+"), file_of("b8")]
    store.publish(path, add=together(["b8"], changed), drop_files=dropped, replace=replace)
    names = [name for name in names if name != "b4+"]
    check(path, tmp_path, names, replace, changed)


def test_after_a_large_change_or_when_bloated_the_file_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few_views: Callable[..., None]
) -> None:
    few_views("mart.topic_crosswalk")
    path = tmp_path / "w.duckdb"
    monkeypatch.setattr(load, "MAX_INCREMENTAL_SHARE", 0.5)
    for name, wanted in (("s1", True), ("s2", True), ("s3", False), ("s4", False)):
        store.publish(path, add=one(name))
        assert is_full_build(path) is wanted
    store.publish(path, add=together(["s5", "s6", "s7"]))
    assert is_full_build(path)
    monkeypatch.setattr(load, "MAX_BLOAT", 0.5)
    monkeypatch.setattr(load, "BLOAT_SLACK_BYTES", 0)
    for wanted in (False, True, False):
        store.publish(path, add={})
        assert is_full_build(path) is wanted


def test_an_existing_key_is_refused_in_an_incremental_update(tmp_path: Path, few_views: Callable[..., None]) -> None:
    few_views("mart.topic_crosswalk")
    path = tmp_path / "w.duckdb"
    store.publish(path, add=together(["s1", "s2"]))
    with pytest.raises(PublishError, match="主键重复：file_id=file-1"):
        store.publish(path, add=one("s1"))


@dataclass(frozen=True)
class Change:
    """What is to be published, and what is said of the old file: `full` are its bytes when all of it was written."""

    added: int | None = None
    dropped: int = 0
    replaced: str = ""
    full: str | None = "0"
    slack: int = 0
    same: bool = True


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (Change(added=1, dropped=1, replaced="ops.imports"), True),
        (Change(added=2), True),
        (Change(dropped=2), True),
        (Change(added=2, dropped=1), False),
        (Change(added=0, dropped=3), False),
        (Change(dropped=3), False),
        (Change(added=1, replaced="core.tasks"), False),
        (Change(added=1, full=None), False),
        (Change(added=1, same=False), False),
        (Change(added=1, slack=-(10**9)), True),
        (Change(added=1, full="1000"), True),
        (Change(added=1, full="1000", slack=-1), False),
    ],
)
def test_where_a_file_may_be_carried_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change, wanted: bool
) -> None:
    """Of twenty files two may change; a file may be twice as large as when all of it was written, and some more."""
    path = tmp_path / "old.duckdb"
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        connection.execute("CREATE SCHEMA core; CREATE SCHEMA ops")
        connection.execute("CREATE TABLE core.files AS SELECT range AS file_id FROM range(20)")
        connection.execute("CREATE TABLE ops.meta (key VARCHAR, value VARCHAR)")
        if change.full is not None:
            connection.execute("INSERT INTO ops.meta VALUES (?, ?)", [load.FULL_BUILD_BYTES, change.full])
    monkeypatch.setattr(load, "MAX_INCREMENTAL_SHARE", 0.1)
    monkeypatch.setattr(load, "MAX_BLOAT", 2)
    monkeypatch.setattr(load, "BLOAT_SLACK_BYTES", path.stat().st_size - 2_000 + change.slack)
    monkeypatch.setattr("warehouse.transform.derivation.has_same_derivation", lambda connection: change.same)
    add = {} if change.added is None else {load.FILES: pl.DataFrame({"file_id": ["x"] * change.added})}
    replace = {change.replaced: pl.DataFrame()} if change.replaced else {}
    assert load._can_update_in_place(path, ["y"] * change.dropped, add, replace) is wanted
