ALTER TABLE connectors DROP CONSTRAINT connectors_sandbox_fkey;
ALTER TABLE connectors DROP COLUMN sandbox;
ALTER TABLE tenants DROP CONSTRAINT tenants_sandbox_key;
ALTER TABLE tenants DROP COLUMN sandbox;
