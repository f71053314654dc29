-- Rotating an API key sets when the old one expires.
GRANT UPDATE (expires_at) ON api_keys TO bowline_server;
