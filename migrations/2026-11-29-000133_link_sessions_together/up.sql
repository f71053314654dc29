-- Concurrent calls create their link sessions together, in three statements of one connection. Two of the functions run as the server
-- and name one tenant after the other, as the server does in its transactions, so row-level security binds them. A database that
-- is sharded by tenant does not use them.

-- What the connectors of plain new links allow: the named connector, or else the tenant's default. A call for which there is no row is
-- decided alone.
CREATE FUNCTION bowline_link_terms(tenants uuid[], connectors uuid[])
    RETURNS TABLE (call integer, at timestamptz, id uuid, completion text, scopes text[], return_urls text[])
    LANGUAGE plpgsql VOLATILE SECURITY INVOKER ROWS 50
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    FOR number IN 1 .. cardinality(tenants) LOOP
        PERFORM set_config('bowline.tenant', tenants[number]::text, true);
        RETURN QUERY
        SELECT number, now(), chosen.id, chosen.completion, chosen.scopes, chosen.return_urls
        FROM (
            SELECT c.* FROM public.connectors c
            WHERE c.tenant_id = tenants[number] AND (c.id = connectors[number] OR connectors[number] IS NULL)
                AND c.removed_at IS NULL
            ORDER BY c.is_default DESC, c.id LIMIT 1
        ) chosen
        WHERE chosen.provider = 'dropbox' AND chosen.protocol = 'oauth2' AND chosen.status IN ('active', 'broken');
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION bowline_link_terms FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bowline_link_terms TO bowline_server;

-- Locks the heads of several audit logs until the transaction ends. It leaves out those that another transaction holds, because no call
-- waits for another tenant's, and those that do not agree with their entries or do not exist.
GRANT CREATE ON SCHEMA public TO bowline_audit;
CREATE FUNCTION bowline_audit_free_heads(chains uuid[])
    RETURNS TABLE (chain uuid, at timestamptz, head_sequence bigint, head_hash bytea)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    last_hash bytea;
    last_sequence bigint;
BEGIN
    at := now();
    FOREACH chain IN ARRAY chains LOOP
        PERFORM set_config('bowline.tenant', chain::text, true);
        SELECT h.sequence, h.hash INTO head_sequence, head_hash
            FROM public.audit_heads h WHERE h.tenant_id = chain FOR UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        SELECT e.sequence, e.hash INTO last_sequence, last_hash
            FROM public.audit_events e WHERE e.tenant_id = chain ORDER BY e.sequence DESC LIMIT 1;
        IF head_sequence = last_sequence AND head_hash = last_hash THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;
ALTER FUNCTION bowline_audit_free_heads OWNER TO bowline_audit;
REVOKE CREATE ON SCHEMA public FROM bowline_audit;
REVOKE ALL ON FUNCTION bowline_audit_free_heads FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bowline_audit_free_heads TO bowline_server;

-- Inserts link sessions, each with its entry in the audit log of its tenant, whose head is locked. All or none.
CREATE FUNCTION bowline_link_sessions_create(calls jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY INVOKER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one jsonb;
    s public.link_sessions;
    e public.audit_events;
BEGIN
    FOR one IN SELECT value FROM jsonb_array_elements(calls) LOOP
        s := jsonb_populate_record(NULL::public.link_sessions, one -> 'session');
        e := jsonb_populate_record(NULL::public.audit_events, one -> 'entry');
        PERFORM set_config('bowline.tenant', s.tenant_id::text, true);
        INSERT INTO public.link_sessions (tenant_id, id, connector_id, external_user_id, return_url, completion_challenge, scopes,
                                          expires_at, ticket_hash, sealed_intent, options)
        VALUES (s.tenant_id, s.id, s.connector_id, s.external_user_id, s.return_url, s.completion_challenge, s.scopes,
                s.expires_at, s.ticket_hash, s.sealed_intent, s.options);
        PERFORM public.bowline_audit_append(
            e.tenant_id, e.sequence, e.id, e.at, e.actor_kind, e.actor_id, e.actor_name, e.action, e.subject, e.detail,
            e.previous_hash, e.hash, e.key_version);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION bowline_link_sessions_create FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bowline_link_sessions_create TO bowline_server;
