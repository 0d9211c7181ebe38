"""Which notices weigh the themes alike: the cosine of their weights, the likest of each notice kept.

The cosine is summed theme by theme in one order and rounded, so that a pair has the same value whether it is computed
among all others or for one new notice alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

import schemas
from warehouse.transform.incremental import UpdateMode

NOTICE_PAIRS: Final = "mart.notice_pairs"
MAX_NOTICES: Final = 50
"""Notices kept beside one notice."""
DIGITS: Final = 9
"""Decimals of a cosine that are kept; of equal ones the notice with the smaller id comes first."""
BLOCK_ROWS: Final = 32
"""Notices that are compared with all others in one go: their matrix stays within the caches of a processor."""

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

_WEIGHTS: Final = """
SELECT w.notice_id, w.topic, coalesce(w.share, w.task_share)::DOUBLE AS share
FROM mart.topic_weights AS w JOIN core.notices AS n USING (notice_id)
WHERE n.is_current
ORDER BY w.notice_id, w.topic
"""
# A view: half a million rows of ten thousand notices are looked through and not copied.
_REUSED: Final = """
CREATE TEMP VIEW carried AS
SELECT p.* FROM old.mart.notice_pairs AS p
ANTI JOIN gone AS a ON a.notice_id = p.notice_a ANTI JOIN gone AS b ON b.notice_id = p.notice_b
"""
_NOTHING_REUSED: Final = "CREATE TEMP VIEW carried AS SELECT * FROM mart.notice_pairs"
# A full list that lost a member may owe its place to one that was cut off: it is computed again.
_SHORTENED: Final = """
SELECT notice_a FROM old.mart.notice_pairs AS p
JOIN (SELECT DISTINCT notice_a FROM old.mart.notice_pairs SEMI JOIN gone ON gone.notice_id = notice_b) USING (notice_a)
ANTI JOIN gone ON gone.notice_id = p.notice_a
GROUP BY notice_a HAVING count(*) >= $most
"""
_MIN_SIMILARITIES: Final = """
SELECT notice_a, CASE WHEN count(*) < $most THEN -1 ELSE min(weight_cosine) END FROM carried GROUP BY notice_a
"""
_MERGED: Final = """
CREATE TEMP TABLE merged AS
WITH every AS (
    SELECT * FROM joining
    UNION ALL
    SELECT * FROM carried SEMI JOIN joining USING (notice_a)
),
best AS (
    SELECT * FROM every
    QUALIFY row_number() OVER (PARTITION BY notice_a ORDER BY weight_cosine DESC, notice_b) <= $most
)
SELECT * FROM complete
UNION ALL
SELECT * FROM best
"""
_AFFECTED: Final = """
CREATE TEMP TABLE relisted AS
SELECT notice_a AS notice_id FROM merged
UNION
SELECT notice_a FROM mart.notice_pairs SEMI JOIN gone ON gone.notice_id = notice_b
UNION
SELECT notice_id FROM gone
"""
_REPLACE_LISTS: Final = """
DELETE FROM mart.notice_pairs WHERE notice_a IN (SELECT notice_id FROM relisted);
INSERT INTO mart.notice_pairs
SELECT * FROM (
    SELECT * FROM merged
    UNION ALL
    SELECT * FROM carried SEMI JOIN relisted ON relisted.notice_id = notice_a ANTI JOIN merged USING (notice_a)
) ORDER BY notice_a, notice_b
"""
_INSERT_ALL: Final = """
INSERT INTO mart.notice_pairs
SELECT * FROM (SELECT * FROM merged UNION ALL SELECT * FROM carried ANTI JOIN merged USING (notice_a))
ORDER BY notice_a, notice_b
"""


def fill_notice_pairs(connection: duckdb.DuckDBPyConnection, *, carry: UpdateMode) -> None:
    """Fill `mart.notice_pairs` from `mart.topic_weights`.

    The temporary table `kept` names the current notices whose pairs among each other stand in `old`, `gone` those that
    were current there and are not kept; every other notice is compared with all. Where the rows stay in place, the
    temporary table `relisted` gets the notices whose list may have changed.
    """
    weighed = _WeightMatrix(connection)
    kept = {name for (name,) in connection.execute("SELECT notice_id FROM kept").fetchall()}
    fresh = set(weighed.names) - kept
    asked, most = set(fresh), {"most": MAX_NOTICES}
    if carry is UpdateMode.NOTHING:
        connection.execute(_NOTHING_REUSED)
    else:
        connection.execute(_REUSED)
        asked.update(name for (name,) in connection.execute(_SHORTENED, most).fetchall())
    complete = weighed.lists(asked, MAX_NOTICES)
    bars = (
        dict(connection.execute(_MIN_SIMILARITIES, most).fetchall())
        if fresh and len(asked) < len(weighed.names)
        else {}
    )
    joining = weighed.joining(fresh, asked, bars)
    connection.register("complete", complete)
    connection.register("joining", joining)
    connection.execute(_MERGED, most)
    if carry is UpdateMode.IN_PLACE:
        connection.execute(_AFFECTED)
        connection.execute(_REPLACE_LISTS)
    else:
        connection.execute(_INSERT_ALL)
    for name in ("complete", "joining"):
        connection.unregister(name)
    connection.execute("DROP VIEW temp.carried; DROP TABLE temp.merged")


class _WeightMatrix:
    """The weights of all current notices: `names` sorted, one row of shares and of flags (has the theme) each."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        found: pl.DataFrame = connection.sql(_WEIGHTS).pl()
        self.names: list[str] = found["notice_id"].unique().sort().to_list()
        themes: list[str] = found["topic"].unique().sort().to_list()
        row = np.searchsorted(np.array(self.names, dtype=np.str_), found["notice_id"].to_numpy().astype(np.str_))
        column = np.searchsorted(np.array(themes, dtype=np.str_), found["topic"].to_numpy().astype(np.str_))
        self.shares: FloatArray = np.zeros((len(self.names), len(themes)))
        self.shares[row, column] = found["share"].fill_null(0).to_numpy()
        self.has: BoolArray = np.zeros(self.shares.shape, dtype=np.bool_)
        self.has[row, column] = True
        # Columns are asked one after another.
        self.columns: FloatArray = np.ascontiguousarray(self.shares.T)
        self.length: FloatArray = np.sqrt(self._products(self.shares, self.shares))

    @staticmethod
    def _products(left: FloatArray, right: FloatArray) -> FloatArray:
        total: FloatArray = np.zeros(len(left))
        for theme in range(left.shape[1]):
            total += left[:, theme] * right[:, theme]
        return total

    def cosines(self, rows: IntArray) -> FloatArray:
        """One row for each of `rows`, one column for each notice; -1 for itself."""
        total: FloatArray = np.zeros((len(rows), len(self.names)))
        part = np.empty_like(total)
        for theme, column in enumerate(self.columns):
            np.multiply(self.shares[rows, theme][:, None], column[None, :], out=part)
            total += part
        np.multiply(self.length[rows][:, None], self.length[None, :], out=part)
        found: FloatArray = np.divide(total, part, out=np.zeros_like(total), where=part > 0)
        np.clip(np.round(found, DIGITS), 0, 1, out=found)
        found[np.arange(len(rows)), rows] = -1
        return found

    def _blocks(self, asked: set[str]) -> Iterator[tuple[IntArray, FloatArray]]:
        rows = np.array([place for place, name in enumerate(self.names) if name in asked], dtype=np.int64)
        for begin in range(0, len(rows), BLOCK_ROWS):
            block = rows[begin : begin + BLOCK_ROWS]
            yield block, self.cosines(block)

    def lists(self, asked: set[str], most: int) -> pl.DataFrame:
        """The complete lists of the `asked` notices: the `most` likest others of each."""
        number = len(self.names)
        chosen = min(most, number - 1)
        parts = [self._frame(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
        for rows, found in self._blocks(asked) if chosen > 0 else ():
            # One whole number for cosine and place, so that no two are equal.
            rank = np.rint(found * 10**DIGITS).astype(np.int64) * number + np.arange(number - 1, -1, -1)
            others = np.argpartition(rank, number - chosen, axis=1)[:, number - chosen :]
            first = np.repeat(rows, chosen)
            parts.append(self._frame(first, others.ravel(), np.take_along_axis(found, others, axis=1).ravel()))
        return pl.concat(parts)

    def joining(self, fresh: set[str], asked: set[str], bars: dict[str, float]) -> pl.DataFrame:
        """The `fresh` notices as they would stand in the lists of those not `asked`; `bars` is what a place takes."""
        bar = np.array([2.0 if name in asked else bars.get(name, -1.0) for name in self.names])
        parts = [self._frame(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
        if len(asked) < len(self.names):
            for rows, found in self._blocks(fresh):
                near, other = np.nonzero(found >= np.maximum(bar, 0)[None, :])
                parts.append(self._frame(other, rows[near], found[near, other]))
        return pl.concat(parts)

    def _frame(self, first: IntArray, second: IntArray, cosine: FloatArray) -> pl.DataFrame:
        shared = (self.has[first] & self.has[second]).sum(axis=1)
        together = (self.has[first] | self.has[second]).sum(axis=1)
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
