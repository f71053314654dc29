-- The same of one tenant and status. Takes the place of accounts_tenant_inactive_email_idx.
CREATE INDEX CONCURRENTLY accounts_tenant_inactive_email_c_idx ON accounts
    (tenant_id, status, lower(email COLLATE "C"), id)
    WHERE status <> 'active';
