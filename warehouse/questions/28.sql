-- 标题：一份材料能用几处
-- 问题：哪些材料、照片交一份就能用在几条任务上，按最严的一处准备要多少？
-- 分组：材料
-- 词语：通用、共用、一份材料、照片、一材多用、几处、重复、少交
-- 参数：notice、party
-- 需要：责任单位、材料
-- 说明：同一件事的几处要求中写法相同的材料算一种，照片、截图不论叫什么算一种；不同的事之间，只有写法相同而且具体的材料算一种，照片不算。件数、字数按最严的一处，没有写明数量的计 1 件。是否真能通用请对照原文。
-- 无结果：所选通知没有能通用的材料。
-- 未列：没有能通用的材料。
WITH wanted AS (
    SELECT u.unit_id, u.unit, u.place, m.material_id, u.task_id, u.notice_id, e.kind, e.raw, e.min_count, e.unit AS measure,
           e.min_words, l.label, t.locator,
           (m.material_id <> concat_ws('-', m.task_id, m.ordinal), l.label, t.ordinal, m.task_id, m.ordinal) AS place_in_list
    FROM mart.unit_materials AS m
    JOIN mart.unit_tasks AS u USING (unit_id, task_id)
    JOIN core.task_evidence AS e ON e.task_id = m.task_id AND e.ordinal = m.ordinal
    JOIN core.tasks AS t ON t.task_id = m.task_id
    JOIN mart.notice_labels AS l ON l.notice_id = u.notice_id
    WHERE u.notice_id IN (SELECT unnest($notice)) AND ($party IS NULL OR contains(u.unit, $party))
)
SELECT any_value(unit) AS 单位, any_value(place) AS 所属, arg_min(raw, place_in_list) AS 材料,
       max(coalesce(min_count, 1)) AS 按最严要交,
       coalesce(arg_min(measure, place_in_list) FILTER (WHERE measure IS NOT NULL), '件') AS 计量单位,
       max(min_words) AS 最少字数, count(DISTINCT task_id) AS 能用几条任务, count(DISTINCT notice_id) AS 通知数,
       (sum(coalesce(min_count, 1)) - max(coalesce(min_count, 1)))::BIGINT AS 可少交,
       list(concat_ws(' ', label, locator) ORDER BY place_in_list) AS 出处,
       list(DISTINCT label ORDER BY label) AS 各通知
FROM wanted
GROUP BY unit_id, material_id
HAVING count(DISTINCT task_id) > 1
ORDER BY 可少交 DESC, 单位, unit_id, material_id
