ALTER TABLE link_sessions DROP COLUMN more_link_code_hashes;
DROP TABLE link_starts;
