-- aloftly_owner owns every table and runs migrations; aloftly_app is what the server signs in as and what requests run as;
-- aloftly_ingest is what it takes on to bring data in. None may pass by row-level security: the owner is held by FORCE, the others own
-- nothing. What aloftly_ingest may do, aloftly_app does not inherit.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'aloftly_owner') THEN
        CREATE ROLE aloftly_owner;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'aloftly_app') THEN
        CREATE ROLE aloftly_app;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'aloftly_ingest') THEN
        CREATE ROLE aloftly_ingest;
    END IF;
    EXECUTE format(
        'ALTER ROLE aloftly_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD %L',
        current_setting('aloftly.owner_password')
    );
    EXECUTE format(
        'ALTER ROLE aloftly_app LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD %L',
        current_setting('aloftly.app_password')
    );
    ALTER ROLE aloftly_ingest NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    IF NOT pg_has_role('aloftly_app', 'aloftly_ingest', 'MEMBER') THEN
        GRANT aloftly_ingest TO aloftly_app;
    END IF;
END
$$;
