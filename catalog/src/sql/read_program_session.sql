-- The program's session of the identity $2 in the organisation $1, at $3, when it was used since $4; and, with $5, the stores that can be
-- asked about in it and how far their connections were read: a row for each, or one without any. $6 are the roles that see every store;
-- the others see those of their workspaces. See read_session.sql.
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
FROM read_program_session($1, $2, $3, $4) AS session
LEFT JOIN LATERAL (
    SELECT *
    FROM read_stores(session.org_id, CASE WHEN session.role <> ALL ($6::text []) THEN session.user_id END)
    WHERE $5::boolean
) AS store ON true
