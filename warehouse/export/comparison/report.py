"""The comparison as a report to print: pdf, A4 upright, made by typst from a template that an office can replace."""

from __future__ import annotations

import contextlib
import importlib.util
import json
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final

from warehouse.errors import QueryError, WarehouseError
from warehouse.export.comparison import report_sections
from warehouse.export.comparison.load import Comparison, read
from warehouse.export.comparison.sheet_layout import TITLE

NEEDED: Final = ("typst", "altair", "vl_convert")
FAMILIES: Final = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "DengXian",
    "SimHei",
    "SimSun",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Serif CJK SC",
)
"""Chinese fonts of Linux, macOS and Windows, in the order they are looked for."""
PACKAGE: Final = "@preview/"


class ReportUnavailableError(WarehouseError):
    """The machine lacks what a report needs; the text says what to install."""


def write_report(warehouse: Path, notice_ids: Sequence[str], target: Path, template: Path | None = None) -> None:
    """Compare these notices, in their order, in a pdf at `target`; the same warehouse and fonts give the same bytes.

    `template` is a typst file to use instead of `report.typ` beside this module; it finds the content as JSON in
    `sys.inputs.data`: title, subtitle, fonts, sections (see chapters.py). Its pictures may lie beside it.

    Raises ReportUnavailableError where the extra `explore` or a Chinese font is missing; QueryError for fewer than 2
    or more than 12 notices, an unknown id, a template with a mistake, a target that cannot be written; the errors of
    `warehouse.store.connect`.
    """
    families = _families()
    found = read(warehouse, notice_ids)
    with _template(template) as source:
        made = _compile(source, _content(found, families))
    try:
        target.write_bytes(made)
    except OSError as error:
        raise QueryError(f"无法写入 {target}。请检查文件夹是否存在、文件是否正被打开。（{error}）") from error


def _content(found: Comparison, families: Sequence[str]) -> dict[str, Any]:
    return {
        "title": TITLE + "报告",
        "subtitle": "、".join(one.label for one in found.notices),
        "fonts": list(families),
        "sections": report_sections.sections(found, families[0]),
    }


def _families() -> list[str]:
    """The Chinese fonts that are there. Raises ReportUnavailableError where a package or any such font is missing."""
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        raise ReportUnavailableError(
            f"缺少生成报告所需的程序包（{'、'.join(missing)}）。请运行：pip install 'wenming-warehouse[explore]'；"
            "比较工作簿（xlsx）不需要这些程序包。"
        )
    import typst

    there = set(typst.Fonts(include_embedded_fonts=False).families())
    found: list[str] = [name for name in FAMILIES if name in there]
    if not found:
        raise ReportUnavailableError(
            "系统中没有中文字体，报告中的汉字会成为空框。请安装思源黑体（fonts-noto-cjk）、微软雅黑等中文字体后再生成。"
        )
    return found


@contextlib.contextmanager
def _template(template: Path | None) -> Iterator[Path]:
    if template is None:
        with resources.as_file(resources.files("warehouse.export.comparison") / "report.typ") as own:
            yield own
        return
    try:
        text = template.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"无法读取报告模板 {template}。请检查路径，模板须为 UTF-8 文本。（{error}）") from error
    if PACKAGE in text:
        raise QueryError(f"报告模板 {template} 引用了网上的程序包（{PACKAGE}…）。请去掉引用，报告不连接网络。")
    yield template


def _compile(source: Path, content: dict[str, Any]) -> bytes:
    import typst

    given = {"data": json.dumps(content, ensure_ascii=False)}
    compile_pdf: Callable[..., Any] = typst.compile
    try:
        # Without a fixed moment, the file would tell when it was made.
        return bytes(compile_pdf(str(source), root=str(source.parent), sys_inputs=given, timestamp=0))
    except typst.TypstError as error:
        raise QueryError(f"报告模板有误：{error.message}。请检查模板 {source.name}。") from error
