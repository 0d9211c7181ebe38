"""Run a notebook and export its figures as JSON: `python -m notebooks.export_figures NAME FILE`.

The command line runs this in a separate process, which keeps marimo, its threads and its memory out of the caller.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

CHART_PREFIX: Final = "chart_"


@dataclass(frozen=True, slots=True)
class Figure:
    """Figure with its Chinese title and its Vega-Lite definition as JSON, including the data."""

    title: str
    spec: str


class NoDataError(Exception):
    """Raised if there is no usable warehouse; the message is Chinese and gives the remedy."""


def collect_figures(name: str) -> list[Figure]:
    """Return the figures of a notebook on the warehouse named by the environment, in the order of the page.

    The initial selections are used. A figure is a variable `chart_…`; None means no data.

    Raises:
        NoDataError: There is no usable warehouse.
    """
    page = importlib.import_module(f"notebooks.{name}")
    _, defined = page.app.run()
    with contextlib.closing(defined["con"]):
        charts = [defined[key] for key in defined if key.startswith(CHART_PREFIX) and defined[key] is not None]
        if defined["warehouse"].problem and not charts:
            raise NoDataError(defined["warehouse"].problem)
        return [Figure(str(chart.title.text), chart.to_json()) for chart in charts]


def main(name: str, target: str) -> None:
    """Write the figures of the notebook `name`, or the problem, to the file `target`."""
    content: dict[str, object]
    try:
        content = {"pictures": [asdict(picture) for picture in collect_figures(name)]}
    except NoDataError as error:
        content = {"problem": str(error)}
    Path(target).write_text(json.dumps(content, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
