-- 标题：只在一城见到的指标
-- 问题：哪些指标在别的城市没有相同主题，或没有找到相近的要求？
-- 分组：权重
-- 词语：独有、特有、仅此、只有、独特、别的城市没有
-- 参数：notice、topic
-- 需要：任务、现行版
-- 说明：“主题仅此城有”指其他城市的现行通知连加分项中也没有这个主题，最可靠；主题只在加分项中的另行注明。“未见相近要求”指其他城市的现行通知中没有要求同一件事的任务，没有待认定的候选，也没有说到同一事项的任务；看不出说的是什么事项的任务不作判断，说法很不相同的可能误列。
-- 无结果：所选通知的每个指标在别的城市都能找到同样或可能同样的要求，或库中只有一个城市。
-- 未列：每个指标在别的城市都有同样或可能同样的要求，或看不出说的是什么事项。
WITH subject_places AS (
    -- A notice without a place stands for a place of its own.
    SELECT s.subject, count(DISTINCT coalesce(n.place, n.notice_id)) AS places, any_value(coalesce(n.place, n.notice_id)) AS place
    FROM mart.task_subjects AS s JOIN core.tasks AS t USING (task_id) JOIN mart.notice_labels AS n USING (notice_id)
    WHERE n.is_current GROUP BY s.subject
),
possible AS (
    SELECT task_a, notice_a, notice_b FROM mart.topic_crosswalk
    UNION ALL
    SELECT task_a, notice_a, notice_b FROM mart.match_candidates
),
shared AS (
    SELECT x.task_a AS task_id
    FROM possible AS x
    JOIN mart.notice_labels AS a ON a.notice_id = x.notice_a
    JOIN mart.notice_labels AS b ON b.notice_id = x.notice_b
        AND coalesce(b.place, b.notice_id) <> coalesce(a.place, a.notice_id)
    WHERE x.notice_a IN (SELECT unnest($notice))
    UNION
    SELECT s.task_id
    FROM mart.task_subjects AS s JOIN core.tasks AS t USING (task_id) JOIN mart.notice_labels AS a USING (notice_id)
    JOIN subject_places AS o ON o.subject = s.subject AND (o.places > 1 OR o.place <> coalesce(a.place, a.notice_id))
    WHERE s.is_specific
    UNION
    -- Of what names no subject nothing can be said.
    SELECT task_id FROM core.tasks WHERE task_id NOT IN (SELECT task_id FROM mart.task_subjects)
),
places AS (
    SELECT w.topic, count(DISTINCT coalesce(n.place, n.notice_id)) AS places, bool_and(w.bonus) AS is_bonus
    FROM mart.task_points AS w JOIN mart.notice_labels AS n USING (notice_id)
    WHERE n.is_current AND w.topic <> 'other' GROUP BY w.topic
),
grouped AS (
    SELECT t.notice_id, t.indicator_id, p.topic, count(*) AS tasks, sum(p.points_each) AS points,
           arg_min(t.requirement, t.ordinal) AS requirement, min(t.ordinal) AS ordinal,
           bool_or(s.task_id IS NOT NULL) AS found
    FROM core.tasks AS t JOIN mart.task_points AS p USING (task_id) LEFT JOIN shared AS s USING (task_id)
    WHERE t.notice_id IN (SELECT unnest($notice))
    GROUP BY t.notice_id, t.indicator_id, p.topic
)
SELECT n.place AS 城市, n.label AS 通知, i.code AS 指标编号, i.name AS 指标名称, c.name AS 主题,
       CASE WHEN s.places > 1 OR s.places IS NULL THEN '未见相近要求'
            WHEN s.is_bonus THEN '主题仅此城有（仅加分项）' ELSE '主题仅此城有' END AS 判断, g.tasks AS 任务数, round(g.points, 3) AS 分值,
       g.requirement AS 首条要求
FROM grouped AS g
JOIN mart.notice_labels AS n USING (notice_id)
LEFT JOIN core.indicators AS i ON i.indicator_id = g.indicator_id
LEFT JOIN mart.topics AS c ON c.topic = g.topic
LEFT JOIN places AS s ON s.topic = g.topic
WHERE NOT g.found AND n.is_current
  AND (SELECT count(DISTINCT coalesce(place, notice_id)) FROM mart.notice_labels WHERE is_current) > 1
  AND ($topic IS NULL OR g.topic = $topic)
ORDER BY coalesce(s.places, 2) > 1, g.points DESC NULLS LAST, n.label, g.ordinal
