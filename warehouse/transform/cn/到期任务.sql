-- 用途：按日期看哪些任务到期、谁负责、要交什么。
-- 一行：一条任务的一个到期日。
-- 来源：mart.due_days、core.tasks、core.task_parties、mart.notice_labels、mart.duty_scope。
-- 读法：只有本级现在应办的（本级的通知和上级通知中落到本级的任务，周期没有结束的；归属还没有认定的都在内），其余的见 mart.due_days、cn.任务时限。时间段取最后一天，定期任务在每个到期日各一行。长期、适时等没有日期的任务不在此表。
-- 列：
--   到期日：到期的日期
--   旬：如 2023-08 上旬
--   通知：通知简称
--   任务要求：要做什么、达到什么
--   牵头：牵头单位
--   责任人：责任人
--   材料要求：材料、佐证栏的文字
--   原文时限：时限栏的文字，照原文
--   出处：文件和文件中的位置
--   是否现行：通知是否为最新版
--   早于印发：到期日早于通知的印发日期，请核对年份
--   任务编号：任务的唯一编号，用于与其他表连接
WITH leads AS (
    SELECT task_id, string_agg(party, '、' ORDER BY ordinal) AS leads FROM core.task_parties WHERE role = 'lead' GROUP BY task_id
)
SELECT d.due_on AS 到期日,
       concat(strftime(d.due_on, '%Y-%m'), ' ',
              CASE WHEN day(d.due_on) <= 10 THEN '上旬' WHEN day(d.due_on) <= 20 THEN '中旬' ELSE '下旬' END) AS 旬,
       n.label AS 通知, t.requirement AS 任务要求, l.leads AS 牵头, t.persons AS 责任人, t.evidence AS 材料要求,
       t.deadline AS 原文时限, concat_ws(' ', n.source_path, t.locator) AS 出处, n.is_current AS 是否现行,
       d.is_before_issue AS 早于印发, t.task_id AS 任务编号
FROM (SELECT DISTINCT task_id, due_on, is_before_issue FROM mart.due_days) AS d
JOIN core.tasks AS t USING (task_id)
JOIN mart.notice_labels AS n USING (notice_id)
LEFT JOIN leads AS l USING (task_id)
WHERE d.task_id IN (
    SELECT p.task_id FROM mart.task_progress AS p
    JOIN mart.duty_scope AS w ON w.notice_id = p.notice_id AND w.party IS NOT DISTINCT FROM p.party
    WHERE w.left_out IS NULL
)
ORDER BY d.due_on, n.label, t.table_id NULLS FIRST, t.ordinal
