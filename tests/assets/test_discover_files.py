"""What is new, changed, refused and removed below raw/."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from assets.ingest import discover_files
from assets.ingest.build_plan import Candidate, Plan, PublishedFile, plan_from_frame, plan_to_frame
from assets.ingest.discover_files import find_file, list_files

VERSION = "1"


def planned(
    raw: Path, known: dict[str, PublishedFile] | None = None, *, max_bytes: int = 1000, full: bool = False
) -> Plan:
    return discover_files.make_plan(raw, known or {}, version=VERSION, max_bytes=max_bytes, full=full)


def known(candidate: Candidate, **changed: object) -> PublishedFile:
    values: dict[str, object] = {
        "file_id": f"f-{candidate.source_path}",
        "source_path": candidate.source_path,
        "sha256": candidate.sha256,
        "bytes": candidate.bytes,
        "mtime_ns": candidate.mtime_ns,
        "status": "loaded",
        "reason": None,
        "remedy": None,
        "duplicate_of": None,
        "extractor_version": VERSION,
    }
    return PublishedFile(**(values | changed))  # type: ignore[arg-type]


def published(plan: Plan) -> dict[str, PublishedFile]:
    return {one.source_path: known(one) for one in plan.read}


def paths(plan: Plan) -> list[str]:
    return [one.source_path for one in plan.read]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    for name in ("370300 甲州/通知.txt", "b.txt", "a.txt"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, "utf-8")
    return folder


def test_files_are_listed_in_order_without_what_belongs_to_the_system(raw: Path) -> None:
    for name in ("manifest.csv", "README.md", ".DS_Store", "~$a.docx", ".~lock.a.docx#", "Thumbs.db", ".git/x.txt"):
        (raw / name).parent.mkdir(exist_ok=True)
        (raw / name).write_text("x", "utf-8")
    assert paths(planned(raw)) == ["370300 甲州/通知.txt", "a.txt", "b.txt"]


def test_names_are_composed_and_gb18030_names_are_read(raw: Path) -> None:
    (raw / "e\u0301.txt").write_text("x", "utf-8")
    try:
        Path(os.fsdecode(os.fsencode(raw) + b"/" + "通告.txt".encode("gb18030"))).write_text("x", "utf-8")
    except OSError:
        pytest.skip("the file system takes UTF-8 names only")
    assert {"\u00e9.txt", "通告.txt"} <= set(paths(planned(raw)))


def test_two_names_that_differ_in_composition_are_both_reported(raw: Path) -> None:
    (raw / "e\u0301.txt").write_text("x", "utf-8")
    (raw / "\u00e9.txt").write_text("y", "utf-8")
    if len(list(raw.glob("*.txt"))) < 4:
        pytest.skip("the file system composes names itself")
    plan = planned(raw)
    assert "\u00e9.txt" in paths(plan)
    assert [(one.source_path, "编码写法" in one.reason) for one in plan.refused] == [("\u00e9.txt（2）", True)]


def named_in_bytes(folder: Path, name: bytes, content: str) -> None:
    """Write a file whose name is these bytes, where the file system takes it."""
    path = os.path.join(os.fsencode(folder), name)  # noqa: PTH118
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
        with open(path, "w", encoding="utf-8") as stream:  # noqa: PTH123
            stream.write(content)
    except OSError:
        pytest.skip("the file system takes UTF-8 names only")


def test_each_part_of_a_path_is_read_in_its_own_encoding(raw: Path) -> None:
    named_in_bytes(raw, "临江/".encode("gb18030") + "清单.txt".encode(), "x")
    named_in_bytes(raw, b"\xff\xfe.txt", "y")
    assert {"临江/清单.txt", "%FF%FE.txt"} <= set(paths(planned(raw)))
    assert {"临江/清单.txt", "%FF%FE.txt"} <= set(list_files(raw))


def test_a_name_in_utf8_and_the_same_in_gb18030_do_not_collide(raw: Path) -> None:
    named_in_bytes(raw, "清单.txt".encode(), "x")
    named_in_bytes(raw, "清单.txt".encode("gb18030"), "y")
    plan = planned(raw)
    assert "清单.txt" in paths(plan)
    assert [one.source_path for one in plan.refused] == ["清单.txt（2）"]
    assert set(list_files(raw)) >= {"清单.txt", "清单.txt（2）"}


def test_an_attachment_beside_a_page_is_found_under_a_name_in_gb18030(raw: Path) -> None:
    named_in_bytes(raw, "页_files/附件.txt".encode("gb18030"), "x")
    found = find_file(raw, "页_files/附件.txt")
    assert found is not None
    assert found.read_text("utf-8") == "x"
    assert find_file(raw, "附件.txt") is None


def test_a_plan_with_names_in_gb18030_survives_its_frame(raw: Path) -> None:
    named_in_bytes(raw, "通告.txt".encode("gb18030"), "x")
    plan = planned(raw)
    assert "通告.txt" in paths(plan)
    assert plan_from_frame(plan_to_frame(plan)) == plan
    assert [Path(one.path).read_text("utf-8") for one in plan.read if one.source_path == "通告.txt"] == ["x"]


def test_an_unchanged_file_costs_one_stat(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = published(planned(raw))

    def refuse(path: Path) -> str:
        raise AssertionError(f"{path} was opened")

    monkeypatch.setattr(discover_files, "hash_file", refuse)
    plan = planned(raw, state)
    assert plan.is_empty
    assert list(plan.unchanged) == ["370300 甲州/通知.txt", "a.txt", "b.txt"]


def test_a_new_time_stamp_alone_is_no_change(raw: Path) -> None:
    state = published(planned(raw))
    os.utime(raw / "a.txt", ns=(1, 1))
    assert planned(raw, state).is_empty


def test_changed_bytes_a_new_extractor_and_full_are_read_again(raw: Path) -> None:
    state = published(planned(raw))
    (raw / "a.txt").write_text("new", "utf-8")
    assert paths(planned(raw, state)) == ["a.txt"]
    state["b.txt"] = known(planned(raw).read[2], extractor_version="0")
    assert paths(planned(raw, state)) == ["a.txt", "b.txt"]
    assert len(planned(raw, state, full=True).read) == 3


def test_removed_files_and_their_duplicates(raw: Path) -> None:
    plan = planned(raw)
    state = published(plan) | {"b.txt": known(plan.read[2], status="duplicate", duplicate_of="a.txt")}
    assert planned(raw, state).is_empty
    (raw / "a.txt").unlink()
    again = planned(raw, state)
    assert again.removed == ("a.txt",)
    assert paths(again) == ["b.txt"]


def test_members_stay_with_their_archive_and_are_read_with_it(raw: Path) -> None:
    archive = planned(raw).read[2]
    inside = {
        name: known(replace(archive, source_path=f"b.txt/{name}"), container="b.txt", **more)
        for name, more in {
            "甲.md": {},
            "乙.md": {"status": "duplicate", "duplicate_of": "a.txt"},
        }.items()
    }
    state = published(planned(raw)) | {one.source_path: one for one in inside.values()}
    same = planned(raw, state)
    assert same.is_empty
    assert sorted(same.unchanged) == sorted([*published(planned(raw)), "b.txt/乙.md", "b.txt/甲.md"])
    # What a member repeats is gone: its archive is read again, and both members are neither kept nor forgotten.
    (raw / "a.txt").unlink()
    again = planned(raw, state)
    assert paths(again) == ["b.txt"]
    assert again.removed == ("a.txt", "b.txt/乙.md", "b.txt/甲.md")
    assert again.unchanged == ("370300 甲州/通知.txt",)


def test_too_large_links_pipes_and_dead_links_are_refused(raw: Path, tmp_path: Path) -> None:
    (raw / "big.docx").write_bytes(b"x" * 1001)
    (tmp_path / "secret.txt").write_text("x", "utf-8")
    (raw / "out.txt").symlink_to(tmp_path / "secret.txt")
    (raw / "outside").symlink_to(tmp_path)
    (raw / "dead.txt").symlink_to(raw / "nowhere.txt")
    (raw / "in.txt").symlink_to(raw / "a.txt")
    os.mkfifo(raw / "pipe.txt")
    plan = planned(raw)
    assert {one.source_path: one.reason for one in plan.refused} == {
        "big.docx": "文件过大（0.0 MB），超过上限 0.000953674 MB",
        "dead.txt": "这是一个失效的链接，所指文件不存在",
        "out.txt": "这是一个指向 raw 文件夹之外的链接，出于安全不予读取",
        "outside": "这是一个指向 raw 文件夹之外的链接，出于安全不予读取",
        "pipe.txt": "不是普通文件（设备、管道或套接字）",
    }
    assert all(one.remedy for one in plan.refused)
    assert "in.txt" in paths(plan)


def test_no_permission_is_refused_and_looked_at_again(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = discover_files.hash_file

    def denied(path: Path) -> str:
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return opened(path)

    monkeypatch.setattr(discover_files, "hash_file", denied)
    plan = planned(raw)
    (refused,) = plan.refused
    assert (refused.source_path, refused.reason) == ("a.txt", "没有读取该文件的权限")
    row = {"status": "unreadable", "sha256": None, "reason": refused.reason, "remedy": refused.remedy}
    candidate = Candidate("a.txt", "", refused.bytes, refused.mtime_ns, "")
    state = published(plan) | {"a.txt": known(candidate, **row)}
    assert planned(raw, state).is_empty
    monkeypatch.setattr(discover_files, "hash_file", opened)
    assert paths(planned(raw, state)) == ["a.txt"]


def test_a_folder_that_cannot_be_listed_is_reported(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = os.scandir

    def denied(path: Path) -> object:
        if Path(path).name == "370300 甲州":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", denied)
    plan = planned(raw)
    assert [(one.source_path, one.reason) for one in plan.refused] == [("370300 甲州", "没有读取该文件夹的权限")]
    assert paths(plan) == ["a.txt", "b.txt"]


def test_the_plan_survives_its_frame(raw: Path) -> None:
    plan = planned(raw)
    (raw / "a.txt").unlink()
    (raw / "big.docx").write_bytes(b"x" * 1001)
    again = planned(raw, published(plan))
    assert (again.removed, len(again.refused), len(again.unchanged)) == (("a.txt",), 1, 2)
    assert plan_from_frame(plan_to_frame(again)) == again
    assert plan_from_frame(plan_to_frame(plan)) == plan


@pytest.mark.parametrize(
    ("error", "is_folder", "reason"),
    [
        (PermissionError(13, "Permission denied"), False, "没有读取该文件的权限"),
        (PermissionError(13, "Permission denied"), True, "没有读取该文件夹的权限"),
        (FileNotFoundError(2, "No such file"), False, "文件在构建期间消失"),
        (FileNotFoundError(2, "No such file"), True, "文件夹在构建期间消失"),
        (OSError(5, "Input/output error"), False, "文件无法打开（Input/output error）"),
        (OSError("x"), True, "文件夹无法打开（OSError）"),
    ],
)
def test_why_a_file_could_not_be_opened(error: OSError, is_folder: bool, reason: str) -> None:
    assert discover_files._open_failure(error, folder=is_folder)[0] == reason


@pytest.mark.parametrize(("limit", "is_read"), [(4, False), (5, True), (6, True)])
def test_a_file_may_be_as_large_as_the_limit(tmp_path: Path, limit: int, is_read: bool) -> None:
    (tmp_path / "甲.md").write_bytes(b"12345")
    plan = discover_files.make_plan(tmp_path, {}, version="1", max_bytes=limit)
    assert len(plan.read) == is_read
