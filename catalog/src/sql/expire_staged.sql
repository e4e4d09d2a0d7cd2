-- What was staged by $3 and not published since is doomed.
WITH abandoned AS (
    DELETE FROM lake_staged_segments WHERE org_id = $1 AND store_id = $2 AND staged_at <= $3
    RETURNING id, dataset, partition_date
), doomed AS (
    INSERT INTO lake_doomed_segments (org_id, store_id, id, dataset, partition_date, doomed_at)
    SELECT $1, $2, id, dataset, partition_date, $4 FROM abandoned
    ON CONFLICT (org_id, store_id, id) DO NOTHING
)
SELECT count(*) AS "abandoned!" FROM abandoned
