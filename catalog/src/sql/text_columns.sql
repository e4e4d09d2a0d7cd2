-- Every column that can hold text, documents and bytes among them, of the tables whose rows are an organisation's or a
-- person's; and which of these rows are those of the organisation $1 and of its people.
WITH whose AS (
    SELECT
        table_name,
        CASE
            WHEN table_name = 'organizations' THEN 'id = $1'
            WHEN table_name = 'users' THEN 'id IN (SELECT user_id FROM org_members WHERE org_id = $1)'
            WHEN bool_or(column_name = 'org_id') THEN 'org_id = $1'
            WHEN bool_or(column_name = 'user_id') THEN 'user_id IN (SELECT user_id FROM org_members WHERE org_id = $1)'
        END AS condition
    FROM information_schema.columns
    WHERE table_schema = 'public'
    GROUP BY table_name
)
SELECT column_of.table_name::text, column_of.column_name::text, column_of.data_type::text, whose.condition
FROM information_schema.columns AS column_of
JOIN information_schema.tables AS table_of USING (table_schema, table_name)
JOIN whose USING (table_name)
WHERE table_schema = 'public' AND table_of.table_type = 'BASE TABLE' AND whose.condition IS NOT NULL
    AND column_of.data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'xml', 'ARRAY', 'bytea')
ORDER BY 1, 2
