-- What is kept of a store's customers, for how long, and how an organisation ends.

ALTER TABLE organizations
    ADD COLUMN retention_months integer CHECK (retention_months BETWEEN 1 AND 240), -- none: as long as the organisation is there
    ADD COLUMN closed_at timestamptz; -- it is being deleted: nobody belongs to it, and the program removes what it had
GRANT UPDATE (retention_months, closed_at), DELETE ON organizations TO aloftly_app;
CREATE POLICY closed_before ON organizations AS RESTRICTIVE FOR DELETE TO aloftly_app USING (closed_at IS NOT NULL);
GRANT SELECT (timezone) ON stores TO aloftly_ingest;

-- Customers whose data are to be erased from a store's lake, or were. Whose is forgotten when it is done.
CREATE TABLE erasures (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    customers text [] CHECK (cardinality(customers) BETWEEN 1 AND 1000),
    customer_count integer NOT NULL CHECK (customer_count BETWEEN 1 AND 1000),
    requested_by text NOT NULL CHECK (length(requested_by) <= 400), -- an address, or why the program did it
    requested_at timestamptz NOT NULL,
    due_at timestamptz, -- when it is tried next; while somebody is at it, when that is given up
    attempts integer NOT NULL DEFAULT 0,
    error text, -- why the last attempt came to nothing
    finished_at timestamptz,
    removed bigint CHECK (removed >= 0), -- orders, customers and other things that went
    version bigint, -- of the store's data, from which on they are gone
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, store_id) REFERENCES stores (org_id, id) ON DELETE CASCADE,
    CHECK ((finished_at IS NULL) = (customers IS NOT NULL)),
    CHECK ((finished_at IS NULL) = (due_at IS NOT NULL)),
    CHECK ((finished_at IS NULL) = (removed IS NULL))
);
CREATE INDEX erasures_due ON erasures (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX erasures_by_time ON erasures (org_id, id DESC);

ALTER TABLE erasures ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON erasures TO aloftly_app, aloftly_ingest
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
CREATE POLICY system_looks ON erasures FOR SELECT TO aloftly_app, aloftly_ingest
    USING (current_setting('aloftly.system', true) = 'on');
GRANT SELECT, INSERT, UPDATE (customers, due_at, attempts, error, finished_at, removed, version) ON erasures TO aloftly_app;
GRANT SELECT, UPDATE (customers, due_at, attempts, error, finished_at, removed, version) ON erasures TO aloftly_ingest;

-- Whoever sends an invitation again answers for it.
GRANT UPDATE (invited_by, invited_by_name) ON invitations TO aloftly_app;
-- No code removes one; without it everything that it sealed is lost.
REVOKE DELETE ON system_keys FROM aloftly_app;
