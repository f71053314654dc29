-- Operators see their sessions and end them: an id that is no secret, and from where and with which program they logged in.
-- Sessions that an older server begins get an id as well, and leave the rest empty.
ALTER TABLE operator_sessions
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN address text,
    ADD COLUMN client text;
ALTER TABLE operator_sessions ADD CONSTRAINT operator_sessions_id_key UNIQUE (id);
