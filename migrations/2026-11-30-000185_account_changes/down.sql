GRANT UPDATE (id, at, kind, connector_id, account_id, number, payload) ON webhook_events TO bowline_server;
DROP TABLE account_changes;
DROP TABLE webhook_heads;
