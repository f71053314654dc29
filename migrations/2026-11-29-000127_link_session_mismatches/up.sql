-- How often the user of a session has approved with an account that the session does not accept, after which the same browser may choose
-- another one. The link codes of these approvals are kept, so that a completion which is repeated gets the same answer.
ALTER TABLE link_sessions ADD COLUMN mismatches smallint NOT NULL DEFAULT 0;
ALTER TABLE link_sessions ADD COLUMN spent_link_code_hashes bytea[] NOT NULL DEFAULT '{}';
