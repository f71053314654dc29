-- Operators' lists of one status in the order of use: who cannot be used any more stands behind every active account.
CREATE INDEX CONCURRENTLY accounts_inactive_used_idx ON accounts
    (status, coalesce(last_used_at, '-infinity'::timestamptz) DESC, id)
    WHERE status <> 'active';
