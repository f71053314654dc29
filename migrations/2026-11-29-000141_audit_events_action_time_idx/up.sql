-- Operators' search of the audit logs: one action, in all logs.
CREATE INDEX CONCURRENTLY audit_events_action_time_idx ON audit_events (action, at);
