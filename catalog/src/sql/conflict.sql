-- The first touched partition whose rows were changed after version $3.
SELECT touched.dataset AS "dataset!", touched.partition_date AS "partition_date!"
FROM unnest($4::text[], $5::date[]) WITH ORDINALITY AS touched (dataset, partition_date, position)
JOIN lake_partitions AS kept
    ON kept.org_id = $1 AND kept.store_id = $2
    AND kept.dataset = touched.dataset AND kept.partition_date = touched.partition_date
WHERE kept.changed_version > $3
ORDER BY touched.position
LIMIT 1
