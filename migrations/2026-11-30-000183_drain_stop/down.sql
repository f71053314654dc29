ALTER POLICY api_keys_tokens ON api_keys USING (NOT frozen);
ALTER TABLE api_keys DROP COLUMN suspended_reason, DROP COLUMN suspended_at;
DROP TABLE key_habits;
DROP TABLE drain_stops;
