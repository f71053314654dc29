-- One hash chain for each tenant, and one of the service itself under the nil uuid. Entries can be added and read, never
-- changed; the head says how long the chain is, so that cutting its end is seen too.
CREATE TABLE audit_events (
    tenant_id uuid NOT NULL,
    sequence bigint NOT NULL CONSTRAINT audit_events_sequence_range CHECK (sequence > 0),
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL CONSTRAINT audit_events_actor_kind_known
        CHECK (actor_kind IN ('operator', 'api_key', 'end_user', 'system', 'command_line')),
    actor_id text,
    actor_name text,
    action text NOT NULL,
    subject text,
    detail jsonb NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_events_pkey PRIMARY KEY (tenant_id, sequence)
);
CREATE INDEX audit_events_subject_idx ON audit_events (tenant_id, subject, sequence);
CREATE INDEX audit_events_at_idx ON audit_events (at, id);
CREATE TABLE audit_heads (
    tenant_id uuid NOT NULL CONSTRAINT audit_heads_pkey PRIMARY KEY,
    sequence bigint NOT NULL,
    hash bytea NOT NULL
);
ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_heads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_events_own ON audit_events TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY audit_events_operator ON audit_events FOR SELECT TO bowline_operator USING (true);
CREATE POLICY audit_heads_own ON audit_heads TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY audit_heads_operator ON audit_heads FOR SELECT TO bowline_operator USING (true);
GRANT SELECT, INSERT ON audit_events TO bowline_server;
GRANT SELECT, INSERT, UPDATE ON audit_heads TO bowline_server;
GRANT SELECT ON audit_events, audit_heads TO bowline_operator;
