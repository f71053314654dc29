DROP INDEX webhook_endpoints_failing_idx;
REVOKE SELECT (url, state_reason) ON webhook_endpoints FROM bowline_operator;
