"""Titles that name a list of tasks or a rubric: 任务分解表, 文明校园测评细则."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from extractors.normalize import strip_whitespace
from extractors.vocabulary import alternation, load_toml


def find_list_title(titles: Iterable[str | None]) -> str | None:
    """Return the first title that names a list of tasks or a rubric: 任务分解表, 考评细则; not 测评结果统计表."""
    return next((title for title in titles if title and _pattern().search(strip_whitespace(title))), None)


@cache
def _pattern() -> re.Pattern[str]:
    words = load_toml("demands")
    subjects = alternation([*words["assigning"], *words["asking"], *words["scoring"], *words["list_subjects"]])
    results = alternation([*words["results"], *words["list_results"]])
    named = rf".*(?:{subjects})[^，,。；;：:]{{0,8}}(?:{alternation(words['list_endings'])})"
    titles = rf".+(?:{alternation(words['list_titles'])})"
    return re.compile(rf"^(?!.*(?:{results}))(?:{named}|{titles})(?:[》”]?[（(][^（）()]{{1,20}}[）)])*$")
