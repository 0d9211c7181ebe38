"""Pages of tables that a command writes from declarations, and tests with `--check` whether they are up to date."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path


def write_or_check(page: Path, make: Callable[[], str], command: str, arguments: Sequence[str]) -> int:
    """Write a page, or compare it with `--check`.

    Args:
        page: the file.
        make: returns its text.
        command: the module that is run, as the user types it after `python -m`.
        arguments: what stands behind the command.

    Returns:
        The exit code: 0 written or up to date, 1 outdated, 2 wrong usage.
    """
    if list(arguments) not in ([], ["--check"]):
        print(f"用法：python -m {command} [--check]", file=sys.stderr)
        return 2
    text = make()
    if not arguments:
        page.write_text(text, "utf-8", newline="\n")
        return 0
    if not page.exists() or page.read_text("utf-8") != text:
        print(f"{page.name} 已过时：请运行 python -m {command}，并提交该文件", file=sys.stderr)
        return 1
    return 0


def escape_cell(text: str) -> str:
    """Return a text that fits into one cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")
