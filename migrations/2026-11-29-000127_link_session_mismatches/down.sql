ALTER TABLE link_sessions DROP COLUMN spent_link_code_hashes;
ALTER TABLE link_sessions DROP COLUMN mismatches;
