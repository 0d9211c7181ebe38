-- 用途：每一旬有多少任务到期。
-- 一行：一份通知一个月的一旬。
-- 来源：mart.due_days。
-- 读法：1 至 10 日为上旬，11 至 20 日为中旬，21 日至月末为下旬。时间段按最后一天计；每月、每季度等定期任务在每个到期日各计一次。长期、适时等没有日期的任务不在此表。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   month：月份，如 2023-08
--   ten_day：旬：上旬、中旬、下旬
--   tasks_due：到期的任务数（条）
SELECT
    t.notice_id,
    strftime(d.due_on, '%Y-%m') AS month,
    CASE WHEN day(d.due_on) <= 10 THEN '上旬' WHEN day(d.due_on) <= 20 THEN '中旬' ELSE '下旬' END AS ten_day,
    count(DISTINCT d.task_id) AS tasks_due
FROM mart.due_days AS d JOIN core.tasks AS t USING (task_id)
GROUP BY ALL
ORDER BY t.notice_id, month, ten_day
