"""版式.csv as people write it, what a changed line has read again, and what of it fits nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assets.ingest.build_plan import PublishedFile
from assets.ingest.confirmed_layouts import append_layout_lines, read_layouts, select_fitting
from assets.ingest.csv_input import NotAppendedError
from assets.ingest.decisions import OVERRIDES_FILE, decisions_digest, read_register
from extractors.layouts import LAYOUT_HEADERS, LAYOUTS_FILE, ConfirmedLayout

CHINESE = ",".join(LAYOUT_HEADERS.values()) + "\n"
ENGLISH = ",".join(LAYOUT_HEADERS) + "\n"
ROW = "甲.md,甲州市文明办,考评项目｜评分标准,,评分标准,任务要求,,,对照原表,甲,2026-11-01\n"
ONE = ConfirmedLayout("甲.md", "甲州市文明办", ("考评项目", "评分标准"), None, {"评分标准": "requirement"})
LINE = {
    "file": "乙.md",
    "header": "=项｜标准",
    "column": "标准",
    "role": "任务要求",
    "reason": "核对",
    "who": "甲",
    "when": "2026-11-02",
}


def known(**given: object) -> PublishedFile:
    values = {"file_id": "f", "source_path": "丙.md", "sha256": "ab", "bytes": 1, "mtime_ns": 1, "status": "loaded"}
    empty = dict.fromkeys(("reason", "remedy", "duplicate_of"))
    return PublishedFile(**{**values, **empty, "extractor_version": "1", **given})  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("header", [CHINESE, ENGLISH])
def test_a_layout_is_read_in_either_language(tmp_path: Path, header: str, encoding: str) -> None:
    (tmp_path / LAYOUTS_FILE).write_bytes((header + ROW).encode(encoding))
    decisions, problems = read_layouts(tmp_path)
    assert problems == []
    assert [(one.layout, one.lines) for one in decisions] == [(ONE, (2,))]


def test_it_is_no_register_of_corrections(tmp_path: Path) -> None:
    (tmp_path / LAYOUTS_FILE).write_text(CHINESE + ROW + ROW.replace("任务要求", "颜色"), "utf-8")
    (tmp_path / OVERRIDES_FILE).write_text("甲文件\n", "utf-8")
    register = read_register(tmp_path)
    assert (register.entries, register.layouts) == ([], (ONE,))
    (problem,) = register.problems
    assert problem.startswith("版式.csv 第 3 行的列含义“颜色”不认识")
    assert read_register(tmp_path / "none").layouts == ()


def test_a_file_without_its_columns_is_named(tmp_path: Path) -> None:
    (tmp_path / LAYOUTS_FILE).write_text("文件,列\n甲.md,评分标准\n", "utf-8")
    decisions, (problem,) = read_layouts(tmp_path)
    assert decisions == []
    assert problem.startswith("版式.csv 第 1 行缺少列：表头、列含义、行、行类别、理由、填写人、日期")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        (CHINESE + ROW).encode(),
        (CHINESE + ROW).replace("\n", "\r\n").encode("gbk").rstrip(),
        ("备注," + ENGLISH).encode(),
    ],
    ids=["no file", "utf-8", "saved by Excel, no last line end", "further column"],
)
def test_lines_are_added_together_and_all_else_stays(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / LAYOUTS_FILE
    if data:
        path.write_bytes(data)
    before = len(read_layouts(tmp_path)[0])
    append_layout_lines(tmp_path, [LINE, {**LINE, "column": "", "role": ""}])
    decisions, problems = read_layouts(tmp_path)
    assert (problems, len(decisions)) == ([], before + 1)
    assert decisions[-1].layout == ConfirmedLayout(
        "乙.md", None, ("=项", "标准"), None, {"标准": "requirement"}, accepted=True
    )
    assert len(decisions[-1].lines) == 2
    assert path.read_bytes().startswith(data)
    assert ",=项" not in path.read_text("gb18030" if b"\r\n" in data else "utf-8-sig")


def test_one_line_that_would_be_lost_keeps_all_out(tmp_path: Path) -> None:
    path = tmp_path / LAYOUTS_FILE
    # No column for the file: the line would hold for every notice.
    path.write_text("表头,列,列含义,行,行类别,理由,填写人,日期\n", "utf-8")
    before = path.read_bytes()
    with pytest.raises(NotAppendedError):
        append_layout_lines(tmp_path, [{**LINE, "file": ""}, LINE])
    assert path.read_bytes() == before


def test_two_who_review_at_once_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: append_layout_lines(tmp_path, [{**LINE, "file": f"{number}.md"}] * 2), range(10)))
    decisions, _ = read_layouts(tmp_path)
    assert sorted(str(one.layout.file) for one in decisions) == sorted(f"{number}.md" for number in range(10))
    assert [len(one.lines) for one in decisions] == [2] * 10


HEADERS = (("考评项目", "评分标准"),)


@pytest.mark.parametrize(
    ("file", "fits"),
    [
        (known(source_path="甲.md"), True),
        (known(issuer="甲州市文明办", headers=HEADERS), True),
        (known(issuer="甲州市文明办", headers=(("考评项目", "分值"),)), False),
        (known(issuer="乙州市文明办", headers=HEADERS), False),
        (known(), False),
    ],
    ids=["its file", "its issuer and header", "another header", "another issuer", "nothing known"],
)
def test_a_line_has_the_files_read_again_that_it_fits(tmp_path: Path, file: PublishedFile, fits: bool) -> None:
    (tmp_path / LAYOUTS_FILE).write_text(CHINESE + ROW, "utf-8")
    assert (read_register(tmp_path).digest_for(file) is not None) is fits


def test_the_digest_changes_with_what_was_decided() -> None:
    def digest(columns: dict[str, str], rows: dict[str, str], accepted: bool) -> str | None:
        layout = ConfirmedLayout("甲.md", None, ("甲",), None, columns, rows, accepted)
        return decisions_digest([], select_fitting([layout], "甲.md", None, []))

    given: list[tuple[dict[str, str], dict[str, str], bool]] = [
        ({}, {}, False), ({}, {}, True), ({"甲": "lead"}, {}, False), ({"甲": "party"}, {}, False),
        ({}, {"甲": "note"}, False),
    ]  # fmt: skip
    assert len({digest(*one) for one in given}) == len(given)
    assert digest(*given[0]) == digest(*given[0])


def test_a_member_of_an_archive_has_layouts_and_no_corrections(tmp_path: Path) -> None:
    (tmp_path / LAYOUTS_FILE).write_text(CHINESE + ROW.replace("甲.md", "包.zip/甲.md"), "utf-8")
    header = "文件,位置,字段,原值,改为,理由,经办人,日期\n"
    (tmp_path / "复核.csv").write_text(header + "包.zip/甲.md,表1,tasks.points,1,2,核对,甲,2026-11-01\n", "utf-8")
    register = read_register(tmp_path)
    member = known(source_path="包.zip/甲.md", container="包.zip")
    assert register.digest_for(member) == decisions_digest([], register.layouts)
