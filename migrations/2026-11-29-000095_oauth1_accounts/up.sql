-- The protocol by which an account was linked last. All accounts so far were linked by OAuth 2. In a transaction of its own, because the
-- server locks accounts before connectors.
ALTER TABLE accounts ADD COLUMN protocol text NOT NULL DEFAULT 'oauth2';
ALTER TABLE accounts ADD CONSTRAINT accounts_protocol_known CHECK (protocol IN ('oauth2', 'oauth1', 'oauth1a')) NOT VALID;
GRANT SELECT (protocol) ON accounts TO bowline_operator;
