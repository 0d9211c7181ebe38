"""`mart.task_pairs`: for each task the tasks of other notices that ask for the same, or may do so.

How sure a pair is depends on the two texts and topics alone, so that the pairs of unchanged notices are reused from the
previous file (see `similarity`). The search runs in a background thread while independent marts are built.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Final

import duckdb
import polars as pl

from warehouse.transform.incremental import UpdateMode
from warehouse.transform.match_between import EQUAL_TEXTS
from warehouse.transform.similarity import TextTaskIndex, top_related_texts
from warehouse.transform.task_subjects import COMPARED_TASKS
from warehouse.transform.task_words import NOT_LETTERS

TASK_PAIRS: Final = "mart.task_pairs"
MAX_MATCHES: Final = 12
"""Similar tasks stored for one task, at most one per notice."""
MAX_CANDIDATES: Final = 100
"""Tasks that are looked at for one text, the most sure first; many more than are stored."""
MIN_CHARACTERS: Final = 4
MAX_CHARACTERS: Final = 2000
"""Characters (Han, Latin) of a requirement below which it is not compared, and above which it is cut."""

# Dense integers instead of text ids: they sort and join faster.
_CURRENT_NOTICES: Final = """
CREATE TEMP TABLE current_notices AS
SELECT notice_id, row_number() OVER (ORDER BY notice_id)::INTEGER AS notice,
       notice_id NOT IN (SELECT notice_id FROM unchanged_notices) AS is_new
FROM core.notices WHERE is_current
"""

_REUSED: Final = """
CREATE TEMP VIEW reused_pairs AS
SELECT p.* FROM old.mart.task_pairs AS p
ANTI JOIN removed_notices AS a ON a.notice_id = p.notice_a ANTI JOIN removed_notices AS b ON b.notice_id = p.notice_b
"""
_NOTHING_REUSED: Final = "CREATE TEMP VIEW reused_pairs AS SELECT * FROM mart.task_pairs"

# A full list that lost a member may have room for a task that was cut off before: it is computed again.
_SHORTENED: Final = f"""
CREATE TEMP TABLE incomplete_lists AS
SELECT task_a AS task_id FROM old.mart.task_pairs AS p
JOIN (SELECT DISTINCT task_a FROM old.mart.task_pairs
      SEMI JOIN removed_notices ON removed_notices.notice_id = notice_b) USING (task_a)
ANTI JOIN removed_notices ON removed_notices.notice_id = p.notice_a
GROUP BY task_a HAVING count(*) >= {MAX_MATCHES}
"""
_NOTHING_SHORTENED: Final = "CREATE TEMP TABLE incomplete_lists (task_id VARCHAR)"

# Texts are deduplicated before they are cleaned: many notices repeat a text word for word.
_TEXTS: Final = f"""
CREATE TEMP TABLE cleaned_texts AS
SELECT *, left(regexp_replace(text, '{NOT_LETTERS}', '', 'g'), {MAX_CHARACTERS}) AS body
FROM (SELECT DISTINCT topic, heading, text FROM compared_tasks SEMI JOIN current_notices USING (notice_id));
CREATE TEMP TABLE bodies AS
SELECT row_number() OVER (ORDER BY topic, heading, body)::INTEGER AS text_id, *
FROM (SELECT DISTINCT topic, heading, body FROM cleaned_texts WHERE length(body) >= {MIN_CHARACTERS});
CREATE TEMP TABLE text_ids AS
SELECT l.topic, l.heading, l.text, w.text_id FROM cleaned_texts AS l JOIN bodies AS w USING (topic, heading, body);
CREATE TEMP TABLE task_texts AS
SELECT x.text_id, row_number() OVER (ORDER BY t.task_id)::INTEGER AS task, t.task_id, n.notice, n.notice_id,
       n.is_new OR t.task_id IN (SELECT task_id FROM incomplete_lists) AS is_query, n.is_new, topic
FROM compared_tasks AS t JOIN current_notices AS n USING (notice_id) JOIN text_ids AS x USING (topic, heading, text);
CREATE TEMP TABLE texts AS
SELECT *, text_id IN (SELECT text_id FROM task_texts WHERE is_query) AS is_query FROM bodies;
CREATE TEMP TABLE equal_texts AS
SELECT text_id AS text_a, text_id AS text_b FROM texts WHERE is_query
UNION
SELECT a.text_id, b.text_id FROM text_ids AS a JOIN text_ids AS b ON b.text = a.text AND b.text_id <> a.text_id
WHERE a.text_id IN (SELECT text_id FROM texts WHERE is_query)
   OR b.text_id IN (SELECT text_id FROM texts WHERE is_query);
"""
_COMPARED_TEXTS: Final = """
SELECT w.text_id, w.topic, w.heading, w.body, w.is_query, coalesce(b.min_confidence, 0) AS min_confidence
FROM texts AS w LEFT JOIN min_confidences AS b USING (text_id) ORDER BY w.text_id
"""

# Of a text that very many notices hold only the first are listed: more could never be stored for one task.
_TEXT_TASKS: Final = f"""
WITH one_each AS (
    SELECT text_id, notice, is_new, min(task) AS task FROM task_texts GROUP BY ALL
)
SELECT text_id, task, notice, is_new FROM one_each
QUALIFY row_number() OVER (PARTITION BY text_id ORDER BY notice) <= {MAX_MATCHES} + 1
     OR (is_new AND row_number() OVER (PARTITION BY text_id, is_new ORDER BY notice) <= {MAX_MATCHES} + 1)
ORDER BY text_id, notice
"""
# Ranked by text: all tasks with one text share a list, except for their own notices.
_RANKED: Final = """
CREATE TEMP TABLE ranked (
    text_a INTEGER, task_b INTEGER, notice_b INTEGER, similarity DOUBLE, inside_a DOUBLE, inside_b DOUBLE,
    confidence DOUBLE, relation VARCHAR, reason VARCHAR, rank BIGINT
)
"""

# A match must be at least this sure to enter the list of some task of a text: a full list has a lowest entry.
_MIN_CONFIDENCES: Final = f"""
CREATE TEMP TABLE min_confidences AS
SELECT s.text_id, min(coalesce(l.min_confidence, 0)) AS min_confidence
FROM task_texts AS s LEFT JOIN (
    SELECT task_a AS task_id, CASE WHEN count(*) < {MAX_MATCHES} THEN 0 ELSE min(confidence) END AS min_confidence
    FROM reused_pairs GROUP BY task_a
) AS l USING (task_id)
WHERE NOT s.is_query GROUP BY s.text_id
"""

# A task's own notice takes a rank in the list of its text; the ranks behind it move up by one.
_MATCHES: Final = f"""
SELECT a.task_id AS task_a, b.task_id AS task_b, a.notice_id AS notice_a, b.notice_id AS notice_b, a.topic,
       r.similarity, r.inside_a, r.inside_b, r.confidence, r.relation, r.reason{{more}}
FROM ranked AS r
JOIN task_texts AS a ON a.text_id = r.text_a AND a.notice <> r.notice_b
JOIN task_texts AS b ON b.task = r.task_b
LEFT JOIN ranked AS own ON own.text_a = r.text_a AND own.notice_b = a.notice
WHERE r.rank - CASE WHEN own.rank < r.rank THEN 1 ELSE 0 END <= {MAX_MATCHES}
"""

# Lists of `old` that a new task may enter, or that lost a member; its millions of rows are scanned once.
_OLD_LISTS: Final = """
CREATE TEMP TABLE shortened_lists AS
SELECT DISTINCT task_a FROM old.mart.task_pairs SEMI JOIN removed_notices ON removed_notices.notice_id = notice_b
ANTI JOIN removed_notices AS a ON a.notice_id = notice_a;
CREATE TEMP TABLE pairs_before AS
SELECT * FROM old.mart.task_pairs
SEMI JOIN (
    SELECT task_a FROM matches WHERE NOT is_query UNION SELECT task_a FROM shortened_lists
) AS l USING (task_a);
"""
# Where a new task enters a reused list, the two are ranked together; lists that stay the same are left out.
_NEW_LISTS: Final = f"""
CREATE TEMP TABLE pairs_after AS
WITH every AS (
    SELECT * EXCLUDE (is_query), true AS is_new FROM matches WHERE NOT is_query
    UNION ALL
    SELECT *, false FROM pairs_before ANTI JOIN removed_notices AS a ON a.notice_id = notice_a
    ANTI JOIN removed_notices AS b ON b.notice_id = notice_b
    ANTI JOIN incomplete_lists ON incomplete_lists.task_id = task_a
),
best AS (
    SELECT * FROM every
    QUALIFY row_number() OVER (PARTITION BY task_a, notice_b ORDER BY confidence DESC, task_b) = 1
),
merged AS (
    SELECT * FROM best
    QUALIFY row_number() OVER (PARTITION BY task_a ORDER BY confidence DESC, notice_b) <= {MAX_MATCHES}
)
SELECT * EXCLUDE (is_new) FROM merged
QUALIFY bool_or(is_new) OVER (PARTITION BY task_a) OR task_a IN (SELECT task_a FROM shortened_lists)
UNION ALL
SELECT * EXCLUDE (is_query) FROM matches WHERE is_query
"""
_AFFECTED: Final = """
CREATE TEMP TABLE affected_task_lists AS
SELECT task_a AS task_id FROM pairs_after
UNION
SELECT task_a FROM shortened_lists
UNION
SELECT task_id FROM old.core.tasks SEMI JOIN removed_notices USING (notice_id)
"""
_REPLACE_LISTS: Final = """
DELETE FROM mart.task_pairs WHERE task_a IN (SELECT task_id FROM affected_task_lists);
INSERT INTO mart.task_pairs SELECT * FROM pairs_after ORDER BY notice_a, task_a, task_b
"""
_INSERT_ALL: Final = """
INSERT INTO mart.task_pairs
SELECT * FROM (
    SELECT * FROM pairs_after
    UNION ALL
    SELECT * FROM reused_pairs ANTI JOIN pairs_after USING (task_a)
    ANTI JOIN incomplete_lists ON incomplete_lists.task_id = task_a
) ORDER BY notice_a, task_a, task_b
"""
_INSERT_MATCHES: Final = f"INSERT INTO mart.task_pairs {_MATCHES.format(more='')} ORDER BY a.notice, a.task, r.task_b"

_TEMPORARY: Final = (
    *("current_notices", "incomplete_lists", "task_texts", "texts", "equal_texts", "ranked", "matches"),
    "shortened_lists",
)


class TaskSimilaritySearch:
    """The search for similar tasks: starts when created, runs beside other statements, ends with `finish`.

    The texts are compared in a thread that touches no database.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, mode: UpdateMode) -> None:
        """Start the search for every task of a current notice.

        The temporary table `unchanged_notices` holds the current notices whose pairs among each other are in `old`,
        `removed_notices` those that were current in `old` and are not among them. Every other notice is compared with
        all.
        """
        self._connection, self._mode = connection, mode
        is_reused = mode is not UpdateMode.REBUILD
        connection.execute(_CURRENT_NOTICES)
        connection.execute(_REUSED if is_reused else _NOTHING_REUSED)
        connection.execute(_SHORTENED if is_reused else _NOTHING_SHORTENED)
        connection.execute(COMPARED_TASKS)
        connection.execute(_TEXTS)
        for name in ("cleaned_texts", "bodies", "text_ids"):
            connection.execute(f"DROP TABLE temp.{name}")
        connection.execute("DROP VIEW temp.compared_tasks")
        connection.execute(_MIN_CONFIDENCES)
        connection.execute(_RANKED)
        index = TextTaskIndex.from_frame(connection.sql(_TEXT_TASKS).pl())
        equal = connection.sql("SELECT * FROM equal_texts ORDER BY ALL").pl()
        texts = connection.sql(_COMPARED_TEXTS).pl()
        connection.execute("DROP TABLE temp.min_confidences")
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._ranked = self._thread.submit(rank_texts, index, texts, equal)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)

    def finish(self) -> None:
        """Wait for the search and fill `mart.task_pairs`.

        In mode INCREMENTAL the temporary table `affected_task_lists` gets the tasks whose list may have changed,
        `pairs_after` the rows of those lists, and `pairs_before` their previous rows together with some others.
        """
        connection, mode = self._connection, self._mode
        connection.register("found", self._ranked.result())
        connection.execute("INSERT INTO ranked BY NAME SELECT * EXCLUDE (text_b) FROM found")
        connection.unregister("found")
        if mode is not UpdateMode.REBUILD:
            connection.execute(f"CREATE TEMP TABLE matches AS {_MATCHES.format(more=', a.is_query')}")
            connection.execute(_OLD_LISTS)
            connection.execute(_NEW_LISTS)
        if mode is UpdateMode.INCREMENTAL:
            connection.execute(_AFFECTED)
            connection.execute(_REPLACE_LISTS)
        else:
            connection.execute(_INSERT_MATCHES if mode is UpdateMode.REBUILD else _INSERT_ALL)
            connection.execute("DROP TABLE IF EXISTS temp.pairs_before; DROP TABLE IF EXISTS temp.pairs_after")
        connection.execute("DROP VIEW temp.reused_pairs")
        for name in _TEMPORARY:
            connection.execute(f"DROP TABLE IF EXISTS temp.{name}")


def rank_texts(index: TextTaskIndex, texts: pl.DataFrame, equal: pl.DataFrame) -> pl.DataFrame:
    """Return the ranked tasks of each text, those with the very same text among them."""
    texts = index.with_task_counts(texts)
    pairs = top_related_texts(texts, max_tasks=MAX_CANDIDATES, max_notices=MAX_MATCHES + 1)
    return index.rank_tasks(pl.concat([pairs, equal.with_columns(**EQUAL_TEXTS)]), texts, MAX_MATCHES + 1)
