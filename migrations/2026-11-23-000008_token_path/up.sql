-- The token path answers many calls in one round trip, so it cannot be told one tenant by a setting. Its two functions run as a
-- role that can do nothing else, and take the proof with each call: an account's row is found only beside the digest of a
-- working API key of the same tenant. The server's own role still sees one tenant at a time, and may only call them.
DO $$
BEGIN
    CREATE ROLE bowline_tokens NOLOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
GRANT USAGE ON SCHEMA public TO bowline_tokens;
CREATE POLICY api_keys_tokens ON api_keys FOR SELECT TO bowline_tokens USING (true);
CREATE POLICY accounts_tokens ON accounts FOR SELECT TO bowline_tokens USING (true);
CREATE POLICY token_holdings_tokens ON token_holdings TO bowline_tokens USING (true);
GRANT SELECT (tenant_id, id, secret_hash, permissions, expires_at, revoked_at) ON api_keys TO bowline_tokens;
GRANT SELECT (tenant_id, id, external_user_id, provider_account_id, status, status_reason, scopes, generation,
              sealed_access_token, access_expires_at)
    ON accounts TO bowline_tokens;
GRANT SELECT, INSERT ON token_holdings TO bowline_tokens;

-- An API key's text names its tenant, so a key is looked up inside its tenant like everything else.
DROP POLICY api_keys_shown ON api_keys;
DROP INDEX api_keys_secret_hash_idx;

-- Planned once, as a walk from call to key to account to holding, whatever the statistics say.
-- One row for each call whose key works; `status` is null where the tenant has no such account.
CREATE FUNCTION bowline_token_lookup(tenants uuid[], secrets bytea[], accounts uuid[])
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

-- Records the first issue of tokens, and says which calls may go on: the key works, and the account is active and still at
-- the generation that was looked up. Of calls for the same token and key, one is the first. In one order, so that two that
-- record the same never wait for each other.
CREATE FUNCTION bowline_token_hold(tenants uuid[], secrets bytea[], accounts uuid[], generations bigint[])
    RETURNS TABLE (call integer, is_first boolean)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH usable AS MATERIALIZED (
        SELECT c.call, k.tenant_id, c.account, k.id AS api_key, c.generation
        FROM unnest(tenants, secrets, accounts, generations)
            WITH ORDINALITY AS c (tenant, secret, account, generation, call)
        JOIN public.api_keys k ON k.tenant_id = c.tenant AND k.secret_hash = c.secret
            AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) AND 'token' = ANY (k.permissions)
        -- OFFSET 0: found by its key and nothing else; the index on status would read every shard.
        CROSS JOIN LATERAL (
            SELECT status, generation FROM public.accounts WHERE tenant_id = c.tenant AND id = c.account OFFSET 0
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

-- The same two for the calls of one tenant, which is the first argument alone: a database that is sharded by tenant sends the
-- whole call to that tenant's shard (docs/sharding.md). A test holds their text against that of the two above.
-- No plan is forced on them: an engine that routes by the value of the tenant must be free to plan with it.
CREATE FUNCTION bowline_token_lookup_of(tenant uuid, secrets bytea[], accounts uuid[])
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

CREATE FUNCTION bowline_token_hold_of(tenant uuid, secrets bytea[], accounts uuid[], generations bigint[])
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

-- A function's owner must be able to make it, for that one moment; and who gives it away must be a member of it.
DO $$
BEGIN
    IF NOT pg_has_role(CURRENT_USER, 'bowline_tokens', 'MEMBER') THEN
        GRANT bowline_tokens TO CURRENT_USER;
    END IF;
END $$;
GRANT CREATE ON SCHEMA public TO bowline_tokens;
ALTER FUNCTION bowline_token_lookup OWNER TO bowline_tokens;
ALTER FUNCTION bowline_token_hold OWNER TO bowline_tokens;
ALTER FUNCTION bowline_token_lookup_of OWNER TO bowline_tokens;
ALTER FUNCTION bowline_token_hold_of OWNER TO bowline_tokens;
REVOKE CREATE ON SCHEMA public FROM bowline_tokens;
REVOKE ALL ON FUNCTION bowline_token_lookup, bowline_token_hold, bowline_token_lookup_of, bowline_token_hold_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bowline_token_lookup, bowline_token_hold, bowline_token_lookup_of, bowline_token_hold_of
    TO bowline_server;

-- Repeated issues of a busy moment, one row a second, key and replica; folded into token_holdings later, many at once.
CREATE TABLE token_repeats (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    api_key_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    account_ids uuid[] NOT NULL,
    generations bigint[] NOT NULL,
    counts integer[] NOT NULL,
    CONSTRAINT token_repeats_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT token_repeats_api_key_fkey FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id),
    CONSTRAINT token_repeats_even CHECK (
        cardinality(account_ids) = cardinality(generations) AND cardinality(account_ids) = cardinality(counts)
    )
);
CREATE INDEX token_repeats_at_idx ON token_repeats (at);
ALTER TABLE token_repeats ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY token_repeats_own ON token_repeats TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY token_repeats_worker ON token_repeats TO bowline_worker USING (true);
CREATE POLICY token_repeats_operator ON token_repeats FOR SELECT TO bowline_operator USING (true);
GRANT SELECT, INSERT, DELETE ON token_repeats TO bowline_server;
GRANT INSERT, SELECT (tenant_id, at) ON token_repeats TO bowline_worker;
GRANT SELECT ON token_repeats TO bowline_operator;
-- Room in each page, so that a repeat changes its row in place.
ALTER TABLE token_holdings SET (fillfactor = 80);
