"""Make files that are no notices, read them, and print which of them give a task, an indicator or another kind.

.venv/bin/python -m tests.other_files --seed 7 --count 60
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from extractors import extract
from extractors.records import OTHER
from tests.other_files.files import FORMATS, OtherFile, other_files


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read of a file that is no notice."""

    file: OtherFile
    kind: str
    reason: str | None
    tasks: int
    indicators: int

    @property
    def is_right(self) -> bool:
        """Whether it gave nothing, and is called no notice or asks a person, with a reason."""
        says_so = self.kind == OTHER or "请核对" in (self.reason or "")
        return says_so and bool(self.reason) and not self.tasks and not self.indicators


def measure(files: Iterable[OtherFile]) -> list[Outcome]:
    """Return what is read of each file."""
    found = []
    for file in files:
        read = extract(file.data, file.name)
        found.append(Outcome(file, read.notice.kind, read.notice.kind_reason, len(read.tasks), len(read.indicators)))
    return found


def report(outcomes: Iterable[Outcome]) -> str:
    """Return the figures, and a line for each file that was read wrongly."""
    listed = list(outcomes)
    wrong = [one for one in listed if not one.is_right]
    lines = [f"{len(listed)} files that are no notices: {len(listed) - len(wrong)} right"]
    lines += [f"{kind:<16} wrong in {count}" for kind, count in sorted(Counter(one.file.kind for one in wrong).items())]
    lines += [
        f"{one.file.name}: {one.kind} ({one.reason}), {one.tasks} tasks, {one.indicators} indicators" for one in wrong
    ]
    return "\n".join(lines)


def main() -> None:
    """Parse the command line and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.other_files", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--formats", type=lambda text: tuple(text.split(",")), default=FORMATS)
    args = parser.parse_args()
    print(report(measure(other_files(args.seed, args.count, args.formats))))


if __name__ == "__main__":
    main()
