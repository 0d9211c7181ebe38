"""From texts to tasks: which tasks stand for a text, and which of them the list of another text names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from warehouse.transform.arrays import Flags, Whole, first_of_each, order, place_within, spread
from warehouse.transform.similarity import DIGITS


@dataclass(frozen=True, slots=True)
class Standing:
    """The tasks that stand for texts; those of the text `t` are `first[t]` … `first[t + 1] - 1`, by their notices.

    Tasks and notices are numbers in the order of their ids; `fresh` tells the tasks of notices that came new.
    """

    first: Whole
    task: Whole
    notice: Whole
    fresh: Flags

    @classmethod
    def of(cls, rows: pl.DataFrame) -> Standing:
        """From rows of `text_id` (1, 2, 3 …; each has tasks), `task`, `notice` and `fresh`, by text and notice."""
        text, task, notice = (rows[name].to_numpy().astype(np.int64) for name in ("text_id", "task", "notice"))
        return cls(np.searchsorted(text, np.arange(text.max(initial=0) + 2)), task, notice, rows["fresh"].to_numpy())

    def held(self, texts: pl.DataFrame) -> pl.DataFrame:
        """`texts` with the columns `tasks` and `notice` that `kin.kin` asks for."""
        ids = texts["text_id"].to_numpy()
        notice = self.notice[self.first[ids]] if len(ids) else np.empty(0, dtype=np.int64)
        return texts.with_columns(tasks=self.first[ids + 1] - self.first[ids], notice=notice)

    def ranked(self, pairs: pl.DataFrame, texts: pl.DataFrame, most: int) -> pl.DataFrame:
        """The `most` likest tasks for each text, each of another notice, of equally like ones that of the first notice.

        `pairs` are those of `kin.kin`, `texts` the rows it was asked of: a text that is not asked gets fresh tasks
        alone. The frame has `text_a`, `task_b`, `notice_b`, `similarity`, `inside_a`, `inside_b` and `place` (from 1).
        """
        text_b = pairs["text_b"].to_numpy().astype(np.int64)
        pair, stands = spread(self.first[text_b], self.first[text_b + 1])
        row = np.searchsorted(texts["text_id"].to_numpy(), pairs["text_a"].to_numpy())[pair]
        near = texts["asked"].to_numpy()[row] | self.fresh[stands]
        pair, stands, row = pair[near], stands[near], row[near]
        unlike = 10**DIGITS - np.rint(pairs["similarity"].to_numpy() * 10**DIGITS).astype(np.int64)[pair]
        task, notice = self.task[stands], self.notice[stands]
        by_likeness = order(row, unlike, task)
        likest = by_likeness[first_of_each(row[by_likeness], notice[by_likeness])]
        listed = likest[order(row[likest], unlike[likest], notice[likest])]
        place = place_within(row[listed]) + 1
        listed, place = listed[place <= most], place[place <= most]
        return pairs.drop("text_b")[pair[listed]].with_columns(
            task_b=task[listed], notice_b=notice[listed], place=place
        )
