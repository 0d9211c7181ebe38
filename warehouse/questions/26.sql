-- 标题：哪些要求可以减负
-- 问题：照片、笔记、报道、会议、字数这些要求各有几处、多少件，可以怎样减？
-- 分组：材料
-- 词语：减负、形式主义、照片、笔记、会议、字数、基层、台账
-- 参数：notice、party
-- 需要：任务
-- 说明：对照《整治形式主义为基层减负若干规定》列出，只是提示，不是错误，要不要减请对照原文定。责任单位为“全部”的一行是所选单位的合计，单位按排在最前的牵头单位。数量只加写明的，会议次数、天数等不相加；对照方面和建议只写在“全部”一行，逐条原文见视图 cn.减负对照。
-- 无结果：所选通知没有这几类要求。
-- 未列：没有这几类要求。
-- 交叉：提示 × 通知 = 处数，只取 责任单位 全部
-- 图：处数 按 提示，只取 责任单位 全部
WITH hits AS (
    SELECT n.label, b.*, coalesce(b.party, '（未写明）') AS lead_party,
           r.name, r.ordinal AS place, r.additive, r.aspect, r.advice
    FROM mart.burden AS b
    JOIN mart.burden_rules AS r USING (rule)
    JOIN mart.notice_labels AS n USING (notice_id)
    WHERE n.notice_id IN (SELECT unnest($notice)) AND ($party IS NULL OR contains(coalesce(b.party, ''), $party))
)
SELECT label AS 通知, name AS 提示, CASE WHEN grouping(lead_party) = 1 THEN '全部' ELSE lead_party END AS 责任单位,
       count(*) AS 处数, count(DISTINCT task_id) AS 任务数,
       sum(amount) FILTER (WHERE additive)::BIGINT AS 写明的数量合计,
       max(amount)::BIGINT AS 最多一处,
       CASE WHEN count(DISTINCT unit) > 1 THEN '件' ELSE max(unit) END AS 单位,
       CASE WHEN grouping(lead_party) = 1 THEN max(aspect) END AS 对照方面,
       CASE WHEN grouping(lead_party) = 1 THEN max(advice) END AS 减负建议
FROM hits
GROUP BY GROUPING SETS ((label, name, place), (label, name, place, lead_party))
ORDER BY label, place, grouping(lead_party) DESC, 处数 DESC, 责任单位
