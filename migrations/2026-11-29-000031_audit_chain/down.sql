GRANT INSERT, UPDATE ON audit_heads TO bowline_server;
GRANT INSERT ON audit_events TO bowline_server;
DROP FUNCTION bowline_audit_append, bowline_audit_head;
DROP POLICY audit_heads_append ON audit_heads;
DROP POLICY audit_events_append ON audit_events;
-- The role stays: it belongs to the whole cluster.
REVOKE ALL ON audit_heads, audit_events FROM bowline_audit;
REVOKE USAGE ON SCHEMA public FROM bowline_audit;
ALTER TABLE audit_events DROP COLUMN key_version;
