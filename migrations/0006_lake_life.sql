-- The life of segments: partitions that are due to be folded, versions that expire, objects that are doomed, and segments in
-- quarantine.

ALTER TABLE lake_segments
    ADD COLUMN removed_count bigint NOT NULL DEFAULT 0 CHECK (removed_count >= 0),
    ADD COLUMN codec text CHECK (codec IN ('lz4', 'zstd')), -- of cold segments; null: written before it was told
    ADD COLUMN block_checksums bytea; -- CRC-32 of each block of a cold segment, four bytes each; null: written before there were any
GRANT DELETE ON lake_segments TO aloftly_app;

ALTER TABLE lake_stores
    ADD COLUMN quarantine_revision bigint NOT NULL DEFAULT 0,
    ADD COLUMN tidy_at timestamptz, -- when something may expire or be deleted; null: nothing will
    ADD COLUMN tidy_worker uuid,
    ADD COLUMN tidy_lease_expires_at timestamptz;
CREATE INDEX lake_stores_tidy ON lake_stores (tidy_at) WHERE tidy_at IS NOT NULL;
CREATE INDEX lake_stores_tidied ON lake_stores (tidy_lease_expires_at) WHERE tidy_lease_expires_at IS NOT NULL;
GRANT UPDATE (oldest_version, quarantine_revision, tidy_at, tidy_worker, tidy_lease_expires_at) ON lake_stores TO aloftly_app;

ALTER TABLE lake_commits
    DROP CONSTRAINT lake_commits_kind_check,
    ADD CONSTRAINT lake_commits_kind_check CHECK (kind IN ('upsert', 'replace', 'erase', 'fold')),
    ADD COLUMN removed_count bigint NOT NULL DEFAULT 0;
CREATE INDEX lake_commits_version ON lake_commits (org_id, store_id, version);
GRANT UPDATE (receipt), DELETE ON lake_commits TO aloftly_app;

-- One row per partition that was ever written: what commits check for conflicts, and what workers claim.
CREATE TABLE lake_partitions (
    org_id uuid NOT NULL,
    store_id uuid NOT NULL,
    dataset text COLLATE "C" NOT NULL,
    partition_date date NOT NULL,
    changed_version bigint NOT NULL, -- the version that changed its rows last; folds do not
    fold_at timestamptz, -- when it is to be looked at; null: when it changes
    fold_worker uuid,
    fold_lease_expires_at timestamptz,
    PRIMARY KEY (org_id, store_id, dataset, partition_date),
    FOREIGN KEY (org_id, store_id) REFERENCES lake_stores (org_id, store_id) ON DELETE CASCADE
) WITH (fillfactor = 80);
-- Row-level security holds for the owner too, who fills the new table here.
ALTER TABLE lake_segments NO FORCE ROW LEVEL SECURITY;
INSERT INTO lake_partitions (org_id, store_id, dataset, partition_date, changed_version, fold_at)
SELECT org_id, store_id, dataset, partition_date, max(GREATEST(begin_version, end_version)), now()
FROM lake_segments
GROUP BY org_id, store_id, dataset, partition_date;
ALTER TABLE lake_segments FORCE ROW LEVEL SECURITY;
CREATE INDEX lake_partitions_due ON lake_partitions (fold_at) WHERE fold_at IS NOT NULL;
CREATE INDEX lake_partitions_claimed ON lake_partitions (fold_lease_expires_at) WHERE fold_lease_expires_at IS NOT NULL;

-- Segments whose objects nobody may need any more: kept until the objects are gone.
CREATE TABLE lake_doomed_segments (
    org_id uuid NOT NULL,
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    dataset text COLLATE "C" NOT NULL,
    partition_date date NOT NULL,
    doomed_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, store_id, id),
    FOREIGN KEY (org_id, store_id) REFERENCES lake_stores (org_id, store_id) ON DELETE CASCADE
);

-- Live segments that were found damaged or missing.
CREATE TABLE lake_quarantine (
    org_id uuid NOT NULL,
    store_id uuid NOT NULL,
    segment_id uuid NOT NULL,
    reason text NOT NULL,
    found_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, store_id, segment_id),
    FOREIGN KEY (org_id, store_id, segment_id) REFERENCES lake_segments (org_id, store_id, id) ON DELETE CASCADE
);

ALTER TABLE lake_partitions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lake_partitions TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (changed_version, fold_at, fold_worker, fold_lease_expires_at) ON lake_partitions TO aloftly_app;

ALTER TABLE lake_doomed_segments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lake_doomed_segments TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, DELETE ON lake_doomed_segments TO aloftly_app;

ALTER TABLE lake_quarantine ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lake_quarantine TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, DELETE ON lake_quarantine TO aloftly_app;

-- A server looks for work in every organisation at once. It sees where some is due, and nothing of the rest.
CREATE POLICY system_looks ON lake_partitions FOR SELECT TO aloftly_app
    USING (current_setting('aloftly.system', true) = 'on' AND (fold_at IS NOT NULL OR fold_lease_expires_at IS NOT NULL));
CREATE POLICY system_looks ON lake_stores FOR SELECT TO aloftly_app
    USING (current_setting('aloftly.system', true) = 'on' AND (tidy_at IS NOT NULL OR tidy_lease_expires_at IS NOT NULL));
