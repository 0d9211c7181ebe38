-- 用途：同一通知前后两版之间增、删、改了什么。
-- 一行：一处变化。
-- 来源：core.notices 的 supersedes，mart.task_versions 的对应关系，core.tasks、core.task_parties。
-- 读法：先按文字完全相同、再按文字相似一对一对应任务；没有对应的为新增（added）或删去（removed）。只是把年份换成本年的不算改动。一条任务可以同时有几处变化，每处一行。分值变化按分值格比较，共用分值的只看第一行。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：新版通知编号
--   previous_id：上一版通知编号
--   change：变化类型：added=新增，removed=删去，reworded=文字改动，points=分值变化，party=责任单位变化，deadline=时限变化
--   task_id：新版中的任务，删去的为空
--   previous_task_id：上一版中的任务，新增的为空
--   before：变化前的内容
--   after：变化后的内容
WITH pairs AS (
    SELECT notice_id, supersedes AS previous_id, year FROM core.notices WHERE supersedes IS NOT NULL
),
years AS (
    SELECT p.notice_id, p.previous_id, p.year, o.year AS previous_year
    FROM pairs AS p JOIN core.notices AS o ON o.notice_id = p.previous_id
),
parties AS (
    SELECT task_id, string_agg(concat_ws('', scope, party, CASE role WHEN 'lead' THEN '（牵头）' END), '、' ORDER BY ordinal) AS named
    FROM core.task_parties
    GROUP BY task_id
),
matched AS (
    SELECT
        y.notice_id, y.previous_id, y.year, y.previous_year,
        t.task_id, o.task_id AS previous_task_id, v.similarity,
        o.requirement AS requirement_before, t.requirement AS requirement_after,
        o.points AS points_before, t.points AS points_after,
        o.deadline AS deadline_before, t.deadline AS deadline_after,
        b.named AS party_before, a.named AS party_after
    FROM years AS y
    JOIN core.tasks AS t ON t.notice_id = y.notice_id
    JOIN mart.task_versions AS v ON v.task_id = t.task_id
    JOIN core.tasks AS o ON o.task_id = v.previous_task_id AND o.notice_id = y.previous_id
    LEFT JOIN parties AS a ON a.task_id = t.task_id
    LEFT JOIN parties AS b ON b.task_id = o.task_id
),
changes AS (
    SELECT y.notice_id, y.previous_id, 'added' AS change, t.task_id, NULL AS previous_task_id,
           NULL AS before, t.requirement AS after
    FROM years AS y JOIN core.tasks AS t ON t.notice_id = y.notice_id
    WHERE NOT EXISTS (SELECT 1 FROM matched AS m WHERE m.task_id = t.task_id)
    UNION ALL
    SELECT y.notice_id, y.previous_id, 'removed', NULL, o.task_id, o.requirement, NULL
    FROM years AS y JOIN core.tasks AS o ON o.notice_id = y.previous_id
    WHERE NOT EXISTS (SELECT 1 FROM matched AS m WHERE m.previous_task_id = o.task_id AND m.notice_id = y.notice_id)
    UNION ALL
    SELECT notice_id, previous_id, 'reworded', task_id, previous_task_id, requirement_before, requirement_after
    FROM matched WHERE similarity < 1
    UNION ALL
    SELECT notice_id, previous_id, 'points', task_id, previous_task_id,
           points_before::VARCHAR, points_after::VARCHAR
    FROM matched WHERE points_before IS DISTINCT FROM points_after
    UNION ALL
    SELECT notice_id, previous_id, 'party', task_id, previous_task_id, party_before, party_after
    FROM matched WHERE party_before IS DISTINCT FROM party_after
    UNION ALL
    SELECT notice_id, previous_id, 'deadline', task_id, previous_task_id, deadline_before, deadline_after
    FROM matched
    WHERE replace(deadline_before, previous_year || '年', '') IS DISTINCT FROM replace(deadline_after, year || '年', '')
)
SELECT notice_id, previous_id, change, task_id, previous_task_id, before, after
FROM changes
ORDER BY notice_id, task_id NULLS LAST, previous_task_id, change
