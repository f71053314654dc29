-- Who has revoked an account. Until now the reason said it, which operators write themselves. NULL: it is not revoked, or a version before this
-- one has revoked it.
ALTER TABLE accounts ADD COLUMN revoked_by text;
ALTER TABLE accounts ADD CONSTRAINT accounts_revoked_by_known CHECK (revoked_by IN ('tenant', 'user', 'operator', 'server')) NOT VALID;
