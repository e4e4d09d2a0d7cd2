-- Whether the current role may do what requests do, and take on the role that brings data in. Before PostgreSQL 16 every member may.
SELECT
    current_user::text,
    pg_has_role(current_user, 'aloftly_app', 'USAGE'),
    pg_has_role(
        current_user,
        'aloftly_ingest',
        CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END
    )
