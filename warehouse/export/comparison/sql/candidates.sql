-- Pairs of tasks of the notices that may ask for the same and are left to a person: such a task is not said to be alone.
CREATE OR REPLACE TEMP TABLE compared_candidates AS
SELECT task_a, task_b, notice_a, notice_b FROM mart.match_candidates
WHERE notice_a IN (SELECT unnest($notice)) AND notice_b IN (SELECT unnest($notice))
UNION
SELECT task_a, task_b, notice_a, notice_b FROM matched_between WHERE confidence < $answer
