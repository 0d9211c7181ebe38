-- 用途：一份通知的责任集中在少数单位，还是分得均匀。
-- 一行：一份通知。
-- 来源：mart.responsibility_load 的 share。
-- 读法：hhi 为各单位比重的平方和，1 为全归一家，越接近 1/单位数越均匀；gini 为 0 时各单位一样多，越接近 1 越悬殊；top1_share、top3_share 为最重的一家、三家的比重。没有写明责任单位的通知不在此表。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   parties：责任单位数（个）
--   hhi：赫芬达尔指数，0 到 1
--   gini：基尼系数，0 到 1
--   top1_share：最重的一个单位的比重，0 到 1
--   top3_share：最重的三个单位的比重，0 到 1
WITH ordered AS (
    SELECT
        notice_id, share,
        row_number() OVER (PARTITION BY notice_id ORDER BY share, party) AS place,
        row_number() OVER (PARTITION BY notice_id ORDER BY share DESC, party) AS heaviest,
        count(*) OVER (PARTITION BY notice_id) AS parties
    FROM mart.responsibility_load
)
SELECT
    notice_id,
    any_value(parties) AS parties,
    sum(share * share) AS hhi,
    greatest(sum((2 * place - parties - 1) * share) / (any_value(parties) * sum(share)), 0) AS gini,
    max(share) AS top1_share,
    least(sum(share) FILTER (WHERE heaviest <= 3), 1) AS top3_share
FROM ordered
GROUP BY notice_id
ORDER BY notice_id
