-- The first touched partition in which a segment began or ended after version $3. What changed since is found by version, of
-- which few rows are newer, and not by partition, of which old rows are many.
SELECT touched.dataset AS "dataset!", touched.partition_date AS "partition_date!"
FROM unnest($4::text[], $5::date[]) WITH ORDINALITY AS touched (dataset, partition_date, position)
WHERE (touched.dataset, touched.partition_date) IN (
    SELECT dataset, partition_date FROM lake_segments WHERE org_id = $1 AND store_id = $2 AND begin_version > $3
    UNION ALL
    SELECT dataset, partition_date FROM lake_segments WHERE org_id = $1 AND store_id = $2 AND end_version > $3
)
ORDER BY touched.position
LIMIT 1
