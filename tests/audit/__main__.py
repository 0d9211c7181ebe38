"""Draw facts into a worksheet that a person signs, or count the signed ones.

.venv/bin/python -m tests.audit --seed 7 --rows 20
.venv/bin/python -m tests.audit --seed 7 --rows 20 --notice zibo-2023 --notice tongchuan --to audit.xlsx
.venv/bin/python -m tests.audit --figures
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.audit.drawing import draw, published
from tests.audit.figures import AUDITS, PAGE, figures
from tests.audit.sheets import write_sheet


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same rows")
    parser.add_argument("--rows", type=int, default=20, help="most rows of each table")
    parser.add_argument(
        "--notice", action="append", default=[], metavar="SLUG", help="draw from this notice (repeatable)"
    )
    parser.add_argument("--to", type=Path, help="the worksheet (default: tests/gold/audits/seed-N.xlsx)")
    parser.add_argument("--figures", action="store_true", help="write the page of the signed worksheets")
    chosen = parser.parse_args(arguments)
    if chosen.figures:
        page = figures()
        (AUDITS / PAGE).write_text(page, "utf-8")
        print(page)
        return
    target = chosen.to or AUDITS / f"seed-{chosen.seed}.xlsx"
    drawn = draw(published(chosen.notice), chosen.seed, chosen.rows)
    write_sheet(drawn, target, seed=chosen.seed, count=chosen.rows)
    print(f"{target}: {len(drawn)} rows")


if __name__ == "__main__":
    main()
