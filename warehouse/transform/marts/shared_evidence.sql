-- 用途：一份材料、一组照片在一个单位的全部通知中能用几处。
-- 一行：一个单位的一种材料，至少两条任务要它。
-- 来源：mart.unit_materials、mart.unit_tasks、core.task_evidence。
-- 读法：同一项要求中写法相同的材料算一种，几份通知就同一项要求都要的照片、截图算一种；写法相同而且具体的材料（不是“说明报告”“活动照片”这类泛称），不同要求之间也算一种。一条任务要的两种材料总是两种；任选其一的只算第一种。数量、字数取最严的。是否真能通用请对照原文。
-- 存放：表
-- 列：
--   unit_id：单位编号
--   unit：单位名称
--   place：科室为所属的发文单位，其他单位为所在地方
--   material_id：材料编号：首条任务的编号和材料在其中的次序
--   kind：材料类型，取值见 core.task_evidence.kind
--   what：材料的写法，取最先的一处
--   min_count：要交的件数（件），取最多的一处，没有写明的计 1 件
--   measure：数量的单位，取最先写明的一处
--   min_words：最少字数（字），取最多的一处，没有写明的为空
--   tasks：任务数（条）
--   notices：通知数（份）
--   obligations：合并后的要求数（项）
--   asked：各处要求的件数合计（件）
--   saved：通用后可少交的件数（件）
--   task_ids：各条任务的编号
--   sources：各处出处：通知、位置
WITH wanted AS (
    SELECT m.unit_id, u.unit, u.place, m.material_id, u.obligation_id, m.task_id, u.notice_id, e.kind, e.raw, e.min_count,
           e.unit AS measure, e.min_words, l.label, t.locator,
           (m.material_id <> concat_ws('-', m.task_id, m.ordinal), l.label, t.ordinal, m.task_id, m.ordinal) AS place_in_list
    FROM mart.unit_materials AS m
    JOIN mart.unit_tasks AS u USING (unit_id, task_id)
    JOIN core.task_evidence AS e ON e.task_id = m.task_id AND e.ordinal = m.ordinal
    JOIN core.tasks AS t ON t.task_id = m.task_id
    JOIN mart.notice_labels AS l ON l.notice_id = u.notice_id
)
SELECT
    unit_id, any_value(unit) AS unit, any_value(place) AS place, material_id, arg_min(kind, place_in_list) AS kind,
    arg_min(raw, place_in_list) AS what, max(coalesce(min_count, 1)) AS min_count,
    arg_min(measure, place_in_list) FILTER (WHERE measure IS NOT NULL) AS measure, max(min_words) AS min_words,
    count(DISTINCT task_id) AS tasks, count(DISTINCT notice_id) AS notices, count(DISTINCT obligation_id) AS obligations,
    sum(coalesce(min_count, 1))::BIGINT AS asked, (sum(coalesce(min_count, 1)) - max(coalesce(min_count, 1)))::BIGINT AS saved,
    list(task_id ORDER BY place_in_list) AS task_ids,
    list(concat_ws(' ', label, locator) ORDER BY place_in_list) AS sources
FROM wanted
GROUP BY unit_id, material_id
HAVING count(DISTINCT task_id) > 1
ORDER BY unit_id, saved DESC, material_id
