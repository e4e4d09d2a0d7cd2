-- Those of some stores ($3) that a member of the organisation $1 sees, what state each is in and how far its connections were read: of their
-- workspaces' where $2 says who they are, of all where it says nobody.
SELECT
    store.id,
    store.name,
    store.currency,
    store.timezone,
    store.week_start,
    store.sample_data_at IS NOT NULL AS "has_sample_data!",
    lake.version,
    lake.quarantine_revision,
    (
        SELECT jsonb_agg(jsonb_build_object('provider', source.provider, 'status', source.status, 'synced_at', source.synced_at))
        FROM connections AS source
        WHERE source.org_id = store.org_id AND source.store_id = store.id AND source.status NOT IN ('choosing', 'disconnected')
    ) AS "connections?"
FROM stores AS store
JOIN lake_stores AS lake ON lake.org_id = store.org_id AND lake.store_id = store.id
WHERE store.org_id = $1 AND store.id = any($3) AND ($2::uuid IS NULL OR EXISTS (
    SELECT FROM workspace_members AS member
    WHERE member.org_id = store.org_id AND member.workspace_id = store.workspace_id AND member.user_id = $2
))
ORDER BY store.name, store.id
