-- The shares of the organisation $1, the newest first: one ($2), or those of one maker ($3), or all. The dashboard of each is told where the
-- actor may see it: a private one its owner ($4), any other whoever works in its workspace, which is everybody where $5 says nobody.
SELECT
    share.id,
    share.name,
    share.query,
    share.stores,
    share.password_hash IS NOT NULL AS "has_password!",
    share.origins,
    share.embed_key,
    share.may_change_range,
    person.email,
    share.created_at,
    share.expires_at,
    share.views,
    share.last_viewed_at,
    dashboard.id AS "dashboard_id?",
    dashboard.name AS "dashboard_name?",
    dashboard.visibility AS "visibility?"
FROM shares AS share
JOIN users AS person ON person.id = share.created_by
LEFT JOIN dashboards AS dashboard ON dashboard.org_id = share.org_id AND dashboard.id = share.dashboard_id AND CASE
    WHEN dashboard.visibility = 'private' THEN dashboard.owner_id = $4
    ELSE $5::uuid IS NULL OR EXISTS (
        SELECT FROM workspace_members AS member
        WHERE member.org_id = dashboard.org_id AND member.workspace_id = dashboard.workspace_id AND member.user_id = $5
    )
END
WHERE share.org_id = $1 AND ($2::uuid IS NULL OR share.id = $2) AND ($3::uuid IS NULL OR share.created_by = $3)
ORDER BY share.created_at DESC, share.id DESC
