-- 标题：每月到期任务
-- 问题：每个月、每一旬有多少任务到期？
-- 分组：时限
-- 词语：每月、月份、到期、旬、日历、高峰、什么时候
-- 参数：notice
-- 需要：时限
-- 说明：时间段按最后一天计，定期任务在每个到期日各计一次；长期、适时等没有日期的不计。
-- 无结果：所选通知没有写明可以推定日期的时限。
-- 未列：时限都推定不出日期。
-- 交叉：月份 × 通知 = 合计，次序 行名
-- 图：合计 按 月份，次序 行名
SELECT n.label AS 通知, d.month AS 月份,
       coalesce(sum(d.tasks_due) FILTER (WHERE d.ten_day = '上旬'), 0)::BIGINT AS 上旬,
       coalesce(sum(d.tasks_due) FILTER (WHERE d.ten_day = '中旬'), 0)::BIGINT AS 中旬,
       coalesce(sum(d.tasks_due) FILTER (WHERE d.ten_day = '下旬'), 0)::BIGINT AS 下旬,
       sum(d.tasks_due)::BIGINT AS 合计
FROM mart.deadline_calendar AS d JOIN mart.notice_labels AS n USING (notice_id)
WHERE n.notice_id IN (SELECT unnest($notice))
GROUP BY n.label, d.month
ORDER BY n.label, d.month
