-- An operator's freeze belongs to the provider's account within a tenant, not to one of our rows: it applies to every row of
-- that account, through any connector and for any user of the tenant, and outlives revoking and linking again.
CREATE TABLE account_freezes (
    tenant_id uuid NOT NULL CONSTRAINT account_freezes_tenant_fkey REFERENCES tenants (id),
    provider_account_id text NOT NULL,
    -- The account that the operator named. No foreign key: the freeze does not need it to exist.
    account_id uuid NOT NULL,
    reason text NOT NULL,
    placed_at timestamptz NOT NULL,
    placed_by text,
    CONSTRAINT account_freezes_pkey PRIMARY KEY (tenant_id, provider_account_id)
);
ALTER TABLE account_freezes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY account_freezes_own ON account_freezes TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY account_freezes_operator ON account_freezes FOR SELECT TO bowline_operator USING (true);
GRANT SELECT, INSERT, DELETE ON account_freezes TO bowline_server;
GRANT SELECT ON account_freezes TO bowline_operator;
