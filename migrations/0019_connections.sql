-- Connections to sources, the jobs that read them, and how far they were read.

-- How far a source was read. It moves in the commit that has the rows, so neither is there without the other.
CREATE TABLE lake_bookmarks (
    org_id uuid NOT NULL,
    store_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    place text NOT NULL CHECK (length(place) <= 65536),
    moved_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, store_id, name),
    FOREIGN KEY (org_id, store_id) REFERENCES lake_stores (org_id, store_id) ON DELETE CASCADE
);
ALTER TABLE lake_bookmarks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lake_bookmarks TO aloftly_app, aloftly_ingest
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (place, moved_at), DELETE ON lake_bookmarks TO aloftly_app, aloftly_ingest;

-- An account at a provider that a store's data come from.
CREATE TABLE connections (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    provider text NOT NULL CHECK (provider ~ '^[a-z][a-z0-9_]{0,63}$'),
    -- choosing: signed in, and one of several accounts is to be chosen; broken: the last sync failed for good; revoked: somebody has to sign in anew
    status text NOT NULL CHECK (status IN ('choosing', 'connected', 'broken', 'revoked', 'disconnected')),
    account_id text CHECK (length(account_id) BETWEEN 1 AND 500), -- as the provider calls it; null while it is being chosen
    account jsonb CHECK (jsonb_typeof(account) = 'object'), -- what the connector knows of it; no secrets
    fields jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(fields) = 'object'), -- what the form said; no secrets
    credentials_expire_at timestamptz, -- null: they last until they are taken back
    connected_by text NOT NULL CHECK (length(connected_by) <= 400), -- an address, or why the program did it
    created_at timestamptz NOT NULL,
    disconnected_at timestamptz,
    problem_code text CHECK (length(problem_code) <= 100), -- what is wrong with it, in a stable word and in words for people
    problem text,
    problem_at timestamptz,
    warnings text [] NOT NULL DEFAULT '{}',
    synced_at timestamptz, -- when the last sync that read everything that was new began
    sync_at timestamptz, -- when it is read next; null: when somebody asks
    reconcile_at timestamptz, -- when it is next compared with its source
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, store_id) REFERENCES stores (org_id, id) ON DELETE CASCADE,
    CHECK ((status = 'disconnected') = (disconnected_at IS NOT NULL)),
    CHECK (status IN ('choosing', 'disconnected') OR (account_id IS NOT NULL AND account IS NOT NULL)),
    CHECK ((problem_code IS NULL) = (problem IS NULL)),
    CHECK (status IN ('connected', 'broken') OR (sync_at IS NULL AND reconcile_at IS NULL))
);
CREATE UNIQUE INDEX connections_of_store ON connections (org_id, store_id, provider) WHERE status <> 'disconnected';
CREATE INDEX connections_by_account ON connections (provider, account_id) WHERE status <> 'disconnected';
CREATE INDEX connections_due ON connections (LEAST(sync_at, reconcile_at)) WHERE status IN ('connected', 'broken');

ALTER TABLE connections ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON connections TO aloftly_app, aloftly_ingest
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
-- What is due, in every organisation, and whose account a provider's message is about.
CREATE POLICY system_looks ON connections FOR SELECT TO aloftly_app, aloftly_ingest
    USING (current_setting('aloftly.system', true) = 'on');
GRANT SELECT, INSERT, UPDATE (
    status, account_id, account, fields, credentials_expire_at, connected_by, disconnected_at, problem_code, problem, problem_at, warnings,
    synced_at, sync_at, reconcile_at
) ON connections TO aloftly_app;
GRANT SELECT, UPDATE (
    status, problem_code, problem, problem_at, warnings, synced_at, sync_at, reconcile_at
) ON connections TO aloftly_ingest;

-- One reading of a source: queued, claimed by a worker under a lease, and brought to an end.
CREATE TABLE sync_jobs (
    org_id uuid NOT NULL,
    id uuid NOT NULL, -- UUIDv7, so that its order is the order of creation
    connection_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('full', 'incremental', 'range', 'things', 'reconcile')),
    cause text NOT NULL CHECK (cause IN ('connected', 'schedule', 'person', 'webhook')),
    requested_by text CHECK (length(requested_by) <= 400), -- an address, where a person asked for it
    first_day date,
    last_day date CHECK (last_day >= first_day),
    things jsonb CHECK (jsonb_typeof(things) = 'object'), -- ids at the source, by stream
    status text NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    cancelled boolean NOT NULL DEFAULT false, -- somebody called it off; a worker ends it
    worker uuid,
    lease_expires_at timestamptz,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0), -- in a row that came to nothing
    due_at timestamptz NOT NULL, -- not before then
    stream text CHECK (length(stream) <= 100), -- what is being read
    finished_streams text [] NOT NULL DEFAULT '{}',
    records bigint NOT NULL DEFAULT 0 CHECK (records >= 0), -- things of the source that were read
    expected bigint CHECK (expected >= 0), -- how many there are in all, as far as the source tells
    new_count bigint NOT NULL DEFAULT 0,
    updated_count bigint NOT NULL DEFAULT 0,
    removed_count bigint NOT NULL DEFAULT 0,
    requests bigint NOT NULL DEFAULT 0 CHECK (requests >= 0), -- that the source was asked
    warnings text [] NOT NULL DEFAULT '{}',
    problem_code text CHECK (length(problem_code) <= 100), -- why the last attempt came to nothing, or all of them
    problem text,
    created_at timestamptz NOT NULL,
    started_at timestamptz, -- when it was first begun
    finished_at timestamptz,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id) ON DELETE CASCADE,
    CHECK ((status = 'running') = (worker IS NOT NULL AND lease_expires_at IS NOT NULL)),
    CHECK ((status IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
    CHECK ((kind = 'range') = (first_day IS NOT NULL AND last_day IS NOT NULL)),
    CHECK ((kind = 'things') = (things IS NOT NULL)),
    CHECK ((problem_code IS NULL) = (problem IS NULL))
);
-- One at a time reads a connection.
CREATE UNIQUE INDEX sync_jobs_running ON sync_jobs (org_id, connection_id) WHERE status = 'running';
-- What waits already need not wait twice.
CREATE UNIQUE INDEX sync_jobs_waiting ON sync_jobs (org_id, connection_id, kind) WHERE status = 'queued' AND kind IN ('full', 'incremental', 'reconcile');
CREATE INDEX sync_jobs_of_connection ON sync_jobs (org_id, connection_id, id DESC);
CREATE INDEX sync_jobs_due ON sync_jobs (due_at) WHERE status IN ('queued', 'running');

ALTER TABLE sync_jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sync_jobs TO aloftly_app, aloftly_ingest
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
CREATE POLICY system_looks ON sync_jobs FOR SELECT TO aloftly_app, aloftly_ingest
    USING (current_setting('aloftly.system', true) = 'on' AND status IN ('queued', 'running'));
GRANT SELECT, INSERT, UPDATE (
    requested_by, status, cancelled, worker, lease_expires_at, attempts, due_at, stream, finished_streams, records, expected, new_count,
    updated_count, removed_count, requests, warnings, problem_code, problem, started_at, finished_at
) ON sync_jobs TO aloftly_app;
GRANT SELECT, INSERT, UPDATE (
    status, worker, lease_expires_at, attempts, due_at, stream, finished_streams, records, expected, new_count, updated_count,
    removed_count, requests, warnings, problem_code, problem, started_at, finished_at
) ON sync_jobs TO aloftly_ingest;

-- What providers let us ask, as far as it is used up: one for all servers. It says nothing of anybody's data.
CREATE TABLE rate_budgets (
    name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 500),
    state jsonb NOT NULL CHECK (jsonb_typeof(state) = 'object'),
    used_at timestamptz NOT NULL
);
ALTER TABLE rate_budgets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY system ON rate_budgets TO aloftly_app, aloftly_ingest
    USING (current_setting('aloftly.system', true) = 'on')
    WITH CHECK (current_setting('aloftly.system', true) = 'on');
GRANT SELECT, INSERT, UPDATE (state, used_at), DELETE ON rate_budgets TO aloftly_app, aloftly_ingest;
