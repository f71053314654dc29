-- Operators' lists of one tenant and status in the order of e-mails: without it the walk of that order passes by every active account.
CREATE INDEX CONCURRENTLY accounts_tenant_inactive_email_idx ON accounts
    (tenant_id, status, lower(email), id)
    WHERE status <> 'active';
