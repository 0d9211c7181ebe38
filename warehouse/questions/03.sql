-- 标题：未涉及的主题
-- 问题：哪些主题没有涉及，或只在加分项中涉及，别的通知有多少涉及？
-- 分组：权重
-- 词语：缺少、缺哪些、没有涉及、空白、遗漏、主题、仅加分项
-- 参数：notice
-- 需要：任务
-- 说明：主题取自本仓库统一的 45 个主题。“未涉及”指通知中没有这个主题的任务；“仅加分项”指只有加分项涉及，基础项目没有。“有此主题的其他通知数”只数现行通知的基础项目。
-- 无结果：所选通知的基础项目涉及了全部主题。
-- 未列：基础项目涉及了全部主题。
-- 交叉：主题 × 通知 = 情形，空为 有
WITH others AS (
    SELECT w.topic, count(*) AS notices, avg(coalesce(w.share, w.task_share)) AS share
    FROM mart.topic_weights AS w JOIN mart.notice_labels AS n USING (notice_id)
    WHERE n.is_current
    GROUP BY w.topic
),
present AS (
    SELECT notice_id, topic, bool_and(bonus) AS only_bonus
    FROM mart.task_points WHERE notice_id IN (SELECT unnest($notice)) GROUP BY notice_id, topic
)
SELECT n.label AS 通知, c.name AS 主题, CASE WHEN p.only_bonus THEN '仅加分项' ELSE '未涉及' END AS 情形, c.includes AS 主题包括,
       coalesce(o.notices, 0) AS 有此主题的其他通知数, round(o.share * 100, 1) AS "它们平均占比（%）"
FROM mart.notice_labels AS n
CROSS JOIN mart.topics AS c
LEFT JOIN present AS p ON p.notice_id = n.notice_id AND p.topic = c.topic
LEFT JOIN others AS o ON o.topic = c.topic
WHERE n.notice_id IN (SELECT unnest($notice)) AND n.tasks > 0 AND c.topic <> 'other' AND (p.topic IS NULL OR p.only_bonus)
ORDER BY n.label, 有此主题的其他通知数 DESC, c.ordinal
