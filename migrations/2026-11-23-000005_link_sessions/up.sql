CREATE TABLE link_sessions (
    tenant_id uuid NOT NULL CONSTRAINT link_sessions_tenant_fkey REFERENCES tenants (id),
    id uuid NOT NULL,
    connector_id uuid NOT NULL,
    external_user_id text NOT NULL
        CONSTRAINT link_sessions_external_user_id_length CHECK (octet_length(external_user_id) BETWEEN 1 AND 256),
    return_url text NOT NULL,
    completion_challenge bytea
        CONSTRAINT link_sessions_completion_challenge_length CHECK (octet_length(completion_challenge) = 32),
    scopes text[] NOT NULL,
    -- Set for a re-link: this account must come back, and no other.
    relink_account_id uuid,
    status text NOT NULL DEFAULT 'created' CONSTRAINT link_sessions_status_known
        CHECK (status IN ('created', 'authorizing', 'returned', 'completed', 'denied', 'failed', 'expired')),
    failure text,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    -- Digests of what the end user's browser shows; each is burnt by the step that it opens.
    ticket_hash bytea NOT NULL CONSTRAINT link_sessions_ticket_hash_length CHECK (octet_length(ticket_hash) = 32),
    state_hash bytea CONSTRAINT link_sessions_state_hash_length CHECK (octet_length(state_hash) = 32),
    binding_hash bytea CONSTRAINT link_sessions_binding_hash_length CHECK (octet_length(binding_hash) = 32),
    sealed_pkce_verifier bytea,
    consumed_at timestamptz,
    link_code_hash bytea CONSTRAINT link_sessions_link_code_hash_length CHECK (octet_length(link_code_hash) = 32),
    sealed_code bytea,
    code_expires_at timestamptz,
    -- Who exchanges the code now, and until when he is believed to be alive.
    claimed_by uuid,
    claimed_until timestamptz,
    -- The grant between the token answer and the commit of the account: a crash there can be gone on from.
    sealed_grant bytea,
    account_id uuid,
    finished_at timestamptz,
    CONSTRAINT link_sessions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT link_sessions_connector_fkey FOREIGN KEY (tenant_id, connector_id) REFERENCES connectors (tenant_id, id),
    CONSTRAINT link_sessions_relink_fkey FOREIGN KEY (tenant_id, relink_account_id) REFERENCES accounts (tenant_id, id),
    CONSTRAINT link_sessions_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
    CONSTRAINT link_sessions_account_when_completed CHECK ((account_id IS NOT NULL) = (status = 'completed')),
    CONSTRAINT link_sessions_nothing_left CHECK (
        status IN ('created', 'authorizing', 'returned')
        OR (sealed_pkce_verifier IS NULL AND sealed_code IS NULL AND sealed_grant IS NULL)
    )
);
CREATE INDEX link_sessions_ticket_hash_idx ON link_sessions (ticket_hash);
CREATE INDEX link_sessions_state_hash_idx ON link_sessions (state_hash);
CREATE INDEX link_sessions_unfinished_idx ON link_sessions (expires_at)
    WHERE status IN ('created', 'authorizing', 'returned');
ALTER TABLE link_sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY link_sessions_own ON link_sessions TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY link_sessions_shown ON link_sessions FOR SELECT TO bowline_server
    USING (ticket_hash = bowline_credential() OR state_hash = bowline_credential());
CREATE POLICY link_sessions_operator ON link_sessions FOR SELECT TO bowline_operator USING (true);
CREATE POLICY link_sessions_worker ON link_sessions FOR SELECT TO bowline_worker USING (true);
GRANT SELECT, INSERT, UPDATE ON link_sessions TO bowline_server;
GRANT SELECT (tenant_id, id, connector_id, external_user_id, scopes, status, failure, created_at, expires_at, account_id,
              finished_at)
    ON link_sessions TO bowline_operator;
GRANT SELECT (tenant_id, id, status, expires_at, code_expires_at, claimed_until) ON link_sessions TO bowline_worker;
