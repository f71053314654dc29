DROP INDEX connectors_app_key_key;
ALTER TABLE connectors ADD CONSTRAINT connectors_app_key_key UNIQUE (tenant_id, provider, app_key);
DROP INDEX connectors_default_key;
ALTER TABLE connectors DROP COLUMN removed_at;
ALTER TABLE connectors DROP COLUMN is_default;
