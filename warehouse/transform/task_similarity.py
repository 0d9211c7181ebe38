"""Which task of another notice says the same: computed once per new notice.

Two requirements are compared by their bigrams (two characters side by side), as sets: similarity is the cosine
|A∩B| / √(|A|·|B|). It depends on the two texts alone, so what was computed for notices that did not change is carried
on. Pairs are sought within one theme, and among those only where a bigram is shared that fewer than `FREQUENT` texts
of the theme hold; the similarity itself counts every bigram. Equal texts are paired over themes too.
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
"""Counterparts kept of one task, each of another notice."""
MIN_COSINE: Final = 0.2
"""Cosine below which two requirements share commonplace words and nothing else."""
MAX_CANDIDATES: Final = 100
"""Tasks that are looked at beside one text, the likest first: many more than are kept."""
BATCH_QUERIES: Final = 3000
BATCH_TEXTS: Final = 50_000
"""Texts whose kin is sought in one go, and texts among which it is sought, where several themes have no more."""
MIN_CHARACTERS: Final = 4
MAX_CHARACTERS: Final = 2000
"""Characters (Han, Latin) of a requirement below which it says too little, and above which it is not read on."""

# Numbers stand for notices and tasks in the order of their ids: they sort and join at a fraction of the price.
_CURRENT_NOTICES: Final = """
CREATE TEMP TABLE live AS
SELECT notice_id, row_number() OVER (ORDER BY notice_id)::INTEGER AS notice,
       notice_id NOT IN (SELECT notice_id FROM kept) AS fresh
FROM core.notices WHERE is_current
"""

_REUSED: Final = """
CREATE TEMP VIEW carried AS
SELECT p.* FROM old.mart.task_pairs AS p
ANTI JOIN gone AS a ON a.notice_id = p.notice_a ANTI JOIN gone AS b ON b.notice_id = p.notice_b
"""
_NOTHING_REUSED: Final = "CREATE TEMP VIEW carried AS SELECT * FROM mart.task_pairs"

# A full list that lost a member may owe its place to one that was cut off: it is computed again.
_SHORTENED: Final = f"""
CREATE TEMP TABLE short AS
SELECT task_a AS task_id FROM old.mart.task_pairs AS p
JOIN (SELECT DISTINCT task_a FROM old.mart.task_pairs SEMI JOIN gone ON gone.notice_id = notice_b) USING (task_a)
ANTI JOIN gone ON gone.notice_id = p.notice_a
GROUP BY task_a HAVING count(*) >= {MAX_MATCHES}
"""
_NOTHING_SHORTENED: Final = "CREATE TEMP TABLE short (task_id VARCHAR)"

# What stands word for word in many notices is cleaned once.
_CLEANED_TEXTS: Final = f"""
SELECT topic, text, left(regexp_replace(text, '[^\\p{{Han}}A-Za-z]', '', 'g'), {MAX_CHARACTERS}) AS body
FROM (
    SELECT DISTINCT coalesce(t.topic, 'other') AS topic, coalesce(t.requirement, t.criteria, '') AS text
    FROM core.tasks AS t JOIN live USING (notice_id)
    WHERE coalesce(t.topic, 'other') IN (SELECT topic FROM themes)
)
"""
# Only themes are looked at in which kin of some task is sought.
_QUERY_TOPICS: Final = f"""
CREATE TEMP TABLE sought AS
SELECT DISTINCT coalesce(topic, 'other') AS topic, coalesce(requirement, criteria, '') AS text
FROM (
    FROM core.tasks SEMI JOIN (SELECT notice_id FROM live WHERE fresh) AS f USING (notice_id)
    UNION ALL
    FROM core.tasks SEMI JOIN short USING (task_id)
);
CREATE TEMP TABLE themes AS SELECT DISTINCT topic FROM sought;
CREATE TEMP TABLE lexicon AS {_CLEANED_TEXTS};
"""
# And those in which one of their texts stands word for word.
_OTHER_TOPICS: Final = f"""
CREATE TEMP TABLE elsewhere AS
SELECT DISTINCT coalesce(t.topic, 'other') AS topic FROM core.tasks AS t JOIN live USING (notice_id)
WHERE coalesce(t.requirement, t.criteria, '') IN (
    SELECT text FROM lexicon SEMI JOIN (SELECT topic, body FROM lexicon SEMI JOIN sought USING (topic, text)) AS a
        USING (topic, body))
    AND coalesce(t.topic, 'other') NOT IN (SELECT topic FROM themes);
CREATE OR REPLACE TEMP TABLE themes AS FROM elsewhere;
INSERT INTO lexicon {_CLEANED_TEXTS};
DROP TABLE elsewhere;
"""
_TEXTS: Final = f"""
CREATE TEMP TABLE worded AS
SELECT row_number() OVER (ORDER BY topic, body)::INTEGER AS text_id, topic, body
FROM (SELECT DISTINCT topic, body FROM lexicon WHERE length(body) >= {MIN_CHARACTERS});
CREATE TEMP TABLE written AS SELECT l.topic, l.text, w.text_id FROM lexicon AS l JOIN worded AS w USING (topic, body);
CREATE TEMP TABLE said AS
SELECT x.text_id, row_number() OVER (ORDER BY t.task_id)::INTEGER AS task, t.task_id, n.notice, n.notice_id,
       n.fresh OR t.task_id IN (SELECT task_id FROM short) AS asked, n.fresh, x.topic
FROM core.tasks AS t JOIN live AS n USING (notice_id)
JOIN written AS x ON x.topic = coalesce(t.topic, 'other') AND x.text = coalesce(t.requirement, t.criteria, '');
CREATE TEMP TABLE wording AS
SELECT w.*, s.sign, w.text_id IN (SELECT text_id FROM said WHERE asked) AS asked
FROM worded AS w
JOIN (SELECT topic, row_number() OVER (ORDER BY topic)::INTEGER AS sign FROM worded GROUP BY topic) AS s USING (topic);
CREATE TEMP TABLE alike AS
SELECT topic, text_id AS text_a, text_id AS text_b FROM wording WHERE asked
UNION
SELECT a.topic, a.text_id, b.text_id FROM written AS a JOIN written AS b ON b.text = a.text AND b.topic <> a.topic
WHERE a.text_id IN (SELECT text_id FROM wording WHERE asked) OR b.text_id IN (SELECT text_id FROM wording WHERE asked);
"""

_TOPIC_SIZES: Final = """
SELECT topic, count(*) FILTER (WHERE asked), count(*) FROM wording GROUP BY topic
HAVING bool_or(asked) OR topic IN (SELECT topic FROM alike) ORDER BY topic
"""
_TOPIC_TEXTS: Final = """
SELECT w.text_id, w.sign, w.body, w.asked, coalesce(b.least, 0) AS bar
FROM wording AS w LEFT JOIN bar AS b USING (text_id)
WHERE w.topic IN (SELECT unnest($topics)) ORDER BY w.text_id
"""

# Of a text that very many notices hold, the first of them stand for all: more could never be kept of one task.
_TEXT_TASKS: Final = f"""
WITH one_each AS (
    SELECT text_id, notice, fresh, min(task) AS task FROM said GROUP BY ALL
)
SELECT text_id, task, notice, fresh FROM one_each
QUALIFY row_number() OVER (PARTITION BY text_id ORDER BY notice) <= {MAX_MATCHES} + 1
     OR (fresh AND row_number() OVER (PARTITION BY text_id, fresh ORDER BY notice) <= {MAX_MATCHES} + 1)
ORDER BY text_id, notice
"""
# Ranked by text: all tasks of one wording share a list, but for their own notice.
_RANKED: Final = """
CREATE TEMP TABLE ranked (
    text_a INTEGER, task_b INTEGER, notice_b INTEGER, similarity DOUBLE, inside_a DOUBLE, inside_b DOUBLE, place BIGINT
)
"""

# What it takes to join the list of some task of a text: a full list is joined by nothing less like than its last.
_MIN_SIMILARITIES: Final = f"""
CREATE TEMP TABLE bar AS
SELECT s.text_id, min(coalesce(l.least, 0)) AS least
FROM said AS s LEFT JOIN (
    SELECT task_a AS task_id, CASE WHEN count(*) < {MAX_MATCHES} THEN 0 ELSE min(similarity) END AS least
    FROM carried GROUP BY task_a
) AS l USING (task_id)
WHERE NOT s.asked GROUP BY s.text_id
"""

# A task's own notice takes a place in the list of its wording; the places behind it move up by one.
_MATCHES: Final = f"""
SELECT a.task_id AS task_a, b.task_id AS task_b, a.notice_id AS notice_a, b.notice_id AS notice_b, a.topic,
       r.similarity, r.inside_a, r.inside_b{{more}}
FROM ranked AS r
JOIN said AS a ON a.text_id = r.text_a AND a.notice <> r.notice_b
JOIN said AS b ON b.task = r.task_b
LEFT JOIN ranked AS own ON own.text_a = r.text_a AND own.notice_b = a.notice
WHERE r.place - CASE WHEN own.place < r.place THEN 1 ELSE 0 END <= {MAX_MATCHES}
"""

# Lists of `old` that a fresh task may join, or that lost a member. Its millions of rows are looked through once.
_OLD_LISTS: Final = """
CREATE TEMP TABLE lost AS
SELECT DISTINCT task_a FROM old.mart.task_pairs SEMI JOIN gone ON gone.notice_id = notice_b
ANTI JOIN gone AS a ON a.notice_id = notice_a;
CREATE TEMP TABLE pairs_before AS
SELECT * FROM old.mart.task_pairs
SEMI JOIN (SELECT task_a FROM found WHERE NOT asked UNION SELECT task_a FROM lost) AS l USING (task_a);
"""
# Where a fresh task joins a list that is carried on, the two are ranked together; what stays as it was is left alone.
_NEW_LISTS: Final = f"""
CREATE TEMP TABLE pairs_after AS
WITH every AS (
    SELECT * EXCLUDE (asked), true AS fresh FROM found WHERE NOT asked
    UNION ALL
    SELECT *, false FROM pairs_before ANTI JOIN gone AS a ON a.notice_id = notice_a
    ANTI JOIN gone AS b ON b.notice_id = notice_b ANTI JOIN short ON short.task_id = task_a
),
best AS (
    SELECT * FROM every
    QUALIFY row_number() OVER (PARTITION BY task_a, notice_b ORDER BY similarity DESC, task_b) = 1
),
merged AS (
    SELECT * FROM best
    QUALIFY row_number() OVER (PARTITION BY task_a ORDER BY similarity DESC, notice_b) <= {MAX_MATCHES}
)
SELECT * EXCLUDE (fresh) FROM merged
QUALIFY bool_or(fresh) OVER (PARTITION BY task_a) OR task_a IN (SELECT task_a FROM lost)
UNION ALL
SELECT * EXCLUDE (asked) FROM found WHERE asked
"""
_AFFECTED: Final = """
CREATE TEMP TABLE relisted_tasks AS
SELECT task_a AS task_id FROM pairs_after
UNION
SELECT task_a FROM lost
UNION
SELECT task_id FROM old.core.tasks SEMI JOIN gone USING (notice_id)
"""
_REPLACE_LISTS: Final = """
DELETE FROM mart.task_pairs WHERE task_a IN (SELECT task_id FROM relisted_tasks);
INSERT INTO mart.task_pairs SELECT * FROM pairs_after ORDER BY notice_a, task_a, task_b
"""
_INSERT_ALL: Final = """
INSERT INTO mart.task_pairs
SELECT * FROM (
    SELECT * FROM pairs_after
    UNION ALL
    SELECT * FROM carried ANTI JOIN pairs_after USING (task_a) ANTI JOIN short ON short.task_id = task_a
) ORDER BY notice_a, task_a, task_b
"""
_INSERT_MATCHES: Final = f"INSERT INTO mart.task_pairs {_MATCHES.format(more='')} ORDER BY a.notice, a.task, r.task_b"

_TEMPORARY: Final = ("live", "short", "said", "wording", "alike", "ranked", "found", "lost")


class TaskSimilaritySearch:
    """The search for counterparts: begun with the first statement, carried on beside others, ended by `finish`.

    Counting goes on in a thread of its own, which touches no database; `take` stores what is ready by then.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, carry: UpdateMode) -> None:
        """Begin to search for those of every task of a current notice in the other current ones.

        The temporary table `kept` names the current notices whose pairs among each other stand in `old`, `gone` those
        that were current there and are not kept; every other notice is compared with all.
        """
        self._connection, self._carry = connection, carry
        carried = carry is not UpdateMode.NOTHING
        connection.execute(_CURRENT_NOTICES)
        connection.execute(_REUSED if carried else _NOTHING_REUSED)
        connection.execute(_SHORTENED if carried else _NOTHING_SHORTENED)
        connection.execute(_QUERY_TOPICS)
        if carried:
            connection.execute(_OTHER_TOPICS)
        connection.execute(_TEXTS)
        for name in ("sought", "themes", "lexicon", "worded", "written"):
            connection.execute(f"DROP TABLE temp.{name}")
        connection.execute(_MIN_SIMILARITIES)
        connection.execute(_RANKED)
        self._standing = TextTaskIndex.of(connection.sql(_TEXT_TASKS).pl())
        self._alike: pl.DataFrame = connection.sql("SELECT * FROM alike").pl()
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._batches = deque(
            self._thread.submit(self._ranked, topics, connection.sql(_TOPIC_TEXTS, params={"topics": topics}).pl())
            for topics in _batches(connection.execute(_TOPIC_SIZES).fetchall())
        )
        connection.execute("DROP TABLE temp.bar")

    def _ranked(self, topics: list[str], texts: pl.DataFrame) -> pl.DataFrame:
        texts = self._standing.held(texts)
        pairs = top_similar_texts(texts, least=MIN_COSINE, most=MAX_CANDIDATES, notices=MAX_MATCHES + 1)
        same = self._alike.filter(pl.col("topic").is_in(topics)).drop("topic")
        pairs = pl.concat([pairs, same.with_columns(pl.lit(1.0).alias(name) for name in pairs.columns[2:])])
        return self._standing.ranked(pairs, texts, MAX_MATCHES + 1)

    def take(self) -> None:
        """Store what was found since the last time."""
        while self._batches and self._batches[0].done():
            self._connection.register("places", self._batches.popleft().result())
            self._connection.execute("INSERT INTO ranked BY NAME SELECT * FROM places")
            self._connection.unregister("places")

    def close(self) -> None:
        """End the thread, whatever is left to do."""
        self._thread.shutdown(cancel_futures=True)

    def finish(self) -> None:
        """Fill `mart.task_pairs`.

        Where the rows stay in place, the temporary table `relisted_tasks` gets the tasks whose list may have changed,
        `pairs_after` the rows of those lists and `pairs_before` the rows that they had, with some of others.
        """
        while self._batches:
            wait(self._batches, return_when=FIRST_COMPLETED)
            self.take()
        connection, carry = self._connection, self._carry
        if carry is not UpdateMode.NOTHING:
            connection.execute(f"CREATE TEMP TABLE found AS {_MATCHES.format(more=', a.asked')}")
            connection.execute(_OLD_LISTS)
            connection.execute(_NEW_LISTS)
        if carry is UpdateMode.IN_PLACE:
            connection.execute(_AFFECTED)
            connection.execute(_REPLACE_LISTS)
        else:
            connection.execute(_INSERT_MATCHES if carry is UpdateMode.NOTHING else _INSERT_ALL)
            connection.execute("DROP TABLE IF EXISTS temp.pairs_before; DROP TABLE IF EXISTS temp.pairs_after")
        connection.execute("DROP VIEW temp.carried")
        for name in _TEMPORARY:
            connection.execute(f"DROP TABLE IF EXISTS temp.{name}")


def _batches(themes: Iterable[tuple[str, int, int]]) -> Iterator[list[str]]:
    """Themes in the order given, several together: each batch costs the same few statements.

    A theme comes with its texts whose kin is sought, and all its texts.
    """
    batch, sought, held = list[str](), 0, 0
    for topic, asked, texts in themes:
        if batch and (sought + asked > BATCH_QUERIES or held + texts > BATCH_TEXTS):
            yield batch
            batch, sought, held = [], 0, 0
        batch.append(topic)
        sought, held = sought + asked, held + texts
    if batch:
        yield batch
