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
    "search-theme": "/?theme=volunteering&kind=tasks&bonus=no",
    "search-bonus": "/?bonus=yes&notice={H}",
    "search-indicators": "/?q=建设&kind=indicators&page=2",
    "search-indicators-of-unit": "/?unit=华容&kind=indicators",
    "search-department": "/?department=甲州市卫健局宣传科&kind=indicators",
    "search-method": "/?method=材料审核&q=活动",
    "search-indicator": "/?indicator={H}-i003&theme=integrity",
    "search-due": "/?month=2022-12&editions=all",
    "search-last": "/?q=活动&page=999",
    "notices-filtered": "/notices?q=2021，文明&place=华容&unit=审计&editions=all",
    "notices-none": "/notices?place=没有这样的地方",
    "notices": "/notices",
    "notice": "/notice/{A}",
    "notice-older": "/notice/{B}",
    "notice-prose": "/notice/{C}",
    "notice-large": "/notice/{H}",
    "table": "/notice/{A}/table/{A}-t01",
    "table-from": "/notice/{H}/table/{H}-t01?from=20",
    "table-cell": "/notice/{A}/table/{A}-t01?cell=2,1",
    "table-cell-header": "/notice/{A}/table/{A}-t01?cell=-1,0",
    "table-cell-outside": "/notice/{A}/table/{A}-t01?cell=900,1",
    "table-cell-wrong": "/notice/{A}/table/{A}-t01?cell=x",
    "table-task": "/notice/{A}/table/{A}-t01?task={A}-t01-r0002",
    "table-task-party": "/notice/{A}/table/{A}-t01?task={A}-t01-r0003&role=party",
    "table-task-points": "/notice/{A}/table/{A}-t01?task={A}-t01-r0001&role=points",
    "table-task-gone": "/notice/{A}/table/{A}-t01?task=x",
    "table-indicator": "/notice/{A}/table/{A}-t01?indicator={A}-i002",
    "table-merged": "/notice/{H}/table/{H}-t01?cell=1,0&from=1",
    "table-missing": "/notice/{A}/table/x",
    "task": "/task/{A}-t01-r0001",
    "task-large": "/task/{H}-t01-r0002",
    "task-prose": "/task/{C}-p001",
    "task-unknown": "/task/x",
    "compare": "/compare",
    "compare-one": "/compare?n={A}",
    "compare-two": "/compare?n={A}&n={C}",
    "compare-three": "/compare?n={B}&n={A}&n={H}",
    "compare-by-difference": "/compare?n={A}&n={H}&sort=diff&n={A}",
    "compare-unknown": "/compare?n={A}&n=x",
    "questions": "/questions",
    "question-1": "/questions/1?notice=甲州",
    "question-2": "/questions/2?notice=甲州",
    "question-6": "/questions/6?date=2022-06-01&days=30",
    "question-9": "/questions/9?notice=甲州&other=丙州",
    "question-wrong": "/questions/99",
    "question-date-wrong": "/questions/18?date=2022-02-30",
    "question-of-topic": "/questions/2?notice=甲州、华容&topic=志愿服务",
    "question-due": "/questions/18?notice=华容&date=2021-06-01&days=9999&party=办公室",
    "question-none": "/questions/1?notice=没有这样的通知",
    "findings": "/findings?notice={A}",
    "findings-all": "/findings?severity=error",
    "findings-settled": "/findings?state=settled&severity=x",
    "findings-words": "/findings?state=all&q=分值 合计&notice={H}&page=2",
    "sql": "/sql",
    "dictionary-words": "/dictionary?q=责任角色",
    "dictionary-table": "/dictionary/core.footnotes",
    "dictionary-view": "/dictionary/mart.method_mix",
    "missing": "/nothing",
    "notice-missing": "/notice/x",
}
DOWNLOADS = {
    "tasks": "/download?what=tasks&q=学习&place=丙州",
    "indicators": "/download?what=indicators&q=学习&notice={A}",
    "question": "/download?what=question&number=1&notice=甲州",
    "findings": "/download?what=findings&notice={A}",
    "compare": "/download?what=compare&n={A}&n={B}",
    "table": "/download?what=table&notice={A}&table={A}-t01",
    "table-missing": "/download?what=table&notice={A}&table=x",
    "compare-one": "/download?what=compare&n={A}",
    "tasks-of-unit": "/download?what=tasks&unit=甲州市精神文明建设指导委员会办公室&department=办公室",
    "indicators-of-tasks": "/download?what=indicators&department=办公室",
    "question-wrong": "/download?what=question&number=x",
    "unknown": "/download?what=x",
}
PASSING = re.compile(
    r"(?<=数据日期：)\d{4}-\d\d-\d\d|\?[0-9a-f]{12}(?=\")|\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+)?Z?"
)
"""What differs from one day or edition of the program to the next."""

CHARACTER = re.compile(r"&#(\d{3,6});")
"""A character as workbooks hold it; as a character it is readable, and its days are found."""


def fixed(text: str) -> str:
    """Return a page without what differs from run to run."""
    return shorten_numbers(PASSING.sub("*", CHARACTER.sub(lambda one: chr(int(one[1])), text)))


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
