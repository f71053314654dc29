-- Roles belong to the whole cluster, so another database of it may have made them already; two may even try at once.
-- bowline_server: the server's login. It owns nothing, and row-level security binds it to one tenant at a time.
-- bowline_operator: what operators may read over all tenants; never a sealed column. Entered by SET LOCAL ROLE only.
-- bowline_worker: finds due work over all tenants; the work itself is done inside its tenant. Entered by SET LOCAL ROLE only.
DO $$
BEGIN
    CREATE ROLE bowline_server LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$
BEGIN
    CREATE ROLE bowline_operator NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$
BEGIN
    CREATE ROLE bowline_worker NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$
BEGIN
    IF NOT pg_has_role('bowline_server', 'bowline_operator', 'MEMBER') THEN
        GRANT bowline_operator TO bowline_server;
    END IF;
    IF NOT pg_has_role('bowline_server', 'bowline_worker', 'MEMBER') THEN
        GRANT bowline_worker TO bowline_server;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

-- The tenant of this transaction. A setting that was once set reads '' afterwards, not NULL.
CREATE FUNCTION bowline_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('bowline.tenant', true), '')::uuid;

-- The SHA-256 of a credential that the caller has shown: whoever knows it may see the row that it opens.
CREATE FUNCTION bowline_credential() RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN decode(NULLIF(current_setting('bowline.credential', true), ''), 'hex');

-- Before Postgres 15 everybody may create tables there.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO bowline_server, bowline_operator, bowline_worker;

-- Diesel has made its own table before the first migration runs. /readyz compares it with what the binary knows.
GRANT SELECT ON __diesel_schema_migrations TO bowline_server;
