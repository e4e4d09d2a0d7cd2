-- How far an organisation ($1) is from nothing to first figures, as far as somebody sees: whose workspaces bound the view ($2, or nobody), and
-- who it is ($3). The store is one that has data, else one that is connected, else one that a file is on its way to, else the oldest.
SELECT
    organization.onboarded_at,
    chosen.id AS "store_id?",
    coalesce(chosen.has_data, false) AS "has_data!",
    coalesce(chosen.is_connected, false) AS "is_connected!",
    chosen.import_id AS "import_id?",
    (
        SELECT dashboard.id FROM dashboards AS dashboard
        WHERE dashboard.org_id = organization.id
            AND (dashboard.owner_id IS NULL OR dashboard.owner_id = $3)
            AND ($2::uuid IS NULL OR EXISTS (
                SELECT FROM workspace_members AS member
                WHERE member.org_id = dashboard.org_id AND member.workspace_id = dashboard.workspace_id AND member.user_id = $2
            ))
        ORDER BY dashboard.created_at, dashboard.id
        LIMIT 1
    ) AS "dashboard_id?"
FROM organizations AS organization
LEFT JOIN LATERAL (
    SELECT * FROM (
        SELECT
            store.id,
            store.created_at,
            EXISTS (
                SELECT FROM lake_segments AS segment
                WHERE segment.org_id = store.org_id AND segment.store_id = store.id AND segment.end_version IS NULL
                    AND segment.dataset IN ('orders', 'metric_events') AND segment.row_count > 0
            ) AS has_data,
            EXISTS (
                SELECT FROM connections AS source
                WHERE source.org_id = store.org_id AND source.store_id = store.id AND source.status NOT IN ('choosing', 'disconnected')
            ) AS is_connected,
            (
                SELECT file.id FROM imports AS file
                WHERE file.org_id = store.org_id AND file.store_id = store.id AND file.status IN ('queued', 'running')
                ORDER BY file.id
                LIMIT 1
            ) AS import_id
        FROM stores AS store
        WHERE store.org_id = organization.id AND ($2::uuid IS NULL OR EXISTS (
            SELECT FROM workspace_members AS member
            WHERE member.org_id = store.org_id AND member.workspace_id = store.workspace_id AND member.user_id = $2
        ))
    ) AS seen
    ORDER BY has_data DESC, is_connected DESC, (import_id IS NOT NULL) DESC, created_at, id
    LIMIT 1
) AS chosen ON true
WHERE organization.id = $1
