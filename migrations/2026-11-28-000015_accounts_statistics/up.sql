-- A connector belongs to one tenant. A planner that takes the two for independent believes that a list of one connector is short, and
-- sorts all of it.
CREATE STATISTICS accounts_tenant_connector_stats (dependencies) ON tenant_id, connector_id FROM accounts;
-- Only the two columns: this reads a sample, however many accounts there are.
ANALYZE accounts (tenant_id, connector_id);
