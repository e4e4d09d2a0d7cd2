-- What brings data in and looks after them runs as a role of its own, which can reach imports and the lake's tables and nothing else: no
-- people, no passwords, no sessions, no keys, no log. The role that the server signs in as is a member of it, and takes it on for one
-- transaction at a time.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'aloftly_ingest') THEN
        CREATE ROLE aloftly_ingest NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this server was migrated at the same moment
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'the role aloftly_ingest is missing: let a superuser run CREATE ROLE aloftly_ingest, and GRANT aloftly_ingest to the role that the server signs in as';
END
$$;

GRANT USAGE ON SCHEMA public TO aloftly_ingest;

ALTER POLICY tenant ON stores TO aloftly_app, aloftly_ingest;
GRANT SELECT (org_id, id) ON stores TO aloftly_ingest;

ALTER POLICY tenant ON imports TO aloftly_app, aloftly_ingest;
ALTER POLICY system_looks ON imports TO aloftly_app, aloftly_ingest;
GRANT SELECT, UPDATE (
    status, worker, lease_expires_at, attempts, started_at, finished_at, progress, rows_read, rows_new, rows_updated,
    rows_unchanged, rows_stale, already_imported, version, error, errors, error_count, spool_file, retry_at, waiting_for, crashes
) ON imports TO aloftly_ingest;

ALTER POLICY tenant ON lake_stores TO aloftly_app, aloftly_ingest;
ALTER POLICY system_looks ON lake_stores TO aloftly_app, aloftly_ingest;
GRANT SELECT, UPDATE (
    version, committed_at, oldest_version, quarantine_revision, tidy_at, tidy_worker, tidy_lease_expires_at
) ON lake_stores TO aloftly_ingest;

ALTER POLICY tenant ON lake_segments TO aloftly_app, aloftly_ingest;
GRANT SELECT, INSERT, UPDATE (end_version), DELETE ON lake_segments TO aloftly_ingest;

ALTER POLICY tenant ON lake_hot_payloads TO aloftly_app, aloftly_ingest;
GRANT SELECT, INSERT ON lake_hot_payloads TO aloftly_ingest;

ALTER POLICY tenant ON lake_staged_segments TO aloftly_app, aloftly_ingest;
GRANT SELECT, INSERT, DELETE ON lake_staged_segments TO aloftly_ingest;

ALTER POLICY tenant ON lake_commits TO aloftly_app, aloftly_ingest;
GRANT SELECT, INSERT, UPDATE (receipt), DELETE ON lake_commits TO aloftly_ingest;

ALTER POLICY tenant ON lake_partitions TO aloftly_app, aloftly_ingest;
ALTER POLICY system_looks ON lake_partitions TO aloftly_app, aloftly_ingest;
GRANT SELECT, INSERT, UPDATE (changed_version, fold_at, fold_worker, fold_lease_expires_at) ON lake_partitions TO aloftly_ingest;

ALTER POLICY tenant ON lake_doomed_segments TO aloftly_app, aloftly_ingest;
GRANT SELECT, INSERT, DELETE ON lake_doomed_segments TO aloftly_ingest;

ALTER POLICY tenant ON lake_quarantine TO aloftly_app, aloftly_ingest;
GRANT SELECT, INSERT, DELETE ON lake_quarantine TO aloftly_ingest;
