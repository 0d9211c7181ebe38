-- 用途：通知里哪些要求可能加重基层负担，对照哪份文件的哪个方面，可以怎样减。
-- 一行：一条任务的一处。
-- 来源：mart.burden、mart.burden_rules、core.tasks、mart.notice_labels。
-- 读法：只是提示，不是错误，要不要减请对照原文定。数量为原文写明的，没有写明的为空；会议次数不折算成全年。责任单位为排在最前的牵头单位。
-- 列：
--   通知：通知简称
--   责任单位：排在最前的牵头单位，没有写明的为空
--   提示：哪一类要求，如 要照片、截图
--   数量：原文写明的数量，没有写明的为空
--   数量单位：数量的单位
--   原文：写有这一要求的原文
--   任务要求：要做什么、达到什么
--   对照方面：对照规定的哪个方面
--   依据：依据的文件
--   减负建议：可以怎样减
--   出处：文件和文件中的位置
--   是否现行：通知是否为最新版
--   任务编号：任务的唯一编号，用于与其他表连接
SELECT n.label AS 通知, b.party AS 责任单位, r.name AS 提示, b.amount AS 数量, b.unit AS 数量单位, b.wording AS 原文,
       t.requirement AS 任务要求, r.aspect AS 对照方面, r.source AS 依据, r.advice AS 减负建议,
       concat_ws(' ', n.source_path, b.locator) AS 出处, n.is_current AS 是否现行, b.task_id AS 任务编号
FROM mart.burden AS b
JOIN mart.burden_rules AS r USING (rule)
JOIN core.tasks AS t USING (task_id)
JOIN mart.notice_labels AS n ON n.notice_id = b.notice_id
ORDER BY n.division_code NULLS LAST, n.label, t.table_id NULLS FIRST, t.ordinal, r.ordinal, b.ordinal
