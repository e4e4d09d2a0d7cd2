-- Programs that act for a person: short-lived access tokens, which are kept nowhere, and refresh tokens, of which each is used once.
--
-- All tokens that come from one sign-in are a family, and a family is a session: it is listed, it ends with the membership and with the
-- password, and whoever ends it ends its tokens.

ALTER TABLE sessions
    ADD COLUMN kind text NOT NULL DEFAULT 'browser' CHECK (kind IN ('browser', 'program')),
    ALTER COLUMN token_hash DROP NOT NULL,
    ADD CHECK ((kind = 'browser') = (token_hash IS NOT NULL));
GRANT UPDATE (kind, token_hash) ON sessions TO aloftly_app;

CREATE TABLE refresh_tokens (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32), -- SHA-256 of the token; the token is kept nowhere
    created_at timestamptz NOT NULL,
    used_at timestamptz, -- kept until the session ends, so that a token that comes back is known again
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, session_id) REFERENCES sessions (org_id, id) ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_by_hash ON refresh_tokens (token_hash);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (org_id, session_id);

ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON refresh_tokens TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
-- Whoever knows the token learns whose it is.
CREATE POLICY bearer ON refresh_tokens FOR SELECT TO aloftly_app
    USING (token_hash = decode(NULLIF(current_setting('aloftly.session', true), ''), 'hex'));
GRANT SELECT, INSERT, UPDATE (used_at) ON refresh_tokens TO aloftly_app;

-- The session of a program by its identity, which a signed token told, and who acts in it: the same as read_session, which knows the sessions
-- of browsers by their tokens.
CREATE FUNCTION read_program_session(of_org uuid, of_session uuid, at timestamptz, seen_since timestamptz)
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
BEGIN
    PERFORM set_config('aloftly.org_id', read_program_session.of_org::text, true);
    RETURN QUERY
    SELECT session.org_id, session.id, session.user_id, session.last_seen_at, session.expires_at,
        person.email, person.name, organization.name, organization.plan_tier, member.role
    FROM public.sessions AS session
    JOIN public.org_members AS member ON member.org_id = session.org_id AND member.user_id = session.user_id
    JOIN public.organizations AS organization ON organization.id = session.org_id
    JOIN public.users AS person ON person.id = session.user_id
    WHERE session.org_id = read_program_session.of_org AND session.id = read_program_session.of_session AND session.kind = 'program'
        AND session.expires_at > read_program_session.at AND session.last_seen_at > read_program_session.seen_since;
END
$$;

REVOKE EXECUTE ON FUNCTION read_program_session(uuid, uuid, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION read_program_session(uuid, uuid, timestamptz, timestamptz) TO aloftly_app;
