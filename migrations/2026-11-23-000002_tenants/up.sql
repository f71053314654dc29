CREATE TABLE tenants (
    id uuid NOT NULL CONSTRAINT tenants_pkey PRIMARY KEY,
    slug text NOT NULL CONSTRAINT tenants_slug_form CHECK (slug ~ '^[a-z][a-z0-9-]{0,39}$'),
    name text NOT NULL CONSTRAINT tenants_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenants_slug_key UNIQUE (slug)
);
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenants_own ON tenants TO bowline_server USING (id = bowline_tenant());
CREATE POLICY tenants_operator ON tenants FOR SELECT TO bowline_operator USING (true);
GRANT SELECT, INSERT, UPDATE (name) ON tenants TO bowline_server;
GRANT SELECT ON tenants TO bowline_operator;

-- Data keys, each wrapped by a master key that is not in this database.
CREATE TABLE data_keys (
    tenant_id uuid NOT NULL CONSTRAINT data_keys_tenant_fkey REFERENCES tenants (id),
    version integer NOT NULL CONSTRAINT data_keys_version_range CHECK (version > 0),
    kek_version integer NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT data_keys_pkey PRIMARY KEY (tenant_id, version)
);
ALTER TABLE data_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY data_keys_own ON data_keys TO bowline_server USING (tenant_id = bowline_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON data_keys TO bowline_server;

-- One check value for each master key version: a wrong key file is found at the boot, before anything is written.
CREATE TABLE master_key_checks (
    kek_version integer NOT NULL CONSTRAINT master_key_checks_pkey PRIMARY KEY,
    check_value bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT ON master_key_checks TO bowline_server;
