DROP TABLE operator_recovery_codes;
DROP TABLE operator_totp;
ALTER TABLE operators DROP COLUMN totp_since;
