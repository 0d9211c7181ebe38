"""CSV files that people keep: what is read of them, and a line added byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assets.ingest.csv_input import (
    NotAppendedError,
    append_decisions,
    append_lines,
    detect_encoding,
    parse_lines,
    read_header,
    remove_decisions,
)
from warehouse.formatting import FORMULA_STARTS, strip_formula_guard

HEADERS = {"task": "任务", "value": "改为"}
BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    ("text", "lines", "fault"),
    [
        ("", [], "第 1 行缺少列：任务，其中各条未生效，请补上表头"),
        ("任务,改为\n", [], None),
        ("\ufeff任务,改为\na,b\n", [(2, "a", "b")], None),
        ("改为, 任务 \n b ,a\n", [(2, "a", "b")], None),
        ("task,value\na,b", [(2, "a", "b")], None),
        ("任务\na\n", [(2, "a", "")], None),
        ("任务,别的,改为\na,x,b\n", [(2, "a", "b")], None),
        ("任务,改为\na,b\n , \n\nc,d,e\nf\n", [(2, "a", "b"), (5, "c", "d"), (6, "f", "")], None),
        ('任务,改为\n"a\nb",c\nd,e\n', [(3, "a\nb", "c"), (4, "d", "e")], None),
        ("任务,改为\n'=1,'x\n", [(2, "=1", "'x")], None),
        ("改为\nb\n", [], "第 1 行缺少列：任务，其中各条未生效，请补上表头"),
        (
            f"任务,改为\na,b\nc,{'x' * 131073}\n",
            [(2, "a", "b")],
            "第 3 行无法读取（field larger than field limit (131072)），该行起未生效，请用 WPS/Excel 重新另存为 CSV",
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_lines_of_a_file(text: str, lines: list[Any], fault: str | None, encoding: str) -> None:
    found, message = parse_lines(text.encode(encoding), HEADERS, {"task"})
    assert [(line.number, line.values["task"], line.values["value"]) for line in found] == lines
    assert message == fault


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, BOM + "任务,改为\r\na,b\r\n".encode()),
        (b"", BOM + "任务,改为\r\na,b\r\n".encode()),
        (BOM + b" \r\n", BOM + "任务,改为\r\na,b\r\n".encode()),
        ("任务,改为\n".encode(), "任务,改为\na,b\n".encode()),
        ("任务,改为".encode(), "任务,改为\r\na,b\r\n".encode()),
        ("任务,改为\r\nc,d\r\n".encode(), "任务,改为\r\nc,d\r\na,b\r\n".encode()),
        ("任务,改为\r\nc,d\n".encode(), "任务,改为\r\nc,d\na,b\r\n".encode()),
        ("任务,改为\nc,d".encode(), "任务,改为\nc,d\na,b\n".encode()),
        ("任务,改为\rc,d\r".encode(), "任务,改为\rc,d\ra,b\r\n".encode()),
        ("改为,备注,任务\n".encode("gbk"), "改为,备注,任务\nb,,a\n".encode("gbk")),
        (BOM + "任务,改为\n".encode(), BOM + "任务,改为\na,b\n".encode()),
    ],
)
def test_a_line_is_added_and_all_else_stays(before: bytes | None, after: bytes, tmp_path: Path) -> None:
    path = tmp_path / "更正.csv"
    if before is not None:
        path.write_bytes(before)
        path.chmod(0o640)
    append_lines(path, HEADERS, {"task"}, [{"task": "a", "value": "b"}])
    assert path.read_bytes() == after
    assert before is None or path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["更正.csv"]


@pytest.mark.parametrize(
    "value", ["a,b", 'say "x"', "two\nlines", "two\r\nlines", "a\rb", "'=1+1", "中文", "x'"], ids=range(8)
)
def test_any_value_is_read_again_just_so(value: str, tmp_path: Path) -> None:
    path = tmp_path / "更正.csv"
    path.write_bytes("任务,改为\nc,d\n".encode())
    append_lines(path, HEADERS, {"task"}, [{"task": "a", "value": value}])
    found, fault = parse_lines(path.read_bytes(), HEADERS, {"task"})
    assert ([line.values["value"] for line in found], fault) == (["d", strip_formula_guard(value)], None)


@pytest.mark.parametrize("value", ["=1+1", "-5", "@a", "'=1+1", "''+1", "'甲'", "''", "'"])
def test_no_value_of_a_decision_runs_and_each_is_kept_and_found_again(value: str, tmp_path: Path) -> None:
    path = tmp_path / "更正.csv"
    before = "任务,改为\r\nc,d\r\n".encode()
    path.write_bytes(before)
    line = {"task": "a", "value": value}
    append_decisions(path, HEADERS, {"task"}, [line])
    assert not path.read_text("utf-8").splitlines()[-1].removeprefix("a,").startswith(FORMULA_STARTS)
    found, fault = parse_lines(path.read_bytes(), HEADERS, {"task"})
    assert (found[-1].values, fault) == (line, None)
    remove_decisions(path, HEADERS, {"task"}, [line])
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ['任务,改为\nc,"d\n', "改为\nb\n", "任务\nc\n"])
def test_a_file_that_would_not_give_the_line_back_is_left_as_it_is(text: str, tmp_path: Path) -> None:
    path = tmp_path / "更正.csv"
    path.write_bytes(text.encode())
    with pytest.raises(NotAppendedError):
        append_lines(path, HEADERS, {"task"}, [{"task": "a", "value": "b"}])
    assert path.read_bytes() == text.encode()


def test_the_read_header_a_file(tmp_path: Path) -> None:
    path = tmp_path / "更正.csv"
    assert read_header(path, HEADERS) == []
    path.write_bytes("改为,别的,task\n".encode())
    assert read_header(path, HEADERS) == ["value", "", "task"]
    path.write_bytes(b"x" * 131073)
    assert read_header(path, HEADERS) == []


def test_the_detect_encoding_a_file() -> None:
    assert [detect_encoding("任务".encode(name)) for name in ("utf-8", "gbk")] == ["utf-8", "gb18030"]


@pytest.mark.parametrize(
    ("value", "plain"),
    [("'=1", "=1"), ("'+1", "+1"), ("'-1", "-1"), ("'@a", "@a"), ("''=1", "'=1"), ("'a", "'a"), ("=1", "=1"), ("", "")],
)
def test_the_apostrophe_before_a_formula_goes(value: str, plain: str) -> None:
    assert strip_formula_guard(value) == plain
