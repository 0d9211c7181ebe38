-- 用途：每条任务什么时候做、什么时候交，可按日期排序和筛选。
-- 一行：一条任务的一个期限或时间段。
-- 来源：core.task_deadlines，连同任务、责任单位和通知。
-- 读法：时间段有开始和截止日期；截止日只有截止日期；定期任务看重复规则（RRULE，每次发生即到期日），写明起止的才有日期；与活动或节日同步的写在依据事件里；长期和无法判断的没有日期。
-- 列：
--   城市：通知所属的市、县
--   单位：印发通知的机关或单位
--   年度：通知所指的年度
--   时限类型：时间段、截止日、定期、与活动或节日同步、长期、无法判断
--   开始日期：时间段的第一天
--   截止日期：时间段的最后一天或截止日
--   重复规则：定期任务的重复规则（RRULE）
--   依据事件：与之同步的节日或事件
--   时限原文：这一时限的原文
--   依据：时限写在任务里、标题里，还是取自通知的统一规定
--   任务要求：要做什么、达到什么
--   牵头：牵头单位
--   责任人：责任人
--   出处：文件和文件中的位置
--   是否现行：所属通知是否为最新版
--   任务编号：任务的唯一编号
SELECT
    concat_ws('', coalesce(n.city, n.province), n.county) AS 城市,
    n.issuer AS 单位,
    n.year AS 年度,
    CASE d.kind
        WHEN 'window' THEN '时间段' WHEN 'by' THEN '截止日' WHEN 'recurring' THEN '定期'
        WHEN 'event' THEN '与活动或节日同步' WHEN 'ongoing' THEN '长期' ELSE '无法判断'
    END AS 时限类型,
    d.starts_on AS 开始日期,
    d.ends_on AS 截止日期,
    d.recurrence AS 重复规则,
    d.anchor AS 依据事件,
    d.raw AS 时限原文,
    CASE d.basis
        WHEN 'cell' THEN '本条任务的文字' WHEN 'header' THEN '任务所属的标题' WHEN 'rule' THEN '通知的统一规定（见 core.rules）'
    END AS 依据,
    t.requirement AS 任务要求,
    (
        SELECT string_agg(p.party, '、' ORDER BY p.ordinal)
        FROM core.task_parties AS p WHERE p.task_id = t.task_id AND p.role = 'lead'
    ) AS 牵头,
    t.persons AS 责任人,
    concat_ws(' ', f.source_path, t.locator) AS 出处,
    n.is_current AS 是否现行,
    t.task_id AS 任务编号
FROM core.task_deadlines AS d
JOIN core.tasks AS t USING (task_id)
JOIN core.notices AS n USING (notice_id)
LEFT JOIN core.files AS f USING (file_id)
ORDER BY n.notice_id, d.ends_on NULLS LAST, d.starts_on, t.task_id, d.ordinal
