-- Which key an account's token was last given to, and which of its tokens that was: a copy of one row of token_holdings beside
-- the token itself, written after that row. Most accounts are fetched by one key, and with ten million of them each page that a
-- fetch need not look at counts. Whoever deletes a holding of an account's present generation clears it here.
ALTER TABLE accounts
    ADD COLUMN held_by uuid,
    ADD COLUMN held_generation bigint,
    ADD CONSTRAINT accounts_held_whole CHECK ((held_by IS NULL) = (held_generation IS NULL)) NOT VALID;
ALTER TABLE accounts VALIDATE CONSTRAINT accounts_held_whole;
GRANT SELECT (held_by, held_generation) ON accounts TO bowline_tokens;

-- A function's owner must be able to make it, for that one moment.
GRANT CREATE ON SCHEMA public TO bowline_tokens;

-- As before, but for `held`, which asks the holdings only where the account does not say it itself.
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
           CASE WHEN a.held_by = k.id AND a.held_generation = a.generation THEN true
                ELSE coalesce((SELECT true FROM public.token_holdings h
                               WHERE h.tenant_id = c.tenant AND h.account_id = c.account AND h.api_key_id = k.id
                                   AND h.generation = a.generation), false)
           END
    FROM unnest(tenants, secrets, accounts) WITH ORDINALITY AS c (tenant, secret, account, call)
    JOIN public.api_keys k ON k.tenant_id = c.tenant AND k.secret_hash = c.secret
        AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
    LEFT JOIN public.accounts a ON a.tenant_id = c.tenant AND a.id = c.account;
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
           CASE WHEN a.held_by = k.id AND a.held_generation = a.generation THEN true
                ELSE coalesce((SELECT true FROM public.token_holdings h
                               WHERE h.tenant_id = tenant AND h.account_id = c.account AND h.api_key_id = k.id
                                   AND h.generation = a.generation), false)
           END
    FROM unnest(secrets, accounts) WITH ORDINALITY AS c (secret, account, call)
    JOIN public.api_keys k ON k.tenant_id = tenant AND k.secret_hash = c.secret
        AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
    LEFT JOIN public.accounts a ON a.tenant_id = tenant AND a.id = c.account;
END $$;
REVOKE CREATE ON SCHEMA public FROM bowline_tokens;
