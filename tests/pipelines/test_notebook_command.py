"""Which notebook is meant, on which port it is served, and what is told of one that fails; none is run."""

from __future__ import annotations

import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from notebooks import NOTEBOOKS
from pipelines.commands import notebook
from pipelines.commands.notebook import (
    Export,
    NotebookError,
    UnknownNotebookError,
    choose_notebook,
    export_notebook,
    free_port,
    require_packages,
    server,
)

FIRST = next(iter(NOTEBOOKS))


def test_a_part_of_a_name_will_do_if_it_fits_one_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "NOTEBOOKS", {"任务总览": "甲", "任务分布": "乙", "任务": "丙"})
    assert [choose_notebook(part) for part in ("总览", "任务分布", "任务")] == ["任务总览", "任务分布", "任务"]
    for part, message in (
        ("务总览览", "没有名为“务总览览”的笔记本。可用的有：任务总览、任务分布、任务"),
        ("", "没有名为“”的笔记本。可用的有：任务总览、任务分布、任务"),
        ("务", "有几个笔记本的名称含有“务”：任务总览、任务分布、任务。请写得更完整"),
    ):
        with pytest.raises(UnknownNotebookError) as caught:
            choose_notebook(part)
        assert str(caught.value) == message


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "PACKAGES", ("json", "csv"))
    require_packages()
    monkeypatch.setattr(notebook, "PACKAGES", ("json", "no_such_package"))
    with pytest.raises(NotebookError, match="缺少笔记本所需的程序包（no_such_package）"):
        require_packages()


def test_a_port_in_use_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) > port
        monkeypatch.setattr(notebook, "PORTS", 1)
        with pytest.raises(NotebookError, match=f"端口 {port} 至 {port} 都被占用"):
            free_port(port)
    assert free_port(port) == port


def test_a_page_is_served_with_or_without_a_browser() -> None:
    shown = server(FIRST, 8400, headless=False)
    assert shown[1:] == ["-m", "pipelines.notebook_page", FIRST, "--port", "8400"]
    assert server(FIRST, 8400, headless=True) == [*shown, "--headless"]


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("Traceback\nValueError: 甲\n\n", "ValueError: 甲"),
        ("ValueError: 甲\n - leaked\nnanobind: leaked\nSee https://x\n", "ValueError: 甲"),
        ("x" * 400, "x" * 300),
        ("\n \n", "没有说明原因"),
    ],
)
def test_a_notebook_that_fails_tells_its_last_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, told: str
) -> None:
    monkeypatch.setattr(
        "pipelines.commands.notebook.subprocess.run", lambda *_, **__: SimpleNamespace(returncode=1, stderr=output)
    )
    with pytest.raises(NotebookError) as caught:
        export_notebook(FIRST, Export.PNG, tmp_path, tmp_path / "w.duckdb")
    assert str(caught.value) == f"笔记本“{FIRST}”无法运行：{told}"


def test_a_report_without_a_figure_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "report_blocks", lambda *_: [{"kind": "text", "text": "没有任务"}])
    assert export_notebook(FIRST, Export.PDF, tmp_path / "报告", tmp_path / "w.duckdb") == []
    assert list((tmp_path / "报告").iterdir()) == []


def test_one_file_is_written_under_its_own_name_or_into_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebook, "_write_pdf", lambda name, target, _: [name, target])
    monkeypatch.setattr(notebook, "_write_ipynb", lambda name, target, _: [target, name])
    for export, output, target in (
        (Export.PDF, "总览.PDF", "总览.PDF"),
        (Export.PDF, "导出", f"导出/{FIRST}.pdf"),
        (Export.IPYNB, "总览.pdf", f"总览.pdf/{FIRST}.ipynb"),
    ):
        found = export_notebook(FIRST, export, tmp_path / output, tmp_path / "w.duckdb")
        order = [FIRST, tmp_path / target] if export is Export.PDF else [tmp_path / target, FIRST]
        assert found == order
        assert (tmp_path / target).parent.is_dir()


def test_blocks_of_a_report_are_drawn_and_measured_also_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "draw_for_paper", lambda spec, font: f"{spec['mark']} in {font}")
    chart = {"kind": "chart", "spec": '{"mark": "bar"}'}
    table = {"kind": "table", "columns": ["单位", "任务"], "rows": [["办公室", "3"]]}
    text = {"kind": "text", "text": "甲"}
    wide = notebook._typeset({"kind": "wide", "parts": [chart, table, text]}, "宋体")
    drawn, measured, same = wide["parts"]
    assert (wide["kind"], drawn["svg"], same) == ("wide", "bar in 宋体", text)
    assert measured == table | {"widths": notebook.share_columns(["单位", "任务"], [["办公室", "3"]])}


def test_figures_become_pictures_and_controls_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "render_png", lambda spec: spec.encode())
    outputs = [
        {"output_type": "display_data", "data": {"application/vnd.vegalite.v5+json": {"mark": "bar"}}},
        {"output_type": "display_data", "data": {"application/vnd.vegalite.v5+json": '{"mark": "line"}'}},
        {"output_type": "display_data", "data": {"text/html": ["<marimo-", "dropdown>"]}},
        {"output_type": "display_data", "data": {"text/html": "<p>甲</p>"}},
        {"output_type": "stream", "text": "乙"},
    ]
    cells = [{"cell_type": "markdown", "source": "丙"}, {"cell_type": "code", "outputs": outputs}]
    words, code = notebook._for_jupyter({"cells": cells})["cells"]
    assert words == {"cell_type": "markdown", "source": "丙"}
    pictures = [{"image/png": text} for text in ("eyJtYXJrIjogImJhciJ9", "eyJtYXJrIjogImxpbmUifQ==")]
    assert [one.get("data") for one in code["outputs"]] == [*pictures, {"text/html": "<p>甲</p>"}, None]
