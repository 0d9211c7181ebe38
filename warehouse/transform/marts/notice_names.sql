-- 用途：各通知的名称，简称由它和年度组成。
-- 一行：一份通知。
-- 来源：core.notices、core.files。
-- 读法：名称为印发单位，没有单位的用地名，再没有的用标题，最后用文件路径；同名的通知不加序号，加了序号的见 mart.notice_labels。不是通知的文件也在其中。
-- 列：
--   notice_id：通知编号
--   name：名称
--   year：年度
SELECT
    n.notice_id,
    coalesce(n.issuer, n.county, n.city, n.province, n.title, f.source_path) AS name,
    n.year
FROM core.notices AS n JOIN core.files AS f USING (file_id)
ORDER BY n.notice_id
