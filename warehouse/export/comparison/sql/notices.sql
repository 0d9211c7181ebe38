-- The compared notices, in the requested order.
SELECT l.notice_id, l.label, l.title, l.unit, l.place, l.year, l.campaign, l.award_level, n.doc_number, n.issued_on,
       l.source_path, l.is_current, l.tasks, l.points::DOUBLE AS points, l.bonus_points::DOUBLE AS bonus_points,
       l.tasks_with_points AS with_points, l.tasks_with_party AS with_party, l.tasks_with_deadline AS with_deadline,
       l.tasks_with_evidence AS with_evidence, coalesce(m.with_method, 0) AS with_method,
       coalesce(h.thresholds, 0) AS thresholds, coalesce(f.open_findings, 0) AS open_findings,
       coalesce(f.doubtful_tables, 0) AS doubtful_tables
FROM mart.notice_labels AS l
JOIN core.notices AS n USING (notice_id)
LEFT JOIN (SELECT notice_id, count(*) FILTER (WHERE len(methods) > 0) AS with_method FROM core.tasks GROUP BY notice_id) AS m
    USING (notice_id)
LEFT JOIN (SELECT notice_id, count(*) AS thresholds FROM mart.threshold_comparison GROUP BY notice_id) AS h USING (notice_id)
LEFT JOIN (SELECT notice_id, count(*) AS open_findings, count(*) FILTER (WHERE rule = 'layout_doubt') AS doubtful_tables
           FROM core.findings
           WHERE severity <> 'info' AND dismissed IS NULL GROUP BY notice_id) AS f USING (notice_id)
WHERE l.notice_id IN (SELECT unnest($notice))
ORDER BY list_position($notice, l.notice_id)
