"""`wenming notebook`: the list, the choice by part of a name, pictures, pdf and ipynb, the page on this machine."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from notebooks import NOTEBOOKS
from notebooks.export_figures import Figure
from notebooks.export_figures import collect_figures as drawn_here
from notebooks.export_report import Block, collect_blocks
from pipelines.cli import run
from pipelines.cli_common import OK, SOME_FAILED
from pipelines.commands import notebook
from pipelines.errors import WRONG_USAGE
from tests.export.page_pictures import compare_picture
from warehouse.extras import install_command

pytest.importorskip("marimo", reason="extra explore is not installed")
Image = pytest.importorskip("PIL.Image")

pytestmark = pytest.mark.export

Warehouses = Callable[[str], Path]
ELSEWHERE = re.compile(r"https?://(?!127\.0\.0\.1|localhost)[^\s\"'<>\\]+")
NAME = "版本变化"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are drawn in this process, which has marimo loaded already."""

    def pictures(name: str, warehouse: Path) -> list[Figure]:
        monkeypatch.setenv(notebook.WAREHOUSE_VARIABLE, str(warehouse))
        return drawn_here(name)

    def blocks(name: str, warehouse: Path) -> list[Block]:
        monkeypatch.setenv(notebook.WAREHOUSE_VARIABLE, str(warehouse))
        return collect_blocks(name)

    monkeypatch.setattr(notebook, "pictures", pictures)
    monkeypatch.setattr(notebook, "report_blocks", blocks)


def test_the_list_says_what_each_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notebook"]) == OK
    message = capsys.readouterr().out
    for name, answer in NOTEBOOKS.items():
        assert name in message
        assert answer[:12] in message


@pytest.mark.parametrize(
    ("part", "name"), [("责任", "责任分布"), ("总览", "总览"), ("时限", "材料与时限"), ("体系", "评分体系比较")]
)
def test_a_part_of_the_name_is_enough(part: str, name: str) -> None:
    assert notebook.choose_notebook(part) == name


@pytest.mark.parametrize(
    ("part", "words"), [("月报", "没有名为“月报”的笔记本"), ("与", "有几个笔记本的名称含有“与”"), ("", "没有名为")]
)
def test_a_name_that_fits_none_or_several_is_explained(
    part: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["notebook", part, "--export", "png"]) == WRONG_USAGE
    message = capsys.readouterr().err
    assert words in message
    assert "材料与时限" in message


def test_a_wrong_format_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notebook", "总览", "--export", "docx"]) == WRONG_USAGE
    assert "--export" in capsys.readouterr().err


def test_without_a_warehouse_the_next_command_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notebook", "总览", "--warehouse", str(tmp_path / "w.duckdb")]) == SOME_FAILED
    assert "请先运行 wenming build" in capsys.readouterr().err


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "PACKAGES", ("marimo", "no_such_package"))
    with pytest.raises(notebook.NotebookError, match=rf"no_such_package.*{re.escape(install_command('explore'))}"):
        notebook.require_packages()


def test_every_figure_becomes_a_picture(
    warehouses: Warehouses, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "图"
    arguments = ["notebook", NAME, "--export", "png", "--output", str(target), "--warehouse", str(warehouses("full"))]
    assert run(arguments) == OK
    written = sorted(target.iterdir())
    assert [path.name for path in written] == [
        "版本变化-1-新旧两版之间的变化.png",
        "版本变化-2-新旧两版各主题分值的增减.png",
    ]
    for path in written:
        assert str(path) in capsys.readouterr().out or path != written[0]
        picture = Image.open(io.BytesIO(path.read_bytes())).convert("RGB")
        assert min(picture.size) > 300
        ink = sum(count for count, colour in picture.getcolors(1 << 24) if colour != (255, 255, 255))
        assert 0.02 < ink / (picture.width * picture.height) < 0.9


def test_no_figure_no_picture(
    warehouses: Warehouses, tmp_path: Path, here: None, capsys: pytest.CaptureFixture[str]
) -> None:
    for export in ("png", "pdf"):
        arguments = ["notebook", NAME, "--export", export, "--output", str(tmp_path)]
        assert run([*arguments, "--warehouse", str(warehouses("one"))]) == OK
        assert "没有图可以导出" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_without_data_an_export_says_why(warehouses: Warehouses, tmp_path: Path) -> None:
    with pytest.raises(notebook.NotebookError, match="数据仓库里还没有通知"):
        notebook.export_notebook(NAME, notebook.Export.PDF, tmp_path, warehouses("empty"))


def test_a_machine_without_chinese_font_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook._has_glyphs.cache_clear()
    monkeypatch.setattr("vl_convert.svg_to_png", lambda svg: b"the same box")
    with pytest.raises(notebook.NotebookError, match="系统中没有中文字体"):
        notebook.render_png("{}")
    monkeypatch.undo()
    notebook._has_glyphs.cache_clear()
    notebook._require_glyphs()


def test_a_pdf_is_a_report_on_a4_with_words_tables_and_figures(
    warehouses: Warehouses, tmp_path: Path, here: None, update_golden: bool
) -> None:
    import pdfplumber
    import pypdfium2  # type: ignore[import-untyped]

    (target,) = notebook.export_notebook(NAME, notebook.Export.PDF, tmp_path / "变化.pdf", warehouses("full"))
    document = pypdfium2.PdfDocument(str(target))
    pages = ["".join(page.get_textpage().get_text_range().split()) for page in document]
    sizes = {tuple(sorted(round(side) for side in page.get_size())) for page in document}
    document.close()
    with pdfplumber.open(target) as measured:
        # Ten points; the figures inside a chart a little less.
        assert min(char["size"] for page in measured.pages for char in page.chars) > 9
    assert not (difference := compare_picture(target, "notebook", update_golden)), difference
    assert target == tmp_path / "变化.pdf"
    assert sizes == {(595, 842)}
    text = "".join(pages)
    # The title, what the page explains, the answer of a question, the figures with their captions, and a table.
    for words in (
        NAME,
        "数据仓库：",
        "新旧版本增删改：",
        "新旧两版之间的变化",
        "新旧两版各主题分值的增减",
        "数据入库日期",
    ):
        assert words in text, words
    assert "刷新本页" not in text
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页，共{len(pages)}页" in page


def test_an_ipynb_shows_its_figures_offline(warehouses: Warehouses, tmp_path: Path) -> None:
    import nbformat

    (target,) = notebook.export_notebook(NAME, notebook.Export.IPYNB, tmp_path / "导出", warehouses("full"))
    assert target == tmp_path / "导出" / "版本变化.ipynb"
    exported = nbformat.read(target, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(exported)
    data = [output["data"] for cell in exported.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in item for item in data) == 2
    assert any("分值变化" in item.get("text/html", "") for item in data)
    text = target.read_text("utf-8")
    assert ELSEWHERE.findall(text) == []
    assert "<marimo-" not in text
    assert "Traceback" not in text
    assert str(warehouses("full").parent) not in text
    assert not (notebook.notebook_path(NAME).parent / "__marimo__").exists()


def test_the_page_is_served_on_this_machine_alone(warehouses: Warehouses) -> None:
    port = notebook.free_port(8431)
    command = notebook.server(NAME, port, headless=True)
    environment = {**os.environ, **notebook.ENVIRONMENT, notebook.WAREHOUSE_VARIABLE: str(warehouses("full"))}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            page = _fetch(f"http://127.0.0.1:{port}/", process)
            foreign = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Origin": "http://attacker.example"})
            with pytest.raises(urllib.error.HTTPError, match="403"):
                urllib.request.urlopen(foreign, timeout=30)
            listening = {
                item.laddr.ip for item in psutil.Process(process.pid).net_connections() if item.status == "LISTEN"
            }
        finally:
            process.terminate()
    assert NAME in page
    assert listening == {"127.0.0.1"}
    assert [url for url in ELSEWHERE.findall(page) if not url.startswith("http://www.w3.org/")] == []


def _fetch(url: str, process: subprocess.Popen[bytes]) -> str:
    """The page, as soon as the server answers."""
    for _ in range(240):
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                text: str = answer.read().decode("utf-8")
                return text
        except OSError:
            assert process.poll() is None, "the server ended"
            time.sleep(0.25)
    raise AssertionError("the server does not answer")


def test_listing_costs_no_import_of_marimo() -> None:
    code = (
        "import sys; from pipelines.cli import run; assert run(['notebook']) == 0; "
        "assert not {'marimo', 'altair', 'vl_convert', 'dagster'} & set(sys.modules), 'heavy import'"
    )
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert (completed.returncode, completed.stderr) == (0, "")
