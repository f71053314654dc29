ALTER POLICY api_keys_tokens ON api_keys USING (NOT frozen);
ALTER TABLE api_keys DROP COLUMN suspended_reason;
ALTER TABLE api_keys DROP COLUMN suspended_at;
DROP TABLE key_days;
DROP TABLE drain_stops;
