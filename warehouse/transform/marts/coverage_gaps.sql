-- 用途：别的通知有、本通知没有的主题和任务。
-- 一行：本通知缺的一个主题，或最相近的一份通知中本通知没有对应的一条任务。
-- 来源：mart.topic_weights、mart.task_points、mart.rubric_similarity（最相近的 5 份通知）、mart.topic_crosswalk、mart.match_candidates、mart.task_subjects、core.tasks。
-- 读法：kind=topic 时连加分项目中也没有这个主题，看 others（有多少份现行通知有这个主题）和 other_share（它们平均放的比重）；kind=task 时 task_id 是对方的任务，本通知中没有要求同一件事的任务，没有待认定的候选，也没有说到同一事项的任务，未必真的没有做到，请对照原文。看不出事项的任务不列；对应任务和候选已满 12 条的任务也不列，因为本通知可能排在后面。通知很多时请写明 WHERE notice_id = …。
-- 列：
--   notice_id：通知编号
--   topic：主题代码
--   kind：类型：topic=缺主题，task=缺任务
--   other_notice_id：对方通知编号，kind=topic 时为空
--   task_id：对方的任务编号，kind=topic 时为空
--   requirement：对方的任务要求
--   points：对方的分值（分）
--   other_share：有此主题的通知平均放的比重，0 到 1
--   others：有此主题的其他现行通知数（份）
WITH active_notices AS (SELECT notice_id FROM mart.notice_labels WHERE is_current AND tasks > 0),
spread AS (
    SELECT topic, count(*) AS notices, avg(coalesce(share, task_share)) AS other_share
    FROM mart.topic_weights JOIN active_notices USING (notice_id)
    WHERE topic <> 'other'
    GROUP BY topic
),
similar_notices AS (
    SELECT notice_a AS notice_id, notice_b AS other_notice_id
    FROM mart.rubric_similarity
    QUALIFY row_number() OVER (PARTITION BY notice_a ORDER BY weight_cosine DESC, notice_b) <= 5
),
possible AS (
    SELECT task_a, task_b, notice_a, notice_b FROM mart.topic_crosswalk
    UNION ALL
    SELECT task_a, task_b, notice_a, notice_b FROM mart.match_candidates
),
notice_subjects AS (
    SELECT DISTINCT notice_id, subject FROM mart.task_subjects JOIN core.tasks USING (task_id) WHERE is_specific
),
full_lists AS (SELECT task_a AS task_id FROM possible GROUP BY task_a HAVING count(*) >= 12)
SELECT l.notice_id, s.topic, 'topic' AS kind, NULL AS other_notice_id, NULL AS task_id, NULL AS requirement,
       NULL::DOUBLE AS points, s.other_share, s.notices AS others
FROM active_notices AS l CROSS JOIN spread AS s
WHERE NOT EXISTS (SELECT 1 FROM mart.task_points AS p WHERE p.notice_id = l.notice_id AND p.topic = s.topic)
UNION ALL
SELECT r.notice_id, p.topic, 'task', r.other_notice_id, t.task_id, t.requirement, p.points_each, s.other_share, s.notices
FROM similar_notices AS r
JOIN core.tasks AS t ON t.notice_id = r.other_notice_id
JOIN mart.task_points AS p ON p.task_id = t.task_id
LEFT JOIN spread AS s ON s.topic = p.topic
WHERE NOT p.bonus AND t.requirement IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM possible AS x WHERE x.task_a = t.task_id AND x.notice_b = r.notice_id)
  AND NOT EXISTS (SELECT 1 FROM possible AS x WHERE x.task_b = t.task_id AND x.notice_a = r.notice_id)
  AND t.task_id NOT IN (SELECT task_id FROM full_lists)
  AND t.task_id IN (SELECT task_id FROM mart.task_subjects)
  -- Who speaks of the same subject may ask for the same in words that the search does not know.
  AND NOT EXISTS (
      SELECT 1 FROM mart.task_subjects AS s JOIN notice_subjects AS o ON o.subject = s.subject
      WHERE s.task_id = t.task_id AND o.notice_id = r.notice_id)
