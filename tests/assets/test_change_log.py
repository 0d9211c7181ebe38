"""What people changed in the browser: logged with its lines, undone to the byte, and not missed by a build."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from assets.ingest.change_log import (
    CHANGE_HEADERS,
    CHANGES_FILE,
    Change,
    append_change,
    count_withdrawn,
    list_keys,
    read_changes,
    remove_change,
)
from assets.ingest.csv_input import NotRemovedError, append_decisions, remove_decisions
from assets.ingest.decision_guard import Decisions, require_no_fewer
from assets.ingest.decisions import (
    CORRECTION_HEADERS,
    REGISTER_FILE,
    REQUIRED_COLUMNS,
    append_correction,
    make_correction_line,
    read_register,
)
from extractors.corrections import Correction
from extractors.layouts import LAYOUTS_FILE
from extractors.unit_decisions import UNITS_FILE
from warehouse.errors import FewerDecisionsError

POINTS = Correction("表1 第2行第3列", "tasks.points", "5", "6", "印发件，如此", "甲", "2023-01-02")


def remove(path: Path, *lines: dict[str, str]) -> None:
    remove_decisions(path, CORRECTION_HEADERS, REQUIRED_COLUMNS, lines)


@pytest.mark.parametrize(
    "before",
    [
        "",
        "文件,位置,字段,原值,改为,理由,经办人,日期\r\n甲.md,表1,tasks.points,1,2,理由,乙,2023-01-01\r\n",
        '字段,备注,位置,文件,原值,改为,理由,经办人,日期\ntasks.remark,自留,表1,甲.md,"一\n二",三,理由,乙,2023-01-01\n',
        "位置,字段,原值,改为,理由,经办人,日期\n甲.md 表1,tasks.points,1,2,理由,乙,2023-01-01\n",
    ],
    ids=["new", "usual", "columns of their own, a value of two lines", "without the file"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_what_was_added_is_removed_to_the_byte(tmp_path: Path, before: str, encoding: str) -> None:
    path = tmp_path / REGISTER_FILE
    original = before.encode(encoding)
    if before:
        path.write_bytes(original)
    line = make_correction_line(tmp_path, "乙.md", POINTS)
    append_correction(tmp_path, "乙.md", POINTS)
    append_correction(tmp_path, "丙.md", POINTS)
    remove(path, line)
    remove(path, make_correction_line(tmp_path, "丙.md", POINTS))
    header = codecs.BOM_UTF8 + (",".join(CORRECTION_HEADERS.values()) + "\r\n").encode()
    assert path.read_bytes() == (original if before else header)


def test_of_equal_lines_the_last_is_removed(tmp_path: Path) -> None:
    for path in ("甲.md", "乙.md", "甲.md"):
        append_correction(tmp_path, path, POINTS)
    remove(tmp_path / REGISTER_FILE, make_correction_line(tmp_path, "甲.md", POINTS))
    assert [entry.file for entry in read_register(tmp_path).entries] == ["甲.md", "乙.md"]


def test_what_is_no_longer_there_is_not_removed(tmp_path: Path) -> None:
    path = append_correction(tmp_path, "甲.md", POINTS)
    before = path.read_bytes()
    for file in ("乙.md", "甲.md，"):
        with pytest.raises(NotRemovedError, match="已不在文件中"):
            remove(path, make_correction_line(tmp_path, file, POINTS))
    line = make_correction_line(tmp_path, "甲.md", POINTS)
    with pytest.raises(NotRemovedError):
        remove(path, line, line)
    assert path.read_bytes() == before
    # A byte that no encoding of Chinese has would be lost if the rest were written again.
    path.write_bytes(before.decode("utf-8-sig").encode("gb18030") + b"\xff,\r\n")
    with pytest.raises(NotRemovedError, match="写法特殊"):
        remove(path, line)


def test_the_log_is_numbered_and_read_back(tmp_path: Path) -> None:
    assert read_changes(tmp_path) == []
    line = {"file": "甲.md", "locator": "表1", "field": "tasks.points", "value": "=1+1\n二"}
    first = append_change(
        tmp_path, Change(0, "2023-01-02 03:04:05", "甲", "更正", "=甲", "理由", REGISTER_FILE, (line,))
    )
    second = append_change(tmp_path, Change(0, "2023-01-02 03:04:06", "乙", "上传", "一份", ""))
    assert (first.number, second.number) == (1, 2)
    assert read_changes(tmp_path) == [first, second]
    with (tmp_path / CHANGES_FILE).open("ab") as stream:
        stream.write("x,手写的,一行,,,,,,\r\n".encode())
    assert read_changes(tmp_path) == [first, second]


@pytest.mark.parametrize("lines", ["5", '["甲"]', '{"file": "甲.md"}', '[{"file": 5}]', "[" * 100_000])
def test_lines_that_people_made_unreadable_are_left_out(tmp_path: Path, lines: str) -> None:
    known = append_change(tmp_path, Change(0, "2023-01-02 03:04:05", "甲", "更正", "一处", "理由"))
    values = {"number": "2", "when": "今天", "who": "乙", "file": REGISTER_FILE, "undoes": "1", "lines": lines}
    append_decisions(tmp_path / CHANGES_FILE, CHANGE_HEADERS, CHANGE_HEADERS, [values])
    assert read_changes(tmp_path) == [known]
    assert not count_withdrawn(tmp_path)


def test_an_entry_is_taken_back(tmp_path: Path) -> None:
    line = {"file": "甲.md", "value": "=1+1\n二"}
    first = append_change(tmp_path, Change(0, "2023-01-02 03:04:05", "甲", "更正", "一", "", REGISTER_FILE, (line,)))
    before = (tmp_path / CHANGES_FILE).read_bytes()
    second = append_change(tmp_path, Change(0, "2023-01-02 03:04:05", "甲", "更正", "二", "", REGISTER_FILE, (line,)))
    remove_change(tmp_path, second)
    assert (tmp_path / CHANGES_FILE).read_bytes() == before
    assert read_changes(tmp_path) == [first]


@pytest.mark.parametrize("name", ["file", "folder"])
def test_a_file_has_one_lock_whatever_link_leads_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = append_correction(tmp_path / "kept", "甲.md", POINTS)
    links = {"file": tmp_path / REGISTER_FILE, "folder": tmp_path / "linked" / REGISTER_FILE}
    (tmp_path / REGISTER_FILE).symlink_to(path)
    (tmp_path / "linked").symlink_to(path.parent)
    monkeypatch.setattr("assets.ingest.csv_input.LOCK_SECONDS", 0.1)
    with FileLock(path.with_name(f".{path.name}.lock")):
        for write in (append_decisions, remove_decisions):
            with pytest.raises(Timeout):
                write(links[name], CORRECTION_HEADERS, REQUIRED_COLUMNS, [])


def test_the_log_is_no_register(tmp_path: Path) -> None:
    append_change(tmp_path, Change(0, "2023-01-02 03:04:05", "甲", "更正", "一处", "理由"))
    assert read_register(tmp_path).problems == []


def test_a_withdrawn_decision_is_not_missed_and_another_is(tmp_path: Path) -> None:
    line = make_correction_line(tmp_path, "甲.md", POINTS)
    change = Change(0, "2023-01-02 03:04:05", "甲", "更正", "一处", "理由", REGISTER_FILE, (line,))
    [key] = list_keys(REGISTER_FILE, [line])
    assert key == "甲.md 表1 第2行第3列 tasks.points"
    published = Decisions(corrections=(key, "乙.md 表1 tasks.points"))
    now = Decisions(corrections=published.corrections[1:])

    def check(current: Decisions) -> None:
        require_no_fewer(current, published, register=read_register(tmp_path), progress=tmp_path)

    append_change(tmp_path, change)
    with pytest.raises(FewerDecisionsError, match=r"甲\.md 表1"):
        check(now)
    append_change(tmp_path, Change(0, "2023-01-02 03:04:06", "甲", "撤销", "", "", REGISTER_FILE, (line,), undoes=1))
    check(now)
    with pytest.raises(FewerDecisionsError, match=r"少了：乙\.md 表1 tasks\.points。"):
        check(Decisions())
    append_change(tmp_path, change)
    with pytest.raises(FewerDecisionsError):
        check(now)
    assert not count_withdrawn(tmp_path)


def test_the_keys_of_layouts_and_units_are_those_of_the_guard(tmp_path: Path) -> None:
    layout = {"file": "甲.md", "header": "项目｜分值", "column": "项目", "role": "指标"}
    unit = {"printed": "勿 公室", "name": "办公室", "function": ""}
    why = {"reason": "理由", "who": "甲", "when": "2023-01-02"}
    assert list_keys(LAYOUTS_FILE, [layout | why]) == ["甲.md 项目｜分值 项目"]
    assert list_keys(UNITS_FILE, [unit | why]) == ["勿公室"]
    assert list_keys("", []) == []


def test_a_line_that_lost_a_column_has_a_key(tmp_path: Path) -> None:
    assert list_keys(REGISTER_FILE, [{"locator": "表1", "value": "5"}]) == ["表1"]
    assert list_keys(UNITS_FILE, [{"printed": "甲科"}]) == ["甲科"]
    assert list_keys(LAYOUTS_FILE, [{"file": "甲.md"}]) == []


def test_a_folder_of_changes_without_decisions_excuses_nothing(tmp_path: Path) -> None:
    append_decisions(tmp_path / REGISTER_FILE, CORRECTION_HEADERS, REQUIRED_COLUMNS, [])
    assert not count_withdrawn(tmp_path)
