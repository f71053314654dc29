-- Without it, an announcement about one key would be about all of them.
ALTER TABLE drain_stops NO FORCE ROW LEVEL SECURITY;
UPDATE drain_stops SET announced_until = NULL WHERE announced_key IS NOT NULL;
ALTER TABLE drain_stops FORCE ROW LEVEL SECURITY;
ALTER TABLE drain_stops DROP CONSTRAINT drain_stops_announced_key_fkey;
ALTER TABLE drain_stops DROP COLUMN announced_key;
