-- 用途：一条任务在其他通知中的对应任务，用来比较各地对同一件事的要求。
-- 一行：一条任务（task_a）和另一份通知中的一条对应任务（task_b）；两个方向各有一行。
-- 来源：mart.task_pairs（把握 0.7 以上的），ops.counterpart_reviews（人工认定）。
-- 读法：程序按文字、事项、做法、材料、对象和计量判断两条任务是否要求同一件事，把握 0.7 以上的才列入，说法不同而意思相同的也能找到；把握不足的是待人工认定的候选，见 mart.match_candidates。relation：equal=要求同一件事（次数、数量可以不同），subset=做到 task_b 也就做到了 task_a，superset=做到 task_a 也就做到了 task_b，overlap=部分相同。每条任务在每份其他通知中只留把握最大的一条，最多留 12 份通知。只在现行通知之间配对。人工认定的优先，同一对有几条认定时以最后一条为准，认定为“无关”的不再列出，见 warehouse/corrections/README.md。
-- 列：
--   task_a：任务编号
--   task_b：另一份通知中的对应任务
--   topic：task_a 的主题代码
--   similarity：文字相似度，0 到 1，两条要求的二字组（相邻两字）的余弦；人工认定而程序没有找到的为空
--   relation：关系：equal=大体相同，subset=甲含于乙，superset=甲包含乙，overlap=部分相同
--   basis：依据：wording=文字相近，meaning=文字不同而意思相同，review=人工认定
--   notice_a：task_a 所属通知
--   notice_b：task_b 所属通知
--   confidence：把握，两条任务要求同一件事的概率，0 到 1；人工认定的为 1
--   reason：依据的说明：两条任务共有的事项、做法、材料、计量，以及文字相近程度；人工认定而程序没有找到的为空
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
    p.task_a, p.task_b, p.topic, p.similarity, p.relation,
    CASE WHEN p.similarity >= 0.2 THEN 'wording' ELSE 'meaning' END AS basis, p.notice_a, p.notice_b, p.confidence, p.reason
FROM mart.task_pairs AS p ANTI JOIN reviewed AS r ON r.task_a = p.task_a AND r.task_b = p.task_b
WHERE p.confidence >= 0.7
UNION ALL
SELECT r.task_a, r.task_b, r.topic, p.similarity, r.relation, 'review' AS basis, r.notice_a, r.notice_b, 1.0, p.reason
FROM reviewed AS r LEFT JOIN mart.task_pairs AS p ON p.task_a = r.task_a AND p.task_b = r.task_b
WHERE r.relation <> 'unrelated'
