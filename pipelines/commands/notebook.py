"""`wenming notebook`: list the notebooks, open one in the browser, or export its figures.

Nothing here uses the network. A notebook is found by any part of its name; its figures are its variables `chart_…`, run
on the published warehouse with the default choices of the page.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from notebooks import NOTEBOOKS
from notebooks.paper_charts import draw_for_paper
from warehouse.extras import install_command

if TYPE_CHECKING:
    from notebooks.export_figures import Figure

LOOPBACK: Final = "127.0.0.1"
FIRST_PORT: Final = 8331
PORTS: Final = 40
SCALE: Final = 2.0
"""Pixels of a picture per point of the figure."""
MIN_SHARE: Final = 2.2
"""Least share of a column: four characters."""
WORD_SHARE: Final = 0.45
"""Share of a letter or digit: dates and file names are not broken."""
_WORD: Final = re.compile(r"[!-~]+")
TYPICAL: Final = 0.9
"""The text that one in ten exceeds decides on the width of a column."""
PACKAGES: Final = ("marimo", "altair", "vl_convert", "nbformat")
ENVIRONMENT: Final[Mapping[str, str]] = {"MARIMO_SKIP_UPDATE_CHECK": "1", "PYTHONUTF8": "1"}
WAREHOUSE_VARIABLE: Final = "WENMING_WAREHOUSE"

_UNSAFE: Final = re.compile(r'[\s\\/:*?"<>|]+')
_WIDGET: Final = re.compile(r"marimo-[a-z]")


class Export(StrEnum):
    """Export format of a notebook."""

    IPYNB = "ipynb"
    PNG = "png"
    PDF = "pdf"


class NotebookError(Exception):
    """An error that the user can fix; the text is Chinese and names the remedy."""


class UnknownNotebookError(NotebookError):
    """A name that matches no notebook, or several."""


def choose_notebook(part: str) -> str:
    """Return the one notebook whose name is or contains `part`. Raises UnknownNotebookError."""
    if part in NOTEBOOKS:
        return part
    matching = [name for name in NOTEBOOKS if part and part in name]
    if len(matching) == 1:
        return matching[0]
    names = "、".join(matching or NOTEBOOKS)
    message = (
        f"有几个笔记本的名称含有“{part}”：{names}。请写得更完整"
        if matching
        else f"没有名为“{part}”的笔记本。可用的有：{names}"
    )
    raise UnknownNotebookError(message)


def require_packages() -> None:
    """Raise NotebookError if packages of the extra `explore` are missing."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise NotebookError(f"缺少笔记本所需的程序包（{'、'.join(missing)}）。请运行：{install_command('explore')}")


def notebook_path(name: str) -> Path:
    """Return the path of a notebook."""
    return Path(str(resources.files("notebooks") / f"{name}.py"))


def free_port(first: int = FIRST_PORT) -> int:
    """Return the first free port from `first` on. Raises NotebookError."""
    for port in range(first, first + PORTS):
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) != 0:
                return port
    raise NotebookError(f"端口 {first} 至 {first + PORTS - 1} 都被占用。请关闭其他程序，或用 --port 指定端口")


def server(name: str, port: int, headless: bool) -> list[str]:
    """Return the command that serves the notebook on loopback."""
    page = ["-m", "pipelines.notebook_page", name, "--port", str(port)]
    return [sys.executable, *page, *(["--headless"] if headless else [])]


def serve(console: Console, name: str, warehouse: Path, port: int | None, headless: bool) -> None:
    """Serve the notebook until Ctrl-C. Raises NotebookError where no port is free or the server ends by itself."""
    port = port or free_port()
    console.print(f"笔记本“{name}”：http://{LOOPBACK}:{port} （按 Ctrl-C 结束）")
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output_file:
        command = server(name, port, headless)
        with subprocess.Popen(command, env=_environment(warehouse), stderr=output_file) as process:
            try:
                code = process.wait()
            except KeyboardInterrupt:
                process.terminate()
                return
        output_file.seek(0)
        if code:
            raise NotebookError(
                f"笔记本“{name}”的页面意外结束：{_last_line(output_file.read())}。可用 --port 换一个端口再试"
            )


def print_list(console: Console) -> None:
    """Print every notebook and what it answers."""
    table = Table()
    for header in ("笔记本", "回答什么"):
        table.add_column(header, overflow="fold")
    for name, answer in NOTEBOOKS.items():
        table.add_row(name, answer)
    console.print(table)
    console.print("打开：wenming notebook 名称；导出图片：wenming notebook 名称 --export png --output 文件夹")


def print_written(console: Console, written: Sequence[Path]) -> None:
    """Print which files an export wrote."""
    for path in written:
        console.print(f"已写入 {escape(str(path))}", soft_wrap=True)
    if not written:
        console.print("没有图可以导出：仓库里没有这个笔记本所需的数据")


def pictures(name: str, warehouse: Path) -> list[Figure]:
    """Run the notebook in a process of its own and return its figures. Raises NotebookError."""
    exported = _run_export("notebooks.export_figures", name, warehouse)
    from notebooks.export_figures import Figure

    return [Figure(**figure) for figure in exported["pictures"]]


def report_blocks(name: str, warehouse: Path) -> list[dict[str, Any]]:
    """Run the notebook in a process of its own and return what it shows. Raises NotebookError."""
    blocks: list[dict[str, Any]] = _run_export("notebooks.export_report", name, warehouse)["blocks"]
    return blocks


def _run_export(module: str, name: str, warehouse: Path) -> dict[str, Any]:
    """Return what a module of `notebooks` exports. Raises NotebookError if it says that it cannot."""
    with tempfile.TemporaryDirectory(prefix="wenming-") as folder:
        target = Path(folder) / "exported.json"
        _run_marimo(["-m", module, name, str(target)], f"笔记本“{name}”无法运行", warehouse)
        exported: dict[str, Any] = json.loads(target.read_text("utf-8"))
    if "problem" in exported:
        raise NotebookError(exported["problem"])
    return exported


def _run_marimo(arguments: list[str], failed: str, warehouse: Path) -> None:
    """Run Python in a process. Raises NotebookError with its last message if it fails."""
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, env=_environment(warehouse), capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        raise NotebookError(f"{failed}：{_last_line(done.stderr)}")


def _last_line(output: str) -> str:
    """Return the last informative line, without the messages of libraries at exit."""
    lines = [
        line for line in output.splitlines() if line.strip() and not line.startswith((" - ", "nanobind", "See http"))
    ]
    return lines[-1].strip()[:300] if lines else "没有说明原因"


def export_notebook(name: str, export: Export, output: Path, warehouse: Path) -> list[Path]:
    """Export a notebook.

    `png` writes a file per figure into the folder `output`; `pdf` and `ipynb` write one file, `output` itself if it has
    that suffix.

    Returns:
        The files written, none if there is no figure.

    Raises:
        NotebookError: A package, a font or a folder is missing.
    """
    if export is Export.PNG:
        return _write_pngs(name, output, warehouse)
    target = output if output.suffix.lower() == f".{export}" else output / f"{name}.{export}"
    _make_folder(target.parent)
    return _write_pdf(name, target, warehouse) if export is Export.PDF else _write_ipynb(name, target, warehouse)


def _write_pngs(name: str, folder: Path, warehouse: Path) -> list[Path]:
    drawn = pictures(name, warehouse)
    _make_folder(folder)
    written = []
    for number, picture in enumerate(drawn, start=1):
        target = folder / f"{name}-{number}-{_UNSAFE.sub('', picture.title)}.png"
        target.write_bytes(render_png(picture.spec))
        written.append(target)
    return written


def _write_pdf(name: str, target: Path, warehouse: Path) -> list[Path]:
    """Write a report on A4: the words, tables and figures of the notebook in their order."""
    from warehouse.errors import WarehouseError
    from warehouse.export.comparison.report import compile_report, find_fonts

    blocks = report_blocks(name, warehouse)
    if not any(block["kind"] == "chart" for block in blocks):
        return []
    try:
        fonts = find_fonts()
        content = {"title": name, "fonts": fonts, "blocks": [_typeset(block, fonts[0]) for block in blocks]}
        with resources.as_file(resources.files("notebooks") / "report.typ") as template:
            target.write_bytes(compile_report(template, content))
    except WarehouseError as error:
        raise NotebookError(str(error)) from error
    return [target]


def _typeset(block: dict[str, Any], font: str) -> dict[str, Any]:
    """Return a block as the template takes it: charts drawn, columns with their shares of the width."""
    if block["kind"] == "chart":
        return {**block, "svg": draw_for_paper(json.loads(block["spec"]), font)}
    if block["kind"] == "wide":
        return {**block, "parts": [_typeset(part, font) for part in block["parts"]]}
    if block["kind"] == "table":
        return {**block, "widths": share_columns(block["columns"], block["rows"])}
    return block


def share_columns(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Return the share of each column of a table: the root of its text, so that rows stay low, and room for a word."""
    shares = []
    for place, name in enumerate(columns):
        texts = [name, *(row[place] for row in rows)]
        typical = sorted(cell_len(text) for text in texts)[int(len(texts) * TYPICAL)]
        longest_word = max((len(word) for text in texts for word in _WORD.findall(text)), default=0)
        shares.append(max(MIN_SHARE, typical**0.5, cell_len(name) ** 0.5, longest_word * WORD_SHARE))
    return shares


def _write_ipynb(name: str, target: Path, warehouse: Path) -> list[Path]:
    with tempfile.TemporaryDirectory(prefix="wenming-") as folder:
        # marimo writes a session file beside the notebook: so export a copy, never the installed file.
        copy, raw = Path(folder) / f"{name}.py", Path(folder) / "raw.ipynb"
        shutil.copy(notebook_path(name), copy)
        export = ["-m", "marimo", "--quiet", "--yes", "export", "ipynb", str(copy), "--output", str(raw)]
        options = ["--include-outputs", "--force", "--no-sandbox"]
        _run_marimo([*export, *options], f"笔记本“{name}”无法导出为 ipynb", warehouse)
        notebook = json.loads(raw.read_text("utf-8"))
    target.write_text(json.dumps(_for_jupyter(notebook), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return [target]


def _for_jupyter(notebook: dict[str, Any]) -> dict[str, Any]:
    """Replace figures by pictures, which every viewer shows offline, and drop controls, which need marimo."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                converted for output in cell["outputs"] if (converted := _convert_output(output)) is not None
            ]
    return notebook


def _convert_output(output: dict[str, Any]) -> dict[str, Any] | None:
    data = output.get("data", {})
    spec = next((data[key] for key in data if key.startswith("application/vnd.vegalite")), None)
    if spec is not None:
        picture = render_png(spec if isinstance(spec, str) else json.dumps(spec))
        return {**output, "data": {"image/png": base64.b64encode(picture).decode("ascii")}}
    if any(_WIDGET.search("".join(value)) for value in data.values()):
        return None
    return output


def render_png(spec: str) -> bytes:
    """Render a figure as PNG; no external data is loaded."""
    import vl_convert

    _require_glyphs()
    return vl_convert.vegalite_to_png(spec, scale=SCALE, allowed_base_urls=[])


def _require_glyphs() -> None:
    """Raise NotebookError if there is no Chinese font: every character would be the same empty box."""
    if not _has_glyphs():
        raise NotebookError(
            "系统中没有中文字体，图中的汉字会成为空框。请安装思源黑体（fonts-noto-cjk）等中文字体后再导出"
        )


@cache
def _has_glyphs() -> bool:
    import vl_convert

    from notebooks.labels import FONTS

    return len({vl_convert.svg_to_png(_glyph_svg(letter, FONTS)) for letter in ("一", "国", "〇")}) > 1


def _glyph_svg(letter: str, fonts: str) -> str:
    text = f'<text x="4" y="26" font-size="24" font-family="{fonts}">{letter}</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32">{text}</svg>'


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotebookError(f"无法建立文件夹：{folder}（{error.strerror}）。请用 --output 另指一处") from error


def _environment(warehouse: Path) -> dict[str, str]:
    return {**os.environ, **ENVIRONMENT, WAREHOUSE_VARIABLE: str(warehouse.absolute())}
