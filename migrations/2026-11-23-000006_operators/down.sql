DROP TABLE login_failures;
DROP TABLE operator_sessions;
DROP TABLE operators;
