DROP TABLE webhook_deliveries;
DROP TABLE webhook_events;
DROP TABLE webhook_numbers;
DROP TABLE webhook_secrets;
DROP TABLE webhook_endpoints;
