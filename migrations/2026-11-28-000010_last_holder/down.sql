GRANT CREATE ON SCHEMA public TO bowline_tokens;
CREATE OR REPLACE FUNCTION bowline_token_lookup(tenants uuid[], secrets bytea[], accounts uuid[])
    RETURNS TABLE (
        call integer, key_id uuid, allowed boolean, now timestamptz, status text, status_reason text, generation bigint,
        external_user_id text, provider_account_id text, scopes text[], sealed_access_token bytea,
        access_expires_at timestamptz, held boolean
    )
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT c.call::integer, k.id, 'token' = ANY (k.permissions), now(), a.status, a.status_reason, a.generation,
           a.external_user_id, a.provider_account_id, a.scopes, a.sealed_access_token, a.access_expires_at,
           h.tenant_id IS NOT NULL
    FROM unnest(tenants, secrets, accounts) WITH ORDINALITY AS c (tenant, secret, account, call)
    JOIN public.api_keys k ON k.tenant_id = c.tenant AND k.secret_hash = c.secret
        AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
    LEFT JOIN public.accounts a ON a.tenant_id = c.tenant AND a.id = c.account
    LEFT JOIN public.token_holdings h ON h.tenant_id = c.tenant AND h.account_id = c.account AND h.api_key_id = k.id
        AND h.generation = a.generation;
END $$;

CREATE OR REPLACE FUNCTION bowline_token_lookup_of(tenant uuid, secrets bytea[], accounts uuid[])
    RETURNS TABLE (
        call integer, key_id uuid, allowed boolean, now timestamptz, status text, status_reason text, generation bigint,
        external_user_id text, provider_account_id text, scopes text[], sealed_access_token bytea,
        access_expires_at timestamptz, held boolean
    )
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT c.call::integer, k.id, 'token' = ANY (k.permissions), now(), a.status, a.status_reason, a.generation,
           a.external_user_id, a.provider_account_id, a.scopes, a.sealed_access_token, a.access_expires_at,
           h.tenant_id IS NOT NULL
    FROM unnest(secrets, accounts) WITH ORDINALITY AS c (secret, account, call)
    JOIN public.api_keys k ON k.tenant_id = tenant AND k.secret_hash = c.secret
        AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
    LEFT JOIN public.accounts a ON a.tenant_id = tenant AND a.id = c.account
    LEFT JOIN public.token_holdings h ON h.tenant_id = tenant AND h.account_id = c.account AND h.api_key_id = k.id
        AND h.generation = a.generation;
END $$;
REVOKE CREATE ON SCHEMA public FROM bowline_tokens;
ALTER TABLE accounts DROP COLUMN held_by, DROP COLUMN held_generation;
