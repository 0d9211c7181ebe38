"""Run a notebook as a program and take its figures: `python -m notebooks.export_figures NAME FILE` writes them as JSON.

The command line runs this in a process of its own, which keeps marimo, its threads and its memory out of the caller.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

PREFIX: Final = "chart_"


@dataclass(frozen=True, slots=True)
class Picture:
    """One figure: its Chinese title and its Vega-Lite definition as JSON, data included."""

    title: str
    spec: str


class NothingToDrawError(Exception):
    """There is no warehouse to draw from; the text is Chinese and says why and what to do."""


def pictures(name: str) -> list[Picture]:
    """The figures of a notebook on the warehouse that the environment names, in the order of the page.

    The choices are those that the page starts with. A figure is a variable `chart_…`; one that is None has no data.
    Raises NothingToDrawError.
    """
    page = importlib.import_module(f"notebooks.{name}")
    _, defined = page.app.run()
    with contextlib.closing(defined["con"]):
        charts = [defined[key] for key in defined if key.startswith(PREFIX) and defined[key] is not None]
        if defined["desk"].problem and not charts:
            raise NothingToDrawError(defined["desk"].problem)
        return [Picture(str(chart.title.text), chart.to_json()) for chart in charts]


def main(name: str, target: str) -> None:
    """Write the figures of `name`, or why there is none, into the file `target`."""
    said: dict[str, object]
    try:
        said = {"pictures": [asdict(picture) for picture in pictures(name)]}
    except NothingToDrawError as error:
        said = {"problem": str(error)}
    Path(target).write_text(json.dumps(said, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
