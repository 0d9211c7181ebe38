"""The register of corrections as people write it, and what of it cannot be used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assets.ingest.csv_input import NotAppendedError
from assets.ingest.decisions import REGISTER_FILE, append_correction, decisions_digest, read_register
from extractors.corrections import Correction

ONE = Correction("表1 第2行第3列", "tasks.deadline", "10月底前", "9月底前", "与正文一致", "甲", "2026-11-01")
ENGLISH = "file,locator,field,expected,value,reason,who,when\n"
CHINESE = "文件,位置,字段,原值,改为,理由,经办人,日期\n"
ROW = "甲市/通知.docx,表1 第2行第3列,tasks.deadline,10月底前,9月底前,与正文一致,甲,2026-11-01\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("header", [ENGLISH, CHINESE])
def test_a_register_is_read_in_either_language_and_as_excel_saves_it(
    tmp_path: Path, header: str, encoding: str
) -> None:
    (tmp_path / "a.csv").write_bytes((header + ROW).encode(encoding))
    register = read_register(tmp_path)
    assert register.for_file("甲市/通知.docx") == (ONE,)
    assert register.for_file("乙市/通知.docx") == ()
    assert register.problems == []


def test_without_a_file_column_the_place_begins_with_the_file(tmp_path: Path) -> None:
    row = "甲市/通知.docx 表1 第2行第3列,tasks.deadline,10月底前,9月底前,与正文一致,甲,2026-11-01\n"
    (tmp_path / "a.csv").write_text(ENGLISH.removeprefix("file,") + row, "utf-8")
    register = read_register(tmp_path)
    assert register.for_file("甲市/通知.docx") == (ONE,)
    assert register.find_orphans(["甲市/通知.docx"]) == []
    assert [entry.location for entry in register.find_orphans(["别的.docx"])] == ["a.csv 第 2 行"]


def test_what_cannot_be_used_is_reported_with_its_place_and_the_rest_stands(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CHINESE + ROW.replace("与正文一致", "") + "\n" + ROW, "utf-8")
    (tmp_path / "b.csv").write_text("文件\n甲\n", "utf-8")
    register = read_register(tmp_path)
    assert len(register.entries) == 1
    assert "a.csv 第 2 行 未填：理由" in register.problems[0]
    assert "b.csv 第 1 行缺少列：位置、字段、原值、改为、理由、经办人、日期，" in register.problems[1]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert read_register(tmp_path / "none").entries == []


def test_what_is_appended_is_read_again_and_is_no_formula(tmp_path: Path) -> None:
    risky = Correction("表1", "tasks.requirement", "=1+1", "-甲,“乙”\n丙", "@", "甲", "2026-11-01")
    for one in (ONE, risky):
        path = append_correction(tmp_path / "deep", "通知.docx", one)
    assert path.name == REGISTER_FILE
    assert read_register(tmp_path / "deep").for_file("通知.docx") == (ONE, risky)
    assert ",=1+1" not in path.read_text("utf-8-sig")
    assert path.read_bytes().count(b"\xef\xbb\xbf") == 1


SPREAD = {
    "utf-8": (CHINESE + ROW).encode(),
    "byte order mark": (CHINESE + ROW).encode("utf-8-sig"),
    "saved by Excel": (CHINESE + ROW).replace("\n", "\r\n").encode("gbk"),
    "no last line end": (CHINESE + ROW).rstrip().encode(),
    "no last line end, Excel": (CHINESE + ROW).replace("\n", "\r\n").rstrip().encode("gbk"),
    "English": (ENGLISH + ROW).encode(),
    "another order": "日期,经办人,理由,改为,原值,字段,位置,文件\n2026-11-01,甲,与正文一致,9月底前,10月底前,"
    "tasks.deadline,表1 第2行第3列,甲市/通知.docx\n".encode(),
    "further columns": ("序号,备注," + CHINESE + "1,已核," + ROW).encode(),
    "no column for the file": (CHINESE.removeprefix("文件,") + ROW.replace("通知.docx,表1", "通知.docx 表1")).encode(),
    "header alone": CHINESE.rstrip().encode("gbk"),
    "empty": b"",
    "blank": b"\xef\xbb\xbf\r\n",
}


@pytest.mark.parametrize("data", SPREAD.values(), ids=list(SPREAD))
def test_a_line_is_added_to_what_people_have_and_all_else_stays(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / REGISTER_FILE
    path.write_bytes(data)
    had = read_register(tmp_path).for_file("甲市/通知.docx")
    new = Correction("表2 第1行", "tasks.points", "1", "镕,“2”", "=核对\r原件", "乙", "2026-11-02")
    append_correction(tmp_path, "乙市/通知.docx", new)
    append_correction(tmp_path, "甲市/通知.docx", new)
    register = read_register(tmp_path)
    assert register.problems == []
    assert register.for_file("甲市/通知.docx") == (*had, new)
    assert register.for_file("乙市/通知.docx") == (new,)
    if data.strip(b"\xef\xbb\xbf\r\n"):
        assert path.read_bytes().startswith(data)
    assert {one.name for one in tmp_path.iterdir()} <= {REGISTER_FILE, f".{REGISTER_FILE}.lock"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("文件,位置\n甲,乙\n", "第 1 行缺少列"),
        (CHINESE + ROW.rstrip() + ',"没有写完\n', "引号没有配对"),
        (CHINESE + ROW.replace("与正文一致", '"没有写完'), "引号没有配对"),
        ("\n" + CHINESE + ROW, "第 1 行缺少列"),
        (CHINESE.replace(",", ";") + ROW.replace(",", ";"), "第 1 行缺少列"),
        (CHINESE + ROW + ROW.replace("与正文一致", "长" * 200_000), "第 3 行无法读取"),
    ],
)
def test_a_register_that_would_lose_the_line_is_not_changed(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / REGISTER_FILE
    path.write_text(text, "utf-8")
    before = path.read_bytes()
    with pytest.raises(NotAppendedError, match=why):
        append_correction(tmp_path, "甲.md", ONE)
    assert path.read_bytes() == before


def test_a_register_in_another_encoding_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / REGISTER_FILE
    path.write_bytes((CHINESE + ROW).encode("utf-16"))
    before = path.read_bytes()
    with pytest.raises(NotAppendedError):
        append_correction(tmp_path, "甲.md", ONE)
    assert path.read_bytes() == before


def test_two_who_review_at_once_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: append_correction(tmp_path, f"{number}.md", ONE), range(20)))
    assert sorted(entry.file for entry in read_register(tmp_path).entries) == sorted(f"{n}.md" for n in range(20))


def test_the_digest_tells_whether_a_file_must_be_read_again() -> None:
    assert decisions_digest([]) is None
    assert decisions_digest([ONE]) == decisions_digest((ONE,))
    assert decisions_digest([ONE]) != decisions_digest([ONE, ONE])


def test_of_a_file_that_breaks_off_the_lines_before_stand(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CHINESE + ROW + ROW.replace("与正文一致", "长" * 200_000), "utf-8")
    register = read_register(tmp_path)
    assert register.for_file("甲市/通知.docx") == (ONE,)
    (problem,) = register.problems
    assert problem.startswith("更正记录 a.csv 第 3 行无法读取")
    assert "该行起未生效" in problem
