DROP TABLE tenant_minutes;
