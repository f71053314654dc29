REVOKE SELECT (tenant_id, version, kek_version) ON data_keys FROM bowline_operator;
DROP POLICY data_keys_operator ON data_keys;
GRANT SELECT ON audit_heads TO bowline_server;
GRANT INSERT ON token_holdings TO bowline_server;
GRANT DELETE ON refresh_leases TO bowline_server;
GRANT UPDATE (name, expires_at) ON api_keys TO bowline_server;
GRANT UPDATE, DELETE ON data_keys TO bowline_server;
GRANT UPDATE (name) ON tenants TO bowline_server;
