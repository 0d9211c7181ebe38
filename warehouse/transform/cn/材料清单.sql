-- 用途：每条任务要交哪些材料、各几份，供单位备料和检查。
-- 一行：一条任务的一种材料。
-- 来源：core.task_evidence，连同任务、责任单位和通知。
-- 读法：最少数量为空表示原文没有写明。任选标记相同的几种材料任选其一即可，不要相加。
-- 列：
--   城市：通知所属的市、县
--   单位：印发通知的机关或单位
--   年度：通知所指的年度
--   材料类型：说明报告、图片、文件等
--   最少数量：至少几份（张、次）
--   数量单位：数量的单位，照原文
--   最少字数：文字材料的最少字数（字）
--   材料分值：这份材料对应的分值（分）
--   任选标记：同一任务中标记相同的材料任选其一
--   共用任务数：材料格为几条任务共用时的任务数
--   重复列出：共用的材料已列在前面的任务下，合计时不要再计
--   材料原文：这份材料的原文
--   格式要求：通知对这类材料的统一规定
--   依据：这份材料或它的最少数量写在任务里，还是取自通知的统一规定
--   任务要求：要做什么、达到什么
--   牵头：牵头单位
--   出处：文件和文件中的位置
--   是否现行：所属通知是否为最新版
--   任务编号：任务的唯一编号
SELECT
    concat_ws('', coalesce(n.city, n.province), n.county) AS 城市,
    n.issuer AS 单位,
    n.year AS 年度,
    CASE e.kind
        WHEN 'report' THEN '说明报告' WHEN 'photo' THEN '图片' WHEN 'document' THEN '文件'
        WHEN 'plan' THEN '方案、计划' WHEN 'minutes' THEN '会议记录' WHEN 'table' THEN '统计表'
        WHEN 'screenshot' THEN '截图' WHEN 'list' THEN '名单、目录' WHEN 'certificate' THEN '证书、证明'
        WHEN 'news' THEN '新闻报道' WHEN 'link' THEN '网址链接' ELSE '其他'
    END AS 材料类型,
    e.min_count AS 最少数量,
    e.unit AS 数量单位,
    e.min_words AS 最少字数,
    e.points AS 材料分值,
    e.choice AS 任选标记,
    e.shared_rows AS 共用任务数,
    e.is_repeated AS 重复列出,
    e.raw AS 材料原文,
    e.format AS 格式要求,
    CASE e.basis WHEN 'cell' THEN '本条任务的文字' WHEN 'rule' THEN '通知的统一规定（见 core.rules）' END AS 依据,
    t.requirement AS 任务要求,
    (
        SELECT string_agg(p.party, '、' ORDER BY p.ordinal)
        FROM core.task_parties AS p WHERE p.task_id = t.task_id AND p.role = 'lead'
    ) AS 牵头,
    concat_ws(' ', f.source_path, t.locator) AS 出处,
    n.is_current AS 是否现行,
    t.task_id AS 任务编号
FROM core.task_evidence AS e
JOIN core.tasks AS t USING (task_id)
JOIN core.notices AS n USING (notice_id)
LEFT JOIN core.files AS f USING (file_id)
ORDER BY n.notice_id, t.task_id, e.ordinal
