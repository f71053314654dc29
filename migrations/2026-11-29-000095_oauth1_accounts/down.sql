ALTER TABLE accounts DROP COLUMN protocol;
