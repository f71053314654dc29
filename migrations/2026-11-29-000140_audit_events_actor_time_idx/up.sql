-- Operators' search of the audit logs: what one operator or API key did, in all logs.
CREATE INDEX CONCURRENTLY audit_events_actor_time_idx ON audit_events (actor_id, at) WHERE actor_id IS NOT NULL;
