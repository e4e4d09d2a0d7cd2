-- The first partition whose rows were changed after version $3: of those touched, or, when $6, of all of the store.
SELECT touched.dataset AS "dataset!", touched.partition_date AS "partition_date!"
FROM (
    SELECT dataset, partition_date, position
    FROM unnest($4::text[], $5::date[]) WITH ORDINALITY AS given (dataset, partition_date, position)
    UNION ALL
    SELECT dataset, partition_date, NULL FROM lake_partitions
    WHERE $6::boolean AND org_id = $1 AND store_id = $2 AND changed_version > $3
) AS touched
JOIN lake_partitions AS kept
    ON kept.org_id = $1 AND kept.store_id = $2
    AND kept.dataset = touched.dataset AND kept.partition_date = touched.partition_date
WHERE kept.changed_version > $3
ORDER BY touched.position
LIMIT 1
