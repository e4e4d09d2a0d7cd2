-- What was taken out of a store for good, so that rows that were read before do not bring it back.

-- Raised by every commit that erases or removes.
ALTER TABLE lake_stores ADD COLUMN removals bigint NOT NULL DEFAULT 0;
GRANT UPDATE (removals) ON lake_stores TO aloftly_app, aloftly_ingest;

-- What sources said is gone, by name, for a while. Who was erased is not here.
CREATE TABLE lake_removals (
    org_id uuid NOT NULL,
    store_id uuid NOT NULL,
    dataset text NOT NULL,
    entity text NOT NULL,
    removed_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, store_id, dataset, entity),
    FOREIGN KEY (org_id, store_id) REFERENCES lake_stores (org_id, store_id) ON DELETE CASCADE
);
CREATE INDEX lake_removals_since ON lake_removals (org_id, store_id, removed_at);
ALTER TABLE lake_removals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lake_removals TO aloftly_app, aloftly_ingest
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (removed_at), DELETE ON lake_removals TO aloftly_app, aloftly_ingest;
