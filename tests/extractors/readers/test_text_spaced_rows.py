"""Tables with a row on a line and blanks between its cells."""

from __future__ import annotations

import pytest

from tests.extractors.readers.text_tables import document, shown

HEADER = "序号 考 评 标 准 扣分标准 备注"
NAMES = ["序号", "考评标准", "扣分标准", "备注"]
ROWS = ["1 路面有积水的 2分/处 ", "2 花坛有杂物的 1分/处 ", "3 墙面有张贴的 0.5分/处 "]


def test_blanks_part_the_cells_of_rows_with_serial_numbers() -> None:
    full = [f"{row}{'甲乙丙'[n]}组" for n, row in enumerate(ROWS)]
    result = document("小区检查表", HEADER, full[0], "", *full[1:], "每月通报。")
    assert shown(result) == [NAMES, *(row.split() for row in full)]
    assert [p.text for p in result.paragraphs()] == ["小区检查表", "每月通报。"]
    assert not result.notes


def test_rows_that_end_with_a_blank_lack_the_last_cells() -> None:
    assert shown(document(HEADER, *ROWS)) == [NAMES, *([*row.split(), ""] for row in ROWS)]


@pytest.mark.parametrize(
    "lines",
    [
        [HEADER, *(row.strip() for row in ROWS)],
        [HEADER, ROWS[0], "2 花坛 有杂物的 1分/处 ", ROWS[2]],
        [HEADER, ROWS[0], ROWS[1], "及绿地", ROWS[2]],
        [HEADER, *ROWS, "及门窗", "4 路灯不亮的 1分/处 "],
        [HEADER, *ROWS[:2]],
        [f"{HEADER} 得分 责任单位", *ROWS],
        ["考评标准 扣分标准 备注", *(row[2:] for row in ROWS)],
        [HEADER.replace(" ", ""), *ROWS],
    ],
    ids=["no blank", "one is longer", "two lines", "not the last", "two rows", "three blank", "no serial", "glued"],
)
def test_rows_that_may_lack_any_cell_are_reported(lines: list[str]) -> None:
    result = document(*lines)
    assert not list(result.tables())
    assert [(note.rule, note.locator) for note in result.notes] == [("cell_lines", "第1行")]
