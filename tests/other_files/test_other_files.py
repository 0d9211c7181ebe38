"""Files that are no notices give no task and no indicator, and say why (`python -m tests.other_files`: any number)."""

from __future__ import annotations

import pytest

from tests.other_files.__main__ import measure, report
from tests.other_files.files import FORMATS, PLAIN, WORDS, other_files

EVERY_KIND = len(WORDS["tables"]) + len(WORDS["proses"])


def test_every_kind_of_other_file_gives_nothing_and_says_why() -> None:
    found = measure(other_files(11, EVERY_KIND, PLAIN))
    assert {one.file.kind for one in found} == {spec["name"] for spec in (*WORDS["tables"], *WORDS["proses"])}
    assert all(one.is_right for one in found), report(found)


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert list(other_files(3, 5, PLAIN)) == list(other_files(3, 5, PLAIN))


@pytest.mark.layouts
@pytest.mark.parametrize("seed", range(5))
def test_sixty_files_in_every_format(seed: int) -> None:
    found = measure(other_files(seed, 60, FORMATS))
    assert {one.file.name.rsplit(".", 1)[1] for one in found} == set(FORMATS)
    assert all(one.is_right for one in found), report(found)
