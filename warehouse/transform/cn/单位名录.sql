-- 用途：每份通知里有哪些责任单位，各写作什么，简写按什么认作全称，哪些文字无法辨认。
-- 一行：一份通知中的一个责任单位，或单位栏中一处无法辨认的文字。
-- 来源：core.parties、core.notices。
-- 读法：无法辨认的没有规范名称，原因写在“无法辨认”一列，各种写法是原文。写法认得不对的，用 wenming review --unit 打印名=规范名 认定一次，对各通知都生效。
-- 列：
--   城市：通知所属的市、县
--   通知标题：所属通知
--   规范名称：同一通知中的全称，或人工认定的名称
--   类别：内设科室、单位、统称、专班小组队伍，或只负责考核评分
--   各种写法：通知中的各种写法
--   依据：简写与全称的对应见于何处
--   依据位置：说明或全称所在的位置；人工认定的为理由、经办人和日期
--   上级单位：同一通知中的上级单位
--   职能：人工认定的职能，用于跨城市比较
--   无法辨认：不能作为单位名称的原因
--   出处：首次出现的文件和位置
--   是否现行：所属通知是否为最新版
--   单位编号：单位在通知中的唯一编号，用于与其他表连接
SELECT
    concat_ws('', coalesce(n.city, n.province), n.county) AS 城市,
    n.title AS 通知标题,
    p.name AS 规范名称,
    CASE p.kind WHEN 'department' THEN '内设科室' WHEN 'unit' THEN '单位' WHEN 'collective' THEN '统称'
                WHEN 'group' THEN '专班、小组、队伍' WHEN 'assessor' THEN '只负责考核评分' END AS 类别,
    p.printed AS 各种写法,
    CASE p.defined_at WHEN 'bracket' THEN '括注“以下简称”' WHEN 'note' THEN '注释' WHEN 'body' THEN '正文'
                      WHEN 'cell' THEN '表格中另有全称' WHEN 'repair' THEN '只差一字的已知名称'
                      WHEN 'decision' THEN '人工认定' END AS 依据,
    p.defined_locator AS 依据位置,
    above.name AS 上级单位,
    p.function AS 职能,
    p.illegible AS 无法辨认,
    concat_ws(' ', f.source_path, p.locator) AS 出处,
    n.is_current AS 是否现行,
    p.party_id AS 单位编号
FROM core.parties AS p
JOIN core.notices AS n ON n.notice_id = p.notice_id
LEFT JOIN core.files AS f ON f.file_id = n.file_id
LEFT JOIN core.parties AS above ON above.party_id = p.parent_id
ORDER BY n.division_code, n.year, n.notice_id, p.ordinal
