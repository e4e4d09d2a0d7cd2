-- What is staged of these segments is doomed.
WITH withdrawn AS (
    DELETE FROM lake_staged_segments WHERE org_id = $1 AND store_id = $2 AND id = ANY ($3)
    RETURNING id, dataset, partition_date
), doomed AS (
    INSERT INTO lake_doomed_segments (org_id, store_id, id, dataset, partition_date, doomed_at)
    SELECT $1, $2, id, dataset, partition_date, $4 FROM withdrawn
    ON CONFLICT (org_id, store_id, id) DO NOTHING
)
SELECT id FROM withdrawn
