"""The pdf report: its text, pictures and sources, the same bytes twice, and what it says where something is missing."""

from __future__ import annotations

import contextlib
import importlib.util
import re
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest

from tests.export.comparison.conftest import Ask, Spoil
from warehouse.errors import QueryError
from warehouse.export.comparison import report
from warehouse.export.comparison.report import ReportUnavailableError, write_report
from warehouse.extras import install_command

A4 = (595, 842)


def text_of(path: Path) -> list[str]:
    """The text of every page, without line breaks."""
    with contextlib.closing(pypdfium2.PdfDocument(path)) as document:
        for page in document:
            assert [round(side) for side in page.get_size()] == list(A4)
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]


@pytest.fixture(scope="module")
def path(five: Path, all_ids: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("report") / "比较.pdf"
    write_report(five, all_ids, target)
    return target


def test_the_report_tells_findings_figures_and_sources(path: Path, ask: Ask) -> None:
    pages = text_of(path)
    full_text = "".join(pages)
    for heading in ("主要情况", "比较的通知", "主题权重", "量化指标", "责任分布", "独有事项", "测评方法、材料和时限"):
        assert heading in full_text
    for label, source in ask("SELECT label, source_path FROM mart.notice_labels"):
        assert label.replace(" ", "") in pages[0]
        assert source in full_text
    for number, page in enumerate(pages, start=1):
        assert page.endswith(f"第{number}页，共{len(pages)}页") or f"第{number}页，共{len(pages)}页" in page
    assert "来源：主题权重表。" in full_text
    assert "mart." not in full_text
    (share,) = ask("SELECT max(top1_share) FROM mart.responsibility_concentration")[0]
    assert f"{share * 100:.1f}%" in full_text


def test_pictures_hold_their_words_as_text(path: Path, ask: Ask) -> None:
    full_text = "".join(text_of(path))
    assert "占本通知的比重" in full_text
    assert "件数（写明的最少数量）" in full_text


@pytest.fixture
def bare(spoil: Spoil) -> Path:
    """A warehouse whose notices state little, and whose titles look like markup."""
    marts = ("topic_weights", "responsibility_load", "responsibility_concentration", "method_mix", "evidence_burden")
    return spoil(
        *(f"DELETE FROM mart.{name}" for name in (*marts, "threshold_comparison")),
        "UPDATE mart.notice_labels SET title = '#panic() *粗* $x$ \\ [甲] <乙>', points = NULL",
    )


def test_notices_that_state_nothing_are_named_in_plain_text_and_the_same_bytes(
    bare: Path, all_ids: list[str], tmp_path: Path
) -> None:
    write_report(bare, all_ids, tmp_path / "bare.pdf")
    full_text = "".join(text_of(tmp_path / "bare.pdf"))
    assert "所选通知都没有写明责任单位。" in full_text
    assert "所选通知都没有写明要交什么材料。" in full_text
    assert "#panic()*粗*$x$\\[甲]<乙>" in full_text
    assert "各月到期的任务" in full_text
    write_report(bare, all_ids, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == (tmp_path / "bare.pdf").read_bytes()


def test_an_office_can_bring_its_own_template(bare: Path, all_ids: list[str], tmp_path: Path) -> None:
    template = tmp_path / "ours.typ"
    template.write_text(
        '#let data = json(bytes(sys.inputs.data))\n#set page(paper: "a4")\n#set text(font: data.fonts)\n'
        "本单位的样式 #data.subtitle #for one in data.sections [#one.title ]",
        "utf-8",
    )
    write_report(bare, all_ids[:2], tmp_path / "ours.pdf", template)
    (page,) = text_of(tmp_path / "ours.pdf")
    assert page.startswith("本单位的样式")
    assert "责任分布" in page


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("#nothing-of-this-name", "报告模板有误"),
        ('#import "@preview/x:0.1.0": *', "引用了网上的程序包"),
        (None, "无法读取"),
    ],
)
def test_a_wrong_template_is_reported(
    bare: Path, all_ids: list[str], tmp_path: Path, content: str | None, message: str
) -> None:
    template = tmp_path / "wrong.typ"
    if content is not None:
        template.write_text(content, "utf-8")
    with pytest.raises(QueryError, match=message):
        write_report(bare, all_ids[:2], tmp_path / "wrong.pdf", template)
    assert not (tmp_path / "wrong.pdf").exists()


def test_a_missing_package_is_reported_with_its_remedy(
    five: Path, all_ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(name: str) -> None:
        assert name in report.REQUIRED_PACKAGES

    monkeypatch.setattr(importlib.util, "find_spec", nowhere)
    with pytest.raises(ReportUnavailableError, match=re.escape(install_command("explore"))):
        write_report(five, all_ids, tmp_path / "none.pdf")


def test_a_missing_font_is_reported_with_its_remedy(
    five: Path, all_ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "FONT_FAMILIES", ("No Such Font",))
    with pytest.raises(ReportUnavailableError, match="没有中文字体"):
        write_report(five, all_ids, tmp_path / "none.pdf")
