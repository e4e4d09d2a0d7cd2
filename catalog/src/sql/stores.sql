-- Stores that an actor may see, with what is known of their data. $2 is the user whose workspaces bound the view, $3 one store, $4 the
-- workspace that bounds the view.
SELECT
    store.id,
    store.name,
    store.workspace_id,
    workspace.name AS workspace_name,
    store.currency,
    store.timezone,
    store.week_start,
    lake.version,
    lake.committed_at,
    data.time_min,
    data.time_max,
    store.sample_data_at,
    store.created_at
FROM stores AS store
JOIN workspaces AS workspace ON workspace.org_id = store.org_id AND workspace.id = store.workspace_id
JOIN lake_stores AS lake ON lake.org_id = store.org_id AND lake.store_id = store.id
CROSS JOIN LATERAL (
    SELECT min(segment.time_min) AS time_min, max(segment.time_max) AS time_max
    FROM lake_segments AS segment
    WHERE segment.org_id = store.org_id AND segment.store_id = store.id AND segment.end_version IS NULL
        AND segment.dataset IN ('orders', 'metric_events') AND segment.row_count > 0
) AS data
WHERE store.org_id = $1
    AND ($2::uuid IS NULL OR EXISTS (
        SELECT FROM workspace_members AS member
        WHERE member.org_id = store.org_id AND member.workspace_id = store.workspace_id AND member.user_id = $2
    ))
    AND ($3::uuid IS NULL OR store.id = $3)
    AND ($4::uuid IS NULL OR store.workspace_id = $4)
ORDER BY store.name, store.id
