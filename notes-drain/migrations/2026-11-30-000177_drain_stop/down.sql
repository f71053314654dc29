UPDATE api_keys SET frozen = false WHERE suspended_at IS NOT NULL
    AND tenant_id IN (SELECT id FROM tenants WHERE frozen_at IS NULL);
ALTER TABLE api_keys DROP COLUMN suspended_reason;
ALTER TABLE api_keys DROP COLUMN suspended_at;
DROP TABLE key_days;
DROP TABLE drain_stops;
