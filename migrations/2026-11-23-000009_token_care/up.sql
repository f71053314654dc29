-- How a connector's provider does, over all replicas: the circuit breaker. Read and written where tokens are refreshed, never
-- where a living one is handed out. A connector without a row has never failed.
CREATE TABLE connector_health (
    tenant_id uuid NOT NULL,
    connector_id uuid NOT NULL,
    -- Calls since then that failed, and those that did not: when the window is over, it begins anew.
    window_started_at timestamptz NOT NULL,
    failures integer NOT NULL CONSTRAINT connector_health_failures_range CHECK (failures >= 0),
    successes bigint NOT NULL CONSTRAINT connector_health_successes_range CHECK (successes >= 0),
    -- Set while it is open: nobody calls before retry_at, and then one at a time.
    opened_at timestamptz,
    retry_at timestamptz,
    -- How often it has opened in a row without healing in between.
    openings integer NOT NULL CONSTRAINT connector_health_openings_range CHECK (openings >= 0),
    -- Who tries whether the provider is back, and until when he is believed to be alive.
    probe_owner uuid,
    probe_until timestamptz,
    -- Set when a try succeeded: for some seconds only so many calls are let through in each.
    healing_since timestamptz,
    healing_second integer NOT NULL DEFAULT 0,
    healing_calls integer NOT NULL DEFAULT 0,
    CONSTRAINT connector_health_pkey PRIMARY KEY (tenant_id, connector_id),
    CONSTRAINT connector_health_connector_fkey FOREIGN KEY (tenant_id, connector_id)
        REFERENCES connectors (tenant_id, id),
    CONSTRAINT connector_health_open_whole CHECK ((opened_at IS NULL) = (retry_at IS NULL)),
    CONSTRAINT connector_health_probe_whole CHECK ((probe_owner IS NULL) = (probe_until IS NULL))
);
ALTER TABLE connector_health ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY connector_health_own ON connector_health TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY connector_health_operator ON connector_health FOR SELECT TO bowline_operator USING (true);
CREATE POLICY connector_health_worker ON connector_health FOR SELECT TO bowline_worker USING (true);
GRANT SELECT, INSERT, UPDATE ON connector_health TO bowline_server;
GRANT SELECT ON connector_health TO bowline_operator, bowline_worker;

-- Failures in a row lengthen the cool-down; a refresh that a tenant app forces is allowed once in a while.
ALTER TABLE refresh_leases
    ADD COLUMN failures integer NOT NULL DEFAULT 0
        CONSTRAINT refresh_leases_failures_range CHECK (failures >= 0),
    ADD COLUMN forced_at timestamptz;

-- Access tokens with fewer scopes than their account has. They count for one generation of the account only, so that a
-- refresh, a re-link and a revoke end them all. Without a token: the provider refuses these scopes, believed until expires_at.
CREATE TABLE narrowed_tokens (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    scopes_hash bytea NOT NULL CONSTRAINT narrowed_tokens_scopes_hash_length CHECK (octet_length(scopes_hash) = 32),
    generation bigint NOT NULL,
    sealed_access_token bytea,
    expires_at timestamptz NOT NULL,
    CONSTRAINT narrowed_tokens_pkey PRIMARY KEY (tenant_id, account_id, scopes_hash),
    CONSTRAINT narrowed_tokens_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
ALTER TABLE narrowed_tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY narrowed_tokens_own ON narrowed_tokens TO bowline_server USING (tenant_id = bowline_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON narrowed_tokens TO bowline_server;

-- Link sessions that came with the answer "the user must link again": one of them at a time for each account, renewed by
-- each further answer until the user begins.
ALTER TABLE link_sessions ADD COLUMN offered boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX link_sessions_offered_key ON link_sessions (tenant_id, relink_account_id)
    WHERE offered AND status = 'created';
