-- What a connector shows of its app on the link pages. In a table of its own, so that the statements of the token and link paths do
-- not carry the logo. The browser asks for a logo by its digest and names no tenant; the digest is in the address of the logo alone, and
-- finds the rows with these bytes.
CREATE TABLE connector_brandings (
    tenant_id uuid NOT NULL,
    connector_id uuid NOT NULL,
    accent text CONSTRAINT connector_brandings_accent_form CHECK (accent ~ '^#[0-9a-f]{6}$'),
    logo bytea CONSTRAINT connector_brandings_logo_length CHECK (octet_length(logo) BETWEEN 1 AND 16384),
    logo_type text CONSTRAINT connector_brandings_logo_type_known CHECK (logo_type IN ('png', 'svg')),
    logo_digest bytea CONSTRAINT connector_brandings_logo_digest_length CHECK (octet_length(logo_digest) = 32),
    support_url text CONSTRAINT connector_brandings_support_url_length CHECK (char_length(support_url) BETWEEN 1 AND 500),
    privacy_url text CONSTRAINT connector_brandings_privacy_url_length CHECK (char_length(privacy_url) BETWEEN 1 AND 500),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT connector_brandings_pkey PRIMARY KEY (tenant_id, connector_id),
    CONSTRAINT connector_brandings_connector_fkey FOREIGN KEY (tenant_id, connector_id) REFERENCES connectors (tenant_id, id),
    CONSTRAINT connector_brandings_logo_whole
        CHECK ((logo IS NULL) = (logo_type IS NULL) AND (logo IS NULL) = (logo_digest IS NULL))
);
CREATE INDEX connector_brandings_logo_digest_idx ON connector_brandings (logo_digest);
ALTER TABLE connector_brandings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY connector_brandings_own ON connector_brandings TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY connector_brandings_shown ON connector_brandings FOR SELECT TO bowline_server
    USING (logo_digest = bowline_credential());
GRANT SELECT, INSERT, UPDATE ON connector_brandings TO bowline_server;
