-- What a tenant has given with the last link: how its user is called, and its own data.
ALTER TABLE accounts ADD COLUMN user_label text;
ALTER TABLE accounts ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}';
GRANT SELECT (user_label, metadata) ON accounts TO bowline_operator;
