-- The lake's manifest: which segments a store has at which version.

-- One row per store: the lock that commits of a store queue at, and its version.
CREATE TABLE lake_stores (
    org_id uuid NOT NULL,
    store_id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 0 CHECK (version >= 0),
    oldest_version bigint NOT NULL DEFAULT 0 CHECK (oldest_version BETWEEN 0 AND version), -- older ones can no longer be read
    committed_at timestamptz,
    PRIMARY KEY (org_id, store_id),
    FOREIGN KEY (org_id, store_id) REFERENCES stores (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50); -- rewritten by every commit: room for heap-only updates

CREATE TABLE lake_segments (
    org_id uuid NOT NULL,
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    dataset text COLLATE "C" NOT NULL,
    partition_date date NOT NULL,
    temperature text NOT NULL CHECK (temperature IN ('hot', 'cold')),
    row_count bigint NOT NULL CHECK (row_count >= 0),
    update_count bigint NOT NULL CHECK (update_count >= 0),
    byte_count bigint NOT NULL CHECK (byte_count >= 0),
    footer_bytes bigint CHECK (footer_bytes >= 0),
    schema_version integer NOT NULL CHECK (schema_version >= 0),
    time_min bigint NOT NULL, -- microseconds since the epoch, inclusive
    time_max bigint NOT NULL,
    entity_min bytea NOT NULL, -- UTF-8 in byte order; bytea, because text cannot hold every string that a source may send
    entity_max bytea NOT NULL,
    column_bounds json NOT NULL, -- json and not jsonb for the same reason; never looked into here
    checksum text NOT NULL,
    begin_version bigint NOT NULL,
    end_version bigint, -- null while it is live
    PRIMARY KEY (org_id, store_id, id),
    FOREIGN KEY (org_id, store_id) REFERENCES lake_stores (org_id, store_id) ON DELETE CASCADE,
    CHECK (end_version > begin_version)
);
CREATE INDEX lake_segments_live ON lake_segments (org_id, store_id, dataset, partition_date) WHERE end_version IS NULL;
CREATE INDEX lake_segments_begun ON lake_segments (org_id, store_id, begin_version);
CREATE INDEX lake_segments_ended ON lake_segments (org_id, store_id, end_version) WHERE end_version IS NOT NULL;

-- The bytes of hot segments, apart from their description so that planning does not read them.
CREATE TABLE lake_hot_payloads (
    org_id uuid NOT NULL,
    store_id uuid NOT NULL,
    segment_id uuid NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (org_id, store_id, segment_id),
    FOREIGN KEY (org_id, store_id, segment_id) REFERENCES lake_segments (org_id, store_id, id) ON DELETE CASCADE
);

-- Objects that are being written: known before they exist, so that none is ever unknown.
CREATE TABLE lake_staged_segments (
    org_id uuid NOT NULL,
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    dataset text COLLATE "C" NOT NULL,
    partition_date date NOT NULL,
    staged_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, store_id, id),
    FOREIGN KEY (org_id, store_id) REFERENCES lake_stores (org_id, store_id) ON DELETE CASCADE
);

-- Every commit that happened; a receipt is taken once per store.
CREATE TABLE lake_commits (
    org_id uuid NOT NULL,
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('upsert', 'fold')),
    based_on bigint NOT NULL,
    version bigint NOT NULL,
    receipt text CHECK (length(receipt) BETWEEN 1 AND 512),
    new_count bigint NOT NULL,
    updated_count bigint NOT NULL,
    unchanged_count bigint NOT NULL,
    stale_count bigint NOT NULL,
    committed_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, store_id, id),
    UNIQUE (org_id, store_id, receipt),
    FOREIGN KEY (org_id, store_id) REFERENCES lake_stores (org_id, store_id) ON DELETE CASCADE
);

ALTER TABLE lake_stores ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lake_stores TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (version, committed_at) ON lake_stores TO aloftly_app;

ALTER TABLE lake_segments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lake_segments TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (end_version) ON lake_segments TO aloftly_app;

ALTER TABLE lake_hot_payloads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lake_hot_payloads TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT ON lake_hot_payloads TO aloftly_app;

ALTER TABLE lake_staged_segments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lake_staged_segments TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, DELETE ON lake_staged_segments TO aloftly_app;

ALTER TABLE lake_commits ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lake_commits TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT ON lake_commits TO aloftly_app;
