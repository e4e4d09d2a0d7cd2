-- Rows made anew of the answers that were kept with them: a job like a reading, of which one waits at most.
ALTER TABLE sync_jobs DROP CONSTRAINT sync_jobs_kind_check;
ALTER TABLE sync_jobs ADD CONSTRAINT sync_jobs_kind_check
    CHECK (kind IN ('full', 'incremental', 'range', 'things', 'reconcile', 'rebuild'));
DROP INDEX sync_jobs_waiting;
CREATE UNIQUE INDEX sync_jobs_waiting ON sync_jobs (org_id, connection_id, kind)
    WHERE status = 'queued' AND kind IN ('full', 'incremental', 'reconcile', 'rebuild');
