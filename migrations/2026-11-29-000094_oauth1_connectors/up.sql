-- Connectors of OAuth 1.0 and 1.0a. A connector of these protocols names its service's endpoints, as JSON that is bound into the
-- sealed app secret byte for byte, and has no scopes, because neither protocol knows any.
ALTER TABLE connectors ADD COLUMN oauth1_service text;
ALTER TABLE connectors DROP CONSTRAINT connectors_protocol_known;
ALTER TABLE connectors ADD CONSTRAINT connectors_protocol_known CHECK (protocol IN ('oauth2', 'oauth1', 'oauth1a')) NOT VALID;
ALTER TABLE connectors DROP CONSTRAINT connectors_scopes_some;
ALTER TABLE connectors ADD CONSTRAINT connectors_scopes_some
    CHECK (cardinality(scopes) > 0 OR protocol IN ('oauth1', 'oauth1a')) NOT VALID;
ALTER TABLE connectors ADD CONSTRAINT connectors_oauth1_service_there
    CHECK (oauth1_service IS NOT NULL OR protocol NOT IN ('oauth1', 'oauth1a')) NOT VALID;
