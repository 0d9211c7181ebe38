-- 标题：出处与可信度
-- 问题：每个数字出自哪份文件的哪一处，有多可信？
-- 分组：核对
-- 词语：出处、来源、可信、依据、哪一页、位置、存疑
-- 参数：notice、topic
-- 需要：任务
-- 说明：没有问题、没有补正的任务可信度为高；有提示或主题把握不足 0.5 的为中；有警告、错误、由正文补正或所在表格版式存疑的为低。可信度低的排在前面。
-- 无结果：所选通知中没有任务。
-- 未列：没有所选主题的任务。
-- 交叉：可信度 × 通知 = 行数
WITH named AS (
    SELECT MAP {'path': '所属指标', 'parties': '责任单位', 'label': '条目标号', 'requirement': '任务要求', 'criteria': '评价标准',
                'evidence': '材料要求', 'deadline': '完成时限', 'leader': '责任领导', 'persons': '责任人', 'points': '分值',
                'methods': '测评方法', 'scoring': '评分标准', 'remark': '备注', 'bonus': '是否加分', 'topic': '主题'} AS fields
),
doubts AS (
    SELECT t.task_id, count(*) AS findings, string_agg(d.message, chr(10) ORDER BY d.finding_id) AS messages,
           bool_or(d.severity IN ('warning', 'error')) AS grave
    FROM core.findings AS d
    JOIN core.tasks AS t
        ON t.notice_id = d.notice_id AND (t.task_id = d.task_id OR (t.table_id = d.table_id AND d.rule = 'layout_doubt'))
    WHERE d.notice_id IN (SELECT unnest($notice)) AND d.dismissed IS NULL GROUP BY t.task_id
)
SELECT CASE WHEN d.grave OR len(t.repaired) > 0 THEN '低' WHEN d.findings > 0 OR t.topic_score < 0.5 THEN '中' ELSE '高' END AS 可信度,
       n.label AS 通知, t.locator AS 位置, t.requirement AS 任务要求, t.points AS 分值, d.messages AS 待核对的问题,
       list_transform(t.repaired, lambda f: coalesce(named.fields[f], f)) AS 已补正内容,
       list_transform(t.corrected, lambda f: coalesce(named.fields[f], f)) AS 已更正内容,
       round(t.topic_score, 2) AS 主题把握, f.source_path AS 文件, f.format AS 格式,
       t.task_id AS 任务编号
FROM core.tasks AS t
JOIN mart.notice_labels AS n USING (notice_id)
JOIN core.notices AS m USING (notice_id)
JOIN core.files AS f USING (file_id)
LEFT JOIN doubts AS d USING (task_id)
CROSS JOIN named
WHERE n.notice_id IN (SELECT unnest($notice)) AND ($topic IS NULL OR t.topic = $topic)
ORDER BY array_position(['低', '中', '高'], 可信度), n.label, t.table_id NULLS FIRST, t.ordinal
