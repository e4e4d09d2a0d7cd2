-- API keys: programs that act in an organisation by themselves, each with the scopes that it was given.

-- A key is as good as whoever made it: it goes with their membership, and rests while their role does not let them make keys.
CREATE TABLE api_keys (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32), -- SHA-256 of the token; the token is kept nowhere
    token_start text NOT NULL CHECK (length(token_start) <= 16), -- what people tell keys apart by
    scopes text[] NOT NULL CHECK (cardinality(scopes) <= 64),
    workspace_id uuid, -- the only workspace whose stores it sees; null: all
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz, -- null: never
    last_used_at timestamptz,
    last_used_address text CHECK (length(last_used_address) <= 64),
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, workspace_id) REFERENCES workspaces (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, created_by) REFERENCES org_members (org_id, user_id) ON DELETE CASCADE
);
CREATE INDEX api_keys_by_token ON api_keys (token_hash);
CREATE INDEX api_keys_by_maker ON api_keys (org_id, created_by);

ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON api_keys TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
-- Whoever knows the token may see that one key, and say that it was used. aloftly.api_key is the SHA-256 of the token.
CREATE POLICY bearer ON api_keys FOR SELECT TO aloftly_app
    USING (token_hash = decode(NULLIF(current_setting('aloftly.api_key', true), ''), 'hex'));
CREATE POLICY bearer_uses ON api_keys FOR UPDATE TO aloftly_app
    USING (token_hash = decode(NULLIF(current_setting('aloftly.api_key', true), ''), 'hex'));
GRANT SELECT, INSERT, UPDATE (last_used_at, last_used_address), DELETE ON api_keys TO aloftly_app;

-- The log tells of keys, too.
ALTER TABLE audit_events
    DROP CONSTRAINT audit_events_actor_kind_check,
    DROP CONSTRAINT audit_events_check,
    ADD CONSTRAINT audit_events_actor_kind_check CHECK (actor_kind IN ('user', 'key', 'system')),
    ADD CONSTRAINT audit_events_check CHECK ((actor_kind = 'system') = (actor_id IS NULL));

-- The key of a token, as long as its maker has one of the roles that may make keys. See migrations/0008_reads.sql.
CREATE FUNCTION read_api_key(token_hash bytea, at timestamptz, making_roles text[])
RETURNS TABLE (
    org_id uuid,
    id uuid,
    scopes text[],
    workspace_id uuid,
    last_used_at timestamptz
)
LANGUAGE plpgsql VOLATILE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    found public.api_keys;
BEGIN
    PERFORM set_config('aloftly.api_key', encode(read_api_key.token_hash, 'hex'), true);
    SELECT key.* INTO found FROM public.api_keys AS key
    WHERE key.token_hash = read_api_key.token_hash
        AND (key.expires_at IS NULL OR key.expires_at > read_api_key.at);
    IF found.id IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('aloftly.api_key', '', true), set_config('aloftly.org_id', found.org_id::text, true);
    RETURN QUERY
    SELECT found.org_id, found.id, found.scopes, found.workspace_id, found.last_used_at
    FROM public.org_members AS maker
    WHERE maker.org_id = found.org_id AND maker.user_id = found.created_by
        AND maker.role = ANY (read_api_key.making_roles);
END
$$;

-- The stores of one workspace, or of all where none is given, and what state each is in.
CREATE FUNCTION read_workspace_stores(org_id uuid, workspace_id uuid)
RETURNS TABLE (
    id uuid,
    name text,
    currency text,
    timezone text,
    week_start text,
    version bigint,
    quarantine_revision bigint
)
LANGUAGE plpgsql VOLATILE SECURITY INVOKER
AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('aloftly.org_id', read_workspace_stores.org_id::text, true);
    RETURN QUERY
    SELECT store.id, store.name, store.currency, store.timezone, store.week_start, lake.version, lake.quarantine_revision
    FROM public.stores AS store
    JOIN public.lake_stores AS lake ON lake.org_id = store.org_id AND lake.store_id = store.id
    WHERE store.org_id = read_workspace_stores.org_id
        AND (read_workspace_stores.workspace_id IS NULL OR store.workspace_id = read_workspace_stores.workspace_id)
    ORDER BY store.name, store.id;
END
$$;

REVOKE EXECUTE ON FUNCTION read_api_key(bytea, timestamptz, text[]), read_workspace_stores(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION read_api_key(bytea, timestamptz, text[]), read_workspace_stores(uuid, uuid) TO aloftly_app;
