-- Operators see their sessions and end them: an id that is no secret, and from where and with which program they logged in.
-- Sessions that an older server begins get an id as well, and leave the rest empty.
ALTER TABLE operator_sessions
    ADD COLUMN id uuid,
    ADD COLUMN address text,
    ADD COLUMN client text;
-- From the digest of the token, so that the migration gives the same rows wherever it runs; new sessions get random ids.
UPDATE operator_sessions SET id = md5(token_hash)::uuid;
ALTER TABLE operator_sessions ALTER COLUMN id SET DEFAULT gen_random_uuid();
ALTER TABLE operator_sessions ALTER COLUMN id SET NOT NULL;
ALTER TABLE operator_sessions ADD CONSTRAINT operator_sessions_id_key UNIQUE (id);
