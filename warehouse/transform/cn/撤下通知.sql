-- 用途：曾经入库、文件后来已从 raw 中移走的通知。
-- 一行：一份撤下的通知。
-- 来源：ops.retired_notices、ops.retired_tasks。
-- 读法：内容是移走前的样子，不是现行的通知，不参加任何汇总；其中的任务见 ops.retired_tasks。文件放回 raw 后不再列出。
-- 列：
--   标题：通知标题
--   文号：发文字号
--   发文机关：印发通知的机关或单位
--   印发日期：落款日期
--   年度：通知所指的年度
--   版次：同一通知的第几版
--   任务数：任务数（条）
--   文件：移走前相对于 raw 目录的文件路径
--   撤下时间：发现文件已移走的时间（北京时间）
--   通知编号：通知的唯一编号
SELECT
    n.title AS 标题,
    n.doc_number AS 文号,
    n.issuer AS 发文机关,
    n.issued_on AS 印发日期,
    n.year AS 年度,
    n.version AS 版次,
    (SELECT count(*) FROM ops.retired_tasks AS t WHERE t.notice_id = n.notice_id) AS 任务数,
    n.source_path AS 文件,
    china_time(n.retired_at) AS 撤下时间,
    n.notice_id AS 通知编号
FROM ops.retired_notices AS n
ORDER BY n.retired_at DESC, n.source_path, n.notice_id
