GRANT CREATE ON SCHEMA public TO bowline_audit;
CREATE OR REPLACE FUNCTION bowline_audit_append(
    chain uuid, new_sequence bigint, new_id uuid, new_at timestamptz, new_actor_kind text, new_actor_id text,
    new_actor_name text, new_action text, new_subject text, new_detail jsonb, new_previous_hash bytea, new_hash bytea,
    new_key_version integer
) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
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
END $$;
REVOKE CREATE ON SCHEMA public FROM bowline_audit;
DROP TABLE event_tail;
