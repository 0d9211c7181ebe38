-- 标题：同一指标各市分值最大差
-- 问题：同一件事，各城市给的分相差最多的是哪些？
-- 分组：权重
-- 词语：分差、差距、最大差、同一指标、对应任务、分值
-- 参数：notice、other、topic
-- 需要：分值、现行版
-- 说明：按对应任务两两比较。只有口径相同的才比：基础项目只与基础项目比，加分项只与加分项比；几条共用一个分值格、或分值只写在标题上的，单条分值是分摊所得，也不与单独计分的相比。两份通知总分不同时请同时看占比，加分项没有占比。相似度越高越可比。
-- 无结果：所选通知之间没有都写明分值的对应任务。
-- 未列：与所选的其他通知没有口径相同、都写明分值的对应任务。
SELECT c.name AS 主题, round(abs(pa.points_each - pb.points_each), 3) AS 分差,
       CASE WHEN NOT pa.bonus THEN round(abs(pa.points_each / a.points::DOUBLE - pb.points_each / b.points::DOUBLE) * 100, 1)
            END AS "占比差（%）",
       concat(CASE WHEN pa.bonus THEN '加分项' ELSE '基础项目' END,
              CASE WHEN pa.points IS NOT DISTINCT FROM pa.points_each THEN '，单独计分' ELSE '，分摊所得' END) AS 口径,
       a.label AS 甲通知, ta.requirement AS 甲要求, round(pa.points_each, 3) AS 甲分值,
       b.label AS 乙通知, tb.requirement AS 乙要求, round(pb.points_each, 3) AS 乙分值,
       round(x.similarity, 2) AS 相似度
FROM mart.topic_crosswalk AS x
JOIN mart.task_points AS pa ON pa.task_id = x.task_a
JOIN mart.task_points AS pb ON pb.task_id = x.task_b
JOIN core.tasks AS ta ON ta.task_id = x.task_a
JOIN core.tasks AS tb ON tb.task_id = x.task_b
JOIN mart.notice_labels AS a ON a.notice_id = x.notice_a
JOIN mart.notice_labels AS b ON b.notice_id = x.notice_b
LEFT JOIN mart.topics AS c ON c.topic = x.topic
WHERE pa.points_each IS NOT NULL AND pb.points_each IS NOT NULL AND pa.bonus = pb.bonus
  AND (pa.points IS NOT DISTINCT FROM pa.points_each) = (pb.points IS NOT DISTINCT FROM pb.points_each)
  AND x.notice_a IN (SELECT unnest($notice)) AND x.notice_b IN (SELECT unnest($other))
  AND (x.task_a < x.task_b OR x.notice_b NOT IN (SELECT unnest($notice)) OR x.notice_a NOT IN (SELECT unnest($other)))
  AND ($topic IS NULL OR x.topic = $topic)
ORDER BY 分差 DESC, x.similarity DESC, x.task_a, x.task_b
