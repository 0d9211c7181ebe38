"""Any number of distinct notices in any format, composed from the vocabulary; the same seed gives the same bytes.

python -m tests.bench.generate FOLDER NUMBER [--format docx] [--tasks 60] [--seed 0] [--first 0]
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.formats import WRITERS, render, suffix
from tests.bench.notices import compose

PER_FOLDER: Final = 100
ALONE: Final = 200
"""So many notices are made in this process: starting others would take longer."""


def path_of(folder: Path, index: int, file_format: str) -> Path:
    """Where the notice of that number lies below `folder`."""
    return folder / f"{index // PER_FOLDER:04d}" / f"{index:06d}{suffix(file_format)}"


def write(folder: Path, file_format: str, tasks: int, seed: int, index: int) -> Path:
    """Write one notice and return its path."""
    target = path_of(folder, index, file_format)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(render(compose(index, tasks, seed), file_format))
    return target


def generate(
    folder: Path, number: int, seed: int = 0, *, file_format: str = "docx", tasks: int = 60, first: int = 0
) -> list[Path]:
    """Write the notices `first` … `first + number - 1` below `folder` and return their paths.

    Raises:
        KeyError: there is no such format.
        FileNotFoundError: the format needs LibreOffice, which is not installed.
    """
    make = partial(write, folder, file_format, tasks, seed)
    numbers = range(first, first + number)
    if number <= ALONE:
        return [make(index) for index in numbers]
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        return pool.map(make, numbers, chunksize=50)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.generate", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("number", type=int)
    parser.add_argument("--format", dest="file_format", choices=sorted(WRITERS), default="docx")
    parser.add_argument("--tasks", type=int, default=60, help="tasks of each notice")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first notice, to add to a folder")
    given = parser.parse_args()
    generate(
        given.folder, given.number, given.seed, file_format=given.file_format, tasks=given.tasks, first=given.first
    )


if __name__ == "__main__":
    main()
