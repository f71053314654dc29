-- Who holds an access token of OAuth 1: services may give the same token for an app and a user again and again until it is ended, so
-- several accounts and link sessions may hold one. It is ended at the provider only when nobody holds it any more. A row whose holder
-- is a revocation says that the token is being ended, so that nobody begins to rely on it meanwhile.
CREATE TABLE oauth1_tokens (
    tenant_id uuid NOT NULL CONSTRAINT oauth1_tokens_tenant_fkey REFERENCES tenants (id),
    -- An account, a link session or a revocation. No foreign key, because it is one of three.
    holder uuid NOT NULL,
    token_hash bytea NOT NULL CONSTRAINT oauth1_tokens_token_hash_length CHECK (octet_length(token_hash) = 32),
    ending_until timestamptz,
    CONSTRAINT oauth1_tokens_pkey PRIMARY KEY (tenant_id, holder)
);
CREATE INDEX oauth1_tokens_token_hash_idx ON oauth1_tokens (tenant_id, token_hash);
ALTER TABLE oauth1_tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY oauth1_tokens_own ON oauth1_tokens TO bowline_server USING (tenant_id = bowline_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON oauth1_tokens TO bowline_server;
