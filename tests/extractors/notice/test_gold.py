"""Published notices against what people read in them."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from extractors.records import Extraction
from tests.extractors.notice.scoring import f1, plain
from tests.extractors.published import extraction_of

LEAST = {
    "zibo-2023": 0.998,
    "huarong-2021": 0.996,
    "tongchuan": 0.998,
    "shanwei-2016": 0.998,
    "hb-xiaogan-2022": 0.998,
    "sd-mixed-2024": 0.998,
    "yiyang-2021": 0.945,
}
TASKS = {
    "zibo-2023": {1: 63},
    "huarong-2021": {1: 120},
    "tongchuan": {1: 19},
    "shanwei-2016": {1: 34, 2: 2},
    "hb-xiaogan-2022": {1: 38},
    "sd-mixed-2024": {2: 20, 3: 8, 4: 11},
    "yiyang-2021": {1: 56, 2: 4, 3: 19},
}
POINTS = {
    "zibo-2023": "124",
    "shanwei-2016": "17",
    "hb-xiaogan-2022": "64.5",
    "sd-mixed-2024": "110",
    "yiyang-2021": "100",
}


@pytest.fixture(scope="module")
def reading(notices: Path) -> dict[tuple[str, str], Extraction]:
    return {
        (path.stem, path.parent.name): extraction_of(path)
        for file_format in ("text", "docx")
        for path in sorted((notices / file_format).iterdir())
    }


@pytest.mark.parametrize("file_format", ["text", "docx"])
@pytest.mark.parametrize("slug", sorted(LEAST))
class TestEveryNotice:
    def test_fields(self, reading: dict[tuple[str, str], Extraction], gold: Path, slug: str, file_format: str) -> None:
        assert f1(reading[slug, file_format], gold / slug) >= LEAST[slug]

    def test_tasks_of_each_table(self, reading: dict[tuple[str, str], Extraction], slug: str, file_format: str) -> None:
        found = reading[slug, file_format]
        ordinal = {t.table_id: t.ordinal for t in found.tables}
        offset = min((n for n in {ordinal[t.table_id] for t in found.tasks if t.table_id}), default=1)
        counts = Counter(ordinal[t.table_id] for t in found.tasks if t.table_id)
        shift = min(TASKS[slug]) - offset
        assert {n + shift: c for n, c in counts.items()} == TASKS[slug]

    def test_sum_of_points(self, reading: dict[tuple[str, str], Extraction], slug: str, file_format: str) -> None:
        total = sum((t.points for t in reading[slug, file_format].tasks if t.points is not None), Decimal(0))
        assert total == Decimal(POINTS.get(slug, "0"))

    def test_all_text_accounted_for(
        self, reading: dict[tuple[str, str], Extraction], slug: str, file_format: str
    ) -> None:
        found = reading[slug, file_format]
        assert found.chars_accounted == found.chars_total > 1000


@pytest.mark.parametrize("slug", sorted(LEAST))
def test_no_clean_notice_has_unread_text(reading: dict[tuple[str, str], Extraction], slug: str) -> None:
    unread = [f.message for f in reading[slug, "docx"].findings if f.rule == "unread_text"]
    assert len(unread) <= (6 if slug == "yiyang-2021" else 0), unread


def test_published_sums_that_differ_are_found(reading: dict[tuple[str, str], Extraction]) -> None:
    rule = "heading_vs_tasks"
    differ = {(f.declared, f.computed) for f in reading["zibo-2023", "text"].findings if f.rule == rule}
    assert differ == {
        (Decimal(7), Decimal(6)),
        (Decimal(2), Decimal(1)),
        (Decimal(17), Decimal(22)),
        (Decimal(5), Decimal(10)),
    }
    assert not [f for f in reading["shanwei-2016", "text"].findings if f.severity != "info"]


def test_debris_is_never_a_fact(reading: dict[tuple[str, str], Extraction]) -> None:
    found = reading["yiyang-2021", "text"]
    texts = " ".join([t.requirement or "" for t in found.tasks] + [p.party for p in found.task_parties])
    for debris in ("Elisable", "W175", "Th/V", "rid", "23.0", "<ol>"):
        assert debris not in texts
    quoted = " ".join(f.message for f in found.findings)
    assert "W175" in quoted
    assert "Elisable" in quoted
    repaired = next(t for t in found.tasks if "指导单位文明创建" in (t.requirement or ""))
    assert {"requirement", "label"} <= set(repaired.repaired)


def test_points_of_base_and_bonus(reading: dict[tuple[str, str], Extraction]) -> None:
    def total(slug: str, bonus: bool) -> Decimal:
        tasks = reading[slug, "docx"].tasks
        return sum((t.points for t in tasks if t.points is not None and t.bonus is bonus), Decimal(0))

    assert (total("zibo-2023", False), total("zibo-2023", True)) == (Decimal(104), Decimal(20))
    assert (total("sd-mixed-2024", False), total("sd-mixed-2024", True)) == (Decimal(100), Decimal(10))
    assert total("yiyang-2021", False) == Decimal(100)


@pytest.mark.parametrize("slug", sorted(LEAST))
def test_both_formats_give_the_same(reading: dict[tuple[str, str], Extraction], slug: str) -> None:
    text, docx = reading[slug, "text"], reading[slug, "docx"]
    assert (text.notice.title, text.notice.doc_number) == (docx.notice.title, docx.notice.doc_number)
    assert len(text.tasks) == len(docx.tasks)
    if slug != "yiyang-2021":  # the text of this one is a recognized scan
        assert [plain(t.requirement) for t in text.tasks] == [plain(t.requirement) for t in docx.tasks]
        assert [t.points for t in text.tasks] == [t.points for t in docx.tasks]
        assert [t.methods for t in text.tasks] == [t.methods for t in docx.tasks]
