-- A version that knows of no suspension would let suspended keys work again.
ALTER TABLE api_keys NO FORCE ROW LEVEL SECURITY;
UPDATE api_keys SET revoked_at = suspended_at WHERE suspended_at IS NOT NULL AND revoked_at IS NULL;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
ALTER POLICY api_keys_tokens ON api_keys USING (NOT frozen);
ALTER TABLE api_keys DROP COLUMN suspended_reason, DROP COLUMN suspended_at;
DROP TABLE key_habits;
DROP TABLE drain_stops;
