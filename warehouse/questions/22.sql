-- 标题：每分需要多少份材料
-- 问题：每得 1 分要交几份材料，哪个主题最费材料？
-- 分组：材料
-- 词语：每分、材料、件数、负担、性价比、费材料、主题
-- 参数：notice
-- 需要：材料
-- 说明：件数为写明的最少数量，没有写明的计 1 件。主题为“全部”的一行是整份通知。分值含加分项。“每分件数”只计有分值的任务的材料（“计分件数”），要材料的任务都没有分值的为空。
-- 无结果：所选通知没有写明要交什么材料。
-- 未列：没有要求材料。
-- 交叉：主题 × 通知 = 材料件数，不取 主题 全部
-- 图：材料件数 按 主题，不取 主题 全部
WITH wanted AS (
    SELECT task_id, sum(coalesce(min_count, 1)) AS items
    FROM (SELECT task_id, min_count FROM core.task_evidence
          WHERE NOT is_repeated AND task_id IN (SELECT task_id FROM core.tasks WHERE notice_id IN (SELECT unnest($notice)))
          QUALIFY choice IS NULL OR row_number() OVER (PARTITION BY task_id, choice ORDER BY ordinal) = 1)
    GROUP BY task_id
)
SELECT n.label AS 通知, CASE WHEN grouping(c.name) = 1 THEN '全部' ELSE c.name END AS 主题,
       sum(w.items)::BIGINT AS 材料件数,
       coalesce(sum(w.items) FILTER (p.points_each IS NOT NULL), 0)::BIGINT AS 计分件数, round(sum(p.points_each), 2) AS 分值,
       round(sum(w.items) FILTER (p.points_each IS NOT NULL) / nullif(sum(p.points_each), 0), 2) AS 每分件数
FROM mart.task_points AS p
JOIN mart.notice_labels AS n USING (notice_id)
JOIN mart.topics AS c ON c.topic = p.topic
LEFT JOIN wanted AS w USING (task_id)
WHERE n.notice_id IN (SELECT unnest($notice))
GROUP BY GROUPING SETS ((n.label), (n.label, c.name))
HAVING sum(w.items) > 0
ORDER BY n.label, grouping(c.name) DESC, 每分件数 DESC NULLS LAST, 材料件数 DESC, 主题
