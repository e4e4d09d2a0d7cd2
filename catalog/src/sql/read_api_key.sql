-- The key of the token whose SHA-256 is $1, at $2, as long as its maker has one of the roles $3; and, with $4, the stores that it can
-- ask about and how far their connections were read: a row for each, or one without any. See read_session.sql.
SELECT
    key.org_id AS "org_id!",
    key.id AS "id!",
    key.scopes AS "scopes!",
    key.workspace_id AS "workspace_id?",
    key.last_used_at AS "last_used_at?",
    store.id AS "store_id?",
    store.name AS "store_name?",
    store.currency AS "currency?",
    store.timezone AS "timezone?",
    store.week_start AS "week_start?",
    store.version AS "version?",
    store.quarantine_revision AS "quarantine_revision?",
    (
        SELECT jsonb_agg(jsonb_build_object('provider', source.provider, 'status', source.status, 'synced_at', source.synced_at))
        FROM connections AS source
        WHERE source.org_id = key.org_id AND source.store_id = store.id AND source.status NOT IN ('choosing', 'disconnected')
    ) AS "connections?"
FROM read_api_key($1, $2, $3) AS key
LEFT JOIN LATERAL (
    SELECT * FROM read_workspace_stores(key.org_id, key.workspace_id) WHERE $4::boolean
) AS store ON true
