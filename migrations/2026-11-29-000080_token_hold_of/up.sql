-- On a node of Citus that has the shard, an INSERT whose rows come from a query is not planned for that shard alone: the node then
-- opens a connection as the function's owner, which cannot log in. One INSERT of values for each call is. It answers as
-- before: of calls for the same token and key one is the first, and all record in one order.
GRANT CREATE ON SCHEMA public TO bowline_tokens;
CREATE OR REPLACE FUNCTION bowline_token_hold_of(tenant uuid, secrets bytea[], accounts uuid[], generations bigint[])
    RETURNS TABLE (call integer, is_first boolean)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    usable record;
BEGIN
    FOR usable IN
        SELECT c.call, c.account, k.id AS api_key, c.generation
        FROM unnest(secrets, accounts, generations)
            WITH ORDINALITY AS c (secret, account, generation, call)
        JOIN public.api_keys k ON k.tenant_id = tenant AND k.secret_hash = c.secret
            AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) AND 'token' = ANY (k.permissions)
        -- OFFSET 0: found by its key and nothing else; the index on status would read every shard.
        CROSS JOIN LATERAL (
            SELECT status, generation FROM public.accounts WHERE tenant_id = tenant AND id = c.account OFFSET 0
        ) a
        WHERE a.status = 'active' AND a.generation = c.generation
        ORDER BY c.account, k.id, c.generation, c.call
    LOOP
        INSERT INTO public.token_holdings (tenant_id, account_id, api_key_id, generation)
        VALUES (tenant, usable.account, usable.api_key, usable.generation)
        ON CONFLICT DO NOTHING;
        call := usable.call;
        is_first := FOUND;
        RETURN NEXT;
    END LOOP;
END $$;
REVOKE CREATE ON SCHEMA public FROM bowline_tokens;
