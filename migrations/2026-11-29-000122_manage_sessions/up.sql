-- Visits of end users to the page with their linked accounts. The ticket in the URL is stored as its digest. The first browser that opens the
-- page with its button binds the session to its cookie, and no other browser sees anything. What the tenant has asked for is bound into
-- sealed_intent, so that an edited row shows nobody's accounts.
CREATE TABLE manage_sessions (
    tenant_id uuid NOT NULL CONSTRAINT manage_sessions_tenant_fkey REFERENCES tenants (id),
    id uuid NOT NULL,
    -- Whose name, logo and return URLs the page uses. The page shows the accounts of all connectors.
    connector_id uuid NOT NULL,
    external_user_id text NOT NULL
        CONSTRAINT manage_sessions_external_user_id_length CHECK (octet_length(external_user_id) BETWEEN 1 AND 256),
    return_url text NOT NULL,
    -- For the links that begin on the page, as in link_sessions.
    completion_challenge bytea
        CONSTRAINT manage_sessions_completion_challenge_length CHECK (octet_length(completion_challenge) = 32),
    options text,
    ticket_hash bytea NOT NULL CONSTRAINT manage_sessions_ticket_hash_length CHECK (octet_length(ticket_hash) = 32),
    sealed_intent bytea NOT NULL,
    binding_hash bytea CONSTRAINT manage_sessions_binding_hash_length CHECK (octet_length(binding_hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    opened_at timestamptz,
    expires_at timestamptz NOT NULL,
    CONSTRAINT manage_sessions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT manage_sessions_connector_fkey FOREIGN KEY (tenant_id, connector_id) REFERENCES connectors (tenant_id, id),
    CONSTRAINT manage_sessions_bound_when_opened CHECK ((binding_hash IS NULL) = (opened_at IS NULL))
);
CREATE INDEX manage_sessions_ticket_hash_idx ON manage_sessions (ticket_hash);
CREATE INDEX manage_sessions_expires_idx ON manage_sessions (expires_at);
ALTER TABLE manage_sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY manage_sessions_own ON manage_sessions TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY manage_sessions_shown ON manage_sessions FOR SELECT TO bowline_server USING (ticket_hash = bowline_credential());
CREATE POLICY manage_sessions_worker ON manage_sessions FOR SELECT TO bowline_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON manage_sessions TO bowline_server;
GRANT SELECT (tenant_id, expires_at) ON manage_sessions TO bowline_worker;
