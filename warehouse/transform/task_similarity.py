"""`mart.task_pairs`: the most similar tasks of other notices for each task.

Two requirements are compared by their sets of character bigrams: similarity is the cosine |A∩B| / √(|A|·|B|). It
depends on the two texts alone, so that the pairs of unchanged notices are reused from the previous file. Pairs are
searched within one topic (see `similarity`); equal texts are paired across topics too. The similarities are computed
in a background thread while independent marts are built.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Final

import duckdb
import polars as pl

from warehouse.transform.incremental import UpdateMode
from warehouse.transform.similarity import TextTaskIndex, top_similar_texts

TASK_PAIRS: Final = "mart.task_pairs"
MAX_MATCHES: Final = 12
"""Similar tasks stored for one task, at most one per notice."""
MIN_COSINE: Final = 0.2
"""Cosine below which two requirements share nothing but common words."""
MAX_CANDIDATES: Final = 100
"""Tasks that are looked at for one text, the most similar first; many more than are stored."""
BATCH_QUERIES: Final = 3000
BATCH_TEXTS: Final = 50_000
"""Query texts, and all texts, of the topics that are searched in one batch."""
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
_CLEANED_TEXTS: Final = f"""
SELECT topic, text, left(regexp_replace(text, '[^\\p{{Han}}A-Za-z]', '', 'g'), {MAX_CHARACTERS}) AS body
FROM (
    SELECT DISTINCT coalesce(t.topic, 'other') AS topic, coalesce(t.requirement, t.criteria, '') AS text
    FROM core.tasks AS t JOIN current_notices USING (notice_id)
    WHERE coalesce(t.topic, 'other') IN (SELECT topic FROM searched_topics)
)
"""
# Only topics with a query text are searched.
_QUERY_TOPICS: Final = f"""
CREATE TEMP TABLE query_texts AS
SELECT DISTINCT coalesce(topic, 'other') AS topic, coalesce(requirement, criteria, '') AS text
FROM (
    FROM core.tasks SEMI JOIN (SELECT notice_id FROM current_notices WHERE is_new) AS f USING (notice_id)
    UNION ALL
    FROM core.tasks SEMI JOIN incomplete_lists USING (task_id)
);
CREATE TEMP TABLE searched_topics AS SELECT DISTINCT topic FROM query_texts;
CREATE TEMP TABLE cleaned_texts AS {_CLEANED_TEXTS};
"""
# And topics that hold a query text word for word.
_OTHER_TOPICS: Final = f"""
CREATE TEMP TABLE other_topics AS
SELECT DISTINCT coalesce(t.topic, 'other') AS topic FROM core.tasks AS t JOIN current_notices USING (notice_id)
WHERE coalesce(t.requirement, t.criteria, '') IN (
    SELECT text FROM cleaned_texts
    SEMI JOIN (SELECT topic, body FROM cleaned_texts SEMI JOIN query_texts USING (topic, text)) AS a
        USING (topic, body))
    AND coalesce(t.topic, 'other') NOT IN (SELECT topic FROM searched_topics);
CREATE OR REPLACE TEMP TABLE searched_topics AS FROM other_topics;
INSERT INTO cleaned_texts {_CLEANED_TEXTS};
DROP TABLE other_topics;
"""
_TEXTS: Final = f"""
CREATE TEMP TABLE bodies AS
SELECT row_number() OVER (ORDER BY topic, body)::INTEGER AS text_id, topic, body
FROM (SELECT DISTINCT topic, body FROM cleaned_texts WHERE length(body) >= {MIN_CHARACTERS});
CREATE TEMP TABLE text_ids AS
SELECT l.topic, l.text, w.text_id FROM cleaned_texts AS l JOIN bodies AS w USING (topic, body);
CREATE TEMP TABLE task_texts AS
SELECT x.text_id, row_number() OVER (ORDER BY t.task_id)::INTEGER AS task, t.task_id, n.notice, n.notice_id,
       n.is_new OR t.task_id IN (SELECT task_id FROM incomplete_lists) AS is_query, n.is_new, x.topic
FROM core.tasks AS t JOIN current_notices AS n USING (notice_id)
JOIN text_ids AS x ON x.topic = coalesce(t.topic, 'other') AND x.text = coalesce(t.requirement, t.criteria, '');
CREATE TEMP TABLE texts AS
SELECT w.*, s.topic_id, w.text_id IN (SELECT text_id FROM task_texts WHERE is_query) AS is_query
FROM bodies AS w
JOIN (SELECT topic, row_number() OVER (ORDER BY topic)::INTEGER AS topic_id FROM bodies GROUP BY topic) AS s
    USING (topic);
CREATE TEMP TABLE equal_texts AS
SELECT topic, text_id AS text_a, text_id AS text_b FROM texts WHERE is_query
UNION
SELECT a.topic, a.text_id, b.text_id FROM text_ids AS a JOIN text_ids AS b ON b.text = a.text AND b.topic <> a.topic
WHERE a.text_id IN (SELECT text_id FROM texts WHERE is_query)
   OR b.text_id IN (SELECT text_id FROM texts WHERE is_query);
"""

_TOPIC_SIZES: Final = """
SELECT topic, count(*) FILTER (WHERE is_query), count(*) FROM texts GROUP BY topic
HAVING bool_or(is_query) OR topic IN (SELECT topic FROM equal_texts) ORDER BY topic
"""
_TOPIC_TEXTS: Final = """
SELECT w.text_id, w.topic_id, w.body, w.is_query, coalesce(b.min_similarity, 0) AS min_similarity
FROM texts AS w LEFT JOIN min_similarities AS b USING (text_id)
WHERE w.topic IN (SELECT unnest($topics)) ORDER BY w.text_id
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
    text_a INTEGER, task_b INTEGER, notice_b INTEGER, similarity DOUBLE, inside_a DOUBLE, inside_b DOUBLE, rank BIGINT
)
"""

# A match must be at least this similar to enter the list of some task of a text: a full list has a lowest entry.
_MIN_SIMILARITIES: Final = f"""
CREATE TEMP TABLE min_similarities AS
SELECT s.text_id, min(coalesce(l.min_similarity, 0)) AS min_similarity
FROM task_texts AS s LEFT JOIN (
    SELECT task_a AS task_id, CASE WHEN count(*) < {MAX_MATCHES} THEN 0 ELSE min(similarity) END AS min_similarity
    FROM reused_pairs GROUP BY task_a
) AS l USING (task_id)
WHERE NOT s.is_query GROUP BY s.text_id
"""

# A task's own notice takes a rank in the list of its text; the ranks behind it move up by one.
_MATCHES: Final = f"""
SELECT a.task_id AS task_a, b.task_id AS task_b, a.notice_id AS notice_a, b.notice_id AS notice_b, a.topic,
       r.similarity, r.inside_a, r.inside_b{{more}}
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
    QUALIFY row_number() OVER (PARTITION BY task_a, notice_b ORDER BY similarity DESC, task_b) = 1
),
merged AS (
    SELECT * FROM best
    QUALIFY row_number() OVER (PARTITION BY task_a ORDER BY similarity DESC, notice_b) <= {MAX_MATCHES}
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

    Similarities are computed in a thread that touches no database; `store_ready` stores what is ready so far.
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
        connection.execute(_QUERY_TOPICS)
        if is_reused:
            connection.execute(_OTHER_TOPICS)
        connection.execute(_TEXTS)
        for name in ("query_texts", "searched_topics", "cleaned_texts", "bodies", "text_ids"):
            connection.execute(f"DROP TABLE temp.{name}")
        connection.execute(_MIN_SIMILARITIES)
        connection.execute(_RANKED)
        self._index = TextTaskIndex.from_frame(connection.sql(_TEXT_TASKS).pl())
        self._equal_texts: pl.DataFrame = connection.sql("SELECT * FROM equal_texts").pl()
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._batches = deque(
            self._thread.submit(self._rank, topics, connection.sql(_TOPIC_TEXTS, params={"topics": topics}).pl())
            for topics in _batch_topics(connection.execute(_TOPIC_SIZES).fetchall())
        )
        connection.execute("DROP TABLE temp.min_similarities")

    def _rank(self, topics: list[str], texts: pl.DataFrame) -> pl.DataFrame:
        texts = self._index.with_task_counts(texts)
        pairs = top_similar_texts(texts, min_cosine=MIN_COSINE, max_tasks=MAX_CANDIDATES, max_notices=MAX_MATCHES + 1)
        equal = self._equal_texts.filter(pl.col("topic").is_in(topics)).drop("topic")
        pairs = pl.concat([pairs, equal.with_columns(pl.lit(1.0).alias(name) for name in pairs.columns[2:])])
        return self._index.rank_tasks(pairs, texts, MAX_MATCHES + 1)

    def store_ready(self) -> None:
        """Store the batches that were finished since the last call."""
        while self._batches and self._batches[0].done():
            self._connection.register("batch", self._batches.popleft().result())
            self._connection.execute("INSERT INTO ranked BY NAME SELECT * FROM batch")
            self._connection.unregister("batch")

    def close(self) -> None:
        """End the thread and cancel the batches that were not started."""
        self._thread.shutdown(cancel_futures=True)

    def finish(self) -> None:
        """Wait for all batches and fill `mart.task_pairs`.

        In mode INCREMENTAL the temporary table `affected_task_lists` gets the tasks whose list may have changed,
        `pairs_after` the rows of those lists, and `pairs_before` their previous rows together with some others.
        """
        while self._batches:
            wait(self._batches, return_when=FIRST_COMPLETED)
            self.store_ready()
        connection, mode = self._connection, self._mode
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


def _batch_topics(topics: Iterable[tuple[str, int, int]]) -> Iterator[list[str]]:
    """Group topics in the order given; each batch costs the same few statements.

    Args:
        topics: (topic, number of its query texts, number of all its texts).
    """
    batch, queries, texts = list[str](), 0, 0
    for topic, topic_queries, topic_texts in topics:
        if batch and (queries + topic_queries > BATCH_QUERIES or texts + topic_texts > BATCH_TEXTS):
            yield batch
            batch, queries, texts = [], 0, 0
        batch.append(topic)
        queries, texts = queries + topic_queries, texts + topic_texts
    if batch:
        yield batch
