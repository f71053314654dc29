-- In a transaction of its own: reading all rows does not keep them from being changed.
ALTER TABLE connectors VALIDATE CONSTRAINT connectors_protocol_known;
ALTER TABLE connectors VALIDATE CONSTRAINT connectors_scopes_some;
ALTER TABLE connectors VALIDATE CONSTRAINT connectors_oauth1_service_there;
ALTER TABLE accounts VALIDATE CONSTRAINT accounts_protocol_known;
