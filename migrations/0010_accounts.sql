-- Accounts that people make themselves, and invitations.
--
-- Two more settings that policies read, one at a time with the others (migration 1):
--   aloftly.token     the SHA-256 of a token that is used once, or of an invitation's
--   aloftly.identity  who somebody is to an identity provider, as issuer, a blank, and subject

-- Since when it is known that the address is theirs.
ALTER TABLE users ADD COLUMN email_verified_at timestamptz;
GRANT UPDATE (email_verified_at), DELETE ON users TO aloftly_app;
GRANT DELETE ON user_passwords TO aloftly_app;

-- What a person was sent, or their browser was given, to go on with once: links in mails, the step between the password and the
-- second factor, the way to an identity provider and back. Only the SHA-256 of the token is kept, and the row goes when it is used.
CREATE TABLE one_time_tokens (
    id uuid PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose ~ '^[a-z_]{1,32}$'),
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    user_id uuid REFERENCES users (id) ON DELETE CASCADE, -- none where nobody is known yet
    payload jsonb NOT NULL CHECK (jsonb_typeof(payload) = 'object'),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id);
CREATE INDEX one_time_tokens_by_end ON one_time_tokens (expires_at);

ALTER TABLE one_time_tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY bearer ON one_time_tokens TO aloftly_app
    USING (token_hash = decode(NULLIF(current_setting('aloftly.token', true), ''), 'hex'))
    WITH CHECK (token_hash = decode(NULLIF(current_setting('aloftly.token', true), ''), 'hex'));
-- A changed password makes the person's open links worth nothing.
CREATE POLICY self ON one_time_tokens FOR SELECT TO aloftly_app
    USING (user_id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid);
CREATE POLICY self_ends ON one_time_tokens FOR DELETE TO aloftly_app
    USING (user_id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid);
CREATE POLICY system_lists ON one_time_tokens FOR SELECT TO aloftly_app
    USING (current_setting('aloftly.system', true) = 'on');
CREATE POLICY system_sweeps ON one_time_tokens FOR DELETE TO aloftly_app
    USING (current_setting('aloftly.system', true) = 'on');
GRANT SELECT, INSERT, UPDATE (attempts), DELETE ON one_time_tokens TO aloftly_app;

-- Who a person is to an identity provider (OpenID Connect).
CREATE TABLE user_identities (
    issuer text NOT NULL CHECK (issuer ~ '^https?://[^ ]+$' AND length(issuer) <= 200),
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (user_id, issuer)
);

ALTER TABLE user_identities ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY self ON user_identities TO aloftly_app
    USING (user_id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid)
    WITH CHECK (user_id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid);
CREATE POLICY signs_in ON user_identities FOR SELECT TO aloftly_app
    USING (issuer || ' ' || subject = NULLIF(current_setting('aloftly.identity', true), ''));
GRANT SELECT, INSERT, DELETE ON user_identities TO aloftly_app;

-- People who were asked to join an organisation and have not yet. Those who did are members; what became of the others is in the log.
CREATE TABLE invitations (
    org_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    email text NOT NULL CHECK (email = lower(btrim(email)) AND length(email) BETWEEN 3 AND 320),
    role text NOT NULL CHECK (role IN ('admin', 'member', 'viewer')),
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
    invited_by uuid, -- a member, or one who was
    invited_by_name text NOT NULL CHECK (length(invited_by_name) <= 400),
    created_at timestamptz NOT NULL,
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, email)
);
CREATE INDEX invitations_by_token ON invitations (token_hash);

ALTER TABLE invitations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invitations TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
CREATE POLICY bearer ON invitations FOR SELECT TO aloftly_app
    USING (token_hash = decode(NULLIF(current_setting('aloftly.token', true), ''), 'hex'));
GRANT SELECT, INSERT, UPDATE (token_hash, sent_at, expires_at), DELETE ON invitations TO aloftly_app;

CREATE TABLE invitation_workspaces (
    org_id uuid NOT NULL,
    invitation_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('admin', 'editor', 'viewer')),
    PRIMARY KEY (org_id, invitation_id, workspace_id),
    FOREIGN KEY (org_id, invitation_id) REFERENCES invitations (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, workspace_id) REFERENCES workspaces (org_id, id) ON DELETE CASCADE
);

ALTER TABLE invitation_workspaces ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invitation_workspaces TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT ON invitation_workspaces TO aloftly_app;

-- The second factor: a secret that the person's authenticator has, sealed under a key of its own (key_id), and codes for when it is lost.
CREATE TABLE user_second_factors (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    key_id uuid NOT NULL,
    nonce bytea NOT NULL CHECK (length(nonce) = 12),
    ciphertext bytea NOT NULL CHECK (length(ciphertext) BETWEEN 16 AND 256),
    confirmed_at timestamptz, -- none until the person has shown that their authenticator has it
    last_step bigint NOT NULL DEFAULT 0, -- the step of time whose code was used last: none is used twice
    created_at timestamptz NOT NULL
);

ALTER TABLE user_second_factors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY self ON user_second_factors TO aloftly_app
    USING (user_id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid)
    WITH CHECK (user_id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (key_id, nonce, ciphertext, confirmed_at, last_step, created_at), DELETE
    ON user_second_factors TO aloftly_app;

CREATE TABLE user_recovery_codes (
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32), -- SHA-256 of 80 random bits
    PRIMARY KEY (user_id, code_hash)
);

ALTER TABLE user_recovery_codes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY self ON user_recovery_codes TO aloftly_app
    USING (user_id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid)
    WITH CHECK (user_id = NULLIF(current_setting('aloftly.user_id', true), '')::uuid);
GRANT SELECT, INSERT, DELETE ON user_recovery_codes TO aloftly_app;
