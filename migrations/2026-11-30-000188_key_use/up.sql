-- The day (UTC) on which an API key was last used. NULL: not since servers write it down.
ALTER TABLE api_keys ADD COLUMN last_used_on date;
GRANT UPDATE (last_used_on) ON api_keys TO bowline_server;
GRANT SELECT (last_used_on) ON api_keys TO bowline_operator;
