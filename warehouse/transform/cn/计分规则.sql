-- 用途：各任务怎样得分、扣分、封顶、分档，哪些情形一票否决。
-- 一行：一条计分规则。
-- 来源：core.scoring_rules，连同任务和通知。
-- 读法：分值一律为正数，得分还是扣分看规则类型。互斥标记相同的几条只适用其一。区间（加1—5分）没有分值，上限为最高分。
-- 列：
--   城市：通知所属的市、县
--   单位：印发通知的机关或单位
--   年度：通知所指的年度
--   规则类型：得分、扣分、封顶、分档、一票否决
--   适用条件：在什么情况下适用
--   规则分值：得分或扣分的大小（分）
--   上限：累计最多加分或扣分（分）
--   互斥标记：同一任务中标记相同的几条只适用其一
--   规则原文：这条规则的原文
--   任务要求：要做什么、达到什么
--   出处：文件和文件中的位置
--   是否现行：所属通知是否为最新版
--   任务编号：任务的唯一编号
SELECT
    concat_ws('', coalesce(n.city, n.province), n.county) AS 城市,
    n.issuer AS 单位,
    n.year AS 年度,
    CASE s.effect
        WHEN 'award' THEN '得分' WHEN 'deduct' THEN '扣分' WHEN 'cap' THEN '封顶'
        WHEN 'grade' THEN '分档' ELSE '一票否决'
    END AS 规则类型,
    s.condition AS 适用条件,
    s.points AS 规则分值,
    s.cap AS 上限,
    s.choice AS 互斥标记,
    s.raw AS 规则原文,
    t.requirement AS 任务要求,
    concat_ws(' ', f.source_path, t.locator) AS 出处,
    n.is_current AS 是否现行,
    t.task_id AS 任务编号
FROM core.scoring_rules AS s
JOIN core.tasks AS t USING (task_id)
JOIN core.notices AS n USING (notice_id)
LEFT JOIN core.files AS f USING (file_id)
ORDER BY n.notice_id, t.task_id, s.ordinal
