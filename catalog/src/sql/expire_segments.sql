-- Some of the segments that ended by version $3 go: hot ones with their bytes, and the objects of cold ones are doomed.
WITH over AS (
    SELECT id FROM lake_segments
    WHERE org_id = $1 AND store_id = $2 AND end_version <= $3
    ORDER BY end_version, id
    LIMIT $4
    FOR UPDATE
), gone AS (
    DELETE FROM lake_segments AS segment USING over
    WHERE segment.org_id = $1 AND segment.store_id = $2 AND segment.id = over.id
    RETURNING segment.id, segment.dataset, segment.partition_date, segment.temperature
), doomed AS (
    INSERT INTO lake_doomed_segments (org_id, store_id, id, dataset, partition_date, doomed_at)
    SELECT $1, $2, id, dataset, partition_date, $5 FROM gone WHERE temperature = 'cold'
    ON CONFLICT (org_id, store_id, id) DO NOTHING
)
SELECT
    count(*) FILTER (WHERE temperature = 'hot') AS "hot!",
    count(*) FILTER (WHERE temperature = 'cold') AS "cold!"
FROM gone
