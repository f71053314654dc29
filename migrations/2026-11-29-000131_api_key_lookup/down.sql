DROP FUNCTION bowline_api_keys;
REVOKE SELECT (name) ON api_keys FROM bowline_tokens;
