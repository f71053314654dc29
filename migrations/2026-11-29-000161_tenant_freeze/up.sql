-- An operator freezes a whole tenant. The policy of the token path hides the keys of a frozen tenant, so every replica refuses them from
-- the moment of the commit, and no statement of the token path becomes longer. Replicas of the earlier version know it of fetched
-- tokens only.
ALTER TABLE tenants ADD COLUMN frozen_at timestamptz;
ALTER TABLE tenants ADD COLUMN frozen_reason text;
ALTER TABLE tenants ADD COLUMN frozen_by text;
GRANT UPDATE (frozen_at, frozen_reason, frozen_by) ON tenants TO bowline_server;
-- Which tenants are frozen, for a replica that has to tell a caller why its key does not work.
CREATE POLICY tenants_worker ON tenants FOR SELECT TO bowline_worker USING (frozen_at IS NOT NULL);
GRANT SELECT (id, frozen_at) ON tenants TO bowline_worker;
CREATE INDEX tenants_frozen_idx ON tenants (id) WHERE frozen_at IS NOT NULL;

-- The same fact on each key, because the token path reads the key's row anyway.
ALTER TABLE api_keys ADD COLUMN frozen boolean NOT NULL DEFAULT false;
GRANT UPDATE (frozen) ON api_keys TO bowline_server;
GRANT SELECT (frozen) ON api_keys TO bowline_tokens;
ALTER POLICY api_keys_tokens ON api_keys USING (NOT frozen);
