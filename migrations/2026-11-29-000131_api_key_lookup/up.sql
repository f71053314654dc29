-- Verifies the API keys of many calls in one statement. As on the token path, each call brings its proof: a row is found only by the
-- digest of a working key. A database that is sharded by tenant looks each key up inside its tenant and does not use this function.
GRANT SELECT (name) ON api_keys TO bowline_tokens;
GRANT CREATE ON SCHEMA public TO bowline_tokens;
CREATE FUNCTION bowline_api_keys(tenants uuid[], secrets bytea[])
    RETURNS TABLE (call integer, id uuid, name text, permissions text[])
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT c.call::integer, k.id, k.name, k.permissions
    FROM unnest(tenants, secrets) WITH ORDINALITY AS c (tenant, secret, call)
    JOIN public.api_keys k ON k.tenant_id = c.tenant AND k.secret_hash = c.secret
        AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now());
END $$;
ALTER FUNCTION bowline_api_keys OWNER TO bowline_tokens;
REVOKE CREATE ON SCHEMA public FROM bowline_tokens;
REVOKE ALL ON FUNCTION bowline_api_keys FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bowline_api_keys TO bowline_server;
