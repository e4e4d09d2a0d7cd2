-- The dashboards of the organisation $1 that somebody may see, by name: the one of that id ($2), with what it shows; those of a workspace
-- ($3); those in workspaces that the person $4 works in, or in the one workspace $5; and private ones of the person $6 alone.
SELECT
    dashboard.id,
    dashboard.workspace_id,
    dashboard.name,
    dashboard.description,
    dashboard.visibility,
    dashboard.template,
    jsonb_array_length(jsonb_path_query_array(dashboard.document, '$.sections[*].widgets[*]')) AS "widgets!",
    dashboard.revision,
    dashboard.created_by,
    maker.name AS "maker?",
    dashboard.updated_at,
    dashboard.updated_by,
    changer.name AS "changer?",
    place.role AS "role?",
    CASE WHEN $2::uuid IS NOT NULL THEN dashboard.document END AS document
FROM dashboards AS dashboard
LEFT JOIN users AS maker ON maker.id = dashboard.created_by
LEFT JOIN users AS changer ON changer.id = dashboard.updated_by
LEFT JOIN workspace_members AS place
    ON place.org_id = dashboard.org_id AND place.workspace_id = dashboard.workspace_id AND place.user_id = $4
WHERE dashboard.org_id = $1
    AND ($2::uuid IS NULL OR dashboard.id = $2)
    AND ($3::uuid IS NULL OR dashboard.workspace_id = $3)
    AND ($4::uuid IS NULL OR place.user_id IS NOT NULL)
    AND ($5::uuid IS NULL OR dashboard.workspace_id = $5)
    AND (dashboard.owner_id IS NULL OR dashboard.owner_id = $6)
ORDER BY dashboard.name, dashboard.id
