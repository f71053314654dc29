DROP TABLE master_key_checks;
DROP TABLE data_keys;
DROP TABLE tenants;
