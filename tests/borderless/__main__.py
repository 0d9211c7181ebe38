"""Read the first seven notices without their ruling lines, and print how many rows are read as with them.

.venv/bin/python -m tests.borderless
.venv/bin/python -m tests.borderless --kind frame --notice zibo-2023 --show 5
"""

from __future__ import annotations

import argparse

from tests.borderless.measure import SLUGS, Score, measure
from tests.borderless.printing import KINDS


def report(scores: list[Score], show: int = 0) -> str:
    """Return one line for each page read, the share over all of them for each kind, and the first wrong fields."""
    lines = [f"{'notice':<20} {'lines':<11} {'rows':>5} {'right':>6} {'share':>7} {'F1':>7}"]
    for score in scores:
        lines.append(
            f"{score.slug:<20} {score.kind:<11} {score.rows:>5} {score.right:>6} {score.share:>7.3f} {score.f1:>7.3f}"
        )
        lines += [f"    {place}" for place in score.wrong[:show]]
    for kind in dict.fromkeys(score.kind for score in scores):
        own = [score for score in scores if score.kind == kind]
        rows, right = sum(score.rows for score in own), sum(score.right for score in own)
        lines.append(f"{'all':<20} {kind:<11} {rows:>5} {right:>6} {right / rows:>7.3f}")
    return "\n".join(lines)


def main() -> None:
    """Print the report of the chosen notices."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=KINDS, action="append", help="the lines that stay; all kinds if left out")
    parser.add_argument("--notice", choices=SLUGS, action="append")
    parser.add_argument("--show", type=int, default=0, help="the first fields of each page that are read otherwise")
    chosen = parser.parse_args()
    found = [measure(slug, kind) for kind in chosen.kind or KINDS for slug in chosen.notice or SLUGS]
    print(report(found, chosen.show))


if __name__ == "__main__":
    main()
