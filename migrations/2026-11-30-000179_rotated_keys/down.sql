REVOKE UPDATE (expires_at) ON api_keys FROM bowline_server;
