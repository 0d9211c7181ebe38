"""The share of the text of every gold notice that is accounted for, in every format, as a table.

    .venv/bin/python -m tests.extractors.notice.accounted

Counted is the whole text, not only that of tables: of fixed pages all words but headers, footers and page numbers.
"""

from __future__ import annotations

from tests.extractors.golden import notices
from tests.extractors.published import extraction_of

LEAST = 0.99


def shares() -> dict[str, tuple[int, int]]:
    """Characters of each file, and those that are in a cell, a field, a clause or a finding."""
    out = {}
    for path in notices():
        found = extraction_of(path)
        out[f"{path.parent.name}/{path.name}"] = found.text_total, found.text_accounted
    return out


if __name__ == "__main__":
    for name, (total, accounted) in sorted(shares().items()):
        print(f"{name:<42} {accounted:>6} of {total:>6}  {accounted / total:.4f}")
