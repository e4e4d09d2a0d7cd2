-- Tenants: organisation -> workspace -> store.
--
-- Rules that every migration keeps (catalog/tests checks them):
--   * a tenant's table has org_id, forced row-level security, and unique keys and foreign keys that start with it;
--   * a policy compares with NULLIF(current_setting('aloftly.org_id', true), '')::uuid: no context, no rows, no error;
--   * aloftly_app is what requests run as. It owns nothing and is granted each verb, and where it updates each column, by name.
--
-- The settings that policies read are set for one transaction at a time, and one of them at a time:
--   aloftly.org_id   the tenant whose rows are worked on
--   aloftly.user_id  the person who signs in, before an organisation is chosen
--   aloftly.email    the address that someone signs in with, before the person is known
--   aloftly.session  the SHA-256 of a session's token, before anything else is known
--   aloftly.system   'on' while the server looks for organisations that have work waiting

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'aloftly_app') THEN
        CREATE ROLE aloftly_app NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this server was migrated at the same moment
END
$$;

GRANT USAGE ON SCHEMA public TO aloftly_app;

CREATE TABLE organizations (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    plan_tier text NOT NULL DEFAULT 'free' CHECK (plan_tier ~ '^[a-z][a-z0-9_]{0,31}$'),
    feature_flags jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(feature_flags) = 'object'),
    white_label_config jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(white_label_config) = 'object'),
    created_at timestamptz NOT NULL
);

ALTER TABLE organizations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON organizations TO aloftly_app
    USING (id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
CREATE POLICY system_lists ON organizations FOR SELECT TO aloftly_app
    USING (current_setting('aloftly.system', true) = 'on');
GRANT SELECT, INSERT, UPDATE (name, plan_tier, feature_flags, white_label_config) ON organizations TO aloftly_app;

CREATE TABLE workspaces (
    org_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, name)
);

ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON workspaces TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (name) ON workspaces TO aloftly_app;

CREATE TABLE stores (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'), -- ISO 4217
    timezone text NOT NULL CHECK (length(timezone) BETWEEN 1 AND 64), -- IANA
    week_start text NOT NULL
        CHECK (week_start IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, workspace_id, name),
    FOREIGN KEY (org_id, workspace_id) REFERENCES workspaces (org_id, id) ON DELETE CASCADE
);

ALTER TABLE stores ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON stores TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (name, currency, timezone, week_start) ON stores TO aloftly_app;
