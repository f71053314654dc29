-- What each tenant did in each minute of the last hours, over all replicas, for the overview of operators. Every replica adds its
-- counts every few seconds; nothing reads them on the token path.
CREATE TABLE tenant_minutes (
    tenant_id uuid NOT NULL CONSTRAINT tenant_minutes_tenant_fkey REFERENCES tenants (id),
    minute timestamptz NOT NULL,
    issues bigint NOT NULL,
    refreshes bigint NOT NULL,
    failed_refreshes bigint NOT NULL,
    -- The duration of all of these refreshes together.
    refresh_millis bigint NOT NULL,
    CONSTRAINT tenant_minutes_pkey PRIMARY KEY (tenant_id, minute)
) WITH (fillfactor = 50);
CREATE INDEX tenant_minutes_minute_idx ON tenant_minutes (minute);
ALTER TABLE tenant_minutes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_minutes_operator ON tenant_minutes FOR SELECT TO bowline_operator USING (true);
CREATE POLICY tenant_minutes_worker ON tenant_minutes TO bowline_worker USING (true);
GRANT SELECT ON tenant_minutes TO bowline_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenant_minutes TO bowline_worker;
