-- Dashboards: pages of widgets, what they were, ways to look at them, what they can be made from, and what happened meanwhile.

-- A dashboard is one document with a revision, so that whoever changes it changes the whole of it, and of two at once one is told.
CREATE TABLE dashboards (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 2000),
    -- private: its owner alone sees it; public: links may show it to whoever has them
    visibility text NOT NULL CHECK (visibility IN ('private', 'workspace', 'public')),
    owner_id uuid, -- of a private one alone: it goes with their membership
    created_by uuid NOT NULL, -- no key: who is gone is shown as nobody
    template text CHECK (length(template) <= 100), -- the built-in one that it was made from
    document jsonb NOT NULL CHECK (jsonb_typeof(document) = 'object'),
    revision bigint NOT NULL CHECK (revision >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, workspace_id) REFERENCES workspaces (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, owner_id) REFERENCES org_members (org_id, user_id) ON DELETE CASCADE,
    CHECK ((visibility = 'private') = (owner_id IS NOT NULL))
);
CREATE INDEX dashboards_of_workspace ON dashboards (org_id, workspace_id, name);
CREATE INDEX dashboards_of_owner ON dashboards (org_id, owner_id) WHERE owner_id IS NOT NULL;

ALTER TABLE dashboards ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON dashboards TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (
    name, description, visibility, owner_id, document, revision, updated_at, updated_by
), DELETE ON dashboards TO aloftly_app;

-- What a dashboard was, the present state included. What one person saves within ten minutes is one.
CREATE TABLE dashboard_revisions (
    org_id uuid NOT NULL,
    id uuid NOT NULL, -- UUIDv7, so that its order is the order of creation
    dashboard_id uuid NOT NULL,
    revision bigint NOT NULL CHECK (revision >= 1), -- the dashboard's with it
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    document jsonb NOT NULL CHECK (jsonb_typeof(document) = 'object'),
    saved_by uuid NOT NULL,
    begun_at timestamptz NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, dashboard_id) REFERENCES dashboards (org_id, id) ON DELETE CASCADE
);
CREATE INDEX dashboard_revisions_by_dashboard ON dashboard_revisions (org_id, dashboard_id, id DESC);

ALTER TABLE dashboard_revisions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON dashboard_revisions TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (revision, name, document, saved_at), DELETE ON dashboard_revisions TO aloftly_app;

-- Ways to look at a dashboard that have a name.
CREATE TABLE dashboard_views (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    dashboard_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    search text NOT NULL CHECK (length(search) <= 4000), -- the part of the address behind '?'
    is_shared boolean NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, dashboard_id) REFERENCES dashboards (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, owner_id) REFERENCES org_members (org_id, user_id) ON DELETE CASCADE
);
CREATE INDEX dashboard_views_of_dashboard ON dashboard_views (org_id, dashboard_id, name);
CREATE INDEX dashboard_views_of_owner ON dashboard_views (org_id, owner_id);

ALTER TABLE dashboard_views ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON dashboard_views TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (name, search, is_shared), DELETE ON dashboard_views TO aloftly_app;

-- What an organisation makes dashboards from, beside what is built in.
CREATE TABLE dashboard_templates (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 2000),
    document jsonb NOT NULL CHECK (jsonb_typeof(document) = 'object'),
    created_by uuid NOT NULL, -- no key: whoever made it may be gone
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
);

ALTER TABLE dashboard_templates ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON dashboard_templates TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (name, description, document), DELETE ON dashboard_templates TO aloftly_app;

-- What people noted of certain days. What the program finds itself is computed when it is asked for.
CREATE TABLE annotations (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    store_id uuid, -- null: all stores of the workspace
    kind text NOT NULL CHECK (kind IN ('note', 'sale', 'campaign', 'test', 'release')),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    body text NOT NULL DEFAULT '' CHECK (length(body) <= 2000),
    first_day date NOT NULL, -- local days of the store
    last_day date NOT NULL CHECK (last_day >= first_day),
    created_by uuid NOT NULL, -- no key: who is gone is shown as nobody
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, workspace_id) REFERENCES workspaces (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, store_id) REFERENCES stores (org_id, id) ON DELETE CASCADE
);
CREATE INDEX annotations_by_day ON annotations (org_id, workspace_id, first_day);

ALTER TABLE annotations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON annotations TO aloftly_app
    USING (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid)
    WITH CHECK (org_id = NULLIF(current_setting('aloftly.org_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (kind, title, body, first_day, last_day), DELETE ON annotations TO aloftly_app;

ALTER TABLE organizations ADD COLUMN onboarded_at timestamptz; -- when somebody ended the way from nothing to first figures
GRANT UPDATE (onboarded_at) ON organizations TO aloftly_app;
ALTER TABLE stores ADD COLUMN sample_data_at timestamptz; -- since when it holds figures that are made up
GRANT UPDATE (sample_data_at) ON stores TO aloftly_app;
