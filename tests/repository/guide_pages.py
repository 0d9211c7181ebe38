"""What the pages of the repository hold: links, pictures, and commands in blocks of code or within a sentence."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(!?)\[([^\]\n]*)\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_INLINE = re.compile(r"`((?:\.venv/bin/)?wenming [^`\n]+)`")
_COMMENT = re.compile(r"\s+#\s.*$")


@dataclass(frozen=True, slots=True)
class Link:
    """A link or a picture of a page; `target` is as written."""

    text: str
    target: str
    is_picture: bool


def list_pages(repository: Path) -> list[Path]:
    """Return the Markdown pages of the repository, without published notices."""
    listing = subprocess.run(
        ["git", "-c", "core.quotepath=off", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.md"],
        cwd=repository,
        capture_output=True,
        check=True,
    )
    names = listing.stdout.decode("utf-8").rstrip("\0").split("\0")
    elsewhere = ("tests/notices/", "tests/gold/one-unit/")
    return [repository / name for name in names if not name.startswith(elsewhere) and (repository / name).is_file()]


def read_blocks(text: str, language: str) -> list[str]:
    """Return the blocks of code in a language; an empty one for blocks without."""
    return [block for name, block in _BLOCK.findall(text) if name == language]


def read_links(text: str) -> list[Link]:
    """Return the links and pictures outside of code."""
    plain = re.sub(r"`[^`\n]*`", "", _BLOCK.sub("", text))
    return [Link(words, target, mark == "!") for mark, words, target in _LINK.findall(plain)]


def read_anchors(text: str) -> set[str]:
    """Return the anchors of the headings, made as GitHub makes them."""
    headings = _HEADING.findall(_BLOCK.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def read_commands(text: str) -> list[list[str]]:
    """Return the arguments of every `wenming` in the blocks for a shell, in their order."""
    return list(_commands(line for block in read_blocks(text, "bash") for line in block.splitlines()))


def read_named_commands(text: str) -> list[list[str]]:
    """Return the arguments of every `wenming` that a sentence names."""
    return list(_commands(_INLINE.findall(_BLOCK.sub("", text))))


def _commands(lines: Iterator[str] | list[str]) -> Iterator[list[str]]:
    for line in lines:
        for part in _COMMENT.sub("", line.strip()).split(" && "):
            words = shlex.split(part) if part.count("'") % 2 == part.count('"') % 2 == 0 else part.split()
            if words and words[0] in ("wenming", ".venv/bin/wenming"):
                yield words[1:]
