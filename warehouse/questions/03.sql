-- 标题：甲市缺哪些全国体系主题
-- 问题：某份通知没有涉及统一主题体系中的哪些主题，别的通知有多少涉及？
-- 参数：notice：看哪些通知，默认全部现行通知
-- 说明：统一主题体系共 45 个主题，覆盖全国文明城市、文明单位测评的内容。“有此主题的通知”只数现行通知。
-- 无结果：所选通知涉及了全部主题。
SELECT n.label AS 通知, c.name AS 缺少的主题, c.includes AS 主题包括,
       coalesce(max(g.others), 0) AS 有此主题的其他通知数, round(max(g.other_share) * 100, 1) AS "它们平均占比（%）"
FROM mart.notice_labels AS n
CROSS JOIN mart.topics AS c
LEFT JOIN mart.coverage_gaps AS g ON g.notice_id = n.notice_id AND g.topic = c.topic AND g.kind = 'topic'
WHERE n.notice_id IN (SELECT unnest($notice)) AND c.topic <> 'other'
  AND NOT EXISTS (SELECT 1 FROM mart.task_points AS p WHERE p.notice_id = n.notice_id AND p.topic = c.topic)
GROUP BY n.label, c.name, c.includes, c.ordinal
ORDER BY n.label, 有此主题的其他通知数 DESC, c.ordinal
