-- 标题：各市各主题分值占比
-- 问题：各城市把分放在哪些主题上，各占多大比重？
-- 分组：权重
-- 词语：主题、占比、比重、分值、分数、权重、重点
-- 参数：notice、topic
-- 需要：任务
-- 说明：只算基础分，不含加分项；一份通知各主题的占比合计为 100%。没有分值的通知只有任务占比。占比的分母是各项分值之和；“分母”一栏说明它与通知写明的满分是否一致。
-- 无结果：所选通知中没有任务。
-- 未列：没有所选主题的基础任务。
-- 交叉：主题 × 通知 = 分值占比（%）
-- 图：分值占比（%） 按 主题
SELECT n.label AS 通知, n.place AS 城市, c.name AS 主题, w.points AS 分值, round(w.share * 100, 1) AS "分值占比（%）",
       w.tasks AS 任务数, round(w.task_share * 100, 1) AS "任务占比（%）",
       CASE WHEN w.base IS NULL THEN '' WHEN w.base_source = 'stated' THEN format('{:g} 分，与通知写明的满分一致', w.base::DOUBLE)
            WHEN w.stated_total IS NULL THEN format('{:g} 分，按各项分值算出，通知没有写明满分', w.base::DOUBLE)
            ELSE format('{:g} 分，按各项分值算出，通知写明 {:g} 分', w.base::DOUBLE, w.stated_total::DOUBLE) END AS 分母
FROM mart.topic_weights AS w
JOIN mart.notice_labels AS n USING (notice_id)
JOIN mart.topics AS c USING (topic)
WHERE n.notice_id IN (SELECT unnest($notice)) AND ($topic IS NULL OR c.topic = $topic)
ORDER BY n.division_code NULLS LAST, n.label, w.share DESC NULLS LAST, w.task_share DESC, c.ordinal
