ALTER POLICY api_keys_tokens ON api_keys USING (true);
ALTER TABLE api_keys DROP COLUMN frozen;
DROP INDEX tenants_frozen_idx;
DROP POLICY tenants_worker ON tenants;
REVOKE SELECT (id) ON tenants FROM bowline_worker;
ALTER TABLE tenants DROP COLUMN frozen_at, DROP COLUMN frozen_reason, DROP COLUMN frozen_by;
