-- Calls that tenants' apps have sent with an Idempotency-Key. A row is claimed before the call is carried out, and gets the sealed answer in
-- the transaction that carries it out, so a repeated call is never carried out twice. Key, route and request are keyed hashes.
CREATE TABLE idempotency_keys (
    tenant_id uuid NOT NULL CONSTRAINT idempotency_keys_tenant_fkey REFERENCES tenants (id),
    key_hash bytea NOT NULL CONSTRAINT idempotency_keys_key_hash_length CHECK (octet_length(key_hash) = 32),
    request_hash bytea NOT NULL CONSTRAINT idempotency_keys_request_hash_length CHECK (octet_length(request_hash) = 32),
    -- Who carries the call out, and until when they are believed to be alive.
    owner uuid NOT NULL,
    held_until timestamptz NOT NULL,
    sealed_answer bytea,
    expires_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, key_hash)
);
CREATE INDEX idempotency_keys_expires_idx ON idempotency_keys (expires_at);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY idempotency_keys_own ON idempotency_keys TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY idempotency_keys_worker ON idempotency_keys FOR SELECT TO bowline_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO bowline_server;
GRANT SELECT (tenant_id, expires_at) ON idempotency_keys TO bowline_worker;
