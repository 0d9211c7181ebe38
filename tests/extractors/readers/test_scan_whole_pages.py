"""What is read of drawn scans, compared with `tests/readings/scan/pages.jsonl`; no engine of recognition.

What is kept is what is read today; the pages were drawn by lot.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("cv2")

from tests.extractors.readers.scan_drawing import read_drawn

KEPT = Path(__file__).parents[2] / "readings" / "scan" / "pages.jsonl"
UPDATE = ".venv/bin/pytest --update-golden tests/extractors/readers/test_scan_whole_pages.py"


def test_every_drawn_page_is_read_as_kept(update_golden: bool) -> None:
    kept = [json.loads(line) for line in KEPT.read_text("utf-8").splitlines()]
    now = [[drawn, read_drawn(drawn)] for drawn, _ in kept]
    if update_golden:
        KEPT.write_text("".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in now), "utf-8", newline="\n")
        return
    assert len(now) > 100
    changed = [
        f"{drawn}\n  kept: {was}\n  now:  {found}"
        for (drawn, was), (_, found) in zip(kept, now, strict=True)
        if was != found
    ]
    assert not changed, "\n".join([f"{len(changed)} pages differ; if this is meant: {UPDATE}", *changed[:2]])
