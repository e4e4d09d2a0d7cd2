-- The session of the token whose SHA-256 is $1, at $2, when it was used since $3; and, with $4, the stores that can be asked about in
-- it and how far their connections were read: a row for each, or one without any. $5 are the roles that see every store; the others see
-- those of their workspaces. What stands in the list of columns is read after the stores, and so in the scope that their function sets.
SELECT
    session.org_id AS "org_id!",
    session.id AS "id!",
    session.user_id AS "user_id!",
    session.last_seen_at AS "last_seen_at!",
    session.expires_at AS "expires_at!",
    session.email AS "email!",
    session.name AS "name!",
    session.organization_name AS "organization_name!",
    session.plan_tier AS "plan_tier!",
    session.role AS "role!",
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
        WHERE source.org_id = session.org_id AND source.store_id = store.id AND source.status NOT IN ('choosing', 'disconnected')
    ) AS "connections?"
FROM read_session($1, $2, $3) AS session
LEFT JOIN LATERAL (
    SELECT *
    FROM read_stores(session.org_id, CASE WHEN session.role <> ALL ($5::text []) THEN session.user_id END)
    WHERE $4::boolean
) AS store ON true
