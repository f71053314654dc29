-- An automatic stop for an API key that fetches the tokens of far more accounts than it is used to. A tenant without a row has none.
CREATE TABLE drain_stops (
    tenant_id uuid NOT NULL CONSTRAINT drain_stops_tenant_fkey REFERENCES tenants (id),
    -- Stopped above this many times the largest minute of the last seven days, and above `least` accounts a minute.
    times integer NOT NULL CONSTRAINT drain_stops_times_range CHECK (times BETWEEN 2 AND 1000),
    least integer NOT NULL CONSTRAINT drain_stops_least_range CHECK (least BETWEEN 10 AND 10000000),
    -- Until then a mass fetch was announced: nothing is stopped, and nothing becomes a habit.
    announced_until timestamptz,
    CONSTRAINT drain_stops_pkey PRIMARY KEY (tenant_id)
);
ALTER TABLE drain_stops ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY drain_stops_own ON drain_stops TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY drain_stops_worker ON drain_stops FOR SELECT TO bowline_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON drain_stops TO bowline_server;
GRANT SELECT (tenant_id) ON drain_stops TO bowline_worker;

-- How many accounts a key has fetched tokens of: in its last minute of the day, over all replicas, and in its largest one.
CREATE TABLE key_days (
    tenant_id uuid NOT NULL,
    api_key_id uuid NOT NULL,
    day date NOT NULL,
    minute timestamptz NOT NULL,
    accounts integer NOT NULL,
    largest integer NOT NULL,
    CONSTRAINT key_days_pkey PRIMARY KEY (tenant_id, api_key_id, day),
    CONSTRAINT key_days_api_key_fkey FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id)
);
ALTER TABLE key_days ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY key_days_own ON key_days TO bowline_server USING (tenant_id = bowline_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON key_days TO bowline_server;

-- The policy of the token path hides a suspended key like those of a frozen tenant, so every replica refuses it from the moment of the
-- commit, and no statement of the token path becomes longer.
ALTER TABLE api_keys ADD COLUMN suspended_at timestamptz;
ALTER TABLE api_keys ADD COLUMN suspended_reason text;
GRANT UPDATE (suspended_at, suspended_reason) ON api_keys TO bowline_server;
GRANT SELECT (suspended_at) ON api_keys TO bowline_tokens;
ALTER POLICY api_keys_tokens ON api_keys USING (NOT frozen AND suspended_at IS NULL);
