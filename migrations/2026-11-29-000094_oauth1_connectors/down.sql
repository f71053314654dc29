ALTER TABLE connectors DROP CONSTRAINT connectors_oauth1_service_there;
ALTER TABLE connectors DROP CONSTRAINT connectors_scopes_some;
ALTER TABLE connectors ADD CONSTRAINT connectors_scopes_some CHECK (cardinality(scopes) > 0);
ALTER TABLE connectors DROP CONSTRAINT connectors_protocol_known;
ALTER TABLE connectors ADD CONSTRAINT connectors_protocol_known CHECK (protocol IN ('oauth2'));
ALTER TABLE connectors DROP COLUMN oauth1_service;
