-- What providers tell by themselves, kept until it is carried out.

-- What waits of a connection is carried out by one worker at a time, so that what is told of one thing is carried out in order.
CREATE TABLE webhook_queues (
    org_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    due_at timestamptz, -- when something of it is to be carried out; null: nothing waits
    worker uuid,
    lease_expires_at timestamptz,
    PRIMARY KEY (org_id, connection_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id) ON DELETE CASCADE,
    CHECK ((worker IS NULL) = (lease_expires_at IS NULL))
);
CREATE INDEX webhook_queues_due ON webhook_queues (due_at) WHERE due_at IS NOT NULL;

ALTER TABLE webhook_queues ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON webhook_queues TO aloftly_app, aloftly_ingest
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
CREATE POLICY system_looks ON webhook_queues FOR SELECT TO aloftly_app, aloftly_ingest
    USING (current_setting('aloftly.system', true) = 'on' AND due_at IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (due_at, worker, lease_expires_at) ON webhook_queues TO aloftly_app, aloftly_ingest;

-- One delivery of a provider's, to a connection to the account that it is about. Its body goes when it is carried out; that it was here is
-- known for longer, so that it is not taken for new when it is told again.
CREATE TABLE webhook_deliveries (
    org_id uuid NOT NULL,
    id uuid NOT NULL, -- UUIDv7, so that its order is the order of arrival
    connection_id uuid NOT NULL,
    delivery text NOT NULL CHECK (length(delivery) BETWEEN 1 AND 500), -- what tells it from others, in the provider's words
    topic text NOT NULL CHECK (length(topic) BETWEEN 1 AND 200),
    object text CHECK (length(object) BETWEEN 1 AND 500), -- the thing that it is about
    happened_at timestamptz,
    received_at timestamptz NOT NULL,
    body bytea, -- as it came, byte by byte
    status text NOT NULL CHECK (status IN ('waiting', 'done', 'dead')), -- dead: it cannot be carried out, and waits for a person
    outcome text CHECK (outcome IN ('rows', 'removed', 'read', 'carried_out', 'nothing')),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0), -- that came to nothing
    due_at timestamptz, -- not before then
    problem_code text CHECK (length(problem_code) <= 100), -- why the last attempt came to nothing
    problem text,
    settled_at timestamptz,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id) ON DELETE CASCADE,
    UNIQUE (org_id, connection_id, delivery),
    CHECK ((status = 'waiting') = (due_at IS NOT NULL)),
    CHECK ((status = 'waiting') = (settled_at IS NULL)),
    CHECK ((status = 'done') = (outcome IS NOT NULL)),
    CHECK ((status = 'done') = (body IS NULL)),
    CHECK ((problem_code IS NULL) = (problem IS NULL))
);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (org_id, connection_id, due_at, id) WHERE status = 'waiting';
CREATE INDEX webhook_deliveries_put_off ON webhook_deliveries (org_id, connection_id, object) WHERE status = 'waiting' AND attempts > 0;
CREATE INDEX webhook_deliveries_removed ON webhook_deliveries (org_id, connection_id, object) WHERE outcome = 'removed';
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (org_id, connection_id, id) WHERE status = 'dead';
CREATE INDEX webhook_deliveries_settled ON webhook_deliveries (org_id, settled_at) WHERE settled_at IS NOT NULL;

ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON webhook_deliveries TO aloftly_app, aloftly_ingest
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (body, status, outcome, attempts, due_at, problem_code, problem, settled_at), DELETE
ON webhook_deliveries TO aloftly_app, aloftly_ingest;

-- What several deliveries want to be read is read at once.
CREATE INDEX sync_jobs_told ON sync_jobs (org_id, connection_id) WHERE status = 'queued' AND kind = 'things' AND cause = 'webhook';
GRANT UPDATE (things) ON sync_jobs TO aloftly_app, aloftly_ingest;

-- What a provider asks after a connection was ended, such as to forget somebody, is about the data that stayed.
DROP INDEX connections_by_account;
CREATE INDEX connections_by_account ON connections (provider, account_id);

-- Customers who want to know what is kept of them, as providers pass it on.
CREATE TABLE customer_requests (
    org_id uuid NOT NULL,
    id uuid NOT NULL, -- UUIDv7, so that its order is the order of arrival
    store_id uuid NOT NULL,
    provider text NOT NULL CHECK (provider ~ '^[a-z][a-z0-9_]{0,63}$'),
    customer_id text CHECK (length(customer_id) BETWEEN 1 AND 200),
    email text CHECK (length(email) BETWEEN 1 AND 400),
    requested_at timestamptz NOT NULL,
    answered_by text CHECK (length(answered_by) <= 400),
    answered_at timestamptz,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, store_id) REFERENCES stores (org_id, id) ON DELETE CASCADE,
    CHECK ((answered_by IS NULL) = (answered_at IS NULL)),
    -- Who it was is forgotten when it is answered.
    CHECK (answered_at IS NULL OR (customer_id IS NULL AND email IS NULL))
);
ALTER TABLE customer_requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON customer_requests TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (customer_id, email, answered_by, answered_at) ON customer_requests TO aloftly_app;
