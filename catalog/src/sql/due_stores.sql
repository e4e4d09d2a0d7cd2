-- Stores with work that is due at $1 and that nobody has, or whose worker died: those that have waited longest first.
SELECT org_id AS "org_id!", store_id AS "store_id!"
FROM (
    SELECT org_id, store_id, fold_at AS due FROM lake_partitions WHERE fold_worker IS NULL AND fold_at <= $1
    UNION ALL
    SELECT org_id, store_id, fold_lease_expires_at FROM lake_partitions WHERE fold_lease_expires_at <= $1
    UNION ALL
    SELECT org_id, store_id, tidy_at FROM lake_stores WHERE tidy_worker IS NULL AND tidy_at <= $1
    UNION ALL
    SELECT org_id, store_id, tidy_lease_expires_at FROM lake_stores WHERE tidy_lease_expires_at <= $1
) AS work
GROUP BY org_id, store_id
ORDER BY min(due)
LIMIT $2
