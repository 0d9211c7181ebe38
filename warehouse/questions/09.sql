-- 标题：加减分和一票否决
-- 问题：哪些事能加分、要扣分、会被一票否决？
-- 分组：权重
-- 词语：加分、扣分、减分、一票否决、封顶、负面清单、倒扣
-- 参数：notice、topic
-- 需要：任务
-- 说明：规则取自任务文字和评分标准栏。规则没有写明多少分的（扣除一定分值、视情况扣1-5分）分值为空，范围的上限见“上限”。一条任务中重复写出的同一规则只列一次。加分只列加分项目中的得分规则，没有写得分规则的整条列为“加分项目”；扣分、封顶、一票否决全部列出。
-- 无结果：所选通知没有加分项目，也没有写扣分、封顶或一票否决。
-- 未列：没有加分项目，也没有写扣分、封顶或一票否决。
-- 交叉：类型 × 通知 = 行数
WITH told AS (
    -- Of a rule that recognition printed twice in one task, whole or without its beginning, the first stands for both.
    SELECT r.* FROM core.scoring_rules AS r JOIN core.tasks AS k USING (task_id)
    WHERE k.notice_id IN (SELECT unnest($notice)) AND NOT EXISTS (
        SELECT 1 FROM core.scoring_rules AS o
        WHERE o.task_id = r.task_id AND o.effect = r.effect AND o.ordinal < r.ordinal AND ends_with(o.raw, r.raw)
          AND o.points IS NOT DISTINCT FROM r.points AND o.cap IS NOT DISTINCT FROM r.cap
          AND 2 * length(r.raw) > length(o.raw)
    )
)
SELECT n.label AS 通知,
       CASE r.effect WHEN 'award' THEN '加分' WHEN 'deduct' THEN '扣分' WHEN 'cap' THEN '封顶' WHEN 'veto' THEN '一票否决'
                     ELSE '加分项目' END AS 类型,
       coalesce(r.condition, t.requirement) AS 条件,
       CASE WHEN r.task_id IS NULL THEN t.points ELSE r.points END AS 分值, r.cap AS 上限,
       coalesce(r.raw, t.requirement) AS 原文, c.name AS 主题, t.locator AS 出处, t.task_id AS 任务编号
FROM core.tasks AS t
JOIN mart.notice_labels AS n USING (notice_id)
LEFT JOIN told AS r ON r.task_id = t.task_id AND r.effect <> 'grade' AND (r.effect <> 'award' OR t.bonus)
LEFT JOIN mart.topics AS c ON c.topic = t.topic
WHERE n.notice_id IN (SELECT unnest($notice)) AND (r.task_id IS NOT NULL OR t.bonus) AND ($topic IS NULL OR t.topic = $topic)
ORDER BY n.label, array_position(['veto', 'deduct', 'award', 'cap'], r.effect) NULLS LAST, t.ordinal, r.ordinal
