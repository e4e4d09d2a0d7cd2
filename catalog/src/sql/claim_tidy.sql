-- The store, when it is due to be tidied and nobody does, or whoever did died. A commit that is under way is not waited for.
WITH due AS MATERIALIZED (
    SELECT store_id FROM lake_stores
    WHERE org_id = $1 AND store_id = $2 AND ((tidy_worker IS NULL AND tidy_at <= $5) OR tidy_lease_expires_at <= $5)
    FOR UPDATE SKIP LOCKED
)
UPDATE lake_stores AS kept SET tidy_worker = $3, tidy_lease_expires_at = $4, tidy_at = NULL
FROM due
WHERE kept.org_id = $1 AND kept.store_id = due.store_id
