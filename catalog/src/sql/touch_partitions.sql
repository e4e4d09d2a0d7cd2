-- Says which partitions a commit changed, at version $3 (0: it changed no rows), and when those it added to are to be looked at.
INSERT INTO lake_partitions AS kept (org_id, store_id, dataset, partition_date, changed_version, fold_at)
SELECT $1, $2, new.dataset, new.partition_date, $3, CASE WHEN new.is_added THEN $4::timestamptz END
FROM unnest($5::text[], $6::date[], $7::boolean[]) AS new (dataset, partition_date, is_added)
ON CONFLICT (org_id, store_id, dataset, partition_date) DO UPDATE SET
    changed_version = GREATEST(kept.changed_version, EXCLUDED.changed_version),
    fold_at = LEAST(kept.fold_at, EXCLUDED.fold_at)
