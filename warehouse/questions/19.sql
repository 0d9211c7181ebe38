-- 标题：不定期时限占比
-- 问题：有多少任务的时限是“长期”“适时”之类，没有确定日期？
-- 分组：时限
-- 词语：长期、适时、不定期、没有时限、没有日期、随时
-- 参数：notice
-- 需要：任务
-- 说明：每条任务按最确定的一种时限归类：有日期、定期（每月、每季度）、与活动或节日同步、长期、无法判断、没有写时限。
-- 无结果：所选通知中没有任务。
-- 未列：没有读出任务。
-- 图：不定期占写明时限的（%） 按 通知
WITH kinds AS (
    SELECT t.task_id, t.notice_id,
           CASE WHEN bool_or(d.kind IN ('window', 'by')) THEN 'dated' WHEN bool_or(d.kind = 'recurring') THEN 'recurring'
                WHEN bool_or(d.kind = 'event') THEN 'event' WHEN bool_or(d.kind = 'ongoing') THEN 'ongoing'
                WHEN bool_or(d.kind = 'unknown') THEN 'unknown' ELSE 'none' END AS kind
    FROM core.tasks AS t LEFT JOIN core.task_deadlines AS d USING (task_id)
    WHERE t.notice_id IN (SELECT unnest($notice))
    GROUP BY t.task_id, t.notice_id
)
SELECT n.label AS 通知, count(*) AS 任务数, count(*) FILTER (WHERE k.kind = 'dated') AS 有日期,
       count(*) FILTER (WHERE k.kind = 'recurring') AS 定期, count(*) FILTER (WHERE k.kind = 'event') AS 随活动或节日,
       count(*) FILTER (WHERE k.kind = 'ongoing') AS 长期, count(*) FILTER (WHERE k.kind = 'unknown') AS 无法判断,
       count(*) FILTER (WHERE k.kind = 'none') AS 没有写,
       round(100 * count(*) FILTER (WHERE k.kind IN ('event', 'ongoing', 'unknown'))
             / nullif(count(*) FILTER (WHERE k.kind <> 'none'), 0), 1) AS "不定期占写明时限的（%）"
FROM kinds AS k JOIN mart.notice_labels AS n USING (notice_id)
GROUP BY n.label
ORDER BY "不定期占写明时限的（%）" DESC NULLS LAST, n.label
