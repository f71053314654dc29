REVOKE SELECT (sequence, kind) ON webhook_events FROM bowline_worker;
DROP INDEX webhook_events_changed_idx;
REVOKE SELECT (tenant_id, changes_until) ON webhook_heads FROM bowline_worker;
DROP POLICY webhook_heads_worker ON webhook_heads;
ALTER TABLE webhook_heads DROP COLUMN changes_until;
