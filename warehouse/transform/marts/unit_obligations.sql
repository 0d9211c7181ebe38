-- 用途：一个单位的一张清单：约束它的全部现行通知中，要求相同的任务只列一次。
-- 一行：一个单位的一项要求，连同提出它的各份通知、各条任务。
-- 来源：mart.unit_tasks（合并）、mart.topic_crosswalk（疑似相同的）、mart.unit_materials、core.tasks、core.task_thresholds、mart.due_days、mart.task_progress。
-- 读法：只合并各份通知中文字相同的（量化指标的数字可以不同，取最严的）、整句整段包含的，和 对应关系.csv 认定相同或包含的；一份通知中写了两次的算两项。只是相近的不合并，列在 suspects 里，请人核对，认定后再合并。文字取内容最全的一条（obligation_id）；到期日取最早的，量化指标和材料数量、字数取最严的，材料取各条的并集。covered 为已办结的来源：与代表条相同或就是代表条的一条办结，各处都算；只是其中一部分的一条办结，只算那一条。同名科室只在同一发文单位内算一个单位，其他单位只在同一地方内算一个；写法不同的，用 单位.csv 认定。
-- 存放：表
-- 列：
--   unit_id：单位编号，同一单位在各份通知中相同
--   unit：单位名称
--   place：科室为所属的发文单位，其他单位为所在地方
--   obligation_id：代表这项要求的任务编号，内容最全的一条
--   requirement：任务要求，照代表条
--   topic：代表条的主题代码
--   role：lead=至少一处牵头，support=都是配合
--   tasks：任务数（条）
--   notices：通知数（份）
--   task_ids：各条任务的编号，代表条在前
--   sources：各处出处：通知、位置
--   due_on：最早的到期日，没有可推定日期的为空
--   deadlines：各条任务的时限原文
--   thresholds：量化指标，同一对象、单位取最严的
--   materials：合并后的材料种数
--   items_asked：各条任务要求的件数合计（件），没有写明数量的计 1 件
--   items_needed：合并后要交的件数（件）
--   covered：已办结的任务数（条），办结一处、各处都算
--   suspects：疑似相同、没有合并的其他各项（代表任务编号），请核对；认定相同的记在 对应关系.csv 里
--   suspect_sources：疑似相同的各项的出处：通知、位置，与 suspects 一一对应
--   progress：进展：done=各处都已办结，partial=办结一部分，none=都没有办结
WITH parts AS (
    SELECT u.unit_id, u.unit, u.place, u.obligation_id, u.task_id, u.notice_id, u.role, u.relation, u.reported_by,
           t.requirement, t.criteria, t.deadline, t.locator, t.ordinal, l.label,
           row_number() OVER (PARTITION BY u.unit_id, u.obligation_id
                              ORDER BY u.task_id <> u.obligation_id, n.issued_on NULLS LAST, u.notice_id, t.ordinal, u.task_id) AS place_in_list
    FROM mart.unit_tasks AS u
    JOIN core.tasks AS t USING (task_id)
    JOIN core.notices AS n ON n.notice_id = u.notice_id
    JOIN mart.notice_labels AS l ON l.notice_id = u.notice_id
),
due AS (
    SELECT u.unit_id, u.obligation_id, min(d.due_on) AS due_on
    FROM mart.unit_tasks AS u JOIN mart.due_days AS d USING (task_id)
    WHERE NOT d.is_before_issue GROUP BY ALL
),
bounds AS (
    SELECT u.unit_id, u.obligation_id, h.subject, h.operator, h.unit AS measure,
           CASE WHEN h.operator IN ('<=', '<') THEN min(h.value) ELSE max(h.value) END AS value
    FROM mart.unit_tasks AS u JOIN core.task_thresholds AS h USING (task_id)
    GROUP BY u.unit_id, u.obligation_id, h.subject, h.operator, h.unit
),
thresholds AS (
    SELECT unit_id, obligation_id,
           list(concat(coalesce(subject, ''),
                       CASE operator WHEN '>=' THEN '不少于' WHEN '>' THEN '超过' WHEN '<=' THEN '不超过' WHEN '<' THEN '少于' ELSE '为' END,
                       CASE WHEN value = floor(value) THEN value::BIGINT::VARCHAR ELSE value::DOUBLE::VARCHAR END,
                       coalesce(measure, '')) ORDER BY subject, operator, measure) AS thresholds
    FROM bounds GROUP BY ALL
),
files AS (
    SELECT m.unit_id, u.obligation_id, m.material_id, sum(coalesce(e.min_count, 1)) AS asked,
           max(coalesce(e.min_count, 1)) AS needed
    FROM mart.unit_materials AS m
    JOIN mart.unit_tasks AS u USING (unit_id, task_id)
    JOIN core.task_evidence AS e ON e.task_id = m.task_id AND e.ordinal = m.ordinal
    GROUP BY ALL
),
materials AS (
    SELECT unit_id, obligation_id, count(*) AS materials, sum(asked)::BIGINT AS items_asked, sum(needed)::BIGINT AS items_needed
    FROM files GROUP BY ALL
),
suspected AS (
    SELECT unit_id, obligation_id, list(suspect ORDER BY suspect) AS suspects,
           list(concat_ws(' ', l.label, t.locator) ORDER BY suspect) AS suspect_sources
    FROM (
        SELECT DISTINCT a.unit_id, unnest([a.obligation_id, b.obligation_id]) AS obligation_id,
               unnest([b.obligation_id, a.obligation_id]) AS suspect
        FROM mart.unit_tasks AS a
        JOIN mart.topic_crosswalk AS x ON x.task_a = a.task_id AND x.basis <> 'review'
        JOIN mart.unit_tasks AS b ON b.task_id = x.task_b AND b.unit_id = a.unit_id
        WHERE a.obligation_id <> b.obligation_id
    )
    JOIN core.tasks AS t ON t.task_id = suspect
    JOIN mart.notice_labels AS l ON l.notice_id = t.notice_id
    GROUP BY ALL
),
settled AS (
    SELECT p.unit_id, p.obligation_id,
           count(*) FILTER (WHERE g.settled) AS settled,
           coalesce(bool_or(g.settled AND p.relation <> 'subset'), false) AS is_done
    FROM parts AS p LEFT JOIN (
        SELECT task_id, party, bool_or(settled) AS settled FROM mart.task_progress GROUP BY ALL
    ) AS g ON g.task_id = p.task_id AND g.party = p.reported_by
    GROUP BY ALL
)
SELECT
    p.unit_id, any_value(p.unit) AS unit, any_value(p.place) AS place, p.obligation_id,
    arg_min(coalesce(p.requirement, p.criteria, ''), p.place_in_list) AS requirement,
    any_value(o.topic) AS topic, min(p.role) AS role, count(*) AS tasks, count(DISTINCT p.notice_id) AS notices,
    list(p.task_id ORDER BY p.place_in_list) AS task_ids,
    list(concat_ws(' ', p.label, p.locator) ORDER BY p.place_in_list) AS sources,
    any_value(d.due_on) AS due_on,
    coalesce(list_distinct(list(p.deadline ORDER BY p.place_in_list) FILTER (WHERE p.deadline IS NOT NULL)), []) AS deadlines,
    coalesce(any_value(h.thresholds), []) AS thresholds,
    coalesce(any_value(m.materials), 0) AS materials, coalesce(any_value(m.items_asked), 0) AS items_asked,
    coalesce(any_value(m.items_needed), 0) AS items_needed,
    CASE WHEN any_value(s.is_done) THEN count(*) ELSE any_value(s.settled) END AS covered,
    coalesce(any_value(x.suspects), []) AS suspects, coalesce(any_value(x.suspect_sources), []) AS suspect_sources,
    CASE WHEN any_value(s.is_done) OR any_value(s.settled) = count(*) THEN 'done'
         WHEN any_value(s.settled) > 0 THEN 'partial' ELSE 'none' END AS progress
FROM parts AS p
JOIN core.tasks AS o ON o.task_id = p.obligation_id
JOIN settled AS s ON s.unit_id = p.unit_id AND s.obligation_id = p.obligation_id
LEFT JOIN due AS d ON d.unit_id = p.unit_id AND d.obligation_id = p.obligation_id
LEFT JOIN thresholds AS h ON h.unit_id = p.unit_id AND h.obligation_id = p.obligation_id
LEFT JOIN suspected AS x ON x.unit_id = p.unit_id AND x.obligation_id = p.obligation_id
LEFT JOIN materials AS m ON m.unit_id = p.unit_id AND m.obligation_id = p.obligation_id
GROUP BY p.unit_id, p.obligation_id
ORDER BY p.unit_id, due_on NULLS LAST, p.obligation_id
