-- Operators' search by a whole user id, or its beginning, in all tenants.
CREATE INDEX CONCURRENTLY accounts_user_c_idx ON accounts
    (lower(external_user_id COLLATE "C"), id);
