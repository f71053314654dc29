-- Until when the events of changed files that the tenant has got count against its share of them (server/src/domain/share.rs). NULL: none do.
ALTER TABLE webhook_heads ADD COLUMN changes_until timestamptz;
-- Workers leave out tenants that have used up their share.
CREATE POLICY webhook_heads_worker ON webhook_heads FOR SELECT TO bowline_worker USING (true);
GRANT SELECT (tenant_id, changes_until) ON webhook_heads TO bowline_worker;

-- Events of changed files are kept for a shorter time than others.
CREATE INDEX webhook_events_changed_idx ON webhook_events (at) WHERE kind = 'account.changed';
GRANT SELECT (sequence, kind) ON webhook_events TO bowline_worker;
