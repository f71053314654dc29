ALTER TABLE token_holdings RESET (fillfactor);
DROP TABLE token_repeats;
DROP FUNCTION bowline_token_hold_of, bowline_token_lookup_of, bowline_token_hold, bowline_token_lookup;
CREATE INDEX api_keys_secret_hash_idx ON api_keys (secret_hash);
CREATE POLICY api_keys_shown ON api_keys FOR SELECT TO bowline_server USING (secret_hash = bowline_credential());
DROP POLICY token_holdings_tokens ON token_holdings;
DROP POLICY accounts_tokens ON accounts;
DROP POLICY api_keys_tokens ON api_keys;
-- The role stays: it belongs to the whole cluster.
REVOKE ALL ON token_holdings, accounts, api_keys FROM bowline_tokens;
REVOKE USAGE ON SCHEMA public FROM bowline_tokens;
