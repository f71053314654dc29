-- Operators' search by the end of an account's id, which is what a screen shows.
CREATE INDEX CONCURRENTLY accounts_id_end_idx ON accounts ((right(id::text, 7)));
