ALTER TABLE accounts DROP COLUMN signed_at;
ALTER TABLE token_holdings DROP COLUMN narrowed_at, DROP COLUMN narrowed_scopes;
