-- What is kept sealed. A credential is sealed (AES-256-GCM) under a data key of its tenant, a data key is wrapped by a master key, and
-- master keys are never in the database.
--
-- The system scope sees which data keys there are and which master keys wrapped them, so that a server can tell at its start whether it
-- has what it needs, and so that a rotation finds its work. It sees no credential.

-- The data keys of a tenant. One of them seals; retired ones only open, until a rotation has sealed anew what they sealed.
CREATE TABLE tenant_keys (
    org_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    master_key_id text NOT NULL CHECK (length(master_key_id) BETWEEN 1 AND 512),
    wrapped bytea NOT NULL CHECK (length(wrapped) BETWEEN 1 AND 8192),
    state text NOT NULL CHECK (state IN ('active', 'retired')),
    rotation_id uuid, -- the rotation that made it; nothing when it was made because there was none
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX tenant_keys_active ON tenant_keys (org_id) WHERE state = 'active';
CREATE INDEX tenant_keys_by_master ON tenant_keys (master_key_id, org_id);

ALTER TABLE tenant_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tenant_keys TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
CREATE POLICY system_lists ON tenant_keys FOR SELECT TO aloftly_app
    USING (current_setting('aloftly.system', true) = 'on');
GRANT SELECT, INSERT, UPDATE (master_key_id, wrapped, state), DELETE ON tenant_keys TO aloftly_app;

-- What connections to sources sign in with. Tenant, connection, field and key are associated with the ciphertext: in another row it
-- cannot be opened.
CREATE TABLE credentials (
    org_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    connection_id uuid NOT NULL,
    field text NOT NULL CHECK (field ~ '^[a-z][a-z0-9_]{0,63}$'),
    key_id uuid NOT NULL,
    nonce bytea NOT NULL CHECK (length(nonce) = 12),
    ciphertext bytea NOT NULL CHECK (length(ciphertext) BETWEEN 16 AND 65552), -- 16 more than what is sealed
    updated_at timestamptz NOT NULL, -- when it became another one; sealing it anew does not count
    PRIMARY KEY (org_id, connection_id, field),
    FOREIGN KEY (org_id, key_id) REFERENCES tenant_keys (org_id, id)
);
CREATE INDEX credentials_by_key ON credentials (org_id, key_id);

ALTER TABLE credentials ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON credentials TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (key_id, nonce, ciphertext, updated_at), DELETE ON credentials TO aloftly_app;

-- Data keys that belong to no tenant, each for one purpose.
CREATE TABLE system_keys (
    purpose text NOT NULL CHECK (purpose ~ '^[a-z][a-z0-9_]{0,63}$'),
    id uuid NOT NULL,
    master_key_id text NOT NULL CHECK (length(master_key_id) BETWEEN 1 AND 512),
    wrapped bytea NOT NULL CHECK (length(wrapped) BETWEEN 1 AND 8192),
    state text NOT NULL CHECK (state IN ('active', 'retired')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (purpose, id)
);
CREATE UNIQUE INDEX system_keys_active ON system_keys (purpose) WHERE state = 'active';

ALTER TABLE system_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY system ON system_keys TO aloftly_app
    USING (current_setting('aloftly.system', true) = 'on')
    WITH CHECK (current_setting('aloftly.system', true) = 'on');
GRANT SELECT, INSERT, UPDATE (master_key_id, wrapped), DELETE ON system_keys TO aloftly_app;

-- Rotations of data keys, so that one that was cut off goes on where it was.
CREATE TABLE key_rotations (
    id uuid PRIMARY KEY,
    started_at timestamptz NOT NULL,
    finished_at timestamptz CHECK (finished_at >= started_at)
);
CREATE UNIQUE INDEX key_rotations_unfinished ON key_rotations ((finished_at IS NULL)) WHERE finished_at IS NULL;

ALTER TABLE key_rotations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY system ON key_rotations TO aloftly_app
    USING (current_setting('aloftly.system', true) = 'on')
    WITH CHECK (current_setting('aloftly.system', true) = 'on');
GRANT SELECT, INSERT, UPDATE (finished_at) ON key_rotations TO aloftly_app;
