-- 标题：各市各主题分值占比
-- 问题：各城市把分放在哪些主题上，各占多大比重？
-- 参数：notice：看哪些通知，默认全部现行通知
-- 参数：topic：只看一个主题（名称或代码的一部分），默认全部
-- 说明：只算基础分，不含加分项；一份通知各主题的占比合计为 100%。没有分值的通知只有任务占比。占比的分母是各项分值之和；“分母”一栏说明它与通知写明的满分是否一致。
-- 无结果：所选通知中没有任务。
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
