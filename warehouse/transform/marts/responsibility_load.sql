-- 用途：每个责任单位承担几项、多少分，谁的任务最重。
-- 一行：一份通知中的一个责任单位。
-- 来源：core.task_parties、mart.task_points。
-- 读法：任务数和分值含加分项。points_lead 是其牵头任务的全部分值，几个单位共同牵头的各计一次，不能相加；points_shared 把每条任务的分值在其全部责任单位之间平分，可以相加，合计等于有责任单位的任务的分值。share 按 points_shared 计算，通知没有分值时按任务平分计算，见 share_basis。“各科室”等统称按一个单位计，展开后的见 mart.collective_expansion。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   party：责任单位
--   lead_tasks：牵头任务数（条）
--   support_tasks：配合任务数（条）
--   tasks：任务数合计（条）
--   points_lead：牵头任务的分值（分）
--   points_shared：平分后的分值（分）
--   share：占本通知的比重，0 到 1，合计为 1
--   share_basis：比重的依据：points=分值，tasks=任务条数
--   rank：按比重从高到低的名次，相同的并列
WITH party AS (
    SELECT p.task_id, t.notice_id, p.party, bool_or(p.role = 'lead') AS leads, t.points_each
    FROM core.task_parties AS p JOIN mart.task_points AS t USING (task_id)
    GROUP BY p.task_id, t.notice_id, p.party, t.points_each
),
divided AS (
    SELECT *, 1 / count(*) OVER (PARTITION BY task_id) AS part FROM party
),
summed AS (
    SELECT
        notice_id, party,
        count(*) FILTER (WHERE leads) AS lead_tasks,
        count(*) FILTER (WHERE NOT leads) AS support_tasks,
        count(*) AS tasks,
        sum(points_each) FILTER (WHERE leads) AS points_lead,
        sum(points_each * part) AS points_shared,
        sum(part) AS tasks_shared
    FROM divided
    GROUP BY notice_id, party
),
weighed AS (
    SELECT
        *,
        CASE WHEN sum(points_shared) OVER whole > 0 THEN 'points' ELSE 'tasks' END AS share_basis,
        CASE WHEN sum(points_shared) OVER whole > 0
             THEN coalesce(points_shared, 0) / sum(points_shared) OVER whole
             ELSE tasks_shared / sum(tasks_shared) OVER whole
        END AS share
    FROM summed
    WINDOW whole AS (PARTITION BY notice_id)
)
SELECT
    notice_id, party, lead_tasks, support_tasks, tasks,
    round(points_lead, 6) AS points_lead, round(points_shared, 6) AS points_shared,
    share, share_basis,
    rank() OVER (PARTITION BY notice_id ORDER BY round(share, 9) DESC) AS rank
FROM weighed
ORDER BY notice_id, rank, party
