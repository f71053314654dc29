ALTER TABLE operator_sessions DROP COLUMN client, DROP COLUMN address, DROP COLUMN id;
