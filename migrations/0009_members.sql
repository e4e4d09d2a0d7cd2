-- What members of an organisation need to manage it: who did what, where a person is signed in, and which organisations they belong to.

-- Where a session was begun, as far as it was known.
ALTER TABLE sessions
    ADD COLUMN address text CHECK (length(address) <= 64),
    ADD COLUMN user_agent text CHECK (length(user_agent) <= 512);

-- A person sees the names of the organisations that they belong to, whichever they act in.
CREATE POLICY members_see ON organizations FOR SELECT TO aloftly_app
    USING (EXISTS (
        SELECT FROM org_members AS member
        WHERE member.org_id = organizations.id
            AND member.user_id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid
    ));

-- Who did what to what, when, and from where. Nobody changes it: the app may only add and read. Who did it and what it was done to
-- are named as they were called then, and stay when they go.
CREATE TABLE audit_events (
    org_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id uuid NOT NULL, -- UUIDv7: in the order in which things were done
    at timestamptz NOT NULL,
    actor_kind text NOT NULL CHECK (actor_kind IN ('user', 'system')),
    actor_id uuid,
    actor_name text NOT NULL CHECK (length(actor_name) <= 400), -- an address, or why the program did it
    action text NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
    target_id uuid,
    target_name text CHECK (length(target_name) <= 1100),
    detail jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(detail) = 'object'),
    address text CHECK (length(address) <= 64),
    user_agent text CHECK (length(user_agent) <= 512),
    PRIMARY KEY (org_id, id),
    CHECK ((actor_kind = 'user') = (actor_id IS NOT NULL))
);

CREATE INDEX audit_events_by_time ON audit_events (org_id, at);
CREATE INDEX audit_events_by_action ON audit_events (org_id, action, id);
CREATE INDEX audit_events_by_actor ON audit_events (org_id, actor_id, id);

ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit_events TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT ON audit_events TO aloftly_app;
