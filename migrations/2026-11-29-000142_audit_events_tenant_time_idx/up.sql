-- Operators' search of the audit logs: one log within some time.
CREATE INDEX CONCURRENTLY audit_events_tenant_time_idx ON audit_events (tenant_id, at);
