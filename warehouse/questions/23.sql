-- 标题：各测评方法占分
-- 问题：材料审核、实地考察、问卷调查各管多少分？
-- 分组：权重
-- 词语：测评方法、材料审核、实地考察、问卷调查、暗访、方法
-- 参数：notice
-- 需要：测评方法
-- 说明：一条任务用几种方法的，分值在几种方法之间平分，占比合计为 100%；没有分值的通知按任务平分。没有写明方法的任务不计。
-- 无结果：所选通知没有写明测评方法。
-- 未列：没有写明测评方法。
-- 交叉：测评方法 × 通知 = 占比（%）
-- 图：占比（%） 按 测评方法
SELECT n.label AS 通知, m.method AS 测评方法, m.tasks AS 任务数, round(m.points, 2) AS 分值, round(m.share * 100, 1) AS "占比（%）"
FROM mart.method_mix AS m JOIN mart.notice_labels AS n USING (notice_id)
WHERE n.notice_id IN (SELECT unnest($notice))
ORDER BY n.label, m.share DESC, m.method
