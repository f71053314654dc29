-- The number of a tenant's last event in its outbox. Whoever writes an event locks the row until the transaction ends, so that the events
-- become visible in the order of their numbers. Until now the numbers were those of the audit log, which has no entry for changed files.
CREATE TABLE webhook_heads (
    tenant_id uuid NOT NULL,
    last bigint NOT NULL,
    CONSTRAINT webhook_heads_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT webhook_heads_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
INSERT INTO webhook_heads (tenant_id, last) SELECT tenant_id, max(sequence) FROM webhook_events GROUP BY tenant_id;
ALTER TABLE webhook_heads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_heads_own ON webhook_heads TO bowline_server USING (tenant_id = bowline_tenant());
GRANT SELECT, INSERT, UPDATE ON webhook_heads TO bowline_server;

-- Accounts whose files have changed, as the provider says.
CREATE TABLE account_changes (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    -- From when on the tenant is to be told; null: it has been told.
    due_at timestamptz,
    -- Until when it is not told again.
    quiet_until timestamptz,
    CONSTRAINT account_changes_pkey PRIMARY KEY (tenant_id, account_id),
    CONSTRAINT account_changes_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
CREATE INDEX account_changes_due_idx ON account_changes (tenant_id, due_at) WHERE due_at IS NOT NULL;
ALTER TABLE account_changes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY account_changes_own ON account_changes TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY account_changes_worker ON account_changes FOR SELECT TO bowline_worker USING (true);
GRANT SELECT, INSERT, UPDATE ON account_changes TO bowline_server;
GRANT SELECT (tenant_id, due_at) ON account_changes TO bowline_worker;

-- No event is written over any more.
REVOKE UPDATE (id, at, kind, connector_id, account_id, number, payload) ON webhook_events FROM bowline_server;
