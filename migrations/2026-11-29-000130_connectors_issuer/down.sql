DROP INDEX connectors_app_key_key;
CREATE UNIQUE INDEX connectors_app_key_key ON connectors (tenant_id, provider, app_key) WHERE removed_at IS NULL;
ALTER TABLE connectors DROP COLUMN issuer;
