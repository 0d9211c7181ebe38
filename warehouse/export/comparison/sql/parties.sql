-- Responsibility load of every party.
SELECT r.notice_id, r.rank, r.party, r.lead_tasks, r.support_tasks, r.tasks, r.points_lead, r.points_shared, r.share,
       r.share_basis
FROM mart.responsibility_load AS r
WHERE r.notice_id IN (SELECT unnest($notice))
ORDER BY list_position($notice, r.notice_id), r.rank, r.tasks DESC, r.party
