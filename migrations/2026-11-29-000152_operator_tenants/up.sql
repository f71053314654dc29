-- An operator may be limited to tenants. NULL: not limited.
ALTER TABLE operators ADD COLUMN tenant_ids uuid[];
