"""Damage clean pages in twelve ways, read them, and print what is read beside the clean page.

.venv/bin/python -m tests.scans --seed 7
.venv/bin/python -m tests.scans --seed 7 --damage seal --damage fax --page tongchuan --show 5
.venv/bin/python -m tests.scans --seed 7 --keep FOLDER      # the damaged pictures as files
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from tests.scans.damages import DAMAGES
from tests.scans.measure import Score, damage_page, measure
from tests.scans.pages import PAGES

LEAST_ROWS, MOST_SILENT = 0.9, 0.01
"""What is aimed at: rows right of those of the clean page, and cells that are wrong without a word."""


def rows_right(found: Sequence[Score]) -> float:
    """Return the share of the clean page's rows that are read as on the clean page."""
    return sum(one.right for one in found) / max(sum(one.rows for one in found), 1)


def silently_wrong(found: Sequence[Score]) -> float:
    """Return the share of cells that differ without a note."""
    return sum(len(one.silent) for one in found) / max(sum(one.cells for one in found), 1)


def _line(name: str, found: Sequence[Score]) -> str:
    cells = max(sum(one.cells for one in found), 1)
    seconds = sum(one.seconds for one in found) / len(found)
    wrong = sum(one.wrong for one in found) / cells
    return f"{name:<12} {rows_right(found):>7.3f} {wrong:>8.1%} {silently_wrong(found):>8.1%} {seconds:>8.1f}"


def report(found: Sequence[Score]) -> str:
    """Return the table: a line for each damage, and all together."""
    clean = {one.page: one.clean_seconds for one in found}
    lines = [f"{'':<12} {'rows':>7} {'wrong':>8} {'silent':>8} {'CPU s':>8}"]
    groups = [(name, group) for name in DAMAGES if (group := [one for one in found if one.damage == name])]
    lines += [_line(name, group) for name, group in groups]
    lines.append(_line("all", found))
    lines.append(f"clean pages: {sum(clean.values()) / len(clean):.1f} CPU seconds each ({', '.join(clean)})")
    good = sum(rows_right(group) >= LEAST_ROWS for _, group in groups)
    lines.append(f"rows right at least {LEAST_ROWS} of the clean page's: {good} of {len(groups)} damages")
    return "\n".join(lines)


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--damage", action="append", choices=sorted(DAMAGES), help="only these ways; all by default")
    parser.add_argument("--page", action="append", help="only pages of these notices (slugs)")
    parser.add_argument("--show", type=int, default=0, help="cells wrong without a word that are printed for each page")
    parser.add_argument("--keep", type=Path, help="write the damaged pictures into this folder and read none")
    asked = parser.parse_args()
    pages = [page for page in PAGES if not asked.page or page.slug in asked.page]
    names = [name for name in DAMAGES if not asked.damage or name in asked.damage]
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
        for page in pages:
            for name in names:
                data = damage_page(page.draw(), page, name, asked.seed)
                suffix = {b"\x89P": "png", b"\xff\xd8": "jpg"}.get(data[:2], "tif")
                (asked.keep / f"{page.slug}-p{page.number}-{name}.{suffix}").write_bytes(data)
        return
    found = measure(pages, names, asked.seed)
    print(report(found))
    for one in found:
        for text, other in one.silent[: asked.show]:
            print(f"{one.damage} {one.page}: {text!r} -> {other!r}")


if __name__ == "__main__":
    main()
