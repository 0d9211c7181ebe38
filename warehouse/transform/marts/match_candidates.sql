-- 用途：可能要求同一件事、把握不足的任务，等人来认定。
-- 一行：一条任务（task_a）和另一份通知中的一条候选任务（task_b）；两个方向各有一行。
-- 来源：mart.task_pairs（把握 0.12 以上、不到 0.7 的），ops.counterpart_reviews（已有认定的不列）。
-- 读法：候选不是对应任务，不能当作结论；有候选的任务也不能说“别的城市没有”。认定写在 对应关系.csv 里，见 warehouse/corrections/README.md；认定得越多，程序判断得越准。
-- 列：
--   task_a：任务编号
--   task_b：另一份通知中的候选任务
--   topic：task_a 的主题代码
--   confidence：把握，两条任务要求同一件事的概率，0.12 到 0.7
--   relation：如果对应，甲对乙的关系：equal=大体相同，subset=甲含于乙，superset=甲包含乙，overlap=部分相同
--   reason：依据的说明：两条任务共有的事项、做法、材料、计量，以及文字相近程度
--   similarity：文字相似度，0 到 1
--   notice_a：task_a 所属通知
--   notice_b：task_b 所属通知
WITH decided AS (
    SELECT a.task_id AS task_a, b.task_id AS task_b
    FROM ops.counterpart_reviews AS r
    JOIN core.files AS f ON f.source_path = r.file_a JOIN core.notices AS m ON m.file_id = f.file_id
    JOIN core.tasks AS a ON a.notice_id = m.notice_id AND a.locator = r.locator_a
    JOIN core.files AS g ON g.source_path = r.file_b JOIN core.notices AS n ON n.file_id = g.file_id
    JOIN core.tasks AS b ON b.notice_id = n.notice_id AND b.locator = r.locator_b
)
SELECT p.task_a, p.task_b, p.topic, p.confidence, p.relation, p.reason, p.similarity, p.notice_a, p.notice_b
FROM mart.task_pairs AS p
ANTI JOIN decided AS d ON d.task_a = p.task_a AND d.task_b = p.task_b
ANTI JOIN decided AS e ON e.task_a = p.task_b AND e.task_b = p.task_a
WHERE p.confidence < 0.7
