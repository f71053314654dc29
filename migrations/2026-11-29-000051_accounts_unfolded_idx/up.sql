-- Rows whose search text is still to be filled in: empty once that is done.
CREATE INDEX CONCURRENTLY accounts_unfolded_idx ON accounts (tenant_id, id) WHERE search_text IS NULL;
