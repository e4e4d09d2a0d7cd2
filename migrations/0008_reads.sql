-- What almost every request needs, each in one statement: to open a transaction, set its scope, read, and end it takes the server and the
-- database several turns. The functions act as their caller, so that row-level security holds in them as anywhere, and the scope that
-- they set is local to the statement's transaction. They are not for use within another one, whose scope they would change.

-- The session of a token, and who acts in it.
CREATE FUNCTION read_session(token_hash bytea, at timestamptz, seen_since timestamptz)
RETURNS TABLE (
    org_id uuid,
    id uuid,
    user_id uuid,
    last_seen_at timestamptz,
    expires_at timestamptz,
    email text,
    name text,
    organization_name text,
    plan_tier text,
    role text
)
LANGUAGE plpgsql VOLATILE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    found public.sessions;
BEGIN
    PERFORM set_config('aloftly.session', encode(read_session.token_hash, 'hex'), true);
    SELECT session.* INTO found FROM public.sessions AS session
    WHERE session.token_hash = read_session.token_hash
        AND session.expires_at > read_session.at AND session.last_seen_at > read_session.seen_since;
    IF found.id IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('aloftly.session', '', true), set_config('aloftly.org_id', found.org_id::text, true);
    RETURN QUERY
    SELECT found.org_id, found.id, found.user_id, found.last_seen_at, found.expires_at,
        person.email, person.name, organization.name, organization.plan_tier, member.role
    FROM public.org_members AS member
    JOIN public.organizations AS organization ON organization.id = member.org_id
    JOIN public.users AS person ON person.id = member.user_id
    WHERE member.org_id = found.org_id AND member.user_id = found.user_id;
END
$$;

-- The stores that can be asked by an organisation, or by those of a user's workspaces, and what state each is in.
CREATE FUNCTION read_stores(org_id uuid, bounded_by uuid)
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
    PERFORM set_config('aloftly.org_id', read_stores.org_id::text, true);
    RETURN QUERY
    SELECT store.id, store.name, store.currency, store.timezone, store.week_start, lake.version, lake.quarantine_revision
    FROM public.stores AS store
    JOIN public.lake_stores AS lake ON lake.org_id = store.org_id AND lake.store_id = store.id
    WHERE store.org_id = read_stores.org_id
        AND (read_stores.bounded_by IS NULL OR EXISTS (
            SELECT FROM public.workspace_members AS member
            WHERE member.org_id = store.org_id AND member.workspace_id = store.workspace_id
                AND member.user_id = read_stores.bounded_by
        ))
    ORDER BY store.name, store.id;
END
$$;

REVOKE EXECUTE ON FUNCTION read_session(bytea, timestamptz, timestamptz), read_stores(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION read_session(bytea, timestamptz, timestamptz), read_stores(uuid, uuid) TO aloftly_app;
