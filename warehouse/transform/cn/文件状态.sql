-- 用途：raw 目录下每个文件是否入库；没有入库的，说明原因和处理办法。
-- 一行：一个文件。
-- 来源：core.files，连同通知、任务和问题的计数。
-- 读法：“已入库”和“待认定”以外的文件都没有数据进入仓库，按“处理办法”处理后重新构建即可。“待认定”的文件已入库，但有表格没有读出任务，须人工认定。重复文件不算失败。“不是通知”的文件没有任务、指标，也不进汇总；认定得不对的，在 版式.csv 中写一行。
-- 列：
--   文件：相对于 raw 目录的路径
--   处理结果：已入库、待认定、不是通知、重复、无法读取、没有表格或未过校验
--   原因：未入库的原因，或待认定的是什么
--   处理办法：未入库或待认定时建议怎样处理
--   重复于：与之重复、已保留的文件
--   格式：按内容判断的文件格式
--   大小：文件大小（KB）
--   入库时间：读取时间（北京时间）
--   通知数：文件中的通知数（份）
--   任务数：文件中的任务数（条）
--   问题数：问题清单中的条数，不含提示（条）
WITH notices AS (
    SELECT file_id, count(*) AS n FROM core.notices GROUP BY file_id
),
tasks AS (
    SELECT n.file_id, count(*) AS n
    FROM core.tasks AS t
    JOIN core.notices AS n USING (notice_id)
    GROUP BY n.file_id
),
findings AS (
    SELECT coalesce(d.file_id, n.file_id) AS file_id, count(*) FILTER (WHERE d.severity <> 'info') AS n
    FROM core.findings AS d
    LEFT JOIN core.notices AS n USING (notice_id)
    GROUP BY 1
)
SELECT
    f.source_path AS 文件,
    CASE f.status
        WHEN 'loaded' THEN '已入库'
        WHEN 'needs_review' THEN '待认定'
        WHEN 'duplicate' THEN '重复'
        WHEN 'unreadable' THEN '无法读取'
        WHEN 'no_tables' THEN '没有表格'
        WHEN 'not_a_notice' THEN '不是通知'
        WHEN 'held_back' THEN '未过校验'
    END AS 处理结果,
    f.reason AS 原因,
    f.remedy AS 处理办法,
    f.duplicate_of AS 重复于,
    f.format AS 格式,
    round(f.bytes / 1024, 1) AS 大小,
    china_time(f.ingested_at) AS 入库时间,
    coalesce(notices.n, 0) AS 通知数,
    coalesce(tasks.n, 0) AS 任务数,
    coalesce(findings.n, 0) AS 问题数
FROM core.files AS f
LEFT JOIN notices ON notices.file_id = f.file_id
LEFT JOIN tasks ON tasks.file_id = f.file_id
LEFT JOIN findings ON findings.file_id = f.file_id
ORDER BY f.source_path
