-- aloftly_owner owns every table and runs migrations; aloftly_app is what requests run as. Neither may pass by row-level
-- security: the owner is held by FORCE, the other owns nothing.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'aloftly_owner') THEN
        CREATE ROLE aloftly_owner;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'aloftly_app') THEN
        CREATE ROLE aloftly_app;
    END IF;
    EXECUTE format(
        'ALTER ROLE aloftly_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD %L',
        current_setting('aloftly.owner_password')
    );
    EXECUTE format(
        'ALTER ROLE aloftly_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD %L',
        current_setting('aloftly.app_password')
    );
END
$$;
