DROP TABLE operator_sign_ons;
ALTER TABLE operators DROP CONSTRAINT operators_identity_whole;
ALTER TABLE operators DROP CONSTRAINT operators_identity_key;
ALTER TABLE operators DROP COLUMN subject;
ALTER TABLE operators DROP COLUMN issuer;
