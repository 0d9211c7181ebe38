-- 用途：同一职能在各通知中承担多少，不论叫什么科、什么股，用于跨城市比较。
-- 一行：一份通知中的一项职能。
-- 来源：mart.responsibility_load、core.parties 的 function、core.task_parties。
-- 读法：职能由人工认定（wenming review --unit 打印名=规范名 --function 职能，记在 单位.csv）。没有认定的单位自成一项，function 为其规范名称，is_decided 为否。tasks 为任务数，同一职能的几个单位共同承担的只计一次；points_shared、share 为各单位之和，可以相加。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   function：职能；没有认定的为单位的规范名称
--   is_decided：职能是否经人工认定
--   parties：承担这项职能的单位，任务重的在前
--   tasks：任务数（条）
--   lead_tasks：牵头任务数（条）
--   points_shared：平分后的分值（分）
--   share：占本通知的比重，0 到 1，合计为 1
--   share_basis：比重的依据：points=分值，tasks=任务条数
--   rank：按比重从高到低的名次，相同的并列
WITH unit AS (
    SELECT l.*, coalesce(p.function, l.party) AS function, p.function IS NOT NULL AS is_decided
    FROM mart.responsibility_load AS l
    LEFT JOIN core.parties AS p ON p.notice_id = l.notice_id AND p.name = l.party
),
counted AS (
    SELECT u.notice_id, u.function, count(DISTINCT r.task_id) AS tasks,
           count(DISTINCT r.task_id) FILTER (WHERE r.role = 'lead') AS lead_tasks
    FROM core.task_parties AS r JOIN core.tasks AS t USING (task_id)
    JOIN unit AS u ON u.notice_id = t.notice_id AND u.party = r.party
    GROUP BY u.notice_id, u.function
),
summed AS (
    SELECT notice_id, function, bool_or(is_decided) AS is_decided, list(party ORDER BY rank, party) AS parties,
           sum(points_shared) AS points_shared, sum(share) AS share, any_value(share_basis) AS share_basis
    FROM unit GROUP BY notice_id, function
)
SELECT
    s.notice_id, s.function, s.is_decided, s.parties, c.tasks, c.lead_tasks,
    round(s.points_shared, 6) AS points_shared, s.share, s.share_basis,
    rank() OVER (PARTITION BY s.notice_id ORDER BY round(s.share, 9) DESC) AS rank
FROM summed AS s JOIN counted AS c ON c.notice_id = s.notice_id AND c.function = s.function
ORDER BY s.notice_id, rank, s.function
