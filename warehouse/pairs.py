"""Which task of another notice says the same, and which notices weigh themes alike: computed once per new notice.

Two requirements are compared by their bigrams (two characters side by side), as sets: similarity is the cosine
|A∩B| / √(|A|·|B|). It depends on the two texts alone, so what was computed for notices that did not change is carried
on. Pairs are sought within one theme, and among those only where a bigram is shared that fewer than `FREQUENT` texts
of the theme hold; the similarity itself counts every bigram. Equal texts are paired over themes too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import duckdb

KEPT_TASKS: Final = 12
"""Counterparts kept of one task, each of another notice."""
KEPT_NOTICES: Final = 50
"""Notices kept beside one notice."""
LEAST: Final = 0.2
"""Cosine below which two requirements share commonplace words and nothing else."""
FREQUENT: Final = 300
"""Texts of one theme that hold a bigram from which on it is no sign of kinship; below that nothing is left out."""
LOOKED_AT: Final = 100
"""Tasks that are looked at beside one text, the likest first: many more than are kept."""
AT_ONCE: Final = 3000
"""Texts that are compared in one go, where several themes together have no more."""
SHORTEST: Final = 4
LONGEST: Final = 2000
"""Characters (Han, Latin) of a requirement below which it says too little, and above which it is not read on."""

_TEXTS: Final = f"""
CREATE TEMP TABLE duty AS
SELECT t.task_id, t.notice_id, coalesce(t.topic, 'other') AS topic,
       left(regexp_replace(coalesce(t.requirement, t.criteria, ''), '[^\\p{{Han}}A-Za-z]', '', 'g'), {LONGEST}) AS body
FROM core.tasks AS t JOIN core.notices AS n USING (notice_id)
WHERE n.is_current;
DELETE FROM duty WHERE length(body) < {SHORTEST};
"""

_CARRIED: Final = """
CREATE TEMP TABLE carried AS
SELECT p.* FROM old.mart.task_pairs AS p
WHERE p.notice_a IN (SELECT notice_id FROM kept) AND p.notice_b IN (SELECT notice_id FROM kept)
  AND p.task_a IN (SELECT task_id FROM duty) AND p.task_b IN (SELECT task_id FROM duty)
"""
_NOTHING_CARRIED: Final = "CREATE TEMP TABLE carried AS SELECT * FROM mart.task_pairs"

# A full list that lost a member may owe its place to one that was cut off: it is computed again.
_ASKED: Final = """
CREATE TEMP TABLE asked AS
SELECT task_id, notice_id NOT IN (SELECT notice_id FROM kept) AS fresh FROM duty
WHERE notice_id NOT IN (SELECT notice_id FROM kept) OR task_id IN ({short})
"""
_SHORTENED: Final = f"""
SELECT o.task_a FROM old.mart.task_pairs AS o
LEFT JOIN carried AS c ON c.task_a = o.task_a AND c.task_b = o.task_b
GROUP BY o.task_a HAVING count(*) >= {KEPT_TASKS} AND count(c.task_a) < count(*)
"""

_WORDS: Final = """
CREATE TEMP TABLE wording AS
SELECT row_number() OVER (ORDER BY topic, body) AS text_id, topic, body, bool_or(a.task_id IS NOT NULL) AS asked,
       chr((57343 + dense_rank() OVER (ORDER BY topic))::INTEGER) AS sign
FROM duty AS d LEFT JOIN asked AS a USING (task_id)
GROUP BY topic, body;
CREATE TEMP TABLE said AS
SELECT w.text_id, d.task_id, d.notice_id, a.task_id IS NOT NULL AS asked, coalesce(a.fresh, false) AS fresh
FROM duty AS d JOIN wording AS w USING (topic, body) LEFT JOIN asked AS a USING (task_id);
"""

_THEMES: Final = """
SELECT topic, count(*) FROM wording GROUP BY topic
HAVING bool_or(body IN (SELECT body FROM wording WHERE asked)) ORDER BY topic
"""

# A bigram bears the sign of its theme: texts of several small themes are compared at once, and never with each other.
_GRAMS: Final = """
CREATE OR REPLACE TEMP TABLE gram AS
WITH cut AS (
    SELECT text_id, asked,
           unnest(list_distinct(list_transform(range(1, length(body)), lambda i: sign || substr(body, i, 2)))) AS gram
    FROM wording WHERE topic IN (SELECT unnest($topics))
)
SELECT text_id, asked, gram, count(*) OVER (PARTITION BY gram) AS texts, count(*) OVER (PARTITION BY text_id) AS grams
FROM cut
"""

# Bigrams that many texts hold are counted by a bit each, which costs no join.
_COMMON: Final = f"""
CREATE OR REPLACE TEMP TABLE common AS
SELECT gram, row_number() OVER (ORDER BY gram) AS place FROM gram WHERE texts > {FREQUENT} GROUP BY gram
"""
_MASKS: Final = """
CREATE OR REPLACE TEMP TABLE mask AS
SELECT g.text_id, any_value(g.asked) AS asked, any_value(g.grams) AS grams,
       bitstring_agg(coalesce(c.place, 0)::BIGINT, 0::BIGINT, {bits}::BIGINT) AS bits
FROM gram AS g LEFT JOIN common AS c USING (gram)
GROUP BY g.text_id
"""

# Of a text that very many notices hold, the first of them stand for all: more could never be kept of one task.
_STANDING: Final = f"""
CREATE TEMP TABLE standing AS
WITH one_each AS (
    SELECT * FROM said QUALIFY row_number() OVER (PARTITION BY text_id, notice_id ORDER BY task_id) = 1
)
SELECT text_id, task_id, notice_id, fresh FROM one_each
QUALIFY row_number() OVER (PARTITION BY text_id ORDER BY notice_id) <= {KEPT_TASKS} + 1
     OR (fresh AND row_number() OVER (PARTITION BY text_id, fresh ORDER BY notice_id) <= {KEPT_TASKS} + 1);
CREATE TEMP TABLE held AS SELECT text_id, count(*) AS tasks FROM standing GROUP BY text_id;
CREATE TEMP TABLE alike AS
SELECT a.topic, a.text_id AS text_a, b.text_id AS text_b FROM wording AS a JOIN wording AS b ON b.body = a.body
WHERE a.asked OR b.asked;
CREATE TEMP TABLE ranked (
    text_a BIGINT, task_b VARCHAR, notice_b VARCHAR, similarity DOUBLE, inside_a DOUBLE, inside_b DOUBLE,
    place BIGINT
);
"""

_PAIRED: Final = f"""
CREATE OR REPLACE TEMP TABLE paired AS
WITH rare AS (SELECT text_id, asked, gram FROM gram WHERE texts <= {FREQUENT}),
shared AS (
    SELECT a.text_id AS text_a, b.text_id AS text_b, count(*) AS grams
    FROM rare AS a JOIN rare AS b ON b.gram = a.gram AND b.text_id <> a.text_id
    WHERE a.asked AND (NOT b.asked OR a.text_id < b.text_id)
    GROUP BY ALL
),
counted AS (
    SELECT s.text_a, s.text_b, a.grams AS grams_a, b.grams AS grams_b,
           s.grams + bit_count(set_bit(a.bits & b.bits, 0, 0)) AS grams
    FROM shared AS s JOIN mask AS a ON a.text_id = s.text_a JOIN mask AS b ON b.text_id = s.text_b
)
SELECT text_a, text_b, round(grams / sqrt(grams_a * grams_b), 6) AS similarity,
       grams / grams_a AS inside_a, grams / grams_b AS inside_b
FROM counted WHERE grams / sqrt(grams_a * grams_b) >= {LEAST}
"""

# Ranked by text: all tasks of one wording share a list, but for their own notice.
_RANKED: Final = f"""
INSERT INTO ranked
WITH both_ways AS (
    SELECT * FROM paired
    UNION ALL
    SELECT text_b, text_a, similarity, inside_b, inside_a FROM paired
    UNION ALL
    SELECT text_a, text_b, 1, 1, 1 FROM alike WHERE topic IN (SELECT unnest($topics))
),
near AS (
    SELECT p.*, a.asked
    FROM both_ways AS p JOIN wording AS a ON a.text_id = p.text_a JOIN held AS h ON h.text_id = p.text_b
    QUALIFY coalesce(sum(h.tasks) OVER (
        PARTITION BY p.text_a ORDER BY p.similarity DESC, p.text_b ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0) < {LOOKED_AT}
),
best AS (
    SELECT p.text_a, b.task_id AS task_b, b.notice_id AS notice_b, p.similarity, p.inside_a, p.inside_b
    FROM near AS p JOIN standing AS b ON b.text_id = p.text_b
    WHERE p.asked OR b.fresh
    QUALIFY row_number() OVER (PARTITION BY p.text_a, b.notice_id ORDER BY p.similarity DESC, b.task_id) = 1
)
SELECT *, row_number() OVER (PARTITION BY text_a ORDER BY similarity DESC, notice_b) AS place FROM best
QUALIFY place <= {KEPT_TASKS} + 1
"""
# A task's own notice takes a place in the list of its wording; the places behind it move up by one.
_FOUND: Final = f"""
CREATE TEMP TABLE found AS
SELECT a.task_id AS task_a, r.task_b, a.notice_id AS notice_a, r.notice_b, r.similarity, r.inside_a, r.inside_b, a.asked
FROM ranked AS r
JOIN said AS a ON a.text_id = r.text_a AND a.notice_id <> r.notice_b
LEFT JOIN ranked AS own ON own.text_a = r.text_a AND own.notice_b = a.notice_id
WHERE r.place - CASE WHEN own.place < r.place THEN 1 ELSE 0 END <= {KEPT_TASKS}
"""

# What was asked stands complete; where a fresh task joins a list that is carried on, the two are ranked together.
_KEPT: Final = f"""
INSERT INTO mart.task_pairs
WITH joined AS (SELECT DISTINCT task_a FROM found WHERE NOT asked),
every AS (
    SELECT * FROM carried WHERE task_a IN (SELECT task_a FROM joined)
    UNION ALL
    SELECT * EXCLUDE (asked) FROM found WHERE NOT asked
),
best AS (
    SELECT * FROM every
    QUALIFY row_number() OVER (PARTITION BY task_a, notice_b ORDER BY similarity DESC, task_b) = 1
),
merged AS (
    SELECT * FROM best
    QUALIFY row_number() OVER (PARTITION BY task_a ORDER BY similarity DESC, notice_b) <= {KEPT_TASKS}
)
SELECT * FROM merged
UNION ALL
SELECT * EXCLUDE (asked) FROM found WHERE asked
UNION ALL
SELECT * FROM carried
WHERE task_a NOT IN (SELECT task_id FROM asked) AND task_a NOT IN (SELECT task_a FROM joined)
ORDER BY notice_a, task_a, task_b
"""

_TEMPORARY: Final = (
    *("duty", "carried", "asked", "wording", "said", "standing", "held", "alike"),
    *("gram", "common", "mask", "paired", "ranked", "found"),
)


def fill_tasks(connection: duckdb.DuckDBPyConnection, *, carried: bool) -> None:
    """Fill `mart.task_pairs`: the best counterparts of every task of a current notice in the other current ones.

    The temporary table `kept` names the notices whose pairs among each other stand in `old`; `carried` tells that
    there is such an old file. Every other notice is compared with all.
    """
    connection.execute(_TEXTS)
    connection.execute(_CARRIED if carried else _NOTHING_CARRIED)
    connection.execute(_ASKED.format(short=_SHORTENED if carried else "NULL"))
    connection.execute(_WORDS)
    connection.execute(_STANDING)
    for topics in _batches(connection.execute(_THEMES).fetchall()):
        connection.execute(_GRAMS, {"topics": topics})
        connection.execute(_COMMON)
        (bits,) = connection.execute("SELECT count(*) FROM common").fetchone() or (0,)
        connection.execute(_MASKS.format(bits=bits))
        connection.execute(_PAIRED)
        connection.execute(_RANKED, {"topics": topics})
    connection.execute(_FOUND)
    connection.execute(_KEPT)
    for name in _TEMPORARY:
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")


def _batches(themes: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    """Themes in the order given, as many together as have `AT_ONCE` texts: each batch costs the same few statements."""
    batch, held = list[str](), 0
    for topic, texts in themes:
        if batch and held + texts > AT_ONCE:
            yield batch
            batch, held = [], 0
        batch.append(topic)
        held += texts
    if batch:
        yield batch


_SHARES: Final = """
CREATE TEMP TABLE shares AS
WITH live AS (
    SELECT w.notice_id, w.topic, coalesce(w.share, w.task_share) AS share
    FROM mart.topic_weights AS w JOIN mart.notice_labels AS n USING (notice_id)
    WHERE n.is_current
),
grid AS (SELECT notice_id, topic FROM (SELECT DISTINCT notice_id FROM live), (SELECT DISTINCT topic FROM live))
SELECT g.notice_id, list(coalesce(l.share, 0)::DOUBLE ORDER BY g.topic) AS weights,
       list(g.topic) FILTER (WHERE l.topic IS NOT NULL) AS topics
FROM grid AS g LEFT JOIN live AS l USING (notice_id, topic)
GROUP BY g.notice_id
"""
_VECTORS: Final = """
CREATE TEMP TABLE vector AS
SELECT row_number() OVER (ORDER BY notice_id) AS place, notice_id, weights::DOUBLE[{themes}] AS weights, topics
FROM shares
"""
_NOTICES_CARRIED: Final = """
CREATE TEMP TABLE carried AS
SELECT p.* FROM old.mart.notice_pairs AS p
JOIN vector AS a ON a.notice_id = p.notice_a JOIN vector AS b ON b.notice_id = p.notice_b
WHERE p.notice_a IN (SELECT notice_id FROM kept) AND p.notice_b IN (SELECT notice_id FROM kept)
"""
_NO_NOTICES_CARRIED: Final = "CREATE TEMP TABLE carried AS SELECT * FROM mart.notice_pairs"
_NOTICES_SHORTENED: Final = f"""
SELECT o.notice_a FROM old.mart.notice_pairs AS o
LEFT JOIN carried AS c ON c.notice_a = o.notice_a AND c.notice_b = o.notice_b
GROUP BY o.notice_a HAVING count(*) >= {KEPT_NOTICES} AND count(c.notice_a) < count(*)
"""
# The largest of pairs (cosine, place) are kept while the pairs stream by: twenty thousand notices have 400 million.
_NOTICES_KEPT: Final = f"""
INSERT INTO mart.notice_pairs
WITH fresh AS (SELECT * FROM vector WHERE notice_id NOT IN (SELECT notice_id FROM kept)),
asked AS (SELECT * FROM vector WHERE notice_id IN (SELECT notice_id FROM fresh) OR notice_id IN ({{short}})),
complete AS (
    SELECT place_a, unnest(nearest, recursive := true) FROM (
        SELECT a.place AS place_a, max({{{{
            'weight_cosine': round(array_cosine_similarity(a.weights, b.weights), 9), 'before': -b.place
        }}}}, {KEPT_NOTICES}) AS nearest
        FROM asked AS a JOIN vector AS b ON b.place <> a.place
        GROUP BY a.place
    )
),
joined AS (
    SELECT b.notice_id AS notice_a, a.notice_id AS notice_b,
           round(array_cosine_similarity(a.weights, b.weights), 9) AS weight_cosine
    FROM fresh AS a JOIN vector AS b ON b.notice_id NOT IN (SELECT notice_id FROM asked)
    UNION ALL
    SELECT notice_a, notice_b, weight_cosine FROM carried WHERE notice_a NOT IN (SELECT notice_id FROM asked)
),
near AS (
    SELECT a.notice_id AS notice_a, b.notice_id AS notice_b, c.weight_cosine
    FROM complete AS c JOIN vector AS a ON a.place = c.place_a JOIN vector AS b ON b.place = -c.before
    UNION ALL
    SELECT * FROM joined
    QUALIFY row_number() OVER (PARTITION BY notice_a ORDER BY weight_cosine DESC, notice_b) <= {KEPT_NOTICES}
)
SELECT n.notice_a, n.notice_b, greatest(least(n.weight_cosine, 1), 0),
       len(list_intersect(a.topics, b.topics)) / len(list_distinct(list_concat(a.topics, b.topics)))
FROM near AS n JOIN vector AS a ON a.notice_id = n.notice_a JOIN vector AS b ON b.notice_id = n.notice_b
ORDER BY n.notice_a, n.notice_b
"""


def fill_notices(connection: duckdb.DuckDBPyConnection, *, carried: bool) -> None:
    """Fill `mart.notice_pairs` from `mart.topic_weights`; `kept` and `carried` as in `fill_tasks`."""
    connection.execute(_SHARES)
    (themes,) = connection.execute("SELECT max(len(weights)) FROM shares").fetchone() or (None,)
    if themes is not None:
        connection.execute(_VECTORS.format(themes=themes))
        connection.execute(_NOTICES_CARRIED if carried else _NO_NOTICES_CARRIED)
        connection.execute(_NOTICES_KEPT.format(short=_NOTICES_SHORTENED if carried else "NULL"))
    for name in ("shares", "vector", "carried"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")
