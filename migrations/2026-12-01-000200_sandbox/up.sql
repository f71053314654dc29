-- A sandbox is a tenant of its own: what separates tenants also separates test keys from live accounts and live keys from those of the
-- sandbox. Nobody can change the column later, because no role may update it.
ALTER TABLE tenants ADD COLUMN sandbox boolean NOT NULL DEFAULT false;
ALTER TABLE tenants ADD CONSTRAINT tenants_sandbox_key UNIQUE (id, sandbox);
-- Whether a connector speaks to the simulator. It is that of its tenant, so an edit of one row turns no connector.
ALTER TABLE connectors ADD COLUMN sandbox boolean NOT NULL DEFAULT false;
ALTER TABLE connectors ADD CONSTRAINT connectors_sandbox_fkey FOREIGN KEY (tenant_id, sandbox) REFERENCES tenants (id, sandbox);
GRANT SELECT (sandbox) ON connectors TO bowline_operator;
