-- 用途：每位责任领导、责任人名下有几项任务、多少分。
-- 一行：一份通知中一个人的一种身份。
-- 来源：core.tasks 的 leader、persons，mart.task_points。
-- 读法：一条任务有几个人时每人各计一次，不能相加。分值含加分项。对外提供前请考虑隐去姓名。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   person：姓名或职务，照原文
--   role：身份：leader=责任领导，person=责任人
--   tasks：任务数（条）
--   points：分值合计（分）
WITH named AS (
    SELECT task_id, trim(unnest(string_split_regex(leader, '[、，,；;/\n]+'))) AS person, 'leader' AS role
    FROM core.tasks WHERE leader IS NOT NULL
    UNION
    SELECT task_id, unnest(persons), 'person' FROM core.tasks
)
SELECT t.notice_id, d.person, d.role, count(*) AS tasks, round(sum(t.points_each), 6) AS points
FROM named AS d JOIN mart.task_points AS t USING (task_id)
WHERE d.person <> ''
GROUP BY t.notice_id, d.person, d.role
ORDER BY t.notice_id, tasks DESC, d.role, d.person
