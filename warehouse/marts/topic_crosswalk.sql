-- 用途：一条任务在其他通知中的对应任务，用来比较各地对同一件事的要求。
-- 一行：一条任务（task_a）和另一份通知中的一条对应任务（task_b）；两个方向各有一行。
-- 来源：mart.task_pairs（同主题任务按文字相似度配对），ops.counterpart_reviews（人工认定）。
-- 读法：相似度是两条要求的二字组（相邻两字）的余弦，0.2 以上才算对应，1 为文字相同。relation：equal=内容大体相同，subset=task_a 的内容包含在 task_b 中，superset=task_a 的内容包含 task_b，overlap=部分相同。每条任务在每份其他通知中只留最相近的一条，最多留 12 份通知。只在现行通知之间配对。人工认定的优先，同一对有几条认定时以最后一条为准，认定为“无关”的不再列出，见 warehouse/corrections/README.md。
-- 存放：表
-- 更新：按任务的对应 task_a
-- 列：
--   task_a：任务编号
--   task_b：另一份通知中的对应任务
--   topic：task_a 的主题代码
--   similarity：文字相似度，0 到 1；人工认定而文字不相近的为空
--   relation：关系：equal=大体相同，subset=甲含于乙，superset=甲包含乙，overlap=部分相同
--   basis：依据：wording=文字相近，review=人工认定
--   notice_a：task_a 所属通知
--   notice_b：task_b 所属通知
WITH located AS (
    SELECT t.task_id, t.notice_id, f.source_path, t.locator
    FROM core.tasks AS t JOIN core.notices AS n USING (notice_id) JOIN core.files AS f USING (file_id)
    WHERE EXISTS (SELECT 1 FROM ops.counterpart_reviews)
),
stated AS (
    SELECT a.task_id AS task_a, b.task_id AS task_b, r.relation, a.notice_id AS notice_a, b.notice_id AS notice_b,
           r.line
    FROM ops.counterpart_reviews AS r
    JOIN located AS a ON a.source_path = r.file_a AND a.locator = r.locator_a
    JOIN located AS b ON b.source_path = r.file_b AND b.locator = r.locator_b
    WHERE a.notice_id <> b.notice_id
),
both_ways AS (
    SELECT * FROM stated
    UNION ALL
    SELECT task_b, task_a,
           CASE relation WHEN 'subset' THEN 'superset' WHEN 'superset' THEN 'subset' ELSE relation END,
           notice_b, notice_a, line
    FROM stated
),
reviewed AS (
    -- Of several decisions on one pair the last holds.
    SELECT * FROM both_ways QUALIFY row_number() OVER (PARTITION BY task_a, task_b ORDER BY line DESC) = 1
),
worded AS (
    SELECT
        p.task_a, p.task_b, p.similarity,
        CASE WHEN p.inside_a >= 0.8 AND p.inside_b >= 0.8 THEN 'equal'
             WHEN p.inside_a >= 0.8 THEN 'subset'
             WHEN p.inside_b >= 0.8 THEN 'superset'
             ELSE 'overlap'
        END AS relation,
        p.notice_a, p.notice_b
    FROM mart.task_pairs AS p
)
SELECT
    coalesce(r.task_a, w.task_a) AS task_a,
    coalesce(r.task_b, w.task_b) AS task_b,
    coalesce(t.topic, 'other') AS topic,
    w.similarity,
    coalesce(r.relation, w.relation) AS relation,
    CASE WHEN r.task_a IS NULL THEN 'wording' ELSE 'review' END AS basis,
    coalesce(r.notice_a, w.notice_a) AS notice_a,
    coalesce(r.notice_b, w.notice_b) AS notice_b
FROM worded AS w
FULL JOIN reviewed AS r ON r.task_a = w.task_a AND r.task_b = w.task_b
JOIN core.tasks AS t ON t.task_id = coalesce(r.task_a, w.task_a)
WHERE coalesce(r.relation, w.relation) <> 'unrelated'
