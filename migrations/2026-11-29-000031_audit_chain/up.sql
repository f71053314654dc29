-- Which master key signed an entry; empty in entries from before entries were signed.
ALTER TABLE audit_events ADD COLUMN key_version integer;

-- The server adds to the log by two functions only. They run as a role that nobody can become, and row-level security binds it
-- to the transaction's tenant as it binds the server.
DO $$
BEGIN
    CREATE ROLE bowline_audit NOLOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
GRANT USAGE ON SCHEMA public TO bowline_audit;
CREATE POLICY audit_events_append ON audit_events TO bowline_audit USING (tenant_id = bowline_tenant());
CREATE POLICY audit_heads_append ON audit_heads TO bowline_audit USING (tenant_id = bowline_tenant());
GRANT SELECT (tenant_id, sequence, hash), INSERT ON audit_events TO bowline_audit;
GRANT SELECT, INSERT, UPDATE (sequence, hash) ON audit_heads TO bowline_audit;

-- Locks the head of the log until the transaction ends, and returns it. Fails where head and entries do not agree: what was
-- tampered with is never continued.
CREATE FUNCTION bowline_audit_head(chain uuid) RETURNS TABLE (head_sequence bigint, head_hash bytea)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    genesis CONSTANT bytea := decode(repeat('00', 32), 'hex');
    last_sequence bigint;
    last_hash bytea;
BEGIN
    IF chain IS DISTINCT FROM public.bowline_tenant() THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'the audit log of another tenant';
    END IF;
    INSERT INTO public.audit_heads (tenant_id, sequence, hash) VALUES (chain, 0, genesis) ON CONFLICT DO NOTHING;
    SELECT h.sequence, h.hash INTO STRICT head_sequence, head_hash
        FROM public.audit_heads h WHERE h.tenant_id = chain FOR UPDATE;
    SELECT e.sequence, e.hash INTO last_sequence, last_hash
        FROM public.audit_events e WHERE e.tenant_id = chain ORDER BY e.sequence DESC LIMIT 1;
    IF NOT FOUND THEN
        last_sequence := 0;
        last_hash := genesis;
    END IF;
    IF head_sequence IS DISTINCT FROM last_sequence OR head_hash IS DISTINCT FROM last_hash THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_chain_whole',
            MESSAGE = 'the audit log violates check constraint "audit_chain_whole"';
    END IF;
    RETURN NEXT;
END $$;

-- Adds the entry that comes next, and moves the head to it.
CREATE FUNCTION bowline_audit_append(
    chain uuid, new_sequence bigint, new_id uuid, new_at timestamptz, new_actor_kind text, new_actor_id text,
    new_actor_name text, new_action text, new_subject text, new_detail jsonb, new_previous_hash bytea, new_hash bytea,
    new_key_version integer
) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    head record;
BEGIN
    SELECT h.head_sequence, h.head_hash INTO STRICT head FROM public.bowline_audit_head(chain) h;
    IF new_sequence IS DISTINCT FROM head.head_sequence + 1 OR new_previous_hash IS DISTINCT FROM head.head_hash
        OR octet_length(new_hash) IS DISTINCT FROM 32 OR new_key_version IS NULL
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_chain_whole',
            MESSAGE = 'the audit log violates check constraint "audit_chain_whole"';
    END IF;
    INSERT INTO public.audit_events (tenant_id, sequence, id, at, actor_kind, actor_id, actor_name, action, subject, detail,
                                     previous_hash, hash, key_version)
    VALUES (chain, new_sequence, new_id, new_at, new_actor_kind, new_actor_id, new_actor_name, new_action, new_subject,
            new_detail, new_previous_hash, new_hash, new_key_version);
    UPDATE public.audit_heads h SET sequence = new_sequence, hash = new_hash WHERE h.tenant_id = chain;
END $$;

-- A function's owner must be able to make it, for that one moment; and who gives it away must be a member of it.
DO $$
BEGIN
    IF NOT pg_has_role(CURRENT_USER, 'bowline_audit', 'MEMBER') THEN
        GRANT bowline_audit TO CURRENT_USER;
    END IF;
END $$;
GRANT CREATE ON SCHEMA public TO bowline_audit;
ALTER FUNCTION bowline_audit_head OWNER TO bowline_audit;
ALTER FUNCTION bowline_audit_append OWNER TO bowline_audit;
REVOKE CREATE ON SCHEMA public FROM bowline_audit;
REVOKE ALL ON FUNCTION bowline_audit_head, bowline_audit_append FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bowline_audit_head, bowline_audit_append TO bowline_server;

REVOKE INSERT ON audit_events FROM bowline_server;
REVOKE INSERT, UPDATE ON audit_heads FROM bowline_server;
