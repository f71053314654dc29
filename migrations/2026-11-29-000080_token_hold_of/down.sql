GRANT CREATE ON SCHEMA public TO bowline_tokens;
CREATE OR REPLACE FUNCTION bowline_token_hold_of(tenant uuid, secrets bytea[], accounts uuid[], generations bigint[])
    RETURNS TABLE (call integer, is_first boolean)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH usable AS MATERIALIZED (
        SELECT c.call, k.tenant_id, c.account, k.id AS api_key, c.generation
        FROM unnest(secrets, accounts, generations)
            WITH ORDINALITY AS c (secret, account, generation, call)
        JOIN public.api_keys k ON k.tenant_id = tenant AND k.secret_hash = c.secret
            AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) AND 'token' = ANY (k.permissions)
        -- OFFSET 0: found by its key and nothing else; the index on status would read every shard.
        CROSS JOIN LATERAL (
            SELECT status, generation FROM public.accounts WHERE tenant_id = tenant AND id = c.account OFFSET 0
        ) a
        WHERE a.status = 'active' AND a.generation = c.generation
    ), recorded AS (
        INSERT INTO public.token_holdings (tenant_id, account_id, api_key_id, generation)
        SELECT tenant_id, account, api_key, generation FROM usable
        ORDER BY tenant_id, account, api_key, generation
        ON CONFLICT DO NOTHING
        RETURNING tenant_id, account_id, api_key_id, generation
    )
    SELECT u.call::integer,
           r.tenant_id IS NOT NULL
               AND u.call = min(u.call) OVER (PARTITION BY u.tenant_id, u.account, u.api_key, u.generation)
    FROM usable u
    LEFT JOIN recorded r ON r.tenant_id = u.tenant_id AND r.account_id = u.account AND r.api_key_id = u.api_key
        AND r.generation = u.generation;
END $$;
REVOKE CREATE ON SCHEMA public FROM bowline_tokens;
