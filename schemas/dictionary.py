"""The Chinese data dictionary: `python -m schemas.dictionary` writes it, `--check` says whether it is fresh."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from schemas.markdown import dictionary_markdown

DICTIONARY: Final = Path(__file__).with_name("DICTIONARY.md")


def main(arguments: Sequence[str]) -> int:
    """Write the dictionary, or with `--check` compare: 0 fresh or written, 1 stale, 2 wrong usage."""
    if list(arguments) not in ([], ["--check"]):
        print("用法：python -m schemas.dictionary [--check]", file=sys.stderr)
        return 2
    wanted = dictionary_markdown()
    if not arguments:
        DICTIONARY.write_text(wanted, "utf-8", newline="\n")
        return 0
    if not DICTIONARY.exists() or DICTIONARY.read_text("utf-8") != wanted:
        print(f"数据字典已过时：请运行 python -m schemas.dictionary，并提交 {DICTIONARY.name}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
