"""The matches between the tasks of a few notices, all of them, as the search for similar tasks would find them."""

from __future__ import annotations

from typing import Final

import polars as pl

from warehouse.transform.match_model import RELATIONS, SAME_TEXT_CONFIDENCE
from warehouse.transform.match_reason import SAME_TEXT
from warehouse.transform.similarity import top_related_texts

EQUAL_TEXTS: Final = {
    **{name: pl.lit(1.0) for name in ("similarity", "inside_a", "inside_b")},
    "confidence": pl.lit(SAME_TEXT_CONFIDENCE),
    "relation": pl.lit(RELATIONS[0]),
    "reason": pl.lit(SAME_TEXT),
}
"""What is said of two tasks with one text, in the order of the columns of `top_related_texts`."""
_ONE_NOTICE: Final = 1
"""Every text counts for one and the same notice, so that no list is ever full."""


def match_between(tasks: pl.DataFrame) -> pl.DataFrame:
    """Return for each task its best match in each other notice.

    Args:
        tasks: Frame of `task_id`, `notice_id`, `topic`, `body` (the letters of the requirement) and `heading` (that of
            a task that does not name its subject).

    Returns:
        A frame of `task_a`, `notice_a`, `task_b`, `notice_b` and the columns of `top_related_texts`.
    """
    text = ["topic", "heading", "body"]
    texts = tasks.select(text).unique().sort(text).with_row_index("text_id")
    texts = texts.with_columns(
        is_query=pl.lit(True),
        tasks=pl.lit(1),
        notice=pl.lit(_ONE_NOTICE),
        min_confidence=pl.lit(0.0),
    )
    pairs = top_related_texts(texts, max_tasks=texts.height + 1, max_notices=_ONE_NOTICE + 1)
    body = texts.select("text_id", "body")
    equal = (
        body.join(body, on="body", suffix="_b").select(text_a="text_id", text_b="text_id_b").with_columns(**EQUAL_TEXTS)
    )
    # A text of two topics is found by the search as well.
    pairs = pl.concat([pairs, equal]).unique(["text_a", "text_b"], keep="last", maintain_order=True)
    by_task = tasks.join(texts.select("text_id", *text), on=text)
    sides = [by_task.select(**{f"{name}_{side}": f"{name}_id" for name in ("text", "task", "notice")}) for side in "ab"]
    matched = pairs.join(sides[0], on="text_a").join(sides[1], on="text_b")
    matched = matched.filter(pl.col("notice_a") != pl.col("notice_b")).drop("text_a", "text_b")
    best = matched.sort("confidence", "task_b", descending=[True, False])
    return best.unique(["task_a", "notice_b"], keep="first", maintain_order=True)
