-- The server's role keeps what its statements use.
REVOKE UPDATE (name) ON tenants FROM bowline_server;
REVOKE UPDATE, DELETE ON data_keys FROM bowline_server;
REVOKE UPDATE (name, expires_at) ON api_keys FROM bowline_server;
REVOKE DELETE ON refresh_leases FROM bowline_server;
REVOKE INSERT ON token_holdings FROM bowline_server;
REVOKE SELECT ON audit_heads FROM bowline_server;

-- Before a server takes a key ring for the first one of a database, it asks whether anything was sealed with another.
CREATE POLICY data_keys_operator ON data_keys FOR SELECT TO bowline_operator USING (true);
GRANT SELECT (tenant_id, version, kek_version) ON data_keys TO bowline_operator;
