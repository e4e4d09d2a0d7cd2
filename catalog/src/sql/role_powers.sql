-- Whether the current role, or one that it could SET ROLE to, is a superuser, bypasses row-level security, or owns a table.
SELECT
    current_user::text,
    EXISTS (SELECT FROM pg_roles WHERE rolsuper AND pg_has_role(current_user, oid, 'MEMBER')),
    EXISTS (SELECT FROM pg_roles WHERE rolbypassrls AND pg_has_role(current_user, oid, 'MEMBER')),
    EXISTS (
        SELECT FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
            AND pg_has_role(current_user, relowner, 'MEMBER')
    )
