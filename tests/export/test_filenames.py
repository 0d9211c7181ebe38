"""Names of files and sheets: safe everywhere, never empty, never the same twice."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pathvalidate import is_valid_filename

from warehouse.filenames import MAX_BYTES, MAX_LENGTH, MAX_SHEET_UNITS, file_name, sheet_name

HOSTILE = st.text(
    st.one_of(st.sampled_from("办公室 .:/\\*?\"<>|'[]~$（）\n\t\0\u202eＡaA𠮷é\ud800"), st.characters()), max_size=120
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("办公室", "办公室.docx"),
        ("办公室\n（综合科）", "办公室 （综合科）.docx"),
        ("一科/二科", "一科_二科.docx"),
        ('a:b*c?"<>|\\', "a_b_c______.docx"),
        ("../../etc/passwd", "_.._etc_passwd.docx"),
        ("CON", "CON_.docx"),
        ("con.第一稿", "con_.第一稿.docx"),
        ("NUL .x", "NUL_.x.docx"),
        ("aux", "aux_.docx"),
        ("COM1", "COM1_.docx"),
        ("COM¹", "COM¹_.docx"),
        ("LPT0", "LPT0_.docx"),
        ("CONIN$.x", "CONIN$_.x.docx"),
        ("console", "console.docx"),
        ("综合科. . ", "综合科.docx"),
        ("..", "未命名.docx"),
        (" \n\t", "未命名.docx"),
        ("", "未命名.docx"),
        ("\u202ecod.科室", "cod.科室.docx"),
        ("~$办公室", "$办公室.docx"),
    ],
)
def test_file_names(text: str, expected: str) -> None:
    assert file_name(text, ".docx", set()) == expected


def test_files_of_one_folder_differ_where_case_and_width_do_not_count() -> None:
    used: set[str] = set()
    names = [
        file_name(text, ".ics", used)
        for text in ("办公室", "办公室", "Abc", "aBC", "ＡＢＣ", "办公室（2）", "é", "e\u0301")
    ]
    assert names == [
        "办公室.ics",
        "办公室（2）.ics",
        "Abc.ics",
        "aBC（2）.ics",
        "ＡＢＣ（3）.ics",
        "办公室（2）（2）.ics",
        "é.ics",
        "é（2）.ics",
    ]


def test_a_long_name_keeps_its_suffix_and_its_mark() -> None:
    used: set[str] = set()
    first, second = (file_name("精神文明建设" * 50, ".docx", used) for _ in range(2))
    assert len(first) == len(second) == MAX_LENGTH
    assert first.endswith("建设精神文.docx")
    assert second.endswith("（2）.docx")
    wide = file_name("𠮷" * 100, ".docx", used)
    assert MAX_BYTES - 4 < len(wide.encode()) <= MAX_BYTES
    assert set(wide) == set("𠮷.docx")


@given(st.lists(HOSTILE, min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_any_text_gives_file_names_that_every_system_takes(texts: list[str]) -> None:
    used: set[str] = set()
    names = [file_name(text, ".xlsx", used) for text in texts]
    for name in names:
        assert is_valid_filename(name, platform="universal")
        assert Path(name).name == name
        assert name.endswith(".xlsx")
        assert name[0] not in ". ~"
        assert name.removesuffix(".xlsx")[-1] not in ". "
        assert len(name) <= MAX_LENGTH
        assert len(name.encode()) <= MAX_BYTES
        assert not any(unicodedata.category(character).startswith("C") for character in name)
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in names}) == len(names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("办公室", "办公室"),
        ("一科/二科[甲]：:*?\\", "一科_二科_甲_：____"),
        ("'办公室'", "办公室"),
        ("History", "History_"),
        ("", "未命名"),
        ("'", "未命名"),
        ("精" * 40, "精" * 31),
        ("𠮷" * 40, "𠮷" * 15),
    ],
)
def test_sheet_names(text: str, expected: str) -> None:
    assert sheet_name(text, set()) == expected


@given(st.lists(HOSTILE, min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_any_text_gives_titles_that_excel_takes(texts: list[str]) -> None:
    used: set[str] = set()
    titles = [sheet_name(text, used) for text in texts]
    for title in titles:
        assert 0 < len(title.encode("utf-16-le")) <= 2 * MAX_SHEET_UNITS
        assert not re.search(r"[\[\]:*?/\\\x00-\x1f]|^'|'$", title)
        assert title.casefold() != "history"
    assert len({title.casefold() for title in titles}) == len(titles)
    book = Workbook()
    assert [book.create_sheet(title).title for title in titles] == titles
