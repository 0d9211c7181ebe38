"""Load and concentration of two published notices after their units are merged, worked out on paper from tests/gold."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from extractors.unit_decisions import UNITS_FILE
from tests.conftest import leave_out_views
from tests.explorer.sample_site import publish
from tests.warehouse.conftest import Ask, rows

HANDAN, CHUZHOU = "邯郸市", "滁州市"
LOAD = """
SELECT party, lead_tasks, support_tasks, points_shared FROM mart.responsibility_load
JOIN mart.notice_labels USING (notice_id) WHERE place = ? ORDER BY rank, party
"""
CONCENTRATION = """
SELECT parties, hhi FROM mart.responsibility_concentration JOIN mart.notice_labels USING (notice_id) WHERE place = ?
"""


def warehouse_of(folder: Path, notices: Path, *lines: str) -> Ask:
    """The warehouse of the two notices, with these lines of 单位.csv."""
    raw, corrections = folder / "raw", folder / "corrections"
    raw.mkdir(parents=True)
    corrections.mkdir()
    for name in ("he-handan-month-2020.md", "ah-chuzhou-plan-2022.txt"):
        shutil.copyfile(notices / "text" / name, raw / name)
    if lines:
        text = "".join(f"{line}\n" for line in ("打印名,规范名,职能,理由,经办人,日期", *lines))
        (corrections / UNITS_FILE).write_text(text, "utf-8")
    return rows(publish(folder))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, notices: Path) -> Ask:
    with pytest.MonkeyPatch.context() as patch:
        leave_out_views(patch, "mart.responsibility_load", "mart.responsibility_concentration", "mart.notice_labels")
        return warehouse_of(tmp_path_factory.mktemp("plain"), notices)


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory, notices: Path) -> Ask:
    """The same with two units of Handan taken together, and a function that both notices have."""
    return warehouse_of(
        tmp_path_factory.mktemp("decided"),
        notices,
        "离退休干部科,人事科,,并入人事科,甲,2026-11-01",
        "人事科,人事科,人事,三定方案,甲,2026-11-01",
        "工会,工会,群团,三定方案,甲,2026-11-01",
        "团总支,团总支,群团,三定方案,甲,2026-11-01",
    )


def hhi(*points: int | Fraction) -> float:
    """The sum of the squares of the shares."""
    return float(sum((point / Fraction(sum(points))) ** 2 for point in points))


half = Fraction(1, 2)
HANDAN_POINTS = {
    # Cells of 4 and 5 points serve two tasks each: 机关党委 | 人事科, and 机关党委 | 机关党委、办公室.
    "机关党委": 32 + 5 * half / 2,
    "办公室": 17 + 5 * half / 2,
    "工会": 14 + half,
    "法规与监督科": Fraction(10),
    "人事科": Fraction(9),
    "离退休干部科": Fraction(7, 2),
    "综合科": Fraction(3),
    "网络中心": 3 * half,
} | dict.fromkeys(("各党支部", "机关纪委", "统计教育中心", "普查中心", "人口科", "各科室", "驻村工作队"), Fraction(2))


def test_handan_by_points(plain: Ask) -> None:
    found = {party: points for party, _, _, points in plain(LOAD, HANDAN)}
    assert found == pytest.approx({party: float(points) for party, points in HANDAN_POINTS.items()})
    assert plain(CONCENTRATION, HANDAN) == [(15, pytest.approx(hhi(*HANDAN_POINTS.values())))]


def test_chuzhou_by_tasks_under_the_full_names_of_its_note(plain: Ask) -> None:
    # A task with k units counts 1/k for each: 26 tasks in all, in twelfths.
    twelfths = [53, 39, 38, 26, 20, 18, 16, 13, 13, 13, 12, 10, 10, 8, 6, 6, 4, 4, 3]
    assert sum(twelfths) == 26 * 12
    assert plain(CONCENTRATION, CHUZHOU) == [(19, pytest.approx(hhi(*twelfths)))]
    assert [row[:3] for row in plain(LOAD, CHUZHOU)[:5]] == [
        ("办公室", 5, 3),
        ("机关党委", 5, 2),
        ("市城管执法支队", 2, 5),
        ("宣传教育科", 2, 3),
        ("市环境卫生管理中心", 1, 3),
    ]
    assert plain(
        "SELECT name, printed, defined_at FROM core.parties JOIN mart.notice_labels USING (notice_id) "
        "WHERE place = ? AND name IN ('宣传教育科', '市环境卫生管理中心') ORDER BY name",
        CHUZHOU,
    ) == [("宣传教育科", ["宣传科"], "note"), ("市环境卫生管理中心", ["市环卫中心"], "note")]


def test_a_decision_merges_two_units_of_handan(decided: Ask) -> None:
    merged = dict(HANDAN_POINTS)
    merged["人事科"] += merged.pop("离退休干部科")
    found = {party: points for party, _, _, points in decided(LOAD, HANDAN)}
    assert found == pytest.approx({party: float(points) for party, points in merged.items()})
    assert decided(CONCENTRATION, HANDAN) == [(14, pytest.approx(hhi(*merged.values())))]
    assert decided("SELECT breaches FROM ops.checks WHERE breaches > 0") == []


def test_functions_stand_side_by_side(decided: Ask) -> None:
    found = decided(
        "SELECT function, place, parties, round(share, 6) FROM mart.function_load "
        "JOIN mart.notice_labels USING (notice_id) WHERE is_decided ORDER BY ALL"
    )
    total = sum(HANDAN_POINTS.values())
    assert total == 107
    assert found == [
        ("人事", CHUZHOU, ["人事科"], round(1 / 26, 6)),
        ("人事", HANDAN, ["人事科"], round(float((9 + 7 * half) / total), 6)),
        ("群团", CHUZHOU, ["工会", "团总支"], round(14 / 12 / 26, 6)),
        ("群团", HANDAN, ["工会"], round(float(HANDAN_POINTS["工会"] / total), 6)),
    ]
    assert decided("SELECT 职能, count(*) FROM cn.责任负担 WHERE 职能 IS NOT NULL GROUP BY ALL ORDER BY ALL") == [
        ("人事", 2),
        ("群团", 3),
    ]
