"""单位.csv as people write it, what a changed line has read again, and what of it cannot be used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assets.ingest.confirmed_units import append_unit_line, read_units, select_fitting_units
from assets.ingest.csv_input import NotAppendedError
from assets.ingest.decisions import decisions_digest, read_register
from extractors.unit_decisions import UNIT_HEADERS, UNITS_FILE, UnitDecision, combine_lines
from tests.assets.test_confirmed_layouts import known

CHINESE = ",".join(UNIT_HEADERS.values()) + "\n"
ENGLISH = ",".join(UNIT_HEADERS) + "\n"
ROW = "水保,水土保持科,水土保持,三定方案,甲,2026-11-01\n"
ONE = UnitDecision("水保", ("水土保持科",), "水土保持", "三定方案", "甲", "2026-11-01")
LINE = {"printed": "=水保", "name": "水保科", "function": "", "reason": "核对", "who": "甲", "when": "2026-11-02"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("header", [CHINESE, ENGLISH])
def test_a_decision_is_read_in_either_language(tmp_path: Path, header: str, encoding: str) -> None:
    (tmp_path / UNITS_FILE).write_bytes((header + ROW).encode(encoding))
    assert read_units(tmp_path) == ({2: ONE}, [])


def test_the_column_of_functions_may_be_left_out(tmp_path: Path) -> None:
    (tmp_path / UNITS_FILE).write_text(
        "打印名,规范名,理由,经办人,日期\n水 保,水土 保持科,核对,甲,2026-11-01\n", "utf-8"
    )
    decisions, problems = read_units(tmp_path)
    assert problems == []
    assert [(one.printed, one.names, one.function) for one in decisions.values()] == [("水保", ("水土保持科",), None)]


def test_it_is_no_register_of_corrections(tmp_path: Path) -> None:
    (tmp_path / UNITS_FILE).write_text(CHINESE + ROW + "水保站,,,核对,甲,2026-11-01\n", "utf-8")
    register = read_register(tmp_path)
    assert (register.entries, register.units) == ([], (ONE,))
    (problem,) = register.problems
    assert problem.startswith("单位.csv 第 3 行未填：规范名")
    assert read_register(tmp_path / "none").units == ()


def test_a_file_without_its_columns_is_named(tmp_path: Path) -> None:
    (tmp_path / UNITS_FILE).write_text("打印名\n水保\n", "utf-8")
    decisions, (problem,) = read_units(tmp_path)
    assert decisions == {}
    assert problem.startswith("单位.csv 第 1 行缺少列：规范名、理由、经办人、日期")


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("水保科", ("水保科",)),
        ("机关党委、机关工会", ("机关党委", "机关工会")),
        ("各镇（街、区）", ("各镇（街、区）",)),
        ("水保科、各镇（街、区）", ("水保科", "各镇（街、区）")),
        ("----", ()),
        ("无", ()),
    ],
)
def test_the_names_of_a_line(name: str, names: tuple[str, ...]) -> None:
    decisions, problems = combine_lines([(2, LINE | {"name": name})])
    assert problems == []
    assert decisions[2].names == names


def test_the_last_line_about_a_form_counts() -> None:
    decisions, _ = combine_lines([(2, LINE), (3, LINE | {"printed": "水文"}), (4, LINE | {"name": "水保站"})])
    assert {number: one.names for number, one in decisions.items()} == {3: ("水保科",), 4: ("水保站",)}


@pytest.mark.parametrize(
    "data",
    [b"", (CHINESE + ROW).encode(), (CHINESE + ROW).replace("\n", "\r\n").encode("gbk").rstrip()],
    ids=["no file", "utf-8", "saved by Excel, no last line end"],
)
def test_a_line_is_added_and_all_else_stays(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / UNITS_FILE
    if data:
        path.write_bytes(data)
    before = len(read_units(tmp_path)[0])
    append_unit_line(tmp_path, LINE)
    decisions, problems = read_units(tmp_path)
    assert (problems, len(decisions)) == ([], before + 1)
    assert list(decisions.values())[-1].printed == "=水保"
    assert path.read_bytes().startswith(data)
    assert "\n=水保" not in path.read_text("gb18030" if b"\r\n" in data else "utf-8-sig")


def test_a_line_that_would_be_lost_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / UNITS_FILE
    path.write_text("打印名,规范名,理由,经办人,日期\n", "utf-8")
    before = path.read_bytes()
    with pytest.raises(NotAppendedError):
        append_unit_line(tmp_path, LINE | {"function": "水土保持"})
    assert path.read_bytes() == before


def test_two_who_review_at_once_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: append_unit_line(tmp_path, LINE | {"printed": f"第{number}组"}), range(10)))
    decisions, _ = read_units(tmp_path)
    assert sorted(one.printed for one in decisions.values()) == sorted(f"第{number}组" for number in range(10))


@pytest.mark.parametrize(
    ("forms", "line", "is_read_again"),
    [
        ({"水保", "办公室"}, ROW, True),
        ({"水土保持科"}, ROW, True),
        ({"水保站"}, ROW, False),
        (set(), ROW, False),
    ],
    ids=["its form", "its name", "another form", "nothing known"],
)
def test_a_line_has_the_files_read_again_that_it_concerns(
    tmp_path: Path, forms: set[str], line: str, is_read_again: bool
) -> None:
    (tmp_path / UNITS_FILE).write_text(CHINESE + line, "utf-8")
    register = read_register(tmp_path)
    assert (register.digest_for(known(units=frozenset(forms))) is not None) is is_read_again
    assert bool(select_fitting_units(register.units, forms)) is is_read_again


def test_the_digest_changes_with_what_was_decided(tmp_path: Path) -> None:
    given = [
        ONE,
        UnitDecision("水保", (), None, "三定方案", "甲", "2026-11-01"),
        UnitDecision("水保", ("水土保持科",), None, "三定方案", "甲", "2026-11-01"),
        UnitDecision("水保", ("水土保持科",), "水土保持", "三定方案", "乙", "2026-11-01"),
    ]
    assert len({decisions_digest([], [], [one]) for one in given}) == len(given)
    assert decisions_digest([], [], [ONE]) == decisions_digest([], [], [ONE])
    assert decisions_digest([], [], []) is None
