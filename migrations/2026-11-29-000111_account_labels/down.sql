ALTER TABLE accounts DROP COLUMN metadata;
ALTER TABLE accounts DROP COLUMN user_label;
