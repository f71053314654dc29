-- Operators' search by a whole label, or its beginning. Most accounts have none.
CREATE INDEX CONCURRENTLY accounts_label_c_idx ON accounts
    (lower(user_label COLLATE "C"), id)
    WHERE user_label IS NOT NULL;
