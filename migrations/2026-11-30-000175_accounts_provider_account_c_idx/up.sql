-- Operators' search by a whole Dropbox id, or its beginning, in all tenants.
CREATE INDEX CONCURRENTLY accounts_provider_account_c_idx ON accounts
    (lower(provider_account_id COLLATE "C"), id);
