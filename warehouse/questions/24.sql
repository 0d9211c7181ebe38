-- 标题：量化门槛各市不同
-- 问题：同一件事的数量要求（≥95%、不少于 4 次），各城市定得不一样吗？
-- 分组：核对
-- 词语：门槛、数量、量化、百分比、不少于、至少、次数、标准不同
-- 参数：notice、topic
-- 需要：量化指标
-- 说明：列出至少两份所选通知都有、而数值不全相同的主题和单位。“出自对应任务”为是的，所在任务与别的通知的任务对应；对象照原文。
-- 无结果：所选通知之间没有可比的量化门槛。
-- 未列：与所选的其他通知没有可比而不同的数量要求。
WITH picked AS (
    SELECT h.*, n.label
    FROM mart.threshold_comparison AS h JOIN mart.notice_labels AS n USING (notice_id)
    WHERE n.notice_id IN (SELECT unnest($notice)) AND h.topic <> 'other' AND ($topic IS NULL OR h.topic = $topic)
),
matched AS (
    -- Tasks with a counterpart in the same group.
    SELECT DISTINCT a.task_id, a.topic, a.unit
    FROM picked AS a
    JOIN mart.topic_crosswalk AS x ON x.task_a = a.task_id
    JOIN picked AS b ON b.task_id = x.task_b AND b.topic = a.topic AND b.unit IS NOT DISTINCT FROM a.unit
),
differing AS (
    SELECT topic, unit FROM picked
    GROUP BY topic, unit HAVING count(DISTINCT notice_id) > 1 AND count(DISTINCT value) > 1
)
SELECT c.name AS 主题, p.unit AS 单位, p.label AS 通知, CASE WHEN m.task_id IS NULL THEN '否' ELSE '是' END AS 出自对应任务,
       p.subject AS 对象,
       CASE p.operator WHEN '>=' THEN '不低于' WHEN '>' THEN '高于' WHEN '<=' THEN '不高于' WHEN '<' THEN '低于' ELSE '等于' END AS 比较,
       p.value AS 数值, p.raw AS 原文
FROM picked AS p
JOIN differing AS d ON d.topic = p.topic AND d.unit IS NOT DISTINCT FROM p.unit
JOIN mart.topics AS c ON c.topic = p.topic
LEFT JOIN matched AS m ON m.task_id = p.task_id AND m.topic = p.topic AND m.unit IS NOT DISTINCT FROM p.unit
ORDER BY c.ordinal, p.unit NULLS LAST, p.value DESC, p.label, p.task_id, p.raw, p.subject
