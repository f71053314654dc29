ALTER TABLE operators DROP COLUMN tenant_ids;
