-- 标题：责任是否集中
-- 问题：担子是压在少数几个单位身上，还是分得均匀？
-- 参数：notice：看哪些通知，默认全部现行通知
-- 说明：赫芬达尔指数（HHI）0.25 以上为高度集中，0.15 至 0.25 为中等，以下为分散；基尼系数越大越悬殊。
-- 无结果：所选通知没有写明责任单位。
SELECT n.label AS 通知, h.parties AS 单位数, round(h.hhi, 3) AS 赫芬达尔指数, round(h.gini, 3) AS 基尼系数,
       round(h.top1_share * 100, 1) AS "最重一家（%）", round(h.top3_share * 100, 1) AS "最重三家（%）",
       CASE WHEN h.hhi >= 0.25 THEN '高度集中' WHEN h.hhi >= 0.15 THEN '中等' ELSE '分散' END AS 判断,
       l.party AS 最重的单位
FROM mart.responsibility_concentration AS h
JOIN mart.notice_labels AS n USING (notice_id)
LEFT JOIN (SELECT notice_id, arg_min(party, (rank, party)) AS party FROM mart.responsibility_load GROUP BY ALL) AS l USING (notice_id)
WHERE n.notice_id IN (SELECT unnest($notice))
ORDER BY h.hhi DESC, n.label
