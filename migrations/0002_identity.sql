-- People: users, what they may do where, and their sessions.
--
-- A user belongs to no tenant, so users and user_passwords have no org_id. Their rows show only to the person (user_id),
-- to someone who signs in with the address (email), and, without the password, to fellow members of an organisation.

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (email = lower(btrim(email)) AND length(email) BETWEEN 3 AND 320),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL
);

CREATE TABLE user_passwords (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    password_hash text NOT NULL, -- PHC string
    changed_at timestamptz NOT NULL
);

CREATE TABLE org_members (
    org_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, user_id)
);
CREATE INDEX org_members_by_user ON org_members (user_id);

CREATE TABLE workspace_members (
    org_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('admin', 'editor', 'viewer')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, workspace_id, user_id),
    FOREIGN KEY (org_id, workspace_id) REFERENCES workspaces (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, user_id) REFERENCES org_members (org_id, user_id) ON DELETE CASCADE
);
CREATE INDEX workspace_members_by_user ON workspace_members (org_id, user_id);

-- A session acts for one user in one organisation. It ends with the membership.
CREATE TABLE sessions (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32), -- SHA-256 of the token; the token is kept nowhere
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES org_members (org_id, user_id) ON DELETE CASCADE
);
CREATE INDEX sessions_by_token ON sessions (token_hash);
CREATE INDEX sessions_by_user ON sessions (user_id);

ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY self ON users TO aloftly_app
    USING (id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid)
    WITH CHECK (id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid);
CREATE POLICY signs_in ON users FOR SELECT TO aloftly_app
    USING (email = NULLIF(current_setting('aloftly.email', true), ''));
CREATE POLICY fellow_members ON users FOR SELECT TO aloftly_app
    USING (EXISTS (
        SELECT FROM org_members AS member
        WHERE member.user_id = users.id
            AND member.org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid
    ));
GRANT SELECT, INSERT, UPDATE (name) ON users TO aloftly_app;

ALTER TABLE user_passwords ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY self ON user_passwords TO aloftly_app
    USING (user_id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid)
    WITH CHECK (user_id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (password_hash, changed_at) ON user_passwords TO aloftly_app;

ALTER TABLE org_members ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON org_members TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
CREATE POLICY self ON org_members FOR SELECT TO aloftly_app
    USING (user_id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (role), DELETE ON org_members TO aloftly_app;

ALTER TABLE workspace_members ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON workspace_members TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (role), DELETE ON workspace_members TO aloftly_app;

ALTER TABLE sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sessions TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
-- Whoever knows the token may see, prolong and end that one session.
CREATE POLICY bearer ON sessions FOR SELECT TO aloftly_app
    USING (token_hash = decode(NULLIF(current_setting('aloftly.session', true), ''), 'hex'));
CREATE POLICY bearer_prolongs ON sessions FOR UPDATE TO aloftly_app
    USING (token_hash = decode(NULLIF(current_setting('aloftly.session', true), ''), 'hex'));
CREATE POLICY bearer_ends ON sessions FOR DELETE TO aloftly_app
    USING (token_hash = decode(NULLIF(current_setting('aloftly.session', true), ''), 'hex'));
-- A changed password ends the person's sessions in every organisation.
CREATE POLICY self ON sessions FOR SELECT TO aloftly_app
    USING (user_id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid);
CREATE POLICY self_ends ON sessions FOR DELETE TO aloftly_app
    USING (user_id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (last_seen_at), DELETE ON sessions TO aloftly_app;
