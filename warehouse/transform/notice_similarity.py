"""`mart.notice_pairs`: the notices with the most similar topic weights for each notice, by cosine.

The cosine is summed topic by topic in a fixed order and rounded, so that a pair has the same value whether it is
computed among all notices or for one new notice alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import duckdb
import numpy as np
import polars as pl

import schemas
from warehouse.transform.incremental import UpdateMode
from warehouse.transform.similarity import BoolArray, FloatArray, IntArray

NOTICE_PAIRS: Final = "mart.notice_pairs"
MAX_NOTICES: Final = 50
"""Similar notices stored for one notice."""
DIGITS: Final = 9
"""Decimals to which a cosine is rounded; ties go to the lower notice id."""
BLOCK_ROWS: Final = 32
"""Notices that are compared with all others at once, so that their matrix fits into the processor caches."""

_WEIGHTS: Final = """
SELECT w.notice_id, w.topic, coalesce(w.share, w.task_share)::DOUBLE AS share
FROM mart.topic_weights AS w JOIN core.notices AS n USING (notice_id)
WHERE n.is_current
ORDER BY w.notice_id, w.topic
"""
# A view: the half million rows of ten thousand notices are scanned, not copied.
_REUSED: Final = """
CREATE TEMP VIEW reused_pairs AS
SELECT p.* FROM old.mart.notice_pairs AS p
ANTI JOIN removed_notices AS a ON a.notice_id = p.notice_a ANTI JOIN removed_notices AS b ON b.notice_id = p.notice_b
"""
_NOTHING_REUSED: Final = "CREATE TEMP VIEW reused_pairs AS SELECT * FROM mart.notice_pairs"
# A full list that lost a member may have room for a notice that was cut off before: it is computed again.
_SHORTENED: Final = """
SELECT notice_a FROM old.mart.notice_pairs AS p
JOIN (SELECT DISTINCT notice_a FROM old.mart.notice_pairs
      SEMI JOIN removed_notices ON removed_notices.notice_id = notice_b) USING (notice_a)
ANTI JOIN removed_notices ON removed_notices.notice_id = p.notice_a
GROUP BY notice_a HAVING count(*) >= $max_notices
"""
_MIN_SIMILARITIES: Final = """
SELECT notice_a, CASE WHEN count(*) < $max_notices THEN -1 ELSE min(weight_cosine) END
FROM reused_pairs GROUP BY notice_a
"""
_MERGED: Final = """
CREATE TEMP TABLE merged AS
WITH every AS (
    SELECT * FROM entering
    UNION ALL
    SELECT * FROM reused_pairs SEMI JOIN entering USING (notice_a)
),
best AS (
    SELECT * FROM every
    QUALIFY row_number() OVER (PARTITION BY notice_a ORDER BY weight_cosine DESC, notice_b) <= $max_notices
)
SELECT * FROM complete
UNION ALL
SELECT * FROM best
"""
_AFFECTED: Final = """
CREATE TEMP TABLE affected_lists AS
SELECT notice_a AS notice_id FROM merged
UNION
SELECT notice_a FROM mart.notice_pairs SEMI JOIN removed_notices ON removed_notices.notice_id = notice_b
UNION
SELECT notice_id FROM removed_notices
"""
_REPLACE_LISTS: Final = """
DELETE FROM mart.notice_pairs WHERE notice_a IN (SELECT notice_id FROM affected_lists);
INSERT INTO mart.notice_pairs
SELECT * FROM (
    SELECT * FROM merged
    UNION ALL
    SELECT * FROM reused_pairs SEMI JOIN affected_lists ON affected_lists.notice_id = notice_a
    ANTI JOIN merged USING (notice_a)
) ORDER BY notice_a, notice_b
"""
_INSERT_ALL: Final = """
INSERT INTO mart.notice_pairs
SELECT * FROM (SELECT * FROM merged UNION ALL SELECT * FROM reused_pairs ANTI JOIN merged USING (notice_a))
ORDER BY notice_a, notice_b
"""


def fill_notice_pairs(connection: duckdb.DuckDBPyConnection, *, mode: UpdateMode) -> None:
    """Fill `mart.notice_pairs` from `mart.topic_weights`.

    The temporary table `unchanged_notices` holds the current notices whose pairs among each other are in `old`,
    `removed_notices` those that were current in `old` and are not among them. Every other notice is compared with all.
    In mode INCREMENTAL the temporary table `affected_lists` gets the notices whose list may have changed.
    """
    weights = _WeightMatrix(connection)
    unchanged = {name for (name,) in connection.execute("SELECT notice_id FROM unchanged_notices").fetchall()}
    new = set(weights.names) - unchanged
    queries, parameters = set(new), {"max_notices": MAX_NOTICES}
    if mode is UpdateMode.REBUILD:
        connection.execute(_NOTHING_REUSED)
    else:
        connection.execute(_REUSED)
        queries.update(name for (name,) in connection.execute(_SHORTENED, parameters).fetchall())
    complete = weights.top_lists(queries, MAX_NOTICES)
    min_similarities = (
        dict(connection.execute(_MIN_SIMILARITIES, parameters).fetchall())
        if new and len(queries) < len(weights.names)
        else {}
    )
    entering = weights.entering_pairs(new, queries, min_similarities)
    connection.register("complete", complete)
    connection.register("entering", entering)
    connection.execute(_MERGED, parameters)
    if mode is UpdateMode.INCREMENTAL:
        connection.execute(_AFFECTED)
        connection.execute(_REPLACE_LISTS)
    else:
        connection.execute(_INSERT_ALL)
    for name in ("complete", "entering"):
        connection.unregister(name)
    connection.execute("DROP VIEW temp.reused_pairs; DROP TABLE temp.merged")


class _WeightMatrix:
    """The topic weights of all current notices: one row of shares per notice, by sorted `names`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        weights: pl.DataFrame = connection.sql(_WEIGHTS).pl()
        self.names: list[str] = weights["notice_id"].unique().sort().to_list()
        topics: list[str] = weights["topic"].unique().sort().to_list()
        row = np.searchsorted(np.array(self.names, dtype=np.str_), weights["notice_id"].to_numpy().astype(np.str_))
        column = np.searchsorted(np.array(topics, dtype=np.str_), weights["topic"].to_numpy().astype(np.str_))
        self.shares: FloatArray = np.zeros((len(self.names), len(topics)))
        self.shares[row, column] = weights["share"].fill_null(0).to_numpy()
        self.has_topic: BoolArray = np.zeros(self.shares.shape, dtype=np.bool_)
        self.has_topic[row, column] = True
        # Columns are read one after another.
        self.columns: FloatArray = np.ascontiguousarray(self.shares.T)
        self.length: FloatArray = np.sqrt(self._dot(self.shares, self.shares))

    @staticmethod
    def _dot(left: FloatArray, right: FloatArray) -> FloatArray:
        """Return the row-wise products, summed topic by topic."""
        total: FloatArray = np.zeros(len(left))
        for topic in range(left.shape[1]):
            total += left[:, topic] * right[:, topic]
        return total

    def cosines(self, rows: IntArray) -> FloatArray:
        """Return one row for each of `rows`, one column for each notice; -1 for the notice itself."""
        total: FloatArray = np.zeros((len(rows), len(self.names)))
        product = np.empty_like(total)
        for topic, column in enumerate(self.columns):
            np.multiply(self.shares[rows, topic][:, None], column[None, :], out=product)
            total += product
        np.multiply(self.length[rows][:, None], self.length[None, :], out=product)
        cosines: FloatArray = np.divide(total, product, out=np.zeros_like(total), where=product > 0)
        np.clip(np.round(cosines, DIGITS), 0, 1, out=cosines)
        cosines[np.arange(len(rows)), rows] = -1
        return cosines

    def _blocks(self, names: set[str]) -> Iterator[tuple[IntArray, FloatArray]]:
        rows = np.array([row for row, name in enumerate(self.names) if name in names], dtype=np.int64)
        for begin in range(0, len(rows), BLOCK_ROWS):
            block = rows[begin : begin + BLOCK_ROWS]
            yield block, self.cosines(block)

    def top_lists(self, queries: set[str], max_notices: int) -> pl.DataFrame:
        """Return the complete lists of the notices `queries`: the `max_notices` most similar others of each."""
        count = len(self.names)
        length = min(max_notices, count - 1)
        parts = [self._frame(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
        for rows, cosines in self._blocks(queries) if length > 0 else ():
            # One integer for cosine and position, so that no two are equal.
            rank = np.rint(cosines * 10**DIGITS).astype(np.int64) * count + np.arange(count - 1, -1, -1)
            others = np.argpartition(rank, count - length, axis=1)[:, count - length :]
            first = np.repeat(rows, length)
            parts.append(self._frame(first, others.ravel(), np.take_along_axis(cosines, others, axis=1).ravel()))
        return pl.concat(parts)

    def entering_pairs(self, new: set[str], queries: set[str], min_similarities: dict[str, float]) -> pl.DataFrame:
        """Return the pairs by which `new` notices enter the lists of notices that are no `queries`.

        Args:
            new: The notices that were not compared before.
            queries: The notices whose lists are computed completely; their pairs are left out.
            min_similarities: Notice -> the lowest cosine of its full list; a match below this cannot enter it.
        """
        threshold = np.array([2.0 if name in queries else min_similarities.get(name, -1.0) for name in self.names])
        parts = [self._frame(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
        if len(queries) < len(self.names):
            for rows, cosines in self._blocks(new):
                row, other = np.nonzero(cosines >= np.maximum(threshold, 0)[None, :])
                parts.append(self._frame(other, rows[row], cosines[row, other]))
        return pl.concat(parts)

    def _frame(self, first: IntArray, second: IntArray, cosine: FloatArray) -> pl.DataFrame:
        shared = (self.has_topic[first] & self.has_topic[second]).sum(axis=1)
        together = (self.has_topic[first] | self.has_topic[second]).sum(axis=1)
        names = pl.Series(self.names, dtype=pl.String)
        return pl.DataFrame(
            {
                "notice_a": names.gather(pl.Series(first, dtype=pl.UInt32)),
                "notice_b": names.gather(pl.Series(second, dtype=pl.UInt32)),
                "weight_cosine": cosine,
                "topic_jaccard": shared / np.maximum(together, 1),
            },
            schema=schemas.TABLES[NOTICE_PAIRS].dtypes,
        )
