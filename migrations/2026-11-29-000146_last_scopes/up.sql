-- By what permission an account was used last, for its user: with all its scopes (last_issued_at), with some of them, or by a signed
-- request, of which the app gets the signature and no token.
ALTER TABLE token_holdings ADD COLUMN narrowed_at timestamptz, ADD COLUMN narrowed_scopes text[];
GRANT UPDATE (narrowed_at, narrowed_scopes) ON token_holdings TO bowline_server;
ALTER TABLE accounts ADD COLUMN signed_at timestamptz;
