-- One row for each time that a browser begins a link session: after a double click or "Back" it begins again with a state and a
-- verifier of its own, and the user may approve on either of the provider's pages. The verifier moves to link_sessions when
-- the user comes back, and the rows stay, so that a late callback gets a true answer.
CREATE TABLE link_starts (
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    state_hash bytea NOT NULL CONSTRAINT link_starts_state_hash_length CHECK (octet_length(state_hash) = 32),
    sealed_pkce_verifier bytea,
    started_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT link_starts_pkey PRIMARY KEY (tenant_id, session_id, state_hash),
    CONSTRAINT link_starts_session_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES link_sessions (tenant_id, id)
);
CREATE INDEX link_starts_state_hash_idx ON link_starts (state_hash);
ALTER TABLE link_starts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY link_starts_own ON link_starts TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY link_starts_shown ON link_starts FOR SELECT TO bowline_server USING (state_hash = bowline_credential());
GRANT SELECT, INSERT, UPDATE, DELETE ON link_starts TO bowline_server;

-- Digests of the link codes after the first one: each callback that a browser repeats is answered with a code of its own.
ALTER TABLE link_sessions ADD COLUMN more_link_code_hashes bytea[] NOT NULL DEFAULT '{}';
