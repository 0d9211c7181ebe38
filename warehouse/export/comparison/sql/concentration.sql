-- Concentration of responsibility on few parties.
SELECT notice_id, parties, hhi, gini, top1_share, top3_share
FROM mart.responsibility_concentration
WHERE notice_id IN (SELECT unnest($notice))
ORDER BY list_position($notice, notice_id)
