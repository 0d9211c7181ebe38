-- 用途：哪些要求是从更早的通知照搬来的。
-- 一行：一条任务，在更早的通知中有文字几乎相同的要求。
-- 来源：mart.task_pairs（相似度 0.8 以上）、core.notices 的印发日期。
-- 读法：按印发日期比先后，没有日期的按年度的第一天；日期不明的通知不判断。first_task_id 是已入库通知中最早的一处，更早的出处可能还没有入库。
-- 存放：表
-- 更新：按任务的对应 task_id
-- 列：
--   task_id：任务编号
--   notice_id：通知编号
--   first_task_id：最早写法的任务编号
--   first_notice_id：最早写法所在的通知编号
--   similarity：与最早写法的文字相似度，0.8 到 1
--   notices：有这种写法的通知数（份），含本通知
WITH dated AS (
    SELECT notice_id, coalesce(issued_on, make_date(year, 1, 1)) AS day FROM core.notices
),
similar_tasks AS (
    SELECT p.task_a, p.notice_a, p.task_b, p.notice_b, p.similarity, a.day AS day_a, b.day AS day_b
    FROM mart.task_pairs AS p
    JOIN dated AS a ON a.notice_id = p.notice_a
    JOIN dated AS b ON b.notice_id = p.notice_b
    WHERE p.similarity >= 0.8
)
SELECT
    task_a AS task_id, notice_a AS notice_id,
    first.task_b AS first_task_id, first.notice_b AS first_notice_id, first.similarity AS similarity, notices
FROM (
    -- mart.task_pairs has at most one task per other notice, so that its rows can be counted.
    SELECT
        task_a, notice_a, count(*) + 1 AS notices,
        arg_min({'task_b': task_b, 'notice_b': notice_b, 'similarity': similarity}, (day_b, notice_b)) AS first
    FROM similar_tasks
    GROUP BY task_a, notice_a, day_a
    HAVING min(day_b) < day_a
)
ORDER BY notice_a, task_a
