"""Run a notebook and export its words, tables and figures as JSON: `python -m notebooks.export_report NAME FILE`.

The command line runs this in a separate process, like `export_figures`, and typesets the blocks as a report.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from lxml import html

from notebooks.export_figures import CHART_PREFIX, NoDataError
from notebooks.helpers import CAPTION_WIDTH, RELOAD, TILES, display_width

Block = dict[str, Any]
"""Part of a report: `kind` is heading, text, note, figures, table, chart or wide; the other names depend on it."""
MAX_COLUMNS: Final = 8
"""A table with more columns gets a landscape page."""
NOTE: Final = "wenming-note"
WIDGET: Final = "marimo-"
HEADINGS: Final = ("h1", "h2", "h3", "h4")
PARAGRAPHS: Final = ("p", "li", "span")
MARKS: Final = ("、", "；", "，", "。")


def collect_blocks(name: str) -> list[Block]:
    """Return what a notebook shows on the warehouse named by the environment, from top to bottom, without controls.

    The initial selections are used.

    Raises:
        NoDataError: There is no usable warehouse.
    """
    page = importlib.import_module(f"notebooks.{name}")
    outputs, defined = page.app.run()
    with contextlib.closing(defined["con"]):
        charts = [defined[key] for key in defined if key.startswith(CHART_PREFIX) and defined[key] is not None]
        if defined["warehouse"].problem and not charts:
            raise NoDataError(defined["warehouse"].problem)
        return group_wide_tables([block for output in outputs for block in read_output(output)])


def group_wide_tables(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with each wide table, the heading above it and the count below it as one, for a wide page."""
    grouped: list[Block] = []
    for block in blocks:
        previous = grouped[-1] if grouped else None
        if block["kind"] == "table" and len(block["columns"]) > MAX_COLUMNS:
            above = [grouped.pop()] if previous is not None and previous["kind"] == "heading" else []
            grouped.append({"kind": "wide", "parts": [*above, block]})
        elif previous is not None and previous["kind"] == "wide" and block["kind"] == "text":
            previous["parts"].append(block)
        else:
            grouped.append(block)
    return grouped


def read_output(output: Any) -> Iterator[Block]:
    """Yield the blocks of the output of a cell."""
    if hasattr(output, "to_json") and hasattr(output, "title"):
        yield _read_chart(json.loads(output.to_json()))
    elif text := getattr(output, "text", ""):
        yield from _read_element(html.fragment_fromstring(text, create_parent="div"))


def _read_chart(spec: dict[str, Any]) -> Block:
    """Return a chart; its title and caption become text, which stays readable where the chart is made smaller."""
    title = spec.pop("title", None) or {}
    caption = title.get("subtitle") or []
    return {
        "kind": "chart",
        "title": str(title.get("text", "")),
        "caption": join_lines(caption),
        "spec": json.dumps(spec, ensure_ascii=False),
    }


def join_lines(lines: Sequence[str]) -> str:
    """Return the lines of a caption as one text: those that were wrapped are joined, others end in a full stop."""
    text = ""
    for number, line in enumerate(lines):
        is_wrapped = line.endswith(MARKS) or display_width(line) >= CAPTION_WIDTH - 1
        text += line if is_wrapped or number + 1 == len(lines) else f"{line}。"
    return text


def _read_element(element: html.HtmlElement) -> Iterator[Block]:
    """Yield the blocks of an element of HTML as the helpers and Markdown make it."""
    tag, kind = str(element.tag), element.get("class", "")
    if tag.startswith(WIDGET):
        return
    if kind == NOTE:
        if text := _text(element).replace(RELOAD, ""):
            yield {"kind": "note", "text": text}
    elif kind == TILES:
        yield {"kind": "figures", "items": [[_text(part) for part in tile] for tile in element]}
    elif tag == "table":
        yield _read_table(element)
    elif tag in HEADINGS:
        yield {"kind": "heading", "level": HEADINGS.index(tag) + 1, "text": _text(element)}
    elif tag in PARAGRAPHS and not any(str(child.tag) in (*HEADINGS, *PARAGRAPHS, "div", "ul") for child in element):
        if text := _text(element):
            yield {"kind": "text", "text": f"· {text}" if tag == "li" else text}
    elif tag == "div" and len(element) == 0:
        if text := _text(element):
            yield {"kind": "text", "text": text}
    else:
        for child in element:
            yield from _read_element(child)


def _read_table(element: html.HtmlElement) -> Block:
    rows = [[_text(cell) for cell in row.iterfind("td")] for row in element.iter("tr")]
    is_number = [
        ["text-align:right" in str(cell.get("style")) for cell in row.iterfind("td")] for row in element.iter("tr")
    ]
    columns = [_text(cell) for cell in element.iter("th")]
    return {
        "kind": "table",
        "columns": columns,
        "numbers": [any(row[place] for row in is_number if row) for place in range(len(columns))],
        "rows": [row for row in rows if row],
    }


def _text(element: html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def main(name: str, target: str) -> None:
    """Write the blocks of the notebook `name`, or the problem, to the file `target`."""
    content: dict[str, object]
    try:
        content = {"blocks": collect_blocks(name)}
    except NoDataError as error:
        content = {"problem": str(error)}
    Path(target).write_text(json.dumps(content, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
