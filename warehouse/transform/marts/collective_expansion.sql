-- 用途：把“各科室”等统称展开后，每个单位实际承担多少。
-- 一行：一份通知中的一个单位（不含统称）。
-- 来源：core.task_parties、mart.task_points、mart.responsibility_load。
-- 读法：统称分摊给本通知中点名的全部单位；各县市区、各镇街等指下级地方的统称不分摊。share_before、rank_before 为展开前（统称按一个单位计，因此各单位合计可能不足 1），share_after、rank_after 为展开后，合计为 1。没有点名任何单位的通知无从展开，不在此表。分值含加分项；没有分值的通知按任务条数。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   party：责任单位
--   own_tasks：点名承担的任务数（条）
--   own_points：点名任务平分后的分值（分）
--   expanded_tasks：展开统称后的任务数（条）
--   expanded_points：展开统称后平分的分值（分）
--   share_before：展开前的比重，0 到 1
--   share_after：展开后的比重，0 到 1
--   rank_before：展开前的名次
--   rank_after：展开后的名次
WITH party AS (
    SELECT DISTINCT t.notice_id, p.task_id, p.party,
           p.collective AND NOT regexp_matches(p.party, '[县区镇乡村]|街道|社区') AS spreads
    FROM core.task_parties AS p JOIN core.tasks AS t USING (task_id)
),
singles AS (SELECT DISTINCT notice_id, party FROM party WHERE NOT spreads),
expanded AS (
    SELECT notice_id, task_id, party FROM party WHERE NOT spreads
    UNION
    SELECT p.notice_id, p.task_id, s.party FROM party AS p JOIN singles AS s USING (notice_id) WHERE p.spreads
),
divided AS (
    SELECT e.notice_id, e.party, v.points_each / count(*) OVER task AS points, 1 / count(*) OVER task AS part
    FROM expanded AS e JOIN mart.task_points AS v USING (task_id)
    WINDOW task AS (PARTITION BY e.task_id)
),
summed AS (
    SELECT notice_id, party, count(*) AS expanded_tasks, sum(points) AS expanded_points, sum(part) AS part
    FROM divided GROUP BY notice_id, party
),
weighed AS (
    SELECT
        s.*, l.tasks AS own_tasks, l.points_shared AS own_points, l.share AS share_before, l.rank AS rank_before,
        CASE WHEN sum(s.expanded_points) OVER whole > 0
             THEN coalesce(s.expanded_points, 0) / sum(s.expanded_points) OVER whole
             ELSE s.part / sum(s.part) OVER whole
        END AS share_after
    FROM summed AS s JOIN mart.responsibility_load AS l ON l.notice_id = s.notice_id AND l.party = s.party
    WINDOW whole AS (PARTITION BY s.notice_id)
)
SELECT
    notice_id, party, own_tasks, own_points, expanded_tasks, round(expanded_points, 6) AS expanded_points,
    share_before, share_after, rank_before,
    rank() OVER (PARTITION BY notice_id ORDER BY round(share_after, 9) DESC) AS rank_after
FROM weighed
ORDER BY notice_id, rank_after, party
