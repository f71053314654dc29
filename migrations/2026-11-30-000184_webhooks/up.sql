-- Where a tenant is told of events.
CREATE TABLE webhook_endpoints (
    tenant_id uuid NOT NULL CONSTRAINT webhook_endpoints_tenant_fkey REFERENCES tenants (id),
    id uuid NOT NULL,
    -- The connector whose events it gets; null: the events of those that have no endpoint of their own.
    connector_id uuid,
    url text NOT NULL,
    -- The types of events; empty: all.
    events text[] NOT NULL,
    state text NOT NULL CONSTRAINT webhook_endpoints_state_known CHECK (state IN ('enabled', 'disabled', 'removed')),
    state_reason text,
    created_at timestamptz NOT NULL,
    -- When a delivery failed first since the last one that was accepted.
    failing_since timestamptz,
    -- Which sender delivers, and until when it is believed to be alive.
    owner uuid,
    held_until timestamptz NOT NULL,
    CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT webhook_endpoints_connector_fkey FOREIGN KEY (tenant_id, connector_id) REFERENCES connectors (tenant_id, id)
);
CREATE INDEX webhook_endpoints_removed_idx ON webhook_endpoints (tenant_id) WHERE state = 'removed';
ALTER TABLE webhook_endpoints ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_endpoints_own ON webhook_endpoints TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY webhook_endpoints_operator ON webhook_endpoints FOR SELECT TO bowline_operator USING (true);
CREATE POLICY webhook_endpoints_worker ON webhook_endpoints TO bowline_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_endpoints TO bowline_server;
GRANT SELECT (tenant_id, id, state, failing_since, held_until) ON webhook_endpoints TO bowline_operator;
GRANT SELECT (tenant_id, id, state, failing_since, owner, held_until), UPDATE (owner, held_until) ON webhook_endpoints TO bowline_worker;

-- The secrets that sign an endpoint's messages. All that have not expired sign, so that a receiver can change over.
CREATE TABLE webhook_secrets (
    tenant_id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    generation bigint NOT NULL,
    sealed_secret bytea NOT NULL,
    expires_at timestamptz,
    CONSTRAINT webhook_secrets_pkey PRIMARY KEY (tenant_id, endpoint_id, generation),
    CONSTRAINT webhook_secrets_endpoint_fkey FOREIGN KEY (tenant_id, endpoint_id)
        REFERENCES webhook_endpoints (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE webhook_secrets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_secrets_own ON webhook_secrets TO bowline_server USING (tenant_id = bowline_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_secrets TO bowline_server;

-- How many events each account has had, for the numbers by which a receiver sees that one is missing.
CREATE TABLE webhook_numbers (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    last bigint NOT NULL,
    CONSTRAINT webhook_numbers_pkey PRIMARY KEY (tenant_id, account_id),
    CONSTRAINT webhook_numbers_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
ALTER TABLE webhook_numbers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_numbers_own ON webhook_numbers TO bowline_server USING (tenant_id = bowline_tenant());
GRANT SELECT, INSERT, UPDATE ON webhook_numbers TO bowline_server;

-- The outbox: events that the tenant is told of, written in the transaction that they tell of. `sequence` is the number of the audit log's
-- entry. The log's head is locked until the transaction ends, so the events of a tenant become visible in this order.
CREATE TABLE webhook_events (
    tenant_id uuid NOT NULL,
    sequence bigint NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    connector_id uuid,
    account_id uuid,
    number bigint,
    payload text NOT NULL,
    CONSTRAINT webhook_events_pkey PRIMARY KEY (tenant_id, sequence),
    CONSTRAINT webhook_events_id_key UNIQUE (tenant_id, id)
);
CREATE INDEX webhook_events_at_idx ON webhook_events (at);
ALTER TABLE webhook_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_events_own ON webhook_events TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY webhook_events_worker ON webhook_events FOR SELECT TO bowline_worker USING (true);
GRANT SELECT, INSERT, DELETE, UPDATE (id, at, kind, connector_id, account_id, number, payload) ON webhook_events TO bowline_server;
GRANT SELECT (tenant_id, at) ON webhook_events TO bowline_worker;

-- What became of an event at an endpoint.
CREATE TABLE webhook_deliveries (
    tenant_id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    sequence bigint NOT NULL,
    -- The account of the event. Its deliveries to the endpoint are made in the order of `sequence`.
    account_id uuid,
    state text NOT NULL CONSTRAINT webhook_deliveries_state_known CHECK (state IN ('waiting', 'delivered', 'skipped')),
    queued_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    attempted_at timestamptz,
    status integer,
    error text,
    milliseconds integer,
    answer text,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (tenant_id, endpoint_id, sequence),
    CONSTRAINT webhook_deliveries_endpoint_fkey FOREIGN KEY (tenant_id, endpoint_id)
        REFERENCES webhook_endpoints (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT webhook_deliveries_event_fkey FOREIGN KEY (tenant_id, sequence)
        REFERENCES webhook_events (tenant_id, sequence) ON DELETE CASCADE
);
CREATE INDEX webhook_deliveries_event_idx ON webhook_deliveries (tenant_id, sequence);
CREATE INDEX webhook_deliveries_waiting_idx ON webhook_deliveries (tenant_id, endpoint_id, next_at, sequence) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_account_idx ON webhook_deliveries (tenant_id, account_id, endpoint_id, sequence)
    WHERE state = 'waiting' AND account_id IS NOT NULL;
ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_deliveries_own ON webhook_deliveries TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY webhook_deliveries_worker ON webhook_deliveries FOR SELECT TO bowline_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_deliveries TO bowline_server;
GRANT SELECT (tenant_id, endpoint_id, state, next_at) ON webhook_deliveries TO bowline_worker;
