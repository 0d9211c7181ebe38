-- 标题：“各科室”展开后负担
-- 问题：“各科室”这样的统称分摊到每个科室后，哪些科室的负担加重了？
-- 分组：责任
-- 词语：统称、各科室、全体、展开、分摊、负担、各单位
-- 参数：notice、party
-- 需要：责任单位
-- 说明：统称分摊给通知中点名的全部单位；各县市区、各镇街等不分摊。占比按平分后的分值，没有分值的按任务，都不计没有写明责任单位的任务。
-- 无结果：所选通知没有点名任何责任单位，无从展开。
-- 未列：没有点名任何单位，无从展开。
-- 图：展开后占比（%） 按 责任单位
SELECT n.label AS 通知, e.rank_after AS 展开后名次, e.rank_before AS 展开前名次, e.party AS 责任单位, e.own_tasks AS 点名任务,
       e.expanded_tasks AS 展开后任务, round(e.own_points, 2) AS 点名分值, round(e.expanded_points, 2) AS 展开后分值,
       round(e.share_after * 100, 1) AS "展开后占比（%）"
FROM mart.collective_expansion AS e JOIN mart.notice_labels AS n USING (notice_id)
WHERE n.notice_id IN (SELECT unnest($notice)) AND ($party IS NULL OR contains(e.party, $party))
ORDER BY n.label, e.rank_after, e.party
