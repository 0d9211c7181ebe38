-- 用途：每个责任单位承担几项、多少分。
-- 一行：一份通知中的一个责任单位。
-- 来源：mart.responsibility_load、core.parties、mart.collective_expansion、mart.notice_labels。
-- 读法：平分分值把每条任务的分在其责任单位之间平分，可以相加；牵头分值不平分，不能相加。含加分项。展开后占比把“各科室”等统称分摊给点名的单位，统称本身这一格为空。
-- 列：
--   通知：通知简称
--   城市：通知所属的市、县
--   责任单位：责任单位
--   职能：人工认定的职能，不同城市职能相同的单位写同一个词；没有认定的为空
--   名次：按占比从高到低的名次
--   牵头任务：牵头任务数（条）
--   配合任务：配合任务数（条）
--   牵头分值：牵头任务的分值（分）
--   平分分值：平分后的分值（分）
--   占比：占本通知的比重，0 到 1；没有分值的通知按任务
--   展开后占比：统称展开后的比重，0 到 1
--   是否现行：通知是否为最新版
SELECT n.label AS 通知, n.place AS 城市, l.party AS 责任单位, p.function AS 职能, l.rank AS 名次,
       l.lead_tasks AS 牵头任务, l.support_tasks AS 配合任务, l.points_lead AS 牵头分值, l.points_shared AS 平分分值, l.share AS 占比,
       e.share_after AS 展开后占比, n.is_current AS 是否现行
FROM mart.responsibility_load AS l
JOIN mart.notice_labels AS n USING (notice_id)
LEFT JOIN core.parties AS p ON p.notice_id = l.notice_id AND p.name = l.party
LEFT JOIN mart.collective_expansion AS e ON e.notice_id = l.notice_id AND e.party = l.party
ORDER BY n.division_code, n.label, l.rank, l.party
