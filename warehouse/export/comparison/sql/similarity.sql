-- How alike each two of them are; text_overlap differs by direction.
SELECT s.notice_a, s.notice_b, s.weight_cosine, s.topic_jaccard, s.text_overlap, s.matched_tasks
FROM mart.rubric_similarity AS s
WHERE s.notice_a IN (SELECT unnest($notice)) AND s.notice_b IN (SELECT unnest($notice)) AND s.notice_a <> s.notice_b
ORDER BY list_position($notice, s.notice_a), list_position($notice, s.notice_b)
