DROP TABLE revocations;
DROP TABLE token_holdings;
DROP TABLE refresh_leases;
DROP TABLE accounts;
