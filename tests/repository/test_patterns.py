"""Every regular expression of the product does work in proportion to the text, whatever the text is.

A notice is anybody's file: 150 blanks after 微信 once ran into the time limit. Work is counted, not timed
(`pattern_steps`): a pattern that takes more than `FEW` steps a character must at least not take more than twice the
steps, and a little, for twice the text.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from filelock import FileLock

from tests.repository.pattern_steps import Counter, TooManyStepsError, Use, pumped
from tests.repository.patterns import ROOMS, ROOT

FEW: Final = 100
"""Steps a character that need no second look; alternatives of a vocabulary may take more: 组长|主任|总指挥|…"""
MANY: Final = 2_000
"""Steps a character that are too many in any case: a pattern with two ways to read each of sixty characters."""
GROWTH: Final = 2.5
LONG: Final = int(os.environ.get("WENMING_PATTERN_CHARS", "20000"))
SHORT: Final = 400


@pytest.fixture(scope="module")
def listed(shared: Path) -> list[dict[str, Any]]:
    """What `python -m tests.repository.patterns` prints, once for all workers: it imports all of the product."""
    kept = shared / "patterns.json"
    with FileLock(kept.with_suffix(".lock")):
        if not kept.exists():
            done = subprocess.run(
                [sys.executable, "-m", "tests.repository.patterns"],
                cwd=ROOT,
                env=os.environ | {"PYTHONUTF8": "1"},
                capture_output=True,
                text=True,
                check=True,
            )
            kept.write_text(done.stdout.splitlines()[-1], "utf-8")
    found: list[dict[str, Any]] = json.loads(kept.read_text("utf-8"))
    return found


def grows(pattern: str, flags: int, use: Use, length: int) -> str | None:
    """The beginning of a text of `length` or twice that which takes more than linear work; None where none does."""
    counter = Counter(pattern, flags)
    for text, twice in zip(pumped(counter, length), pumped(counter, 2 * length), strict=True):
        try:
            counter.steps(text, use=use, most=FEW * len(text))
        except TooManyStepsError:
            try:
                steps = counter.steps(text, use=use, most=MANY * len(text))
                counter.steps(twice, use=use, most=int(GROWTH * steps))
            except TooManyStepsError:
                return text[:20]
    return None


@pytest.mark.parametrize(
    ("pattern", "use"),
    [
        (r"(?:QQ|微信)\s*(?:号)?\s*[:：]?\s*(?:是)?\s*\d", "search"),
        (r"\s+$", "search"),
        (r"\s*[:：]", "search"),
        (r"a+b?a+", "fullmatch"),
        (r"(?:a|aa)+b", "match"),
        (r"(?:[一二]+、)*[一二]+。", "search"),
        (r".*x.*", "search"),
    ],
)
def test_work_that_grows_faster_than_the_text_is_found(pattern: str, use: Use) -> None:
    assert grows(pattern, 0, use, 60 if pattern.startswith("(?:a|") else SHORT) is not None


@pytest.mark.parametrize(
    ("pattern", "use"),
    [
        (r"(?<!\s)\s+$", "search"),
        (r"\s*[:：]", "match"),
        (r"\s{0,4}[:：]", "search"),
        (r"(?>(?:<!--.*?-->\s*)*)<html", "match"),
        (r"(?:组长|主任|总指挥)[:：]", "search"),
        (r"[一-龥]{1,20}\s*〔", "match"),
    ],
)
def test_linear_work_is_no_finding(pattern: str, use: Use) -> None:
    assert grows(pattern, re.DOTALL, use, SHORT) is None


def test_patterns_of_every_room_are_listed(listed: list[dict[str, Any]]) -> None:
    rooms = {one["file"].split("/")[0] for one in listed}
    assert {"extractors", "assets", "warehouse", "pipelines"} <= rooms <= set(ROOMS)
    uses = {one["use"] for one in listed}
    assert uses == {"search", "match", "fullmatch"}
    assert len(listed) > 300


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_every_pattern_is_linear(listed: list[dict[str, Any]], room: str) -> None:
    faults = [
        f"{one['file']}:{one['line']} {one['use']} {text!r}: {one['pattern'][:120]}"
        for one in listed
        if one["file"].startswith(room) and (text := grows(one["pattern"], one["flags"], one["use"], SHORT)) is not None
    ]
    assert faults == []


@pytest.mark.fuzz
def test_every_pattern_takes_long_texts(listed: list[dict[str, Any]]) -> None:
    """The same with long texts, in which a rare second loop shows that a short one hides."""
    faults = [
        f"{one['file']}:{one['line']} {text!r}"
        for one in listed
        if (text := grows(one["pattern"], one["flags"], one["use"], LONG // 2)) is not None
    ]
    assert faults == []
