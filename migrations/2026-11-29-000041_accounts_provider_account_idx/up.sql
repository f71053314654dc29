-- A freeze applies to all rows of a provider's account within its tenant: they are found by this.
CREATE INDEX CONCURRENTLY accounts_provider_account_idx ON accounts (tenant_id, provider_account_id);
