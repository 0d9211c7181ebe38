-- Required materials, by kind.
SELECT notice_id, kind, sum(items)::BIGINT AS items
FROM mart.evidence_burden
WHERE notice_id IN (SELECT unnest($notice))
GROUP BY notice_id, kind
ORDER BY list_position($notice, notice_id), items DESC, kind
