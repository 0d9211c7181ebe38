"""The pages name as readable what has a reader, and as refused what has none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from extractors.readers import FORMATS

READABLE = {ending for one in FORMATS.values() if one.reader or one.is_archive for ending in one.extensions}
REFUSED = {ending for one in FORMATS.values() if not (one.reader or one.is_archive) for ending in one.extensions}
NO_FORMATS = {"bash", "box", "ci", "ocr", "office", "pipe", "tab", "of", "utf"}


@pytest.mark.parametrize(
    ("page", "first", "split"),
    [("extractors/README.md", "- Read: ", "Others"), ("GUIDE.zh-CN.md", "- 可以读取：", "其他格式")],
)
def test_the_formats_are_those_of_the_readers(page: str, first: str, split: str, repository: Path) -> None:
    text = (repository / page).read_text("utf-8").split(first, 1)[1].split("\n- ", 1)[0]
    read, refused = (set(re.findall(r"(?<![\w.])[a-z][a-z0-9]{1,5}(?!\w)", part)) for part in text.split(split, 1))
    known = READABLE | REFUSED
    assert {word for word in read & known if word not in NO_FORMATS} <= READABLE
    assert {"docx", "doc", "pdf", "xlsx", "xlsb", "html", "ofd", "zip", "7z"} - {*read, "7z"} == set()
    assert refused & known
    assert refused & READABLE == set()
