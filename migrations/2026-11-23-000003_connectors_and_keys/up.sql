CREATE TABLE connectors (
    tenant_id uuid NOT NULL CONSTRAINT connectors_tenant_fkey REFERENCES tenants (id),
    id uuid NOT NULL,
    name text NOT NULL CONSTRAINT connectors_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    provider text NOT NULL CONSTRAINT connectors_provider_known CHECK (provider IN ('dropbox')),
    protocol text NOT NULL CONSTRAINT connectors_protocol_known CHECK (protocol IN ('oauth2')),
    app_key text NOT NULL CONSTRAINT connectors_app_key_length CHECK (char_length(app_key) BETWEEN 1 AND 100),
    sealed_app_secret bytea NOT NULL,
    scopes text[] NOT NULL CONSTRAINT connectors_scopes_some CHECK (cardinality(scopes) > 0),
    return_urls text[] NOT NULL,
    completion text NOT NULL CONSTRAINT connectors_completion_known CHECK (completion IN ('tenant', 'browser')),
    confirm_page boolean NOT NULL,
    status text NOT NULL DEFAULT 'active'
        CONSTRAINT connectors_status_known CHECK (status IN ('active', 'broken', 'disabled')),
    status_reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT connectors_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT connectors_app_key_key UNIQUE (tenant_id, provider, app_key)
);
-- Whether another tenant has an app key is asked by the operator plane, under a lock; a unique index would answer tenants too.
CREATE INDEX connectors_app_key_idx ON connectors (provider, app_key);
ALTER TABLE connectors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY connectors_own ON connectors TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY connectors_operator ON connectors FOR SELECT TO bowline_operator USING (true);
GRANT SELECT, INSERT, UPDATE ON connectors TO bowline_server;
GRANT SELECT (tenant_id, id, name, provider, protocol, app_key, scopes, return_urls, completion, confirm_page, status,
              status_reason, created_at, updated_at)
    ON connectors TO bowline_operator;

CREATE TABLE api_keys (
    tenant_id uuid NOT NULL CONSTRAINT api_keys_tenant_fkey REFERENCES tenants (id),
    id uuid NOT NULL,
    name text NOT NULL CONSTRAINT api_keys_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    secret_hash bytea NOT NULL CONSTRAINT api_keys_secret_hash_length CHECK (octet_length(secret_hash) = 32),
    permissions text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT api_keys_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT api_keys_secret_hash_key UNIQUE (tenant_id, secret_hash)
);
CREATE INDEX api_keys_secret_hash_idx ON api_keys (secret_hash);
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY api_keys_own ON api_keys TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY api_keys_shown ON api_keys FOR SELECT TO bowline_server USING (secret_hash = bowline_credential());
CREATE POLICY api_keys_operator ON api_keys FOR SELECT TO bowline_operator USING (true);
GRANT SELECT, INSERT, UPDATE (name, expires_at, revoked_at) ON api_keys TO bowline_server;
GRANT SELECT (tenant_id, id, name, permissions, created_at, expires_at, revoked_at) ON api_keys TO bowline_operator;
