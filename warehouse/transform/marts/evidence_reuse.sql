-- 用途：一个单位的哪些任务可以用同一份材料或同一次活动支撑，减少重复报送。
-- 一行：一份通知中同一牵头单位的一组任务（至少两条）。
-- 来源：core.task_evidence、core.tasks、core.task_parties、mart.task_points。
-- 读法：basis=same_text 表示几条任务要的是同一种材料（材料文字去掉数量和标点后相同）；basis=same_activity 表示几条任务同一主题、都要活动图片、截图或报道，可以办一次活动一并留存。单位取排在最前的牵头单位，未写明单位的按整份通知分组，party 为空。items 为这些任务要求的件数合计，没有写明数量的计 1 件。是否真能合并请对照原文。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   party：牵头单位，未写明的为空
--   basis：依据：same_text=同一材料，same_activity=同一活动
--   what：材料文字或主题名称
--   topic：主题代码，跨主题的为空
--   tasks：任务数（条）
--   task_ids：任务编号
--   items：件数合计（件）
WITH first_lead AS (
    SELECT task_id, arg_min(party, ordinal) AS party FROM core.task_parties WHERE role = 'lead' GROUP BY task_id
),
wanted AS (
    SELECT
        t.notice_id, l.party, e.task_id, p.topic, e.kind, coalesce(e.min_count, 1) AS items,
        regexp_replace(e.raw, '[0-9０-９一二三四五六七八九十两]+(?:-[0-9]+)?[份张次篇个条幅项]|[^\p{Han}A-Za-z]|以上|以内|不少于|至少|左右', '', 'g') AS said,
        e.raw,
        regexp_matches(concat_ws(' ', t.requirement, t.evidence, e.raw), '活动') AS activity
    FROM core.task_evidence AS e
    JOIN core.tasks AS t USING (task_id)
    JOIN mart.task_points AS p ON p.task_id = t.task_id
    LEFT JOIN first_lead AS l ON l.task_id = t.task_id
    WHERE NOT e.is_repeated
),
texts AS (
    SELECT notice_id, party, 'same_text' AS basis, arg_min(raw, (length(raw), raw)) AS what,
           CASE WHEN count(DISTINCT topic) = 1 THEN min(topic) END AS topic,
           count(DISTINCT task_id) AS tasks, list_sort(list(DISTINCT task_id)) AS task_ids, sum(items)::BIGINT AS items
    FROM wanted WHERE length(said) >= 4
    GROUP BY notice_id, party, said HAVING count(DISTINCT task_id) > 1
),
activities AS (
    SELECT w.notice_id, w.party, 'same_activity' AS basis, coalesce(any_value(c.name), w.topic) AS what, w.topic,
           count(DISTINCT task_id) AS tasks, list_sort(list(DISTINCT task_id)) AS task_ids, sum(items)::BIGINT AS items
    FROM wanted AS w LEFT JOIN mart.topics AS c ON c.topic = w.topic
    WHERE w.activity AND w.kind IN ('photo', 'screenshot', 'news') AND w.topic <> 'other'
    GROUP BY w.notice_id, w.party, w.topic HAVING count(DISTINCT task_id) > 1
)
SELECT * FROM texts UNION ALL SELECT * FROM activities
ORDER BY notice_id, party NULLS LAST, basis, tasks DESC, what
