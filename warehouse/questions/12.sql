-- 标题：责任是否集中
-- 问题：任务集中在少数几个单位，还是分得均匀？
-- 分组：责任
-- 词语：集中、分散、均匀、赫芬达尔、基尼、最重
-- 参数：notice
-- 需要：责任单位
-- 说明：赫芬达尔指数（HHI）0.25 以上为高度集中，0.15 至 0.25 为中等集中，以下为较为分散；基尼系数越大越悬殊。占比按平分后的分值，没有分值的按任务，都不计没有写明责任单位的任务。
-- 无结果：所选通知没有写明责任单位。
-- 未列：没有写明责任单位。
-- 图：最重一家（%） 按 通知
SELECT n.label AS 通知, h.parties AS 单位数, round(h.hhi, 3) AS 赫芬达尔指数, round(h.gini, 3) AS 基尼系数,
       round(h.top1_share * 100, 1) AS "最重一家（%）", round(h.top3_share * 100, 1) AS "最重三家（%）",
       CASE WHEN round(h.hhi, 3) >= 0.25 THEN '高度集中' WHEN round(h.hhi, 3) >= 0.15 THEN '中等集中' ELSE '较为分散' END AS 判断,
       l.party AS 最重的单位
FROM mart.responsibility_concentration AS h
JOIN mart.notice_labels AS n USING (notice_id)
LEFT JOIN (SELECT notice_id, string_agg(party, '、' ORDER BY party) AS party FROM mart.responsibility_load WHERE rank = 1 GROUP BY notice_id)
    AS l USING (notice_id)
WHERE n.notice_id IN (SELECT unnest($notice))
ORDER BY h.hhi DESC, n.label
