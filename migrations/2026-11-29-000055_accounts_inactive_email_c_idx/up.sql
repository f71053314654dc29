-- The same of one status. Takes the place of accounts_inactive_email_idx.
CREATE INDEX CONCURRENTLY accounts_inactive_email_c_idx ON accounts
    (status, lower(email COLLATE "C"), id)
    WHERE status <> 'active';
