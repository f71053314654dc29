-- Operators' lists of one status in the order of e-mails: without it the walk of that order passes by every active account.
CREATE INDEX CONCURRENTLY accounts_inactive_email_idx ON accounts
    (status, lower(email), id)
    WHERE status <> 'active';
