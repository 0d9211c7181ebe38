"""Field F1 of every notice with a truth in every format, as a table.

    .venv/bin/python -m tests.extractors.notice.measured

`tests/gold/measured.toml` names the notices that are measured only, with the least F1 of each format. The other notices
are held by `test_gold.py`.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.extractors.golden import notices
from tests.extractors.notice.scoring import f1
from tests.extractors.published import extraction_of

GOLD = Path(__file__).parents[2] / "gold"


def least() -> dict[str, dict[str, float]]:
    """The notices that are measured only: slug to format to least F1."""
    return tomllib.loads((GOLD / "measured.toml").read_text("utf-8"))


def table() -> str:
    """One line for each notice and format: F1, tasks read, tasks that people read."""
    measured_only = least()
    lines = [f"{'notice':<25} {'format':<7} {'F1':>6}  tasks  truth"]
    for path in sorted(notices(), key=lambda path: path.name):
        slug, file_format = path.name.split(".", 1)[0], path.parent.name
        found = extraction_of(path)
        truth = len((GOLD / slug / "tasks.jsonl").read_text("utf-8").splitlines())
        floor = f"  least {measured_only[slug][file_format]:.4f}" if slug in measured_only else ""
        lines.append(
            f"{slug:<25} {file_format:<7} {f1(found, GOLD / slug):>6.4f}  {len(found.tasks):>5}  {truth:>5}{floor}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
