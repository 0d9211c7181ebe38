"""What `wenming notebook` does: list the notebooks, open one in the browser, or write its pictures.

Nothing here reaches the network. A notebook is found by any part of its name; its figures are those of its variables
`chart_…`, run on the published warehouse with the choices that the page starts with.
"""

from __future__ import annotations

import base64
import contextlib
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
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from notebooks import NOTEBOOKS
from notebooks.export_figures import Figure
from notebooks.labels import FONTS

LOOPBACK: Final = "127.0.0.1"
FIRST_PORT: Final = 8331
PORTS: Final = 40
SCALE: Final = 2.0
"""Pixels of a picture per point of the figure."""
NEEDED: Final = ("marimo", "altair", "vl_convert", "nbformat")
QUIET: Final[Mapping[str, str]] = {"MARIMO_SKIP_UPDATE_CHECK": "1", "PYTHONUTF8": "1"}
VARIABLE: Final = "WENMING_WAREHOUSE"

_UNSAFE: Final = re.compile(r'[\s\\/:*?"<>|]+')
_WIDGET: Final = re.compile(r"marimo-[a-z]")


class Export(StrEnum):
    """What a notebook can be written as."""

    IPYNB = "ipynb"
    PNG = "png"
    PDF = "pdf"


class NotebookError(Exception):
    """Something the user can put right; the text is Chinese and says how."""


class UnknownNotebookError(NotebookError):
    """A name that fits no notebook, or several."""


def chosen(part: str) -> str:
    """The one notebook whose name is, or contains, `part`. Raises UnknownNotebookError."""
    if part in NOTEBOOKS:
        return part
    found = [name for name in NOTEBOOKS if part and part in name]
    if len(found) == 1:
        return found[0]
    names = "、".join(found or NOTEBOOKS)
    said = (
        f"有几个笔记本的名称含有“{part}”：{names}。请写得更完整"
        if found
        else f"没有名为“{part}”的笔记本。可用的有：{names}"
    )
    raise UnknownNotebookError(said)


def require() -> None:
    """Raises NotebookError where the packages of the extra `explore` are missing."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise NotebookError(
            f"缺少笔记本所需的程序包（{'、'.join(missing)}）。请运行：pip install 'wenming-warehouse[explore]'"
        )


def file_of(name: str) -> Path:
    """Where the notebook stands."""
    return Path(str(resources.files("notebooks") / f"{name}.py"))


def free_port(first: int = FIRST_PORT) -> int:
    """The first port of this machine, from `first` on, that nobody listens on. Raises NotebookError."""
    for port in range(first, first + PORTS):
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) != 0:
                return port
    raise NotebookError(f"端口 {first} 至 {first + PORTS - 1} 都被占用。请关闭其他程序，或用 --port 指定端口")


def server(name: str, port: int, headless: bool) -> list[str]:
    """The command that serves the notebook on the loopback."""
    page = ["-m", "pipelines.notebook_page", name, "--port", str(port)]
    return [sys.executable, *page, *(["--headless"] if headless else [])]


def serve(console: Console, name: str, warehouse: Path, port: int | None, headless: bool) -> None:
    """Serve the notebook until Ctrl-C. Raises NotebookError where no port is free or the server ends by itself."""
    port = port or free_port()
    console.print(f"笔记本“{name}”：http://{LOOPBACK}:{port} （按 Ctrl-C 结束）")
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        command = server(name, port, headless)
        with subprocess.Popen(command, env=_environment(warehouse), stderr=said) as process:
            try:
                code = process.wait()
            except KeyboardInterrupt:
                process.terminate()
                return
        said.seek(0)
        if code:
            raise NotebookError(f"笔记本“{name}”的页面意外结束：{_last(said.read())}。可用 --port 换一个端口再试")


def print_list(console: Console) -> None:
    """Every notebook and what it answers."""
    table = Table()
    for header in ("笔记本", "回答什么"):
        table.add_column(header, overflow="fold")
    for name, answer in NOTEBOOKS.items():
        table.add_row(name, answer)
    console.print(table)
    console.print("打开：wenming notebook 名称；导出图片：wenming notebook 名称 --export png --output 文件夹")


def print_written(console: Console, written: Sequence[Path]) -> None:
    """What an export left where."""
    for path in written:
        console.print(f"已写入 {escape(str(path))}", soft_wrap=True)
    if not written:
        console.print("没有图可以导出：仓库里没有这个笔记本所需的数据")


def pictures(name: str, warehouse: Path) -> list[Figure]:
    """The figures of the notebook, run in a process of its own. Raises NotebookError."""
    with tempfile.TemporaryDirectory(prefix="wenming-") as folder:
        target = Path(folder) / "pictures.json"
        _run(["-m", "notebooks.export_figures", name, str(target)], f"笔记本“{name}”无法运行", warehouse)
        said = json.loads(target.read_text("utf-8"))
    if "problem" in said:
        raise NotebookError(said["problem"])
    return [Figure(**one) for one in said["pictures"]]


def _run(arguments: list[str], failed: str, warehouse: Path) -> None:
    """Run Python in the background. Raises NotebookError with what it said last where it fails."""
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, env=_environment(warehouse), capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        raise NotebookError(f"{failed}：{_last(done.stderr)}")


def _last(said: str) -> str:
    """The last line that tells something; what the libraries say of their own end is none."""
    lines = [
        line for line in said.splitlines() if line.strip() and not line.startswith((" - ", "nanobind", "See http"))
    ]
    return lines[-1].strip()[:300] if lines else "没有说明原因"


def write(name: str, export: Export, output: Path, warehouse: Path) -> list[Path]:
    """Write the notebook below or at `output`; returns the files written, none where there is no figure to draw.

    `png` writes a file per figure into the folder `output`; `pdf` and `ipynb` write one file, `output` itself where it
    has that ending. Raises NotebookError.
    """
    if export is Export.PNG:
        return _write_pngs(name, output, warehouse)
    target = output if output.suffix.lower() == f".{export}" else output / f"{name}.{export}"
    _make(target.parent)
    return _write_pdf(name, target, warehouse) if export is Export.PDF else _write_ipynb(name, target, warehouse)


def _write_pngs(name: str, folder: Path, warehouse: Path) -> list[Path]:
    drawn = pictures(name, warehouse)
    _make(folder)
    written = []
    for number, picture in enumerate(drawn, start=1):
        target = folder / f"{name}-{number}-{_UNSAFE.sub('', picture.title)}.png"
        target.write_bytes(png(picture.spec))
        written.append(target)
    return written


def _write_pdf(name: str, target: Path, warehouse: Path) -> list[Path]:
    import pypdfium2  # type: ignore[import-untyped]
    import vl_convert

    drawn = pictures(name, warehouse)
    if not drawn:
        return []
    _require_glyphs()
    with contextlib.closing(pypdfium2.PdfDocument.new()) as whole:
        for picture in drawn:
            page = vl_convert.vegalite_to_pdf(picture.spec, allowed_base_urls=[])
            with contextlib.closing(pypdfium2.PdfDocument(page)) as one:
                whole.import_pages(one)
        whole.save(str(target))
    return [target]


def _write_ipynb(name: str, target: Path, warehouse: Path) -> list[Path]:
    with tempfile.TemporaryDirectory(prefix="wenming-") as folder:
        # marimo leaves a record of what it ran beside the notebook: the copy, never the installed file.
        copy, raw = Path(folder) / f"{name}.py", Path(folder) / "raw.ipynb"
        shutil.copy(file_of(name), copy)
        export = ["-m", "marimo", "--quiet", "--yes", "export", "ipynb", str(copy), "--output", str(raw)]
        options = ["--include-outputs", "--force", "--no-sandbox"]
        _run([*export, *options], f"笔记本“{name}”无法导出为 ipynb", warehouse)
        notebook = json.loads(raw.read_text("utf-8"))
    target.write_text(json.dumps(_for_jupyter(notebook), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return [target]


def _for_jupyter(notebook: dict[str, Any]) -> dict[str, Any]:
    """Figures as pictures, which every viewer shows offline; no controls, which live in the marimo page alone."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [kept for output in cell["outputs"] if (kept := _output(output)) is not None]
    return notebook


def _output(output: dict[str, Any]) -> dict[str, Any] | None:
    data = output.get("data", {})
    spec = next((data[key] for key in data if key.startswith("application/vnd.vegalite")), None)
    if spec is not None:
        picture = png(spec if isinstance(spec, str) else json.dumps(spec))
        return {**output, "data": {"image/png": base64.b64encode(picture).decode("ascii")}}
    if any(_WIDGET.search("".join(value)) for value in data.values()):
        return None
    return output


def png(spec: str) -> bytes:
    """A figure as a PNG picture; nothing but the data it brings is loaded."""
    import vl_convert

    _require_glyphs()
    return vl_convert.vegalite_to_png(spec, scale=SCALE, allowed_base_urls=[])


@cache
def _require_glyphs() -> None:
    """Raises NotebookError where this machine has no Chinese font: every sign would be the same empty box."""
    import vl_convert

    boxes = {vl_convert.svg_to_png(_sign(letter, FONTS)) for letter in ("一", "国", "〇")}
    if len(boxes) == 1:
        raise NotebookError(
            "系统中没有中文字体，图中的汉字会成为空框。请安装思源黑体（fonts-noto-cjk）等中文字体后再导出"
        )


def _sign(letter: str, fonts: str) -> str:
    text = f'<text x="4" y="26" font-size="24" font-family="{fonts}">{letter}</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32">{text}</svg>'


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotebookError(f"无法建立文件夹：{folder}（{error.strerror}）。请用 --output 另指一处") from error


def _environment(warehouse: Path) -> dict[str, str]:
    return {**os.environ, **QUIET, VARIABLE: str(warehouse.absolute())}
