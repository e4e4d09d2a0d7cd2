-- Links that show a dashboard, beside those that show the answer to one question; with a password where whoever makes them wants one, and
-- within the pages that they name.

-- A dashboard is shown while it is public. The policies read one more setting, local to each transaction: aloftly.embed is the key in the
-- address of a frame.
ALTER TABLE shares
    ADD COLUMN dashboard_id uuid,
    ADD COLUMN password_hash text, -- Argon2id; null: nothing is asked for
    -- The pages that may show it within themselves, each as browsers write it: https://shop.example.com
    ADD COLUMN origins text [] NOT NULL DEFAULT '{}' CHECK (cardinality(origins) <= 20),
    -- Random; in the address of the frame, so that it is known whose pages may have it before the token is, which no address has. Opens nothing
    ADD COLUMN embed_key text CHECK (length(embed_key) = 43),
    ADD COLUMN may_change_range boolean NOT NULL DEFAULT false, -- whether other days may be looked at
    ALTER COLUMN query DROP NOT NULL,
    ADD CONSTRAINT shares_of_one CHECK ((query IS NULL) <> (dashboard_id IS NULL)),
    ADD CONSTRAINT shares_framed_by_key CHECK (cardinality(origins) = 0 OR embed_key IS NOT NULL),
    ADD FOREIGN KEY (org_id, dashboard_id) REFERENCES dashboards (org_id, id) ON DELETE CASCADE;
CREATE INDEX shares_by_dashboard ON shares (org_id, dashboard_id) WHERE dashboard_id IS NOT NULL;
CREATE INDEX shares_by_embed_key ON shares (embed_key) WHERE embed_key IS NOT NULL;

-- Whoever is asked for a frame may see whose pages may have it.
CREATE POLICY framed ON shares FOR SELECT TO aloftly_app
    USING (embed_key = NULLIF(current_setting('aloftly.embed', true), ''));
GRANT UPDATE (
    name, password_hash, origins, embed_key, expires_at, may_change_range
) ON shares TO aloftly_app;
