-- 标题：图片报告文件各需多少
-- 问题：一共要交多少图片、多少报告、多少文件？
-- 分组：材料
-- 词语：图片、报告、文件、照片、件数、多少材料、佐证
-- 参数：notice、party
-- 需要：材料
-- 说明：件数为写明的最少数量，没有写明的计 1 件；任选其一的只计一种。责任单位按排在最前的牵头单位计。
-- 无结果：所选通知没有写明要交什么材料。
-- 未列：没有符合条件的材料。
-- 交叉：材料类型 × 通知 = 件数
-- 图：件数 按 材料类型
SELECT n.label AS 通知,
       CASE b.kind WHEN 'report' THEN '说明报告' WHEN 'photo' THEN '图片' WHEN 'document' THEN '文件' WHEN 'plan' THEN '方案、计划'
            WHEN 'minutes' THEN '会议记录' WHEN 'table' THEN '统计表' WHEN 'screenshot' THEN '截图' WHEN 'list' THEN '名单、目录'
            WHEN 'certificate' THEN '证书、证明' WHEN 'news' THEN '新闻报道' WHEN 'link' THEN '网址链接' ELSE '其他' END AS 材料类型,
       sum(b.items)::BIGINT AS 件数,
       round(100 * sum(b.items) / sum(sum(b.items)) OVER (PARTITION BY n.label), 1) AS "占比（%）"
FROM mart.evidence_burden AS b JOIN mart.notice_labels AS n USING (notice_id)
WHERE n.notice_id IN (SELECT unnest($notice)) AND ($party IS NULL OR contains(coalesce(b.party, ''), $party))
GROUP BY n.label, b.kind
ORDER BY n.label, 件数 DESC, b.kind
