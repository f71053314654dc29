DROP INDEX link_sessions_offered_key;
ALTER TABLE link_sessions DROP COLUMN offered;
DROP TABLE narrowed_tokens;
ALTER TABLE refresh_leases DROP COLUMN forced_at, DROP COLUMN failures;
DROP TABLE connector_health;
