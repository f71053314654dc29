ALTER TABLE accounts DROP COLUMN revoked_by;
