-- Operators' search of the audit logs: one action in one log.
CREATE INDEX CONCURRENTLY audit_events_tenant_action_idx ON audit_events (tenant_id, action, at);
