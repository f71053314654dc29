-- Who has issued a connector's app key: `dropbox`, or the origin of a service of OAuth 1. Different services may give the same app key, and
-- the same id to different accounts. One app key of Dropbox serves both of its protocols.
ALTER TABLE connectors ADD COLUMN issuer text NOT NULL DEFAULT 'dropbox';
DROP INDEX connectors_app_key_key;
CREATE UNIQUE INDEX connectors_app_key_key ON connectors (tenant_id, provider, issuer, protocol, app_key) WHERE removed_at IS NULL;
GRANT SELECT (issuer) ON connectors TO bowline_operator;
