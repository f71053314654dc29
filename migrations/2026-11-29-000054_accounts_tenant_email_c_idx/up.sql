-- The same of one tenant. Takes the place of accounts_tenant_email_idx.
CREATE INDEX CONCURRENTLY accounts_tenant_email_c_idx ON accounts
    (tenant_id, lower(email COLLATE "C"), id);
