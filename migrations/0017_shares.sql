-- Links that show figures to whoever has them: each the answer to one question about stores that were named when it was made.

-- A share is as good as whoever made it: it goes with their membership, and shows nothing once they do not see all of its stores.
CREATE TABLE shares (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32), -- SHA-256 of the token; the token is kept nowhere
    query jsonb NOT NULL CHECK (jsonb_typeof(query) = 'object'),
    stores uuid [] NOT NULL CHECK (cardinality(stores) BETWEEN 1 AND 1000),
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz, -- null: never
    views bigint NOT NULL DEFAULT 0 CHECK (views >= 0),
    last_viewed_at timestamptz,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, created_by) REFERENCES org_members (org_id, user_id) ON DELETE CASCADE
);
CREATE INDEX shares_by_token ON shares (token_hash);
CREATE INDEX shares_by_maker ON shares (org_id, created_by);

ALTER TABLE shares ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON shares TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
-- Whoever knows the token may see that one share. aloftly.token is its SHA-256.
CREATE POLICY bearer ON shares FOR SELECT TO aloftly_app
    USING (token_hash = decode(NULLIF(current_setting('aloftly.token', true), ''), 'hex'));
GRANT SELECT, INSERT, UPDATE (views, last_viewed_at), DELETE ON shares TO aloftly_app;
