-- 标题：同一职能各市交给谁
-- 问题：同一个主题的事，各城市交给什么单位牵头？
-- 分组：责任
-- 词语：职能、交给谁、牵头、归口、分工、主管、主题
-- 参数：notice、topic
-- 需要：责任单位
-- 说明：按主题列出各通知的牵头单位，任务多的在前，括号内为任务数。只列至少一份所选通知写明牵头单位的主题。
-- 无结果：所选通知没有写明牵头单位。
-- 未列：没有写明牵头单位。
-- 交叉：主题 × 通知 = 牵头单位
WITH led AS (
    SELECT p.notice_id, p.topic, r.party, count(DISTINCT r.task_id) AS tasks
    FROM core.task_parties AS r JOIN mart.task_points AS p USING (task_id)
    WHERE r.role = 'lead' AND p.notice_id IN (SELECT unnest($notice))
    GROUP BY p.notice_id, p.topic, r.party
)
SELECT c.name AS 主题, n.place AS 城市, n.label AS 通知,
       string_agg(concat(l.party, '（', l.tasks, '）'), '、' ORDER BY l.tasks DESC, l.party) AS 牵头单位,
       sum(l.tasks)::BIGINT AS 任务数
FROM led AS l JOIN mart.notice_labels AS n USING (notice_id) JOIN mart.topics AS c USING (topic)
WHERE ($topic IS NULL OR c.topic = $topic)
GROUP BY c.ordinal, c.name, n.place, n.label
ORDER BY c.ordinal, n.label
