-- The session of the token whose SHA-256 is $1, at $2, when it was used since $3; and, with $4, the stores that can be asked about in
-- it: a row for each, or one without any. $5 are the roles that see every store; the others see those of their workspaces.
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
    store.quarantine_revision AS "quarantine_revision?"
FROM read_session($1, $2, $3) AS session
LEFT JOIN LATERAL (
    SELECT *
    FROM read_stores(session.org_id, CASE WHEN session.role <> ALL ($5::text []) THEN session.user_id END)
    WHERE $4::boolean
) AS store ON true
