"""Every link of the pages leads somewhere, and every page is reached from the first one."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.repository.guide_pages import list_pages, read_anchors, read_blocks, read_links

FIRST = ("README.md", "README.zh-CN.md")
MAX_LINES = 120
MAX_PICTURE_BYTES = 160 * 1024


@pytest.fixture(scope="module")
def pages(repository: Path) -> list[Path]:
    if shutil.which("git") is None or not (repository / ".git").exists():
        pytest.skip("no git checkout")
    return list_pages(repository)


def faults(page: Path) -> list[str]:
    wrong = []
    for link in read_links(page.read_text("utf-8")):
        if link.target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = unquote(link.target).partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in read_anchors(target.read_text("utf-8"))):
            wrong.append(link.target)
        if link.is_picture and (not link.text or (target.exists() and target.stat().st_size > MAX_PICTURE_BYTES)):
            wrong.append(f"{link.target}: no words for it, or too large")
    return wrong


def test_every_link_leads_somewhere(pages: list[Path], repository: Path) -> None:
    found = {page.relative_to(repository).as_posix(): faults(page) for page in pages}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_link_to_nothing_is_found(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# 一、能读什么，有哪些局限\n", "utf-8")
    page = tmp_path / "a.md"
    page.write_text(
        "[a](b.md) [b](b.md#一能读什么有哪些局限) [c](b.md#二) [d](c.md) ![](b.md) `[e](f.md)`\n```\n[g](h.md)\n```\n",
        "utf-8",
    )
    assert faults(page) == ["b.md#二", "c.md", "b.md: no words for it, or too large"]


def test_every_page_is_reached_from_the_first(pages: list[Path], repository: Path) -> None:
    todo = [repository / name for name in FIRST]
    reached: set[Path] = set()
    while todo:
        page = todo.pop()
        reached.add(page)
        for link in read_links(page.read_text("utf-8")):
            target = (page.parent / unquote(link.target).partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file() and target not in reached:
                todo.append(target)
    assert sorted(str(page.relative_to(repository)) for page in set(pages) - reached) == []


@pytest.mark.parametrize("name", FIRST)
def test_the_first_page_is_read_to_the_end(name: str, repository: Path) -> None:
    text = (repository / name).read_text("utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    assert sum(link.is_picture for link in read_links(text)) == 1


def test_both_first_pages_say_the_same(repository: Path) -> None:
    english, chinese = ((repository / name).read_text("utf-8") for name in FIRST)
    for language in ("bash", "bat", ""):
        commands = [
            [line.split("  #")[0].rstrip() for block in read_blocks(text, language) for line in block.splitlines()]
            for text in (english, chinese)
        ]
        assert commands[0] == commands[1]
        assert commands[0]
    assert english.count("\n## ") == chinese.count("\n## ")
