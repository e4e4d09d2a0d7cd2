-- A partition that is due to be looked at and that nobody has, or whose worker died. Materialized: a subquery could be run once for
-- each row that it is joined with, and lock and claim another one each time.
WITH due AS MATERIALIZED (
    SELECT dataset, partition_date FROM lake_partitions
    WHERE org_id = $1 AND store_id = $2
        AND ((fold_worker IS NULL AND fold_at <= $5) OR fold_lease_expires_at <= $5)
    ORDER BY COALESCE(fold_lease_expires_at, fold_at), dataset, partition_date
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
UPDATE lake_partitions AS kept SET fold_worker = $3, fold_lease_expires_at = $4, fold_at = NULL
FROM due
WHERE kept.org_id = $1 AND kept.store_id = $2 AND kept.dataset = due.dataset AND kept.partition_date = due.partition_date
RETURNING kept.dataset, kept.partition_date
