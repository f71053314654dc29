-- The events of the last day in one order over all audit logs, for those who follow them. `position` is the transaction that added the
-- event, or that of the event before it in its log if that one began later. Whatever has a position below the oldest transaction that still
-- runs is therefore complete, and the events of a log are in its own order.
CREATE TABLE event_tail (
    tenant_id uuid NOT NULL,
    sequence bigint NOT NULL,
    position bigint NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT event_tail_pkey PRIMARY KEY (tenant_id, sequence)
);
CREATE INDEX event_tail_position_idx ON event_tail (position, tenant_id, sequence);
CREATE INDEX event_tail_id_idx ON event_tail (id);
ALTER TABLE event_tail ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY event_tail_append ON event_tail TO bowline_audit USING (tenant_id = bowline_tenant());
CREATE POLICY event_tail_operator ON event_tail FOR SELECT TO bowline_operator USING (true);
CREATE POLICY event_tail_worker ON event_tail TO bowline_worker USING (true);
GRANT SELECT, INSERT, UPDATE (position, id, at) ON event_tail TO bowline_audit;
GRANT SELECT ON event_tail TO bowline_operator;
GRANT SELECT, DELETE ON event_tail TO bowline_worker;

-- The function that adds an entry to a log also adds it here, so replicas of the previous version do as well.
GRANT CREATE ON SCHEMA public TO bowline_audit;
CREATE OR REPLACE FUNCTION bowline_audit_append(
    chain uuid, new_sequence bigint, new_id uuid, new_at timestamptz, new_actor_kind text, new_actor_id text,
    new_actor_name text, new_action text, new_subject text, new_detail jsonb, new_previous_hash bytea, new_hash bytea,
    new_key_version integer
) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    new_position bigint := pg_current_xact_id()::text::bigint;
    last_position bigint;
BEGIN
    IF chain IS DISTINCT FROM public.bowline_tenant() THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'the audit log of another tenant';
    END IF;
    UPDATE public.audit_heads h SET sequence = new_sequence, hash = new_hash
        WHERE h.tenant_id = chain AND h.sequence = new_sequence - 1 AND h.hash = new_previous_hash;
    IF NOT FOUND OR octet_length(new_hash) IS DISTINCT FROM 32 OR new_key_version IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_chain_whole',
            MESSAGE = 'the audit log violates check constraint "audit_chain_whole"';
    END IF;
    INSERT INTO public.audit_events (tenant_id, sequence, id, at, actor_kind, actor_id, actor_name, action, subject, detail,
                                     previous_hash, hash, key_version)
    VALUES (chain, new_sequence, new_id, new_at, new_actor_kind, new_actor_id, new_actor_name, new_action, new_subject,
            new_detail, new_previous_hash, new_hash, new_key_version);
    SELECT t.position INTO last_position FROM public.event_tail t WHERE t.tenant_id = chain AND t.sequence = new_sequence - 1;
    -- A transaction in the future is one of the Postgres from which this database was copied.
    IF last_position > new_position AND last_position < pg_snapshot_xmax(pg_current_snapshot())::text::bigint THEN
        new_position := last_position;
    END IF;
    INSERT INTO public.event_tail (tenant_id, sequence, position, id, at)
    VALUES (chain, new_sequence, new_position, new_id, new_at)
    -- There is such a row only where a log was cut together with its head, which must not stop the log.
    ON CONFLICT (tenant_id, sequence) DO UPDATE SET position = EXCLUDED.position, id = EXCLUDED.id, at = EXCLUDED.at;
END $$;
REVOKE CREATE ON SCHEMA public FROM bowline_audit;
