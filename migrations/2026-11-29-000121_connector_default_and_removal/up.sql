-- One connector of a tenant is its default, for link sessions that name none: the one that is marked, or else the oldest. A removed
-- connector keeps its row, because accounts, sessions and revocations refer to it. It is disabled as well, which earlier servers understand, and
-- its app key may be added again.
ALTER TABLE connectors ADD COLUMN is_default boolean NOT NULL DEFAULT false;
ALTER TABLE connectors ADD COLUMN removed_at timestamptz;
CREATE UNIQUE INDEX connectors_default_key ON connectors (tenant_id) WHERE is_default;
ALTER TABLE connectors DROP CONSTRAINT connectors_app_key_key;
CREATE UNIQUE INDEX connectors_app_key_key ON connectors (tenant_id, provider, app_key) WHERE removed_at IS NULL;
GRANT SELECT (is_default, removed_at) ON connectors TO bowline_operator;
