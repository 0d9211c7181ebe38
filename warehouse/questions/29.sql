-- 标题：合并后能少交多少
-- 问题：把要求相同的任务合并、材料通用以后，各单位少办几条、少交几件？
-- 分组：材料
-- 词语：合并、少办、少交、减少、重复、清单、一张清单
-- 参数：notice、party
-- 需要：责任单位
-- 说明：要求的材料只计写明的，没有写明数量的计 1 件，任选其一的只计第一种；由几个单位共同负责的，各单位各计一次。合并的依据见第 27、28 题，是否真能合并请对照原文。
-- 无结果：所选通知没有写明责任单位的任务。
-- 未列：没有符合条件的责任单位。
WITH own AS (
    SELECT * FROM mart.unit_tasks
    WHERE notice_id IN (SELECT unnest($notice)) AND ($party IS NULL OR contains(unit, $party))
),
files AS (
    SELECT o.unit_id, m.material_id, sum(coalesce(e.min_count, 1)) AS asked, max(coalesce(e.min_count, 1)) AS needed
    FROM own AS o JOIN mart.unit_materials AS m USING (unit_id, task_id)
    JOIN core.task_evidence AS e ON e.task_id = m.task_id AND e.ordinal = m.ordinal
    GROUP BY ALL
),
items AS (
    SELECT unit_id, sum(asked)::BIGINT AS asked, sum(needed)::BIGINT AS needed FROM files GROUP BY unit_id
)
SELECT any_value(o.unit) AS 单位, any_value(o.place) AS 所属, count(DISTINCT o.notice_id) AS 通知数, count(*) AS 任务数,
       count(DISTINCT o.obligation_id) AS 合并后, count(*) - count(DISTINCT o.obligation_id) AS 少办几条,
       coalesce(any_value(i.asked), 0) AS 要求的件数, coalesce(any_value(i.needed), 0) AS 合并后件数,
       coalesce(any_value(i.asked - i.needed), 0) AS 少交几件,
       list(DISTINCT l.label ORDER BY l.label) AS 各通知
FROM own AS o JOIN mart.notice_labels AS l USING (notice_id) LEFT JOIN items AS i USING (unit_id)
GROUP BY o.unit_id
ORDER BY 少办几条 DESC, 少交几件 DESC, 任务数 DESC, 单位, o.unit_id
