-- 用途：同一件事各通知怎样要求，供逐条对照。
-- 一行：一条任务（甲）和另一份通知中最相近的一条任务（乙）。
-- 来源：mart.topic_crosswalk、core.tasks、mart.notice_labels。
-- 读法：两个方向各有一行，查某份通知请用“甲通知”筛选。只列有把握的和人工认定的，待认定的候选见 mart.match_candidates。相似度 1 为文字相同，人工认定而文字不相近的为空。
-- 列：
--   主题：甲任务的统一主题
--   甲通知：通知简称
--   甲要求：甲任务的要求
--   甲分值：分摊到甲任务的分值（分）
--   关系：甲对乙：大体相同、含于对方、包含对方、部分相同
--   相似度：文字相似度，0 到 1
--   依据：文字相近、意思相同（文字不同）或人工认定
--   乙通知：对方通知简称
--   乙要求：乙任务的要求
--   乙分值：分摊到乙任务的分值（分）
--   甲任务编号：用于与其他表连接
--   乙任务编号：用于与其他表连接
--   把握：两条任务要求同一件事的概率，人工认定的为 1
--   共同点：两条任务共有的事项、做法、材料、计量
SELECT coalesce(c.name, x.topic) AS 主题, a.label AS 甲通知, ta.requirement AS 甲要求, pa.points_each AS 甲分值,
       CASE x.relation WHEN 'equal' THEN '大体相同' WHEN 'subset' THEN '含于对方' WHEN 'superset' THEN '包含对方' ELSE '部分相同' END AS 关系,
       x.similarity AS 相似度, CASE x.basis WHEN 'review' THEN '人工认定' WHEN 'meaning' THEN '意思相同' ELSE '文字相近' END AS 依据,
       b.label AS 乙通知, tb.requirement AS 乙要求, pb.points_each AS 乙分值, x.task_a AS 甲任务编号, x.task_b AS 乙任务编号,
       x.confidence AS 把握, x.reason AS 共同点
FROM mart.topic_crosswalk AS x
JOIN core.tasks AS ta ON ta.task_id = x.task_a
JOIN core.tasks AS tb ON tb.task_id = x.task_b
JOIN mart.task_points AS pa ON pa.task_id = x.task_a
JOIN mart.task_points AS pb ON pb.task_id = x.task_b
JOIN mart.notice_labels AS a ON a.notice_id = x.notice_a
JOIN mart.notice_labels AS b ON b.notice_id = x.notice_b
LEFT JOIN mart.topics AS c ON c.topic = x.topic
ORDER BY a.label, ta.table_id NULLS FIRST, ta.ordinal, x.confidence DESC, x.similarity DESC NULLS FIRST, b.label, x.task_b
