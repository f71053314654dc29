-- Binds what a link session is for (user, challenge, connector, return URL, scopes) from the moment that it is made.
ALTER TABLE link_sessions ADD COLUMN sealed_intent bytea;
