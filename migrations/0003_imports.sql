-- Imports: files that people hand over, from upload to outcome.

CREATE TABLE imports (
    org_id uuid NOT NULL,
    id uuid NOT NULL, -- UUIDv7, so that its order is the order of creation
    store_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]{0,63}$'),
    file_name text NOT NULL CHECK (length(file_name) <= 1024),
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    spool_file text, -- where the worker finds the bytes; null when they were read from elsewhere
    mapping jsonb,
    created_by uuid,
    created_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed')),
    -- The process that works on it. It renews the lease with every report of progress; when the lease has run out, that
    -- process is dead and another may take over.
    worker uuid,
    lease_expires_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    started_at timestamptz,
    finished_at timestamptz,
    progress double precision NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
    rows_read bigint NOT NULL DEFAULT 0 CHECK (rows_read >= 0),
    rows_new bigint NOT NULL DEFAULT 0,
    rows_updated bigint NOT NULL DEFAULT 0,
    rows_unchanged bigint NOT NULL DEFAULT 0,
    rows_stale bigint NOT NULL DEFAULT 0,
    already_imported boolean NOT NULL DEFAULT false,
    version bigint, -- the store's version with its rows in it
    error text,
    errors jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(errors) = 'array'),
    error_count bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, store_id) REFERENCES stores (org_id, id) ON DELETE CASCADE,
    CHECK ((status = 'running') = (worker IS NOT NULL AND lease_expires_at IS NOT NULL)),
    CHECK ((status IN ('done', 'failed')) = (finished_at IS NOT NULL)),
    CHECK (status <> 'done' OR version IS NOT NULL)
);
CREATE INDEX imports_of_store ON imports (org_id, store_id, id DESC);
CREATE INDEX imports_unfinished ON imports (org_id, id) WHERE status IN ('queued', 'running');

ALTER TABLE imports ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON imports TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (
    status, worker, lease_expires_at, attempts, started_at, finished_at, progress, rows_read, rows_new, rows_updated,
    rows_unchanged, rows_stale, already_imported, version, error, errors, error_count, spool_file
) ON imports TO aloftly_app;
