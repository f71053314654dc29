DROP TABLE connector_brandings;
