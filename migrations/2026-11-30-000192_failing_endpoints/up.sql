-- The overview of operators names the endpoints that accept nothing, and those that the server itself has disabled.
GRANT SELECT (url, state_reason) ON webhook_endpoints TO bowline_operator;
CREATE INDEX webhook_endpoints_failing_idx ON webhook_endpoints (failing_since DESC NULLS LAST)
    WHERE (state = 'enabled' AND failing_since IS NOT NULL) OR (state = 'disabled' AND state_reason <> 'requested');
