-- 用途：通知中标明的分值与明细合计是否一致。
-- 一行：一处核对：一个标明分值的指标、一张表的一级指标合计、一条分值栏与文中括注都有分值的任务，或读取时核对出的一处总分不符。
-- 来源：core.indicators、core.tasks、core.findings。
-- 读法：declared 为标明的分值，computed 为按明细算出的分值，difference=computed-declared，0 为一致。kind：total=文中写明的总分与各项之和（不含加分项，只列不一致的），table=一级指标标明分值之和与任务分值之和（不含加分项），heading=指标标题与其下任务之和（任务没有分值时为其下级标题之和），rows=任务分值栏与文中括注之和。
-- 存放：表
-- 更新：按通知 notice_id
-- 列：
--   notice_id：通知编号
--   scope：核对的是哪一处
--   declared：标明的分值（分）
--   computed：核算的分值（分）
--   difference：相差（分），核算减标明
--   kind：核对类型：total=总分，table=整表，heading=指标，rows=任务
--   indicator_id：指标编号
--   task_id：任务编号
--   locator：位置
WITH RECURSIVE inside AS (
    SELECT indicator_id AS above, indicator_id FROM core.indicators WHERE points IS NOT NULL
    UNION ALL
    SELECT a.above, i.indicator_id FROM inside AS a JOIN core.indicators AS i ON i.parent_id = a.indicator_id
),
under AS (
    SELECT a.above AS indicator_id, sum(t.points) AS points
    FROM inside AS a JOIN core.tasks AS t ON t.indicator_id = a.indicator_id
    GROUP BY a.above
),
children AS (
    SELECT parent_id AS indicator_id, sum(points) AS points
    FROM core.indicators WHERE parent_id IS NOT NULL
    GROUP BY parent_id
),
checks AS (
    SELECT i.notice_id, concat_ws(' ', i.code, nullif(i.name, '')) AS scope, i.points AS declared,
           coalesce(u.points, c.points) AS computed, 'heading' AS kind, i.indicator_id, NULL AS task_id, i.locator
    FROM core.indicators AS i LEFT JOIN under AS u USING (indicator_id) LEFT JOIN children AS c USING (indicator_id)
    WHERE i.points IS NOT NULL AND coalesce(u.points, c.points) IS NOT NULL
    UNION ALL
    SELECT i.notice_id, concat('一级指标合计：', coalesce(b.title, '表' || b.ordinal)), i.declared, t.computed, 'table', NULL, NULL, NULL
    FROM (SELECT notice_id, table_id, sum(points) AS declared FROM core.indicators
          WHERE level = 1 AND NOT bonus AND points IS NOT NULL GROUP BY ALL) AS i
    JOIN core.tables AS b USING (table_id)
    JOIN (SELECT table_id, sum(points) AS computed FROM core.tasks WHERE NOT bonus GROUP BY ALL) AS t USING (table_id)
    WHERE t.computed IS NOT NULL
    UNION ALL
    SELECT notice_id, left(coalesce(requirement, label, '（文字无法辨认）'), 40), points, list_sum(inline_points), 'rows',
           indicator_id, task_id, locator
    FROM core.tasks
    WHERE points IS NOT NULL AND points_rows = 1 AND len(inline_points) > 0
    UNION ALL
    SELECT notice_id, '总分', declared, computed, 'total', NULL, task_id, locator
    FROM core.findings
    WHERE rule = 'total_vs_stated' AND declared IS NOT NULL AND computed IS NOT NULL
)
SELECT notice_id, scope, declared, computed, computed - declared AS difference, kind, indicator_id, task_id, locator
FROM checks
ORDER BY notice_id, array_position(['total', 'table', 'heading', 'rows'], kind), locator, indicator_id, task_id, scope
