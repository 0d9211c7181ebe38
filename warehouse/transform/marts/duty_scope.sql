-- 用途：每份通知的每个责任单位，任务算不算本级现在应办的，不算的为什么。
-- 一行：一份通知中的一个责任单位；没有写明责任单位的任务合为一行，party 为空。
-- 来源：mart.task_progress、mart.notice_scope、core.parties。
-- 读法：left_out 为空的计入进展、逾期、到期和提醒。本级的通知都计入；上级的通知，没有写明单位的、写给各单位（统称）的和写明本级通知中的单位或本级发文机关的计入，写明上级自己的部门的不计；参考的通知不计；周期已结束（mart.notice_scope 的 cycle_end 早于查询当天）的不计。归属还不知道的，不论周期一律计入。
-- 列：
--   notice_id：通知编号
--   party：责任单位，没有写明的为空
--   scope：通知的归属，见 mart.notice_scope
--   cycle_end：这一轮到哪天结束
--   left_out：不计的原因：reference=参考通知，other_unit=上级通知写明的其他单位，closed=周期已结束；计入的为空
WITH own_units AS (
    SELECT p.name FROM core.parties AS p JOIN mart.notice_scope AS s USING (notice_id) WHERE s.scope = 'ours' AND p.kind = 'unit'
    UNION
    SELECT n.issuer FROM core.notices AS n JOIN mart.notice_scope AS s USING (notice_id) WHERE s.scope = 'ours'
),
collectives AS (
    SELECT DISTINCT notice_id, name FROM core.parties WHERE kind = 'collective'
)
SELECT
    p.notice_id, p.party, s.scope, s.cycle_end,
    CASE WHEN s.scope = 'reference' THEN 'reference'
         WHEN s.scope = 'superior' AND p.party IS NOT NULL AND c.name IS NULL
             AND p.party NOT IN (SELECT name FROM own_units WHERE name IS NOT NULL) THEN 'other_unit'
         WHEN s.scope IS NOT NULL AND s.cycle_end < current_date THEN 'closed'
    END AS left_out
FROM (SELECT DISTINCT notice_id, party FROM mart.task_progress) AS p
JOIN mart.notice_scope AS s USING (notice_id)
LEFT JOIN collectives AS c ON c.notice_id = p.notice_id AND c.name = p.party
ORDER BY p.notice_id, p.party NULLS FIRST
