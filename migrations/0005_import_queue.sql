-- Imports that wait for a reason that is not in their file are tried again; those whose workers died are counted.

ALTER TABLE imports
    ADD COLUMN retry_at timestamptz, -- not before then; null: at once
    ADD COLUMN waiting_for text, -- why the last attempt came to nothing, for the person who handed the file over
    ADD COLUMN crashes integer NOT NULL DEFAULT 0 CHECK (crashes >= 0); -- attempts in a row that ended without a word
GRANT UPDATE (retry_at, waiting_for, crashes) ON imports TO aloftly_app;

-- The server looks for work in every organisation at once. It sees what is not over, and nothing of the rest.
CREATE POLICY system_looks ON imports FOR SELECT TO aloftly_app
    USING (current_setting('aloftly.system', true) = 'on' AND status IN ('queued', 'running'));
