-- An automatic stop for an API key that fetches the tokens of far more accounts than it is used to. A tenant without a row has none.
CREATE TABLE drain_stops (
    tenant_id uuid NOT NULL CONSTRAINT drain_stops_tenant_fkey REFERENCES tenants (id),
    -- Stopped above this many times the largest minute of the last seven days, and above `least` accounts a minute.
    times integer NOT NULL CONSTRAINT drain_stops_times_range CHECK (times BETWEEN 2 AND 1000),
    least integer NOT NULL CONSTRAINT drain_stops_least_range CHECK (least BETWEEN 10 AND 10000000),
    -- Until then a mass fetch was announced: nothing is counted, and nothing is stopped.
    announced_until timestamptz,
    CONSTRAINT drain_stops_pkey PRIMARY KEY (tenant_id)
);
ALTER TABLE drain_stops ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY drain_stops_own ON drain_stops TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY drain_stops_operator ON drain_stops FOR SELECT TO bowline_operator USING (true);
CREATE POLICY drain_stops_worker ON drain_stops FOR SELECT TO bowline_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON drain_stops TO bowline_server;
GRANT SELECT ON drain_stops TO bowline_operator, bowline_worker;

-- How many accounts a key fetches the tokens of, over all replicas; of keys whose tenant has an automatic stop.
CREATE TABLE key_habits (
    tenant_id uuid NOT NULL,
    api_key_id uuid NOT NULL,
    -- The last minute in which it fetched any, and of how many accounts.
    minute timestamptz NOT NULL,
    accounts integer NOT NULL,
    -- The day of that minute (UTC), the number of its largest minute, and those of the seven days before it, newest first.
    day date NOT NULL,
    largest integer NOT NULL,
    earlier integer[] NOT NULL DEFAULT '{}',
    CONSTRAINT key_habits_pkey PRIMARY KEY (tenant_id, api_key_id),
    CONSTRAINT key_habits_api_key_fkey FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id)
);
ALTER TABLE key_habits ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY key_habits_own ON key_habits TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY key_habits_worker ON key_habits TO bowline_worker USING (true);
GRANT SELECT, INSERT, UPDATE (day, earlier) ON key_habits TO bowline_server;
GRANT SELECT, INSERT, UPDATE ON key_habits TO bowline_worker;

-- The policy of the token path hides a suspended key like those of a frozen tenant, so every replica refuses it from the moment of the
-- commit, also one of the previous version, and no statement of the token path becomes longer.
ALTER TABLE api_keys ADD COLUMN suspended_at timestamptz, ADD COLUMN suspended_reason text;
GRANT UPDATE (suspended_at, suspended_reason) ON api_keys TO bowline_server;
GRANT SELECT (suspended_at, suspended_reason) ON api_keys TO bowline_operator;
GRANT SELECT (suspended_at) ON api_keys TO bowline_tokens;
ALTER POLICY api_keys_tokens ON api_keys USING (NOT frozen AND suspended_at IS NULL);
