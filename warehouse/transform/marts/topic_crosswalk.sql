-- 用途：一条任务在其他通知中的对应任务，用来比较各地对同一件事的要求。
-- 一行：一条任务（task_a）和另一份通知中的一条对应任务（task_b）；两个方向各有一行。
-- 来源：mart.task_pairs（同主题任务按文字相似度配对），ops.counterpart_reviews（人工认定）。
-- 读法：相似度是两条要求的二字组（相邻两字）的余弦，0.2 以上才算对应，1 为文字相同。relation：equal=内容大体相同，subset=task_a 的内容包含在 task_b 中，superset=task_a 的内容包含 task_b，overlap=部分相同。每条任务在每份其他通知中只留最相近的一条，最多留 12 份通知。只在现行通知之间配对。人工认定的优先，同一对有几条认定时以最后一条为准，认定为“无关”的不再列出，见 warehouse/corrections/README.md。
-- 列：
--   task_a：任务编号
--   task_b：另一份通知中的对应任务
--   topic：task_a 的主题代码
--   similarity：文字相似度，0 到 1；人工认定而文字不相近的为空
--   relation：关系：equal=大体相同，subset=甲含于乙，superset=甲包含乙，overlap=部分相同
--   basis：依据：wording=文字相近，review=人工认定
--   notice_a：task_a 所属通知
--   notice_b：task_b 所属通知
WITH stated AS (
    SELECT a.task_id AS task_a, b.task_id AS task_b, r.relation, a.notice_id AS notice_a, b.notice_id AS notice_b,
           coalesce(a.topic, 'other') AS topic_a, coalesce(b.topic, 'other') AS topic_b, r.line
    FROM ops.counterpart_reviews AS r
    JOIN core.files AS f ON f.source_path = r.file_a JOIN core.notices AS m ON m.file_id = f.file_id
    JOIN core.tasks AS a ON a.notice_id = m.notice_id AND a.locator = r.locator_a
    JOIN core.files AS g ON g.source_path = r.file_b JOIN core.notices AS n ON n.file_id = g.file_id
    JOIN core.tasks AS b ON b.notice_id = n.notice_id AND b.locator = r.locator_b
    WHERE a.notice_id <> b.notice_id
),
both_ways AS (
    SELECT task_a, task_b, relation, notice_a, notice_b, topic_a AS topic, line FROM stated
    UNION ALL
    SELECT task_b, task_a,
           CASE relation WHEN 'subset' THEN 'superset' WHEN 'superset' THEN 'subset' ELSE relation END,
           notice_b, notice_a, topic_b, line
    FROM stated
),
reviewed AS (
    -- The last of several decisions on a pair applies.
    SELECT * FROM both_ways QUALIFY row_number() OVER (PARTITION BY task_a, task_b ORDER BY line DESC) = 1
)
-- Two SELECTs, so that a query for one task or notice reads only its own rows.
SELECT
    p.task_a, p.task_b, p.topic, p.similarity,
    CASE WHEN p.inside_a >= 0.8 AND p.inside_b >= 0.8 THEN 'equal'
         WHEN p.inside_a >= 0.8 THEN 'subset'
         WHEN p.inside_b >= 0.8 THEN 'superset'
         ELSE 'overlap'
    END AS relation,
    'wording' AS basis, p.notice_a, p.notice_b
FROM mart.task_pairs AS p ANTI JOIN reviewed AS r ON r.task_a = p.task_a AND r.task_b = p.task_b
UNION ALL
SELECT r.task_a, r.task_b, r.topic, p.similarity, r.relation, 'review' AS basis, r.notice_a, r.notice_b
FROM reviewed AS r LEFT JOIN mart.task_pairs AS p ON p.task_a = r.task_a AND p.task_b = r.task_b
WHERE r.relation <> 'unrelated'
