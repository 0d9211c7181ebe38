"""`mart.unit_tasks`, `mart.unit_materials`: what binds one unit over all notices, each requirement once.

A unit is one across notices: a department of the same issuer, or a unit with the same name in the same place. Of its
tasks those with the same text (`same_requirement`) form one requirement, and one that another holds whole is attached
to that; so do those of which people say so (`ops.counterpart_reviews`). Tasks that are only taken to be the same
(`mart.topic_crosswalk`) stay apart. Both are computed anew with every publication: they rest on all notices.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import duckdb
import polars as pl

import schemas
from schemas.ddl import literal
from warehouse.transform.burden_rules import list_rules
from warehouse.transform.same_requirement import Requirement, compare_requirements
from warehouse.transform.task_subjects import COMPARED_TASKS

UNIT_TASKS: Final = "mart.unit_tasks"
UNIT_MATERIALS: Final = "mart.unit_materials"
BOUNDS: Final = (">=", ">", "<=", "<")
"""Operators of numbers of which the strictest serves all."""
MIN_SPECIFIC: Final = 6
"""Characters of a material's wording, without general words, that make it one for any task: 创建工作领导小组文件."""
PICTURES: Final = frozenset({"photo", "screenshot"})
"""Kinds of material of which one serves the same requirement whatever it is called."""

# A collective binds the units that its notice names; 局属各单位 no department, 各科室 no unit of its own.
_BOUND: Final = r"""
CREATE TEMP TABLE bound AS
WITH named AS (
    SELECT t.notice_id, p.task_id, p.party, min(p.role) AS role, bool_or(p.collective) AS collective,
           coalesce(max(u.kind), '') AS kind
    FROM core.task_parties AS p
    JOIN core.tasks AS t USING (task_id)
    JOIN core.notices AS n USING (notice_id)
    LEFT JOIN core.parties AS u USING (party_id)
    WHERE n.is_current AND n.kind <> 'other'
    GROUP BY ALL
),
members AS (SELECT DISTINCT notice_id, party, kind FROM named WHERE NOT collective),
spread AS (
    SELECT c.notice_id, c.task_id, m.party, c.role, true AS is_collective, m.kind, c.party AS reported_by
    FROM named AS c JOIN members AS m USING (notice_id)
    WHERE c.collective AND NOT regexp_matches(c.party, '[县区镇乡村]|街道|社区')
      AND NOT (m.kind = 'department' AND regexp_matches(c.party, '[局委下直所院校]属'))
      AND NOT (m.kind = 'unit' AND regexp_matches(c.party, '[科股处]室') AND NOT contains(c.party, '单位'))
),
bound_tasks AS (
    SELECT notice_id, task_id, party, role, false AS is_collective, kind, party AS reported_by
    FROM named WHERE NOT collective
    UNION ALL
    SELECT * FROM spread ANTI JOIN named USING (task_id, party)
),
places AS (SELECT DISTINCT unnest([county, city, province]) AS place FROM core.notices),
placed AS (
    SELECT DISTINCT party FROM members
    JOIN places ON starts_with(party, place) AND length(party) > length(place) + 1
),
-- A notice that names mostly departments is one of an office for itself: its 图书馆 is not that of the place.
outward AS (
    SELECT notice_id FROM members GROUP BY notice_id
    HAVING count(*) FILTER (kind = 'unit') >= count(*) FILTER (kind IN ('department', 'group'))
),
identified AS (
    SELECT b.*, n.issuer, coalesce(n.county, n.city, n.province) AS place,
           bool_or(b.kind = 'unit' AND (b.notice_id IN (SELECT notice_id FROM outward)
                                        OR regexp_matches(b.party, '^[市县区州省]')))
               OVER (PARTITION BY coalesce(n.issuer, n.notice_id), b.party) AS is_unit,
           coalesce(n.issuer, n.notice_id) AS owner, s.party IS NOT NULL AS is_placed
    FROM bound_tasks AS b JOIN core.notices AS n USING (notice_id) LEFT JOIN placed AS s ON s.party = b.party
)
SELECT 'u' || left(md5(CASE WHEN NOT is_unit THEN concat('1|', owner, '|', party)
                            WHEN is_placed THEN concat('2|', party)
                            ELSE concat('2|', coalesce(place, owner), party) END), 12) AS unit_id,
       party, CASE WHEN is_unit THEN place ELSE issuer END AS place, notice_id, task_id, role, is_collective,
       reported_by
FROM identified
QUALIFY row_number() OVER (PARTITION BY unit_id, task_id ORDER BY is_collective, role, party) = 1
"""

_TEXTS: Final = f"""
CREATE TEMP TABLE bound_texts AS
WITH texts AS (
    SELECT c.task_id, c.text, c.heading, coalesce(h.bounds, []) AS bounds
    FROM compared_tasks AS c LEFT JOIN (
        SELECT task_id, list_sort(list(DISTINCT raw)) AS bounds FROM core.task_thresholds
        WHERE operator IN ({", ".join(map(literal, BOUNDS))}) GROUP BY task_id
    ) AS h USING (task_id)
    WHERE c.task_id IN (SELECT task_id FROM bound)
)
SELECT task_id, dense_rank() OVER (ORDER BY text, heading, bounds) - 1 AS text_id, text, heading, bounds FROM texts
"""
# What one notice asks for twice is two tasks, however equal its words: of two months, or of two indicators.
_PAIRS: Final = """
WITH alike AS (
    SELECT b.unit_id, b.task_id, b.notice_id, s.same
    FROM bound AS b JOIN bound_texts AS x USING (task_id) JOIN same_texts AS s USING (text_id)
),
firsts AS (
    SELECT unit_id, same, list_sort(list(task_id)) AS ids, arg_min(notice_id, task_id) AS notice_id
    FROM alike GROUP BY ALL
),
decided AS (
    SELECT a.task_id AS task_a, b.task_id AS task_b, r.relation
    FROM ops.counterpart_reviews AS r
    JOIN core.files AS f ON f.source_path = r.file_a JOIN core.notices AS m ON m.file_id = f.file_id
    JOIN core.tasks AS a ON a.notice_id = m.notice_id AND a.locator = r.locator_a
    JOIN core.files AS g ON g.source_path = r.file_b JOIN core.notices AS n ON n.file_id = g.file_id
    JOIN core.tasks AS b ON b.notice_id = n.notice_id AND b.locator = r.locator_b
    WHERE a.notice_id <> b.notice_id
    QUALIFY row_number() OVER (
        PARTITION BY least(a.task_id, b.task_id), greatest(a.task_id, b.task_id) ORDER BY r.line DESC) = 1
),
stated AS (
    SELECT CASE relation WHEN 'superset' THEN task_b ELSE task_a END AS task_a,
           CASE relation WHEN 'superset' THEN task_a ELSE task_b END AS task_b,
           CASE relation WHEN 'equal' THEN 'equal' WHEN 'subset' THEN 'subset' WHEN 'superset' THEN 'subset'
                         ELSE 'separate' END AS relation
    FROM decided
)
SELECT a.unit_id, r.task_a, r.task_b, r.relation
FROM stated AS r JOIN bound AS a ON a.task_id = r.task_a
JOIN bound AS b ON b.task_id = r.task_b AND b.unit_id = a.unit_id
UNION
SELECT a.unit_id, a.task_id, b.task_id, 'separate'
FROM alike AS a JOIN alike AS b USING (unit_id, notice_id, same)
WHERE a.task_id < b.task_id
UNION
SELECT unit_id, ids[1], unnest(ids[2:]), 'equal' FROM firsts WHERE len(ids) > 1
UNION
SELECT p.unit_id, p.ids[1], w.ids[1], 'subset'
FROM text_parts AS h JOIN firsts AS p ON p.same = h.part JOIN firsts AS w ON w.same = h.whole AND w.unit_id = p.unit_id
WHERE p.notice_id <> w.notice_id
ORDER BY ALL
"""
# Only tasks that a pair names are grouped in Python; all others stand for themselves.
_ORDER: Final = """
SELECT b.unit_id, b.task_id, length(coalesce(t.requirement, t.criteria, '')) AS size, coalesce(h.value, 0) AS value
FROM bound AS b JOIN core.tasks AS t USING (task_id) JOIN core.notices AS n ON n.notice_id = b.notice_id
LEFT JOIN (
    SELECT task_id, max(value)::DOUBLE AS value FROM core.task_thresholds WHERE operator IN ('>=', '>') GROUP BY task_id
) AS h USING (task_id)
WHERE b.task_id IN (SELECT unnest($tasks))
ORDER BY b.unit_id, n.issued_on NULLS LAST, b.notice_id, t.table_id NULLS FIRST, t.ordinal, b.task_id
"""
# The first of several alternatives stands for all; a shared cell is listed at its first task.
_MATERIALS: Final = r"""
CREATE TEMP TABLE wanted AS
SELECT u.unit_id, u.obligation_id, u.notice_id, e.task_id, e.ordinal, e.kind,
       regexp_replace(
           e.raw,
           '[0-9０-９一二两三四五六七八九十]+(?:[-—至][0-9]+)?[份张次篇个条幅项]|[^\p{Han}A-Za-z]|以上|以内|不少于|至少|左右',
           '', 'g') AS name,
       u.relation <> 'sole' AS is_merged, u.task_id <> u.obligation_id AS is_part, t.table_id, t.ordinal AS place
FROM mart.unit_tasks AS u JOIN core.task_evidence AS e USING (task_id)
JOIN core.tasks AS t USING (task_id)
WHERE NOT e.is_repeated
QUALIFY e.choice IS NULL OR row_number() OVER (PARTITION BY u.unit_id, e.task_id, e.choice ORDER BY e.ordinal) = 1
"""
# Only these can be one with others: of a merged requirement, or with a wording that several tasks of the unit have.
_CANDIDATES: Final = """
SELECT unit_id, obligation_id, notice_id, task_id, ordinal, kind, name FROM wanted
QUALIFY is_merged OR count(*) OVER (PARTITION BY unit_id, name) > 1
ORDER BY unit_id, is_part, notice_id, table_id NULLS FIRST, place, task_id, ordinal
"""
_INSERT_MATERIALS: Final = f"""
INSERT INTO {UNIT_MATERIALS} BY NAME
SELECT w.unit_id, w.task_id, w.ordinal, coalesce(m.material_id, concat_ws('-', w.task_id, w.ordinal)) AS material_id
FROM wanted AS w LEFT JOIN merged AS m USING (unit_id, task_id, ordinal)
ORDER BY w.unit_id, w.task_id, w.ordinal
"""


class TaskPair(NamedTuple):
    """Two tasks of one unit: `equal`, the first a part of the second (`subset`), or `separate`."""

    task_a: str
    task_b: str
    relation: str


class UnitMaterial(NamedTuple):
    """One material of a task of a unit; `name` is its wording without numbers."""

    unit_id: str
    obligation_id: str
    notice_id: str
    task_id: str
    ordinal: int
    kind: str
    name: str


def fill_unit_tasks(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill `mart.unit_tasks`: tasks with one text, or of which people say that they are one, have one requirement."""
    connection.execute(_BOUND)
    _compare_texts(connection)
    pairs: dict[str, list[TaskPair]] = defaultdict(list)
    for unit_id, *pair in connection.execute(_PAIRS).fetchall():
        pairs[unit_id].append(TaskPair(*pair))
    sizes: dict[str, dict[str, tuple[int, float]]] = defaultdict(dict)
    paired = sorted({task for own in pairs.values() for pair in own for task in (pair.task_a, pair.task_b)})
    for unit_id, task_id, *size in connection.execute(_ORDER, {"tasks": paired}).fetchall():
        sizes[unit_id][task_id] = (size[0], size[1])
    rows = [
        (unit_id, task_id, obligation_id, relation)
        for unit_id, own in sizes.items()
        for task_id, obligation_id, relation in group_tasks(own, pairs.get(unit_id, ()))
    ]
    columns = dict.fromkeys(("unit_id", "task_id", "obligation_id", "relation"), pl.String)
    connection.register("grouped", pl.DataFrame(rows, columns, orient="row"))
    connection.execute(f"DELETE FROM {UNIT_TASKS}")
    connection.execute(
        f"INSERT INTO {UNIT_TASKS} BY NAME "
        "SELECT b.unit_id, first_value(b.party) OVER unit AS unit, first_value(b.place) OVER unit AS place, "
        "b.task_id, b.notice_id, b.party, b.role, b.is_collective, b.reported_by, "
        "coalesce(g.obligation_id, b.task_id) AS obligation_id, coalesce(g.relation, 'sole') AS relation "
        "FROM bound AS b LEFT JOIN grouped AS g USING (unit_id, task_id) "
        "WINDOW unit AS (PARTITION BY b.unit_id ORDER BY length(b.party), b.party, b.place ROWS BETWEEN UNBOUNDED "
        "PRECEDING AND UNBOUNDED FOLLOWING) ORDER BY b.unit_id, b.task_id"
    )
    connection.unregister("grouped")
    for name in ("bound", "bound_texts", "same_texts", "text_parts"):
        connection.execute(f"DROP TABLE temp.{name}")


def _compare_texts(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `bound_texts` (text of a task), `same_texts` (first text that is the same) and `text_parts`."""
    connection.execute(COMPARED_TASKS)
    connection.execute(_TEXTS)
    connection.execute("DROP VIEW temp.compared_tasks")
    rows = connection.execute("SELECT DISTINCT text_id, text, heading, bounds FROM bound_texts ORDER BY 1").fetchall()
    same, parts = compare_requirements([Requirement(text, heading, tuple(bounds)) for _, text, heading, bounds in rows])
    frames = {
        "same_texts": pl.DataFrame(
            [pair for pair in enumerate(same) if pair[1] is not None], ("text_id", "same"), orient="row"
        ),
        "text_parts": pl.DataFrame(parts, ("part", "whole"), orient="row"),
    }
    for name, frame in frames.items():
        connection.register("compared", frame.cast(pl.Int64))
        connection.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM compared")
        connection.unregister("compared")


def fill_unit_materials(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill `mart.unit_materials`: which materials of a unit one file can serve."""
    connection.execute(_MATERIALS)
    rows = merge_materials(UnitMaterial(*row) for row in connection.execute(_CANDIDATES).fetchall())
    connection.register("merged", schemas.frame(UNIT_MATERIALS, rows))
    connection.execute(f"DELETE FROM {UNIT_MATERIALS}")
    connection.execute(_INSERT_MATERIALS)
    connection.unregister("merged")
    connection.execute("DROP TABLE temp.wanted")


def group_tasks(sizes: dict[str, tuple[int, float]], pairs: Sequence[TaskPair]) -> list[tuple[str, str, str]]:
    """Return (task, task that stands for it, relation) for the tasks of one unit.

    Args:
        sizes: The length of each task's text and its greatest least number by its id, in the order of issue.
        pairs: What is known of two tasks; separate ones are in no group together, whatever other pairs say.
    """
    places = {task: place for place, task in enumerate(sizes)}
    separate = {frozenset(pair[:2]) for pair in pairs if pair.relation == "separate"}
    equal = {task: task for task in sizes}
    members = {task: [task] for task in sizes}
    for pair in pairs:
        first, second = sorted((equal[pair.task_a], equal[pair.task_b]), key=places.__getitem__)
        if pair.relation != "equal" or first == second:
            continue
        if separate and any(frozenset((a, b)) in separate for a in members[first] for b in members[second]):
            continue
        members[first] += members[second]
        equal |= dict.fromkeys(members.pop(second), first)
    # The longest text asks for most; of equally long ones that with the greatest number, else the first.
    heads = {group: max(own, key=lambda task: (sizes[task], -places[task])) for group, own in members.items()}
    above: dict[str, str] = {}
    for pair in sorted(pairs, key=lambda pair: (places[pair.task_b], places[pair.task_a])):
        part, holder = equal[pair.task_a], equal[pair.task_b]
        if pair.relation != "subset" or part in above or part == holder or _top(holder, above) == part:
            continue
        if any(frozenset((a, b)) in separate for a in members[part] for b in members[holder]):
            continue
        above[part] = holder
    holders = set(above.values())
    rows = []
    for task in sizes:
        top = _top(equal[task], above)
        alone = len(members[top]) == 1 and top not in holders
        head = heads[top]
        relation = "sole" if alone else "head" if task == head else "equal" if equal[task] == top else "subset"
        rows.append((task, head, relation))
    return rows


def merge_materials(materials: Iterable[UnitMaterial]) -> list[dict[str, Any]]:
    """Return each material with the first one that the same file serves.

    One file serves the same wording of one requirement, pictures of one requirement in several notices, and the same
    specific wording of different requirements. Two materials of one task are always two.
    """
    rule = next(rule for rule in list_rules() if rule["measure"] == "repeat")
    general = re.compile(rule["unless"])
    clusters: dict[tuple[str, ...], list[list[UnitMaterial]]] = defaultdict(list)
    rows = []
    for material in materials:
        # Pictures of two requirements show two things, whatever they are called.
        is_specific = material.kind not in PICTURES and len(general.sub("", material.name)) >= MIN_SPECIFIC
        keys: list[tuple[str, ...]] = [(material.unit_id, material.obligation_id, material.kind)]
        if is_specific:
            keys.append((material.unit_id, material.name))
        cluster = next((c for key in keys for c in clusters[key] if _serves(c, material)), None)
        if cluster is None:
            cluster = []
            for key in keys:
                clusters[key].append(cluster)
        elif is_specific and not any(cluster is other for other in clusters[keys[-1]]):
            clusters[keys[-1]].append(cluster)
        cluster.append(material)
        first = cluster[0]
        fields = {"unit_id": material.unit_id, "task_id": material.task_id, "ordinal": material.ordinal}
        rows.append(fields | {"material_id": f"{first.task_id}-{first.ordinal}"})
    return rows


def _serves(cluster: Sequence[UnitMaterial], material: UnitMaterial) -> bool:
    """Return whether the file of a cluster serves one more material."""
    if any(other.task_id == material.task_id for other in cluster):
        return False
    if any(other.name == material.name for other in cluster):
        return True
    same = [other for other in cluster if other.obligation_id == material.obligation_id]
    return material.kind in PICTURES and bool(same) and all(o.notice_id != material.notice_id for o in same)


def _top(group: str, above: dict[str, str]) -> str:
    while group in above:
        group = above[group]
    return group
