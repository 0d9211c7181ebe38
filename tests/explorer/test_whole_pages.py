"""Whole pages of the explorer and whole downloads, compared line by line with `tests/explorer/pages`.

What is kept is what is shown today; a page that changes on purpose is written anew by the command that the failure
names, and a reviewer reads the difference.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.golden_files import difference_from_golden, shorten_numbers

GOLDEN_FOLDER = Path(__file__).parent / "pages"
UPDATE = ".venv/bin/pytest --update-golden tests/explorer/test_whole_pages.py"
PAGES = {
    "search": "/",
    "search-word": "/?q=学习",
    "search-words-place": "/?q=学习 活动&place=丙州&editions=all",
    "search-unit": "/?unit=甲州市精神文明建设指导委员会办公室&theme=x",
    "search-person": "/?person=崔克辉",
    "search-month": "/?month=12&notice={C}",
    "search-evidence": "/?department=办公室&evidence=report&notice={A}",
    "search-second": "/?q=单位&page=2",
    "search-nothing": "/?q=没有这样的词",
    "notices": "/notices",
    "notice": "/notice/{A}",
    "notice-older": "/notice/{B}",
    "notice-prose": "/notice/{C}",
    "notice-large": "/notice/{H}",
    "table": "/notice/{A}/table/{A}-t01",
    "table-from": "/notice/{H}/table/{H}-t01?from=20",
    "task": "/task/{A}-t01-r0001",
    "task-prose": "/task/{C}-p001",
    "task-unknown": "/task/x",
    "compare": "/compare",
    "compare-one": "/compare?n={A}",
    "compare-two": "/compare?n={A}&n={C}",
    "compare-three": "/compare?n={B}&n={A}&n={H}",
    "questions": "/questions",
    "question-1": "/questions/1?notice=甲州",
    "question-2": "/questions/2?notice=甲州",
    "question-6": "/questions/6?date=2022-06-01&days=30",
    "question-9": "/questions/9?notice=甲州&other=丙州",
    "question-wrong": "/questions/99",
    "findings": "/findings?notice={A}",
    "findings-all": "/findings?severity=error",
    "sql": "/sql",
    "missing": "/nothing",
    "notice-missing": "/notice/x",
}
DOWNLOADS = {
    "tasks": "/download?what=tasks&q=学习&place=丙州",
    "indicators": "/download?what=indicators&q=学习&notice={A}",
    "question": "/download?what=question&number=1&notice=甲州",
    "findings": "/download?what=findings&notice={A}",
    "compare": "/download?what=compare&n={A}&n={B}",
    "unknown": "/download?what=x",
}
PASSING = re.compile(r"\?[0-9a-f]{12}(?=\")|\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+)?Z?")
"""What differs from one day or edition of the program to the next."""


def fixed(text: str) -> str:
    """Return a page without what differs from run to run."""
    return shorten_numbers(PASSING.sub("*", text))


def address(pattern: str, labels: dict[str, str]) -> str:
    """A pattern with the ids of the notices: 甲州 of two years, 丙州, 华容."""
    short = {"A": "甲州2022", "B": "甲州2021", "C": "丙州", "H": "huarong"}
    return pattern.format(**{letter: labels[name] for letter, name in short.items()})


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_kept(name: str, web: httpx.Client, labels: dict[str, str], update_golden: bool) -> None:
    answer = web.get(address(PAGES[name], labels))
    text = f"{answer.status_code} {answer.headers['content-type']}\n{answer.text}"
    difference = difference_from_golden(GOLDEN_FOLDER / f"{name}.html", fixed(text), update_golden)
    assert not difference, f"{name}.html differs; if this is meant: {UPDATE}\n{difference}"


@pytest.mark.parametrize("name", DOWNLOADS)
def test_a_download_is_as_kept(name: str, web: httpx.Client, labels: dict[str, str], update_golden: bool) -> None:
    answer = web.get(address(DOWNLOADS[name], labels))
    text = f"{answer.status_code} {answer.headers.get('content-disposition')}\n"
    if answer.status_code == 200:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            for part in sorted(part for part in book.namelist() if "docProps" not in part and "theme" not in part):
                text += f"== {part}\n" + book.read(part).decode("utf-8").replace("><", ">\n<") + "\n"
    else:
        text += answer.text
    difference = difference_from_golden(GOLDEN_FOLDER / f"{name}.xml", fixed(text), update_golden)
    assert not difference, f"{name}.xml differs; if this is meant: {UPDATE}\n{difference}"


def test_nothing_is_kept_that_no_page_shows() -> None:
    assert {path.name for path in GOLDEN_FOLDER.iterdir()} == {f"{n}.html" for n in PAGES} | {
        f"{n}.xml" for n in DOWNLOADS
    }
